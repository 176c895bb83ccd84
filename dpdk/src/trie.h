/*
 * Longest prefixes: a trie of 16 bits, then of 8 at a time, over addresses of up to 128 bits that
 * stand at the high end of a number. A slot holds a row's number, or that of a node below it.
 */
#ifndef P4RSVP_TRIE_H
#define P4RSVP_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"

#define TRIE_ROOT_BITS  16u
#define TRIE_NODE_BITS  8u
#define TRIE_NODE_SLOTS (1u << TRIE_NODE_BITS)
#define TRIE_IS_NODE    0x80000000u

struct table;

struct trie {
	uint32_t *root;
	uint32_t *nodes; /* TRIE_NODE_SLOTS each */
	uint32_t *prefixes_below; /* of each node: how many prefixes need it */
	struct pool pool;
};

bool trie_create(struct trie *trie, uint32_t address_bits, uint32_t prefixes,
		 struct rte_rcu_qsbr *grace);
void trie_destroy(struct trie *trie);

/* `table` tells how long the prefixes of rows are. */
void trie_insert(struct trie *trie, const struct table *table, unsigned __int128 address,
		 uint32_t bits, uint32_t row);
/* Everything under the prefix that leads to `old` leads to `row` from now on. */
void trie_replace(struct trie *trie, unsigned __int128 address, uint32_t bits, uint32_t old,
		  uint32_t row);
/* The same where the prefix itself ends; `cover` is the row of the next shorter one, or 0. */
void trie_remove(struct trie *trie, unsigned __int128 address, uint32_t bits, uint32_t old,
		 uint32_t cover);

static inline uint32_t trie_find(const struct trie *trie, unsigned __int128 address)
{
	uint32_t slot = __atomic_load_n(&trie->root[address >> (128 - TRIE_ROOT_BITS)],
					__ATOMIC_ACQUIRE);

	address <<= TRIE_ROOT_BITS;
	while (slot & TRIE_IS_NODE) {
		const uint32_t *node =
			trie->nodes + (uint64_t)(slot & ~TRIE_IS_NODE) * TRIE_NODE_SLOTS;
		slot = __atomic_load_n(&node[address >> (128 - TRIE_NODE_BITS)], __ATOMIC_ACQUIRE);
		address <<= TRIE_NODE_BITS;
	}
	return slot;
}

#endif
