/*
 * The switch's ports: ethdevs, or the control socket itself.
 *
 * A device that has queues enough gives each worker its own; else the port's one queue is served by
 * the worker that owns the port (ports_owner).
 */
#ifndef P4RSVP_PORTS_H
#define P4RSVP_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "pipeline.h"

struct rte_mempool;

enum port_kind { PORT_NONE, PORT_DEVICE, PORT_SOCKET };

struct port {
	enum port_kind kind;
	uint16_t number;
	uint16_t device; /* ethdev's id */
	uint16_t queues; /* receive and send queues: 1, or one for each worker */
	struct frames *fill; /* what a null device's frames are made of, or NULL */
	const char *name;
};

struct ports {
	struct port ports[PORTS_MAX];
	uint16_t present[PORTS_MAX]; /* numbers of those that there are */
	uint16_t count;
	uint16_t workers;
	struct rte_mempool *buffers;
};

/* Says what is wrong and returns false where a device cannot be had. */
bool ports_open(struct ports *ports, const struct options *options, uint16_t workers);
void ports_close(struct ports *ports);

/* The worker that has this port's queues when they wait, and all of it where it has one queue. */
static inline uint16_t ports_owner(const struct ports *ports, uint16_t port)
{
	return port % ports->workers;
}

/* Front ports, and those inside the switch. */
static inline bool ports_has_queues(const struct ports *ports, uint16_t port)
{
	if (port == PORT_REPLICATION || port == PORT_CPU)
		return true;
	return port < PORTS_MAX && ports->ports[port].kind != PORT_NONE;
}

#endif
