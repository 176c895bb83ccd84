/*
 * See trie.h.
 *
 * A prefix is painted over the slots that it covers, except where a longer one is. A node counts the
 * prefixes that end in it or below it; when the last is gone, the slot above takes what the node
 * then says everywhere, and the node is retired.
 */
#include "trie.h"

#include <stdlib.h>

#include "memory.h"
#include "table.h"

#define DEPTH_MAX 16

/* Which rows a prefix may paint over: one of them alone, or all of prefixes that are not longer. */
struct brush {
	const struct table *table; /* NULL: `only` */
	uint32_t only;
	uint32_t bits;
	uint32_t row;
};

static uint64_t nodes_bytes(const struct trie *trie)
{
	return (uint64_t)(trie->pool.capacity + 1) * TRIE_NODE_SLOTS * sizeof(uint32_t);
}

bool trie_create(struct trie *trie, uint32_t address_bits, uint32_t prefixes,
		 struct rte_rcu_qsbr *grace)
{
	uint32_t levels = (address_bits - TRIE_ROOT_BITS) / TRIE_NODE_BITS;

	if (!pool_create(&trie->pool, prefixes * levels, grace))
		return false;
	trie->root = memory_reserve(sizeof(uint32_t) << TRIE_ROOT_BITS);
	trie->nodes = memory_reserve(nodes_bytes(trie));
	trie->prefixes_below = calloc(trie->pool.capacity + 1, sizeof(uint32_t));
	return trie->root && trie->nodes && trie->prefixes_below;
}

void trie_destroy(struct trie *trie)
{
	memory_release(trie->root, sizeof(uint32_t) << TRIE_ROOT_BITS);
	memory_release(trie->nodes, nodes_bytes(trie));
	free(trie->prefixes_below);
	pool_destroy(&trie->pool);
}

static uint32_t *slots_of(struct trie *trie, uint32_t slot)
{
	return trie->nodes + (uint64_t)(slot & ~TRIE_IS_NODE) * TRIE_NODE_SLOTS;
}

static void set(uint32_t *slot, uint32_t value)
{
	__atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

static bool gives_way(const struct brush *brush, uint32_t row)
{
	if (!brush->table)
		return row == brush->only;
	return !row || table_row(brush->table, row)->prefix_bits <= brush->bits;
}

static void paint(struct trie *trie, uint32_t *slot, const struct brush *brush)
{
	if (*slot & TRIE_IS_NODE) {
		uint32_t *below = slots_of(trie, *slot);
		for (uint32_t i = 0; i < TRIE_NODE_SLOTS; i++)
			paint(trie, &below[i], brush);
	} else if (gives_way(brush, *slot)) {
		set(slot, brush->row);
	}
}

/* The slots above the one where a prefix ends, from the root down. */
struct path {
	uint32_t *slots[DEPTH_MAX];
	uint32_t length;
	uint32_t *first; /* the slots that the prefix covers */
	uint32_t count;
};

static void add_node(struct trie *trie, uint32_t *slot)
{
	uint32_t number = pool_take(&trie->pool);
	uint32_t *below = slots_of(trie, number);

	for (uint32_t i = 0; i < TRIE_NODE_SLOTS; i++)
		below[i] = *slot;
	trie->prefixes_below[number] = 0;
	set(slot, number | TRIE_IS_NODE);
}

static void walk(struct trie *trie, unsigned __int128 address, uint32_t bits, struct path *path)
{
	uint32_t *slots = trie->root;
	uint32_t stride = TRIE_ROOT_BITS;

	path->length = 0;
	while (bits > stride) {
		uint32_t *slot = &slots[address >> (128 - stride)];
		if (!(*slot & TRIE_IS_NODE))
			add_node(trie, slot);
		path->slots[path->length++] = slot;
		slots = slots_of(trie, *slot);
		address <<= stride;
		bits -= stride;
		stride = TRIE_NODE_BITS;
	}
	path->first = &slots[address >> (128 - stride)];
	path->count = 1u << (stride - bits);
}

static void paint_all(struct trie *trie, const struct path *path, const struct brush *brush)
{
	for (uint32_t i = 0; i < path->count; i++)
		paint(trie, path->first + i, brush);
}

void trie_insert(struct trie *trie, const struct table *table, unsigned __int128 address,
		 uint32_t bits, uint32_t row)
{
	struct brush brush = {.table = table, .bits = bits, .row = row};
	struct path path;

	walk(trie, address, bits, &path);
	for (uint32_t i = 0; i < path.length; i++)
		trie->prefixes_below[*path.slots[i] & ~TRIE_IS_NODE]++;
	paint_all(trie, &path, &brush);
}

void trie_replace(struct trie *trie, unsigned __int128 address, uint32_t bits, uint32_t old,
		  uint32_t row)
{
	struct brush brush = {.only = old, .row = row};
	struct path path;

	walk(trie, address, bits, &path);
	paint_all(trie, &path, &brush);
}

void trie_remove(struct trie *trie, unsigned __int128 address, uint32_t bits, uint32_t old,
		 uint32_t cover)
{
	struct brush brush = {.only = old, .row = cover};
	struct path path;

	walk(trie, address, bits, &path);
	paint_all(trie, &path, &brush);
	while (path.length--) {
		uint32_t *slot = path.slots[path.length];
		uint32_t number = *slot & ~TRIE_IS_NODE;
		if (--trie->prefixes_below[number])
			continue;
		set(slot, slots_of(trie, number)[0]);
		pool_retire(&trie->pool, number);
	}
}
