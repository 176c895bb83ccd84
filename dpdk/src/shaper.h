/*
 * A port as slow as a link: eight queues of strict priority with tail drop in bytes.
 *
 * When a packet leaves follows from the bytes before it and not from when a worker came to look, so
 * a link of 10 Mbit/s is one to the nanosecond, as in the embedded switch (kernels/queues.py). Of
 * the packets that are there when the link falls free, the highest priority leaves first. The queues
 * belong to one worker; rate and limits are the control thread's, and read anew for every packet.
 *
 * Why not rte_sched: its strict priority is among traffic classes of a token bucket that is refilled
 * in periods, so a packet may leave up to a period early or late, which a guarantee must add to its
 * delay; and it takes its time from the TSC, so a test cannot step it.
 */
#ifndef P4RSVP_SHAPER_H
#define P4RSVP_SHAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

struct rte_mbuf;

struct queue {
	struct rte_mbuf *first, *last;
	uint64_t bytes;
	uint64_t packets;
	uint64_t left, dropped, waited_ns, longest_ns;
};

struct shaper {
	uint64_t rate_bytes_per_s; /* 0: not shaped */
	uint32_t limit_bytes;
	uint32_t overhead_bytes;
	uint64_t free_ns; /* when the link is next free */
	uint64_t waiting;
	struct queue queues[QUEUES];
};

/* True where a packet has to be offered to the queues; else it may leave at once. */
static inline bool shaper_queues(const struct shaper *shaper)
{
	return __atomic_load_n(&shaper->rate_bytes_per_s, __ATOMIC_RELAXED) != 0;
}

/* Takes a packet whose `struct waiting` is filled; false where its queue is full. */
bool shaper_offer(struct shaper *shaper, struct rte_mbuf *packet, uint8_t priority);

/* A packet that may leave by now, NULL if none; `when` is the time at which it does. */
struct rte_mbuf *shaper_release(struct shaper *shaper, uint64_t now_ns, uint64_t *when_ns);

void shaper_set(struct shaper *shaper, const struct shape *shape);

#endif
