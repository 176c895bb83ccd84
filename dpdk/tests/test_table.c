/* Tables against a plain list: random changes, then the same answers; prefixes; and a full table. */
#include <string.h>

#include <rte_rcu_qsbr.h>

#include "../src/table.h"
#include "../src/trie.h"
#include "check.h"

#define ENTRIES 200

static struct rte_rcu_qsbr *grace;

static const struct table_info EXACT = {
	.name = "exact", .kind = TABLE_EXACT, .size = ENTRIES, .default_action = 1,
	.key = {.count = 2, .bits = {32, 16}}, .action_count = 2,
	.actions = {{.id = 1, .for_entries = 1, .parameters = {.count = 1, .bits = {64}}}, {.id = 2}},
};

static struct table_info prefixes_of(uint8_t bits)
{
	struct table_info info = EXACT;

	info.kind = TABLE_LPM;
	info.key = (struct fields){.count = 1, .bits = {bits}};
	return info;
}

/* An entry of the plain list; the value tells entries apart. */
struct plain {
	bool is_there;
	unsigned __int128 address;
	uint32_t bits;
	uint64_t value;
};

static struct plain list[ENTRIES];

static struct entry exact_entry(uint32_t number, uint64_t value)
{
	return (struct entry){.key = {(uint64_t)number << 32 | 7u << 16}, .parameters = {value}};
}

static void an_exact_table_is_a_list(void)
{
	struct table table;
	uint32_t count = 0;

	CHECK(table_create(&table, &EXACT, grace, 1));
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t number = (uint32_t)draw(ENTRIES);
		struct plain *plain = &list[number];
		struct entry entry = exact_entry(number, draw(1000));
		switch (draw(3)) {
		case 0:
			CHECK_EQUAL(table_insert(&table, &entry),
				    plain->is_there ? RESULT_EXISTS : RESULT_OK);
			count += !plain->is_there;
			plain->value = plain->is_there ? plain->value : entry.parameters[0];
			plain->is_there = true;
			break;
		case 1:
			CHECK_EQUAL(table_modify(&table, &entry),
				    plain->is_there ? RESULT_OK : RESULT_NOT_FOUND);
			plain->value = entry.parameters[0];
			break;
		case 2:
			CHECK_EQUAL(table_delete(&table, &entry),
				    plain->is_there ? RESULT_OK : RESULT_NOT_FOUND);
			count -= plain->is_there;
			plain->is_there = false;
			break;
		}
		const struct row *row = table_find(&table, entry.key, 1);
		CHECK_EQUAL(row->action, plain->is_there ? 0 : 1);
		if (plain->is_there)
			CHECK_EQUAL(row->words[1], plain->value);
		CHECK_EQUAL(table.entry_count, count);
	}
	table_clear(&table);
	CHECK_EQUAL(table.entry_count, 0);
	table_destroy(&table);
}

static void a_full_table_refuses_and_keeps_what_it_has(void)
{
	struct table table;

	CHECK(table_create(&table, &EXACT, grace, 2));
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct entry entry = exact_entry(i, i);
		CHECK_EQUAL(table_insert(&table, &entry), RESULT_OK);
	}
	struct entry more = exact_entry(ENTRIES, 0);
	CHECK_EQUAL(table_insert(&table, &more), RESULT_FULL);
	for (uint32_t turn = 0; turn < 10; turn++)
		for (uint32_t i = 0; i < ENTRIES; i++) {
			struct entry entry = exact_entry(i, i + turn);
			CHECK_EQUAL(table_modify(&table, &entry), RESULT_OK);
			CHECK_EQUAL(table_find(&table, entry.key, 1)->words[1], i + turn);
		}
	table_destroy(&table);
}

static void a_read_meets_every_entry_once_while_they_change(void)
{
	struct table table;
	uint32_t seen[ENTRIES] = {0}, handle = 1;
	const struct row *row;

	CHECK(table_create(&table, &EXACT, grace, 3));
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct entry entry = exact_entry(i, i);
		CHECK_EQUAL(table_insert(&table, &entry), RESULT_OK);
	}
	for (; (row = table_next(&table, &handle)); handle++) {
		seen[row->words[0] >> 32]++;
		struct entry entry = exact_entry((uint32_t)draw(ENTRIES), 5);
		CHECK_EQUAL(table_modify(&table, &entry), RESULT_OK);
	}
	for (uint32_t i = 0; i < ENTRIES; i++)
		CHECK_EQUAL(seen[i], 1);
	table_destroy(&table);
}

