/* A data plane without workers: its parts and rings, one port that is a socket, and buffers. */
#ifndef P4RSVP_PLANE_H
#define P4RSVP_PLANE_H

#include <rte_eal.h>
#include <rte_mbuf.h>

#include "../src/clock.h"
#include "../src/dataplane.h"
#include "../src/memory.h"
#include "check.h"

static inline void start_environment(void)
{
	char *arguments[] = {"test", "--no-huge", "--no-shconf", "--no-telemetry", "--no-pci",
			     "-m", "128", "--lcores", "0@0", "--log-level", "error"};

	CHECK(rte_eal_init(RTE_DIM(arguments), arguments) >= 0);
}

static inline struct dataplane *make_plane(void)
{
	struct dataplane *plane = memory_reserve(sizeof(*plane));

	CHECK(plane);
	clock_start(true);
	plane->worker_count = 1;
	plane->ports.workers = 1;
	plane->program = program_create(1);
	CHECK(plane->program && dataplane_connect(plane));
	plane->ports.buffers = rte_pktmbuf_pool_create("buffers", 2047, 0, sizeof(struct waiting),
						       RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	CHECK(plane->ports.buffers);
	plane->ports.ports[3] = (struct port){.kind = PORT_SOCKET, .number = 3, .name = "socket"};
	plane->ports.present[plane->ports.count++] = 3;
	return plane;
}

static inline void unmake_plane(struct dataplane *plane)
{
	dataplane_disconnect(plane);
	rte_mempool_free(plane->ports.buffers);
	program_destroy(plane->program);
	memory_release(plane, sizeof(*plane));
	CHECK(!rte_eal_cleanup());
}

#endif
