/* See meter.h. */
#include "meter.h"

#include <string.h>

#include <rte_pause.h>

#include "memory.h"

/* Tokens of a full bucket must fit 62 bits, as in the embedded switch. */
#define RATE_MAX  (1ull << 62)
#define BURST_MAX (RATE_MAX / SECOND_NS)

bool meter_create(struct meter_array *array, const struct array_info *info, bool shared)
{
	*array = (struct meter_array){.info = info, .shared = shared};
	array->cells = memory_reserve(info->size * sizeof(*array->cells));
	return array->cells;
}

void meter_destroy(struct meter_array *array)
{
	memory_release(array->cells, array->info->size * sizeof(*array->cells));
	array->cells = NULL;
}

/* The time that a refill may multiply by, as a power of two: no product overflows then. */
static uint8_t shift_of(uint64_t rate, uint64_t capacity)
{
	uint8_t shift = 0;

	if (!rate)
		return 63;
	for (uint64_t full_ns = (capacity + rate - 1) / rate; (1ull << shift) < full_ns; shift++)
		;
	return shift;
}

/* The configuration changes between an odd and an even number. */
static void begin(struct meter_state *cell)
{
	__atomic_store_n(&cell->sequence, (uint16_t)(cell->sequence + 1), __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end(struct meter_state *cell)
{
	uint16_t next = (uint16_t)(cell->sequence + 1);

	__atomic_store_n(&cell->sequence, next ? next : 2, __ATOMIC_RELEASE);
}

enum result meter_set(struct meter_array *array, const struct meter_cell *wanted)
{
	if (wanted->index >= array->info->size || wanted->cir_per_s > RATE_MAX ||
	    wanted->pir_per_s > RATE_MAX || wanted->cbs > BURST_MAX || wanted->pbs > BURST_MAX)
		return RESULT_OUT_OF_RANGE;
	if (wanted->pir_per_s < wanted->cir_per_s)
		return RESULT_INVALID;
	struct meter_state *cell = &array->cells[wanted->index];
	begin(cell);
	cell->committed_rate = wanted->cir_per_s;
	cell->committed_capacity = wanted->cbs * SECOND_NS;
	cell->peak_rate = wanted->pir_per_s;
	cell->peak_capacity = wanted->pbs * SECOND_NS;
	cell->committed_shift = shift_of(cell->committed_rate, cell->committed_capacity);
	cell->peak_shift = shift_of(cell->peak_rate, cell->peak_capacity);
	cell->is_set = 1;
	end(cell);
	return RESULT_OK;
}

enum result meter_unset(struct meter_array *array, uint32_t index)
{
	if (index >= array->info->size)
		return RESULT_OUT_OF_RANGE;
	begin(&array->cells[index]);
	array->cells[index].is_set = 0;
	end(&array->cells[index]);
	return RESULT_OK;
}

struct meter_cell meter_get(const struct meter_array *array, uint32_t index)
{
	const struct meter_state *cell = &array->cells[index];

	if (!cell->is_set)
		return (struct meter_cell){.index = index};
	return (struct meter_cell){
		.index = index,
		.is_set = 1,
		.cir_per_s = cell->committed_rate,
		.cbs = cell->committed_capacity / SECOND_NS,
		.pir_per_s = cell->peak_rate,
		.pbs = cell->peak_capacity / SECOND_NS,
	};
}

struct configuration {
	uint64_t committed_rate, committed_capacity, peak_rate, peak_capacity;
	uint8_t committed_shift, peak_shift;
	uint16_t sequence;
};

static struct configuration read_whole(const struct meter_state *cell)
{
	for (;;) {
		uint16_t before = __atomic_load_n(&cell->sequence, __ATOMIC_ACQUIRE);
		struct configuration read = {
			cell->committed_rate,  cell->committed_capacity, cell->peak_rate,
			cell->peak_capacity,   cell->committed_shift,    cell->peak_shift,
			before,
		};
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(before & 1) && __atomic_load_n(&cell->sequence, __ATOMIC_RELAXED) == before)
			return read;
		rte_pause();
	}
}

static uint64_t refilled(uint64_t rate, uint64_t capacity, uint64_t tokens, uint64_t elapsed_ns,
			 uint8_t shift)
{
	uint64_t longest_ns = 1ull << shift;

	tokens += rate * (elapsed_ns < longest_ns ? elapsed_ns : longest_ns);
	return tokens < capacity ? tokens : capacity;
}

static enum colour judge(struct meter_state *cell, uint64_t cost, uint64_t now_ns)
{
	struct configuration has = read_whole(cell);

	if (cell->seen != has.sequence) {
		cell->seen = has.sequence;
		cell->committed = has.committed_capacity;
		cell->peak = has.peak_capacity;
		cell->last_ns = now_ns;
	}
	uint64_t elapsed_ns = now_ns > cell->last_ns ? now_ns - cell->last_ns : 0;
	cell->last_ns += elapsed_ns;
	uint64_t committed = refilled(has.committed_rate, has.committed_capacity, cell->committed,
				      elapsed_ns, has.committed_shift);
	uint64_t peak = refilled(has.peak_rate, has.peak_capacity, cell->peak, elapsed_ns,
				 has.peak_shift);
	enum colour colour = RED;
	if (peak >= cost) {
		peak -= cost;
		colour = YELLOW;
		if (committed >= cost) {
			committed -= cost;
			colour = GREEN;
		}
	}
	cell->committed = committed;
	cell->peak = peak;
	return colour;
}

enum colour meter_judge(struct meter_state *cell, bool shared, uint64_t amount, uint64_t now_ns)
{
	uint64_t cost = amount * SECOND_NS;

	if (!shared)
		return judge(cell, cost, now_ns);
	while (__atomic_exchange_n(&cell->lock, 1, __ATOMIC_ACQUIRE))
		rte_pause();
	enum colour colour = judge(cell, cost, now_ns);
	__atomic_store_n(&cell->lock, 0, __ATOMIC_RELEASE);
	return colour;
}
