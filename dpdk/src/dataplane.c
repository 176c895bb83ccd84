/* See dataplane.h. */
#include "dataplane.h"

#include <stdio.h>

#include <rte_ring.h>

static struct rte_ring *ring(const char *name, uint32_t number, uint32_t packets,
			     unsigned int flags)
{
	char text[RTE_RING_NAMESIZE];

	snprintf(text, sizeof(text), "%s-%u", name, number);
	return rte_ring_create(text, packets, SOCKET_ID_ANY, flags);
}

bool dataplane_connect(struct dataplane *plane)
{
	bool made = true;

	for (uint32_t i = 0; i < plane->worker_count; i++) {
		struct worker *worker = &plane->workers[i];
		worker->plane = plane;
		worker->number = (uint16_t)i;
		worker->inbox = ring("inbox", i, RING_PACKETS, RING_F_SP_ENQ | RING_F_SC_DEQ);
		worker->handed = ring("handed", i, RING_PACKETS, RING_F_SC_DEQ);
		made = made && worker->inbox && worker->handed && scout_create(&worker->state.scout);
		for (uint32_t counter = 0; counter < program_info.counter_count; counter++)
			worker->state.counters[counter] =
				plane->program->counters[counter].cells +
				(uint64_t)i * program_info.counters[counter].size;
	}
	for (uint32_t i = 0; i < QUEUES; i++) {
		plane->punts[i] = ring("punts", i, PUNT_RING_PACKETS, RING_F_SC_DEQ);
		made = made && plane->punts[i];
	}
	plane->frames = ring("frames", 0, RING_PACKETS, RING_F_SC_DEQ);
	return made && plane->frames;
}

void dataplane_disconnect(struct dataplane *plane)
{
	for (uint32_t i = 0; i < plane->worker_count; i++) {
		rte_ring_free(plane->workers[i].inbox);
		rte_ring_free(plane->workers[i].handed);
		scout_destroy(&plane->workers[i].state.scout);
	}
	for (uint32_t i = 0; i < QUEUES; i++)
		rte_ring_free(plane->punts[i]);
	rte_ring_free(plane->frames);
}
