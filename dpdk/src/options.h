/* The command line; docs/dpdk.md has its table. */
#ifndef P4RSVP_OPTIONS_H
#define P4RSVP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline.h"

#define EAL_ARGUMENTS_MAX 64

struct options {
	const char *control_path;
	const char *devices[FRONT_PORT_MAX + 1]; /* by port; NULL where there is none */
	const char *cores;
	uint32_t memory_mib;
	uint32_t buffers;
	bool huge_pages;
	bool poll;
	bool stepped_clock;
	char **eal_arguments; /* what stands behind `--` */
	int eal_argument_count;
};

/* Exits with a sentence where the command line cannot be. */
void options_parse(struct options *options, int argc, char **argv);

#endif
