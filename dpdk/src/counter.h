/*
 * Counters of packets and bytes. Each worker counts in cells of its own; a reader sees their sum. A
 * cell that is set keeps the difference to that sum, so nobody stops counting for it.
 */
#ifndef P4RSVP_COUNTER_H
#define P4RSVP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "program_info.h"
#include "protocol.h"

struct count {
	uint64_t packets, bytes;
};

struct counter_array {
	const struct array_info *info;
	uint32_t workers;
	struct count *cells; /* those of all workers, then the differences */
};

bool counter_create(struct counter_array *array, const struct array_info *info, uint32_t workers);
void counter_destroy(struct counter_array *array);
enum result counter_set(struct counter_array *array, const struct counter_cell *cell);
struct counter_cell counter_get(const struct counter_array *array, uint32_t index);
void counter_clear(struct counter_array *array);

#endif
