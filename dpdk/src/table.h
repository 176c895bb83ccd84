/*
 * Match tables: exact keys by a hash with chains, prefixes by a trie beside them.
 *
 * Workers look up without a lock while the one control thread writes. A row is never changed once a
 * worker can see it: a changed entry is a new row in the old one's place, and the old one is taken
 * again only after a grace period (pool.h). So an entry is seen whole, as it was or as it is.
 *
 * A table takes as many entries as its size says, whatever their keys: chains have no limit, and the
 * hash has a seed of its own, so that nobody can choose keys that make them long.
 *
 * Why not DPDK's: its SWX tables are copied whole at a commit or rebuilt (rte_acl), rte_hash may
 * refuse a key before it is full, and neither rte_lpm takes a prefix of length 0.
 */
#ifndef P4RSVP_TABLE_H
#define P4RSVP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"
#include "program_info.h"
#include "protocol.h"

/* Key words, then those of the parameters: bytes of the control socket, as big-endian numbers. */
struct row {
	uint32_t next; /* in the chain; 0 ends it */
	uint16_t action; /* its place in table_info.actions */
	uint8_t prefix_bits;
	uint8_t reserved;
	uint64_t words[];
};

#define ROW_WORDS_MAX 15

struct trie;

struct table {
	const struct table_info *info;
	uint8_t *rows; /* row 0 holds the default action, and is what a miss finds */
	uint32_t *heads;
	uint32_t row_shift; /* log2 of a row's bytes */
	uint32_t head_mask;
	uint64_t seed;
	struct trie *trie; /* of a table of prefixes */
	/* From here on it is the control thread's alone. */
	uint32_t key_words;
	uint32_t entry_count;
	struct pool rows_pool;
	struct pool handles_pool; /* an entry's handle stays when it is modified */
	uint32_t *row_of_handle;
	uint32_t *handle_of_row;
};

/* A key or an entry as the control socket brings it, checked by update.c. */
struct entry {
	uint64_t key[ROW_WORDS_MAX];
	uint64_t parameters[ROW_WORDS_MAX];
	uint16_t action;
	uint8_t prefix_bits;
};

bool table_create(struct table *table, const struct table_info *info, struct rte_rcu_qsbr *grace,
		  uint64_t seed);
void table_destroy(struct table *table);

enum result table_insert(struct table *table, const struct entry *entry);
enum result table_modify(struct table *table, const struct entry *entry);
enum result table_delete(struct table *table, const struct entry *entry);
void table_clear(struct table *table);

/* The entry with this key, NULL where there is none. */
const struct row *table_entry(const struct table *table, const struct entry *key);

/* The first entry from a handle on, whose handle it leaves in `handle`; NULL behind the last. */
const struct row *table_next(const struct table *table, uint32_t *handle);

static inline const struct row *table_row(const struct table *table, uint32_t number)
{
	return (const struct row *)(table->rows + ((uint64_t)number << table->row_shift));
}

static inline uint64_t table_hash(uint64_t seed, const uint64_t *key, uint32_t words)
{
	uint64_t hash = seed;

	for (uint32_t i = 0; i < words; i++) {
		hash = (hash ^ key[i]) * 0x9E3779B97F4A7C15u;
		hash ^= hash >> 32;
	}
	return hash;
}

static inline bool row_has_key(const struct row *row, const uint64_t *key, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		if (row->words[i] != key[i])
			return false;
	return true;
}

/* What a packet finds: the row of its key, or that of the default action. */
static inline const struct row *table_find(const struct table *table, const uint64_t *key,
					   uint32_t words)
{
	uint64_t hash = table_hash(table->seed, key, words);
	uint32_t at = __atomic_load_n(&table->heads[hash & table->head_mask], __ATOMIC_ACQUIRE);

	while (at) {
		const struct row *row = table_row(table, at);
		if (row_has_key(row, key, words))
			return row;
		at = __atomic_load_n(&row->next, __ATOMIC_ACQUIRE);
	}
	return table_row(table, 0);
}

#endif
