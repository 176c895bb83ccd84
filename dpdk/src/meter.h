/*
 * The two-rate three-colour marker (RFC 2698, colour-blind), exact to the byte and the nanosecond, by
 * the same arithmetic as the embedded switch (softswitch/kernels/meter.py), so that all agree.
 *
 * Tokens are bytes times 10^9: a rate of r bytes a second adds r a nanosecond, and nothing is ever
 * rounded. A cell is one cache line. The control thread writes the upper half, behind a sequence
 * number that is odd meanwhile; workers write the lower half. A worker that sees a new sequence
 * number begins with full buckets. Several workers take a cell one at a time.
 *
 * Why not rte_meter: it counts in TSC cycles and refills in periods, so no two machines agree on a
 * colour, and time cannot be stepped; and its profiles are one more line of memory for every packet.
 */
#ifndef P4RSVP_METER_H
#define P4RSVP_METER_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "program_info.h"
#include "protocol.h"

#define SECOND_NS 1000000000ull

enum colour { GREEN, YELLOW, RED };

struct meter_state {
	uint64_t committed_rate, committed_capacity;
	uint64_t peak_rate, peak_capacity;
	uint16_t sequence; /* even: the half above holds; 0: never set */
	uint8_t is_set;
	uint8_t committed_shift, peak_shift; /* after 2^shift ns a bucket is full */
	uint8_t lock; /* of workers */
	uint16_t seen; /* the sequence that the half below belongs to */
	uint64_t committed, peak;
	uint64_t last_ns;
} __attribute__((aligned(64)));
static_assert(sizeof(struct meter_state) == 64, "a meter is one cache line");

struct meter_array {
	const struct array_info *info;
	struct meter_state *cells;
	bool shared; /* by several workers */
};

bool meter_create(struct meter_array *array, const struct array_info *info, bool shared);
void meter_destroy(struct meter_array *array);

/* Sets a cell, its buckets full, or unsets it. */
enum result meter_set(struct meter_array *array, const struct meter_cell *cell);
enum result meter_unset(struct meter_array *array, uint32_t index);
struct meter_cell meter_get(const struct meter_array *array, uint32_t index);

enum colour meter_judge(struct meter_state *cell, bool shared, uint64_t amount, uint64_t now_ns);

/* What a packet of `amount` is; green where the meter is unset or there is none. */
static inline enum colour meter_execute(const struct meter_array *array, uint32_t index,
					uint64_t amount, uint64_t now_ns)
{
	if (index >= array->info->size || !array->cells[index].is_set)
		return GREEN;
	return meter_judge(&array->cells[index], array->shared, amount, now_ns);
}

#endif
