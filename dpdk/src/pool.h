/*
 * Numbers of places that workers may still look at after they were given up.
 *
 * The control thread takes numbers and retires them; a retired number can be taken again when every
 * worker has passed a quiet point since (rte_rcu_qsbr), so no packet ever sees a place change its
 * meaning. Numbers go from 1 up; 0 is none.
 */
#ifndef P4RSVP_POOL_H
#define P4RSVP_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct rte_rcu_qsbr;

struct pool {
	struct rte_rcu_qsbr *grace;
	uint32_t capacity;
	uint32_t free_count;
	uint32_t *free; /* a stack */
	struct retired {
		uint64_t token;
		uint32_t number;
	} *retired; /* a ring */
	uint32_t retired_first, retired_count;
};

bool pool_create(struct pool *pool, uint32_t capacity, struct rte_rcu_qsbr *grace);
void pool_destroy(struct pool *pool);

/* 0 if all numbers are in use; waits for the workers if all that are not were retired just now. */
uint32_t pool_take(struct pool *pool);
void pool_retire(struct pool *pool, uint32_t number);

#endif
