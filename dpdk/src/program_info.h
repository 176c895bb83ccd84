/* What the P4Info says, as the translator writes it for the control socket (program_info). */
#ifndef P4RSVP_PROGRAM_INFO_H
#define P4RSVP_PROGRAM_INFO_H

#include <stdint.h>

#define FIELDS_MAX  8
#define ACTIONS_MAX 8
#define TABLES_MAX  32
#define ARRAYS_MAX  8

enum table_kind { TABLE_EXACT, TABLE_LPM };

struct fields {
	uint8_t count;
	uint8_t bits[FIELDS_MAX];
};

struct action_info {
	uint32_t id;
	uint8_t for_entries; /* 0: only a default */
	struct fields parameters;
};

struct table_info {
	const char *name;
	uint32_t id;
	enum table_kind kind;
	uint32_t size;
	uint16_t default_action; /* its place in `actions`; every default is constant */
	uint16_t action_count;
	struct fields key;
	struct action_info actions[ACTIONS_MAX];
};

struct array_info {
	const char *name;
	uint32_t id;
	uint32_t size;
	uint32_t counts_packets; /* a meter's unit: packets, not bytes */
};

struct program_info {
	uint8_t fingerprint[32]; /* SHA-256 of the P4Info */
	uint32_t table_count, meter_count, counter_count;
	struct table_info tables[TABLES_MAX];
	struct array_info meters[ARRAYS_MAX], counters[ARRAYS_MAX];
};

extern const struct program_info program_info;

/* In whole bytes each, as the control socket has them. */
static inline uint32_t fields_bytes(const struct fields *fields)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < fields->count; i++)
		bytes += (fields->bits[i] + 7u) / 8u;
	return bytes;
}

#endif
