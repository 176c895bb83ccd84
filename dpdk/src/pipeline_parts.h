/* What the generated pipelines are made of; see pipeline.h. */
#ifndef P4RSVP_PIPELINE_PARTS_H
#define P4RSVP_PIPELINE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "pipeline.h"
#include "trie.h"

static inline uint8_t load_8(const uint8_t *at)
{
	return *at;
}

static inline uint16_t load_16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap16(value);
}

static inline uint32_t load_32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

static inline uint64_t load_48(const uint8_t *at)
{
	return (uint64_t)load_16(at) << 32 | load_32(at + 2);
}

static inline uint64_t load_64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap64(value);
}

static inline unsigned __int128 load_128(const uint8_t *at)
{
	return (unsigned __int128)load_64(at) << 64 | load_64(at + 8);
}

static inline void store_8(uint8_t *at, uint8_t value)
{
	*at = value;
}

static inline void store_16(uint8_t *at, uint16_t value)
{
	value = __builtin_bswap16(value);
	memcpy(at, &value, sizeof(value));
}

static inline void store_32(uint8_t *at, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void store_48(uint8_t *at, uint64_t value)
{
	store_16(at, (uint16_t)(value >> 32));
	store_32(at + 2, (uint32_t)value);
}

static inline const struct row *table_find_prefix(const struct table *table,
						  unsigned __int128 address)
{
	return table_row(table, trie_find(table->trie, address));
}

/* In a large table, which most packets do not find in the cache; scout.h. */
static inline const struct row *table_find_noted(const struct table *table, const uint64_t *key,
						 uint32_t words, struct worker_state *state)
{
	const struct row *row = table_find(table, key, words);

	state->scout.now->head =
		&table->heads[table_hash(table->seed, key, words) & table->head_mask];
	state->scout.now->row = row;
	return row;
}

static inline enum colour meter_execute_noted(const struct meter_array *meter, uint32_t index,
					      uint64_t amount, uint64_t now_ns,
					      struct worker_state *state)
{
	state->scout.now->meter = &meter->cells[index];
	return meter_execute(meter, index, amount, now_ns);
}

/* A cell that is not there counts nothing. */
static inline void counter_add(struct worker_state *state, uint32_t counter, uint32_t index,
			       uint64_t bytes)
{
	if (index >= program_info.counters[counter].size)
		return;
	struct count *cell = &state->counters[counter][index];
	__atomic_store_n(&cell->packets, cell->packets + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&cell->bytes, cell->bytes + bytes, __ATOMIC_RELAXED);
}

static inline void counter_add_noted(struct worker_state *state, uint32_t counter, uint32_t index,
				     uint64_t bytes)
{
	state->scout.now->counter = &state->counters[counter][index];
	counter_add(state, counter, index, bytes);
}

#endif
