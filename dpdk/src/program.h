/* All that a controller can name, and all that packets are judged by. */
#ifndef P4RSVP_PROGRAM_H
#define P4RSVP_PROGRAM_H

#include <stdbool.h>

#include "counter.h"
#include "groups.h"
#include "meter.h"
#include "table.h"

struct program {
	struct rte_rcu_qsbr *grace;
	struct table tables[TABLES_MAX];
	struct meter_array meters[ARRAYS_MAX];
	struct counter_array counters[ARRAYS_MAX];
	struct groups groups;
};

/* NULL where there is not memory enough. */
struct program *program_create(uint32_t workers);
void program_destroy(struct program *program);
/* As after the start; packets go on meanwhile. */
void program_clear(struct program *program);

struct table *program_table(struct program *program, uint32_t id);
struct meter_array *program_meter(struct program *program, uint32_t id);
struct counter_array *program_counter(struct program *program, uint32_t id);

#endif
