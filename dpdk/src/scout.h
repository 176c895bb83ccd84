/*
 * Memory fetched ahead of a burst: what a flow's last packet looked at, its next one will.
 *
 * With many reservations each packet waits for memory four times, one place after the other: head
 * and row of its filter, meter, counter. The pipelines note these places by a hash of the frame's
 * addresses and ports, and the whole burst's are fetched at once before it is passed. A hint that
 * is wrong or old only fetches what nobody needs.
 */
#ifndef P4RSVP_SCOUT_H
#define P4RSVP_SCOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

/* Eight times as many as there may be filters of a shape, so that flows seldom share a hint. */
#define SCOUT_FLOWS 524288u

struct hint {
	const void *head, *row, *meter, *counter;
};

struct scout {
	struct hint *hints;
	struct hint *now; /* of the packet that is being passed */
};

bool scout_create(struct scout *scout);
void scout_destroy(struct scout *scout);

/* Fetches for these packets; `flows` is where their hints are. */
void scout_ahead(struct scout *scout, struct rte_mbuf **packets, uint16_t count, uint32_t *flows);

static inline void scout_follow(struct scout *scout, uint32_t flow)
{
	scout->now = &scout->hints[flow];
}

#endif
