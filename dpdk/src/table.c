/* See table.h. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "trie.h"

/* Rows and handles that may wait for a grace period while the table is full. */
#define SPARE_ROWS 256u

static uint32_t rows_of(const struct table_info *info)
{
	return info->size + SPARE_ROWS;
}

static uint64_t rows_bytes(const struct table *table)
{
	return (uint64_t)(rows_of(table->info) + 1) << table->row_shift;
}

static uint64_t heads_bytes(const struct table *table)
{
	return ((uint64_t)table->head_mask + 1) * sizeof(*table->heads);
}

static struct row *row_at(struct table *table, uint32_t number)
{
	return (struct row *)(table->rows + ((uint64_t)number << table->row_shift));
}

static uint32_t words_of(uint32_t bytes)
{
	return (bytes + 7) / 8;
}

static uint32_t power_above(uint64_t value)
{
	uint32_t power = 0;

	while ((1ull << power) < value)
		power++;
	return power;
}

static bool is_lpm(const struct table *table)
{
	return table->info->kind == TABLE_LPM;
}

static unsigned __int128 address_of(const struct table *table, const uint64_t *key)
{
	unsigned __int128 address = (unsigned __int128)key[0] << 64;

	if (table->key_words > 1)
		return address | key[1];
	return address & ((unsigned __int128)0xffffffffu << 96); /* the length stands behind it */
}

static void measure(struct table *table)
{
	const struct table_info *info = table->info;
	uint32_t parameter_bytes = 0;

	for (uint32_t i = 0; i < info->action_count; i++) {
		uint32_t bytes = fields_bytes(&info->actions[i].parameters);
		parameter_bytes = bytes > parameter_bytes ? bytes : parameter_bytes;
	}
	table->key_words = words_of(fields_bytes(&info->key) + is_lpm(table));
	/* A parameter that crosses words is read with the word before it (translator). */
	uint32_t words = table->key_words + words_of(parameter_bytes);
	table->row_shift = power_above(sizeof(struct row) + words * sizeof(uint64_t));
	table->head_mask = (1u << power_above(2ull * info->size)) - 1;
}

static bool create_trie(struct table *table, struct rte_rcu_qsbr *grace)
{
	if (!is_lpm(table))
		return true;
	table->trie = calloc(1, sizeof(*table->trie));
	return table->trie && trie_create(table->trie, table->info->key.bits[0],
					  rows_of(table->info), grace);
}

bool table_create(struct table *table, const struct table_info *info, struct rte_rcu_qsbr *grace,
		  uint64_t seed)
{
	uint32_t rows = rows_of(info);

	*table = (struct table){.info = info, .seed = seed};
	measure(table);
	table->rows = memory_reserve(rows_bytes(table));
	table->heads = memory_reserve(heads_bytes(table));
	table->row_of_handle = calloc(rows + 1, sizeof(uint32_t));
	table->handle_of_row = calloc(rows + 1, sizeof(uint32_t));
	if (!table->rows || !table->heads || !table->row_of_handle || !table->handle_of_row ||
	    !pool_create(&table->rows_pool, rows, grace) ||
	    !pool_create(&table->handles_pool, rows, grace) || !create_trie(table, grace)) {
		table_destroy(table);
		return false;
	}
	row_at(table, 0)->action = info->default_action;
	return true;
}

void table_destroy(struct table *table)
{
	memory_release(table->rows, rows_bytes(table));
	memory_release(table->heads, heads_bytes(table));
	free(table->row_of_handle);
	free(table->handle_of_row);
	pool_destroy(&table->rows_pool);
	pool_destroy(&table->handles_pool);
	if (table->trie)
		trie_destroy(table->trie);
	free(table->trie);
	*table = (struct table){0};
}

/* The place that leads to the row of this key: a head or a row's `next`. It holds 0 at the end. */
static uint32_t *link_to(struct table *table, const uint64_t *key)
{
	uint64_t hash = table_hash(table->seed, key, table->key_words);
	uint32_t *link = &table->heads[hash & table->head_mask];

	while (*link && !row_has_key(row_at(table, *link), key, table->key_words))
		link = &row_at(table, *link)->next;
	return link;
}

static void publish(uint32_t *link, uint32_t number)
{
	__atomic_store_n(link, number, __ATOMIC_RELEASE);
}

