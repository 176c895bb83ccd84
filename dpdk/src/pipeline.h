/*
 * The P4 program: p4src/rsvp_psa.p4, compiled by p4c-dpdk and translated to C
 * (generated/pipeline.c). A pass takes one frame through one pipeline.
 */
#ifndef P4RSVP_PIPELINE_H
#define P4RSVP_PIPELINE_H

#include <stdint.h>

#include "program.h"
#include "scout.h"

/* Numbers of p4src/shared/numbers.p4. */
#define PORTS_MAX        512u
#define PORT_REPLICATION 509u
#define PORT_CPU         510u
#define FRONT_PORT_MAX   508u

enum fate { FATE_FORWARD, FATE_PUNT, FATE_DROP };
enum copies { COPIES_ONE, COPIES_DIRECT, COPIES_POLICED, COPIES_REPLICA };

/* A frame and its metadata: what is set before a pass, and what the pass leaves. */
struct pass {
	uint8_t *frame; /* moves when headers come or go */
	uint32_t length_bytes;
	uint64_t now_ns;
	uint16_t ingress_port;
	uint16_t in_interface, out_interface;
	uint16_t out_port;
	uint16_t group;
	uint16_t frame_bytes; /* as it came in: what counters count */
	uint16_t wire_bytes;  /* the same on an Ethernet: what reservations' meters count */
	uint8_t copies;
	uint8_t queue;
	uint8_t service_class;
	uint8_t fate;
	uint8_t damaged;
	uint8_t ipv6_src_group, ipv6_scope;
};

enum pass_result {
	PASS_FORWARDED,
	PASS_DROPPED,
	PASS_DAMAGED, /* a header is cut short: to be passed again with `damaged` set */
};

struct worker_state {
	struct count *counters[ARRAYS_MAX]; /* this worker's cells */
	struct scout scout;
};

enum pass_result pipeline_ingress(struct pass *pass, const struct program *program,
				  struct worker_state *state);
enum pass_result pipeline_egress(struct pass *pass, const struct program *program,
				 struct worker_state *state);

#endif
