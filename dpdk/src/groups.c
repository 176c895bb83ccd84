/* See groups.h. */
#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include <rte_rcu_qsbr.h>

void groups_create(struct groups *groups, struct rte_rcu_qsbr *grace)
{
	*groups = (struct groups){.grace = grace};
}

static void put(struct groups *groups, uint32_t id, struct replica_list *list)
{
	struct replica_list *old = groups->lists[id];

	__atomic_store_n(&groups->lists[id], list, __ATOMIC_RELEASE);
	groups->replica_count += list ? list->count : 0;
	groups->replica_count -= old ? old->count : 0;
	if (old) {
		rte_rcu_qsbr_synchronize(groups->grace, RTE_QSBR_THRID_INVALID);
		free(old);
	}
}

void groups_clear(struct groups *groups)
{
	for (uint32_t id = 1; id <= GROUPS_MAX; id++)
		if (groups->lists[id])
			put(groups, id, NULL);
}

enum result groups_write(struct groups *groups, enum update_operation operation, uint32_t id,
			 const struct replica *replicas, uint32_t count)
{
	if (id == 0 || id > GROUPS_MAX || count > REPLICAS_MAX)
		return RESULT_OUT_OF_RANGE;
	const struct replica_list *old = groups->lists[id];
	if (operation == UPDATE_INSERT && old)
		return RESULT_EXISTS;
	if (operation != UPDATE_INSERT && !old)
		return RESULT_NOT_FOUND;
	if (operation == UPDATE_DELETE) {
		put(groups, id, NULL);
		return RESULT_OK;
	}
	if (groups->replica_count - (old ? old->count : 0) + count > ALL_REPLICAS_MAX)
		return RESULT_FULL;
	struct replica_list *list = malloc(sizeof(*list) + count * sizeof(*replicas));
	if (!list)
		return RESULT_FULL;
	list->count = count;
	memcpy(list->replicas, replicas, count * sizeof(*replicas));
	put(groups, id, list);
	return RESULT_OK;
}
