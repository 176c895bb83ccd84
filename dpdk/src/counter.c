/* See counter.h. */
#include "counter.h"

#include "memory.h"

static uint64_t bytes_of(const struct counter_array *array)
{
	return (uint64_t)(array->workers + 1) * array->info->size * sizeof(*array->cells);
}

bool counter_create(struct counter_array *array, const struct array_info *info, uint32_t workers)
{
	*array = (struct counter_array){.info = info, .workers = workers};
	array->cells = memory_reserve(bytes_of(array));
	return array->cells;
}

void counter_destroy(struct counter_array *array)
{
	memory_release(array->cells, bytes_of(array));
	array->cells = NULL;
}

static struct count *difference(const struct counter_array *array, uint32_t index)
{
	return &array->cells[(uint64_t)array->workers * array->info->size + index];
}

static struct count sum(const struct counter_array *array, uint32_t index)
{
	struct count all = {0};

	for (uint32_t worker = 0; worker < array->workers; worker++) {
		struct count *cell = &array->cells[(uint64_t)worker * array->info->size + index];
		all.packets += __atomic_load_n(&cell->packets, __ATOMIC_RELAXED);
		all.bytes += __atomic_load_n(&cell->bytes, __ATOMIC_RELAXED);
	}
	return all;
}

static void set(struct counter_array *array, uint32_t index, uint64_t packets, uint64_t bytes)
{
	struct count counted = sum(array, index);

	*difference(array, index) = (struct count){packets - counted.packets, bytes - counted.bytes};
}

enum result counter_set(struct counter_array *array, const struct counter_cell *cell)
{
	if (cell->index >= array->info->size)
		return RESULT_OUT_OF_RANGE;
	set(array, cell->index, cell->packets, cell->bytes);
	return RESULT_OK;
}

struct counter_cell counter_get(const struct counter_array *array, uint32_t index)
{
	struct count counted = sum(array, index);
	const struct count *more = difference(array, index);

	return (struct counter_cell){
		.index = index,
		.packets = counted.packets + more->packets,
		.bytes = counted.bytes + more->bytes,
	};
}

void counter_clear(struct counter_array *array)
{
	for (uint32_t index = 0; index < array->info->size; index++) {
		struct counter_cell cell = counter_get(array, index);
		if (cell.packets || cell.bytes)
			set(array, index, 0, 0);
	}
}
