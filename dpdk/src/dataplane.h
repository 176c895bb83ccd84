/* All parts of the switch that its threads share, and how they hand packets to each other. */
#ifndef P4RSVP_DATAPLANE_H
#define P4RSVP_DATAPLANE_H

#include <stdbool.h>
#include <stdint.h>

#include "passing.h"
#include "ports.h"
#include "program.h"
#include "shaper.h"

#define WORKERS_MAX       16
#define BURST             32
#define RING_PACKETS      4096
#define PUNT_RING_PACKETS 512

struct rte_ring;

struct outbox {
	uint16_t count;
	bool is_listed; /* in `dirty` */
	struct rte_mbuf *packets[BURST];
};

/* One worker's own; nothing here is written by another, but `injected`. */
struct worker {
	struct dataplane *plane;
	uint16_t number;
	uint32_t lcore;
	uint64_t now_ns;
	struct worker_state state;
	struct rte_ring *inbox;  /* from the control thread: frames to receive */
	struct rte_ring *handed; /* from other workers */
	struct outbox outboxes[PORTS_MAX];
	uint16_t dirty[PORTS_MAX]; /* ports whose outbox was used in this round */
	uint16_t dirty_count;
	uint32_t fill_next[PORTS_MAX];
	uint64_t rounds, quiet_rounds; /* read by the control thread: settle.c */
	uint64_t taken;                /* from the inbox */
	struct worker_account account;
} __attribute__((aligned(64)));

struct dataplane {
	struct program *program;
	struct ports ports;
	struct shaper shapers[PORTS_MAX];
	uint64_t unsent[PORTS_MAX];
	uint16_t worker_count;
	struct worker workers[WORKERS_MAX];
	struct rte_ring *punts[QUEUES]; /* to the control thread, by priority */
	struct rte_ring *frames;        /* to the control thread: left by a port that is a socket */
	uint64_t injected[WORKERS_MAX]; /* by the control thread */
	bool poll;
	bool stop;
};

/* Rings of all threads; false where there is no memory. The rest is filled by main.c. */
bool dataplane_connect(struct dataplane *plane);
void dataplane_disconnect(struct dataplane *plane);

#endif
