/* See program.h. */
#include "program.h"

#include <stdlib.h>

#include <rte_rcu_qsbr.h>

#include "memory.h"
#include "seed.h"

static bool create_grace(struct program *program, uint32_t workers)
{
	size_t bytes = rte_rcu_qsbr_get_memsize(workers);

	return !posix_memalign((void **)&program->grace, RTE_CACHE_LINE_SIZE, bytes) &&
	       !rte_rcu_qsbr_init(program->grace, workers);
}

static bool create(struct program *program, uint32_t workers)
{
	bool made = create_grace(program, workers);

	for (uint32_t i = 0; made && i < program_info.table_count; i++)
		made = table_create(&program->tables[i], &program_info.tables[i], program->grace,
				    random_seed());
	for (uint32_t i = 0; made && i < program_info.meter_count; i++)
		made = meter_create(&program->meters[i], &program_info.meters[i], workers > 1);
	for (uint32_t i = 0; made && i < program_info.counter_count; i++)
		made = counter_create(&program->counters[i], &program_info.counters[i], workers);
	if (made)
		groups_create(&program->groups, program->grace);
	return made;
}

struct program *program_create(uint32_t workers)
{
	struct program *program = memory_reserve(sizeof(*program));

	if (program && !create(program, workers)) {
		program_destroy(program);
		return NULL;
	}
	return program;
}

void program_destroy(struct program *program)
{
	if (program->groups.grace)
		groups_clear(&program->groups);
	for (uint32_t i = 0; i < program_info.table_count; i++)
		if (program->tables[i].info)
			table_destroy(&program->tables[i]);
	for (uint32_t i = 0; i < program_info.meter_count; i++)
		if (program->meters[i].info)
			meter_destroy(&program->meters[i]);
	for (uint32_t i = 0; i < program_info.counter_count; i++)
		if (program->counters[i].info)
			counter_destroy(&program->counters[i]);
	free(program->grace);
	memory_release(program, sizeof(*program));
}

void program_clear(struct program *program)
{
	for (uint32_t i = 0; i < program_info.table_count; i++)
		table_clear(&program->tables[i]);
	for (uint32_t i = 0; i < program_info.meter_count; i++)
		for (uint32_t cell = 0; cell < program_info.meters[i].size; cell++)
			if (program->meters[i].cells[cell].is_set)
				meter_unset(&program->meters[i], cell);
	for (uint32_t i = 0; i < program_info.counter_count; i++)
		counter_clear(&program->counters[i]);
	groups_clear(&program->groups);
}

struct table *program_table(struct program *program, uint32_t id)
{
	for (uint32_t i = 0; i < program_info.table_count; i++)
		if (program_info.tables[i].id == id)
			return &program->tables[i];
	return NULL;
}

struct meter_array *program_meter(struct program *program, uint32_t id)
{
	for (uint32_t i = 0; i < program_info.meter_count; i++)
		if (program_info.meters[i].id == id)
			return &program->meters[i];
	return NULL;
}

struct counter_array *program_counter(struct program *program, uint32_t id)
{
	for (uint32_t i = 0; i < program_info.counter_count; i++)
		if (program_info.counters[i].id == id)
			return &program->counters[i];
	return NULL;
}
