/* See pool.h. */
#include "pool.h"

#include <stdlib.h>

#include <rte_rcu_qsbr.h>

bool pool_create(struct pool *pool, uint32_t capacity, struct rte_rcu_qsbr *grace)
{
	*pool = (struct pool){.grace = grace, .capacity = capacity};
	pool->free = calloc(capacity, sizeof(*pool->free));
	pool->retired = calloc(capacity, sizeof(*pool->retired));
	if (!pool->free || !pool->retired) {
		pool_destroy(pool);
		return false;
	}
	for (uint32_t i = 0; i < capacity; i++)
		pool->free[i] = capacity - i;
	pool->free_count = capacity;
	return true;
}

void pool_destroy(struct pool *pool)
{
	free(pool->free);
	free(pool->retired);
	pool->free = NULL;
	pool->retired = NULL;
}

/* Takes back what was retired long enough ago; waits for the first of it if asked to. */
static void reclaim(struct pool *pool, bool wait)
{
	while (pool->retired_count) {
		struct retired *first = &pool->retired[pool->retired_first];
		if (rte_rcu_qsbr_check(pool->grace, first->token, wait) != 1)
			return;
		pool->free[pool->free_count++] = first->number;
		pool->retired_first = (pool->retired_first + 1) % pool->capacity;
		pool->retired_count--;
		wait = false;
	}
}

uint32_t pool_take(struct pool *pool)
{
	if (!pool->free_count)
		reclaim(pool, true);
	return pool->free_count ? pool->free[--pool->free_count] : 0;
}

void pool_retire(struct pool *pool, uint32_t number)
{
	uint32_t last = (pool->retired_first + pool->retired_count) % pool->capacity;
	pool->retired[last] = (struct retired){
		.token = rte_rcu_qsbr_start(pool->grace),
		.number = number,
	};
	pool->retired_count++;
	if (pool->retired_count >= pool->capacity / 2)
		reclaim(pool, false);
}