static void fill(struct table *table, uint32_t number, const struct entry *entry, uint32_t next)
{
	struct row *row = row_at(table, number);
	uint32_t words = fields_bytes(&table->info->actions[entry->action].parameters);

	row->next = next;
	row->action = entry->action;
	row->prefix_bits = entry->prefix_bits;
	memcpy(row->words, entry->key, table->key_words * sizeof(uint64_t));
	memcpy(row->words + table->key_words, entry->parameters, words_of(words) * sizeof(uint64_t));
}

static void hold(struct table *table, uint32_t number, uint32_t handle)
{
	table->row_of_handle[handle] = number;
	table->handle_of_row[number] = handle;
}

enum result table_insert(struct table *table, const struct entry *entry)
{
	uint32_t *link = link_to(table, entry->key);

	if (*link)
		return RESULT_EXISTS;
	if (table->entry_count == table->info->size)
		return RESULT_FULL;
	uint32_t number = pool_take(&table->rows_pool);
	uint32_t handle = pool_take(&table->handles_pool);
	fill(table, number, entry, 0);
	hold(table, number, handle);
	publish(link, number);
	if (is_lpm(table))
		trie_insert(table->trie, table, address_of(table, entry->key), entry->prefix_bits,
			    number);
	table->entry_count++;
	return RESULT_OK;
}

enum result table_modify(struct table *table, const struct entry *entry)
{
	uint32_t *link = link_to(table, entry->key);
	uint32_t old = *link;

	if (!old)
		return RESULT_NOT_FOUND;
	uint32_t number = pool_take(&table->rows_pool);
	fill(table, number, entry, row_at(table, old)->next);
	hold(table, number, table->handle_of_row[old]);
	publish(link, number);
	if (is_lpm(table))
		trie_replace(table->trie, address_of(table, entry->key), entry->prefix_bits, old,
			     number);
	pool_retire(&table->rows_pool, old);
	return RESULT_OK;
}

/* A prefix cut to a length, with that length behind it, as it stands in a row. */
static void cut_key(const struct table *table, const struct entry *entry, uint32_t bits,
		    uint64_t *key)
{
	unsigned __int128 mask = bits ? ~(unsigned __int128)0 << (128 - bits) : 0;
	unsigned __int128 address = address_of(table, entry->key) & mask;

	key[0] = (uint64_t)(address >> 64);
	if (table->key_words == 1) {
		key[0] |= (uint64_t)bits << 24;
		return;
	}
	key[1] = (uint64_t)address;
	key[2] = (uint64_t)bits << 56;
}

/* The row of the longest prefix that is shorter and holds this one; 0 if there is none. */
static uint32_t cover_of(struct table *table, const struct entry *entry)
{
	for (uint32_t bits = entry->prefix_bits; bits-- > 0;) {
		uint64_t key[ROW_WORDS_MAX];
		cut_key(table, entry, bits, key);
		uint32_t found = *link_to(table, key);
		if (found)
			return found;
	}
	return 0;
}

enum result table_delete(struct table *table, const struct entry *entry)
{
	uint32_t *link = link_to(table, entry->key);
	uint32_t old = *link;

	if (!old)
		return RESULT_NOT_FOUND;
	if (is_lpm(table))
		trie_remove(table->trie, address_of(table, entry->key), entry->prefix_bits, old,
			    cover_of(table, entry));
	publish(link, row_at(table, old)->next);
	uint32_t handle = table->handle_of_row[old];
	table->row_of_handle[handle] = 0;
	pool_retire(&table->handles_pool, handle);
	pool_retire(&table->rows_pool, old);
	table->entry_count--;
	return RESULT_OK;
}

void table_clear(struct table *table)
{
	uint32_t handle = 1;
	const struct row *row;

	while ((row = table_next(table, &handle))) {
		struct entry entry = {.action = row->action, .prefix_bits = row->prefix_bits};
		memcpy(entry.key, row->words, table->key_words * sizeof(uint64_t));
		table_delete(table, &entry);
	}
}

const struct row *table_entry(const struct table *table, const struct entry *key)
{
	const struct row *row = table_find(table, key->key, table->key_words);

	return row == table_row(table, 0) ? NULL : row;
}

const struct row *table_next(const struct table *table, uint32_t *handle)
{
	for (; *handle <= rows_of(table->info); ++*handle)
		if (table->row_of_handle[*handle])
			return table_row(table, table->row_of_handle[*handle]);
	return NULL;
}