/* Few bits differ, so that prefixes nest and meet often. */
static unsigned __int128 random_address(uint32_t address_bits)
{
	unsigned __int128 address = 0;

	for (uint32_t byte = 0; byte < address_bits / 8; byte++)
		address = address << 8 | (draw(3) ? 1 : draw(4) << 6);
	return address << (128 - address_bits);
}

static unsigned __int128 cut(unsigned __int128 address, uint32_t bits)
{
	return bits ? address & ~(unsigned __int128)0 << (128 - bits) : 0;
}

static struct entry prefix_entry(const struct plain *plain, uint32_t address_bits)
{
	struct entry entry = {.parameters = {plain->value}, .prefix_bits = (uint8_t)plain->bits};

	entry.key[0] = (uint64_t)(plain->address >> 64);
	if (address_bits == 32) {
		entry.key[0] |= (uint64_t)plain->bits << 24;
	} else {
		entry.key[1] = (uint64_t)plain->address;
		entry.key[2] = (uint64_t)plain->bits << 56;
	}
	return entry;
}

static const struct plain *longest(unsigned __int128 address)
{
	const struct plain *best = NULL;

	for (uint32_t i = 0; i < ENTRIES; i++)
		if (list[i].is_there && cut(address, list[i].bits) == list[i].address &&
		    (!best || list[i].bits > best->bits))
			best = &list[i];
	return best;
}

static bool is_listed(const struct plain *plain)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		if (list[i].is_there && list[i].address == plain->address &&
		    list[i].bits == plain->bits)
			return true;
	return false;
}

static void change_prefixes(struct table *table, uint32_t address_bits)
{
	struct plain *plain = &list[draw(ENTRIES)];

	if (plain->is_there && draw(2)) {
		plain->value = draw(1u << 30);
		struct entry entry = prefix_entry(plain, address_bits);
		CHECK_EQUAL(table_modify(table, &entry), RESULT_OK);
	} else if (plain->is_there) {
		struct entry entry = prefix_entry(plain, address_bits);
		CHECK_EQUAL(table_delete(table, &entry), RESULT_OK);
		plain->is_there = false;
	} else {
		struct plain fresh = {.bits = (uint32_t)draw(address_bits + 1), .value = draw(1u << 30)};
		fresh.address = cut(random_address(address_bits), fresh.bits);
		struct entry entry = prefix_entry(&fresh, address_bits);
		bool twice = is_listed(&fresh);
		CHECK_EQUAL(table_insert(table, &entry), twice ? RESULT_EXISTS : RESULT_OK);
		if (!twice)
			*plain = fresh;
		plain->is_there = !twice;
	}
}

static void the_longest_prefix_is_found(uint32_t address_bits)
{
	struct table_info info = prefixes_of((uint8_t)address_bits);
	uint32_t key_words = address_bits == 32 ? 1 : 3;
	struct table table;

	memset(list, 0, sizeof(list));
	CHECK(table_create(&table, &info, grace, 4));
	for (uint32_t i = 0; i < 4000; i++) {
		change_prefixes(&table, address_bits);
		for (uint32_t j = 0; j < 8; j++) {
			unsigned __int128 address = random_address(address_bits);
			const struct plain *best = longest(address);
			const struct row *row = table_row(&table, trie_find(table.trie, address));
			CHECK_EQUAL(row->action, best ? 0 : 1);
			if (best)
				CHECK_EQUAL(row->words[key_words], best->value);
		}
	}
	table_clear(&table);
	CHECK_EQUAL(table.trie->pool.free_count + table.trie->pool.retired_count,
		    table.trie->pool.capacity);
	table_destroy(&table);
}

int main(void)
{
	CHECK(!posix_memalign((void **)&grace, RTE_CACHE_LINE_SIZE, rte_rcu_qsbr_get_memsize(1)));
	CHECK(!rte_rcu_qsbr_init(grace, 1));
	an_exact_table_is_a_list();
	a_full_table_refuses_and_keeps_what_it_has();
	a_read_meets_every_entry_once_while_they_change();
	the_longest_prefix_is_found(32);
	the_longest_prefix_is_found(128);
	free(grace);
	return 0;
}
