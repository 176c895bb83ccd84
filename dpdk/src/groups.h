/*
 * Replication lists. A list is never changed: a group that is, gets another, and the old one is
 * freed when no worker can see it any more.
 */
#ifndef P4RSVP_GROUPS_H
#define P4RSVP_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

#define GROUPS_MAX       8192u  /* ids from 1 up: MULTICAST_LISTS of p4src/shared/sizes.p4 */
#define ALL_REPLICAS_MAX 65536u

struct rte_rcu_qsbr;

struct replica_list {
	uint32_t count;
	struct replica replicas[];
};

struct groups {
	struct rte_rcu_qsbr *grace;
	uint32_t replica_count;
	struct replica_list *lists[GROUPS_MAX + 1];
};

void groups_create(struct groups *groups, struct rte_rcu_qsbr *grace);
void groups_clear(struct groups *groups);
enum result groups_write(struct groups *groups, enum update_operation operation, uint32_t id,
			 const struct replica *replicas, uint32_t count);

/* NULL where there is no such group. */
static inline const struct replica_list *groups_find(const struct groups *groups, uint32_t id)
{
	return id <= GROUPS_MAX ? __atomic_load_n(&groups->lists[id], __ATOMIC_ACQUIRE) : NULL;
}

#endif
