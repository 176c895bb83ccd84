/*
 * The way of a packet through the switch: ingress, queue, egress, and round again for replicas that
 * are policed where they leave.
 */
#ifndef P4RSVP_PASSING_H
#define P4RSVP_PASSING_H

#include "pipeline.h"

struct rte_mbuf;
struct worker;

/* What is kept of a pass while a packet waits or changes hands; in the buffer's private area. */
struct waiting {
	struct rte_mbuf *next; /* in a queue */
	uint64_t enqueued_ns;  /* then when it left */
	uint16_t ingress_port;
	uint16_t in_interface, out_interface;
	uint16_t out_port;
	uint16_t frame_bytes;
	uint8_t copies;
	uint8_t queue;
	uint8_t service_class;
	uint8_t has_left; /* egress is done: only to be sent */
};

/* A packet comes in by a port. */
void passing_receive(struct worker *worker, struct rte_mbuf *packet, uint16_t port);

/* A packet that another worker hands over, or that waited. */
void passing_resume(struct worker *worker, struct rte_mbuf *packet);
void passing_leave(struct worker *worker, struct rte_mbuf *packet, uint64_t when_ns);

#endif
