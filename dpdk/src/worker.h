/* A worker: one core that takes packets from its ports, passes them on, and lets out what waited. */
#ifndef P4RSVP_WORKER_H
#define P4RSVP_WORKER_H

#include "dataplane.h"

/* Runs until `plane->stop`; what rte_eal_remote_launch takes. */
int worker_run(void *worker);

/* Puts a packet into a port's outbox, which is sent when it is full and at the end of a round. */
void worker_send(struct worker *worker, uint16_t port, struct rte_mbuf *packet);

#endif
