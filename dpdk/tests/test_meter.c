/* Meters against plain arithmetic of 128 bits, which overflows nowhere and rounds nothing. */
#include <string.h>

#include "../src/meter.h"
#include "check.h"

#define CELLS 8
#define BURST_MAX ((1ull << 62) / SECOND_NS)

static const struct array_info INFO = {.name = "meter", .size = CELLS};

struct bucket {
	unsigned __int128 rate, capacity, tokens;
};

static void refill(struct bucket *bucket, uint64_t elapsed_ns)
{
	bucket->tokens += bucket->rate * elapsed_ns;
	if (bucket->tokens > bucket->capacity)
		bucket->tokens = bucket->capacity;
}

/* RFC 2698 3, colour-blind. */
static enum colour judge_plainly(struct bucket *committed, struct bucket *peak, uint64_t amount)
{
	unsigned __int128 cost = (unsigned __int128)amount * SECOND_NS;

	if (peak->tokens < cost)
		return RED;
	peak->tokens -= cost;
	if (committed->tokens < cost)
		return YELLOW;
	committed->tokens -= cost;
	return GREEN;
}

static struct bucket full(uint64_t rate, uint64_t burst)
{
	unsigned __int128 capacity = (unsigned __int128)burst * SECOND_NS;

	return (struct bucket){rate, capacity, capacity};
}

static uint64_t any_size(uint64_t most)
{
	return draw(2) ? draw(2000) : draw(most);
}

static void colours_are_exact(bool shared)
{
	struct meter_array array;

	CHECK(meter_create(&array, &INFO, shared));
	for (uint32_t turn = 0; turn < 2000; turn++) {
		struct meter_cell cell = {
			.index = (uint32_t)draw(CELLS), .is_set = 1,
			.cir_per_s = any_size(1ull << 40), .cbs = any_size(BURST_MAX),
			.pbs = any_size(BURST_MAX),
		};
		cell.pir_per_s = cell.cir_per_s + any_size(1ull << 40);
		CHECK_EQUAL(meter_set(&array, &cell), RESULT_OK);
		struct bucket committed = full(cell.cir_per_s, cell.cbs);
		struct bucket peak = full(cell.pir_per_s, cell.pbs);
		for (uint64_t i = 0, now_ns = draw(1u << 30); i < 50; i++) {
			uint64_t elapsed_ns = i ? any_size(i % 10 ? 1000000 : 1ull << 50) : 0;
			uint64_t amount = draw(2000);
			now_ns += elapsed_ns;
			refill(&committed, elapsed_ns);
			refill(&peak, elapsed_ns);
			CHECK_EQUAL(meter_execute(&array, cell.index, amount, now_ns),
				    judge_plainly(&committed, &peak, amount));
		}
		struct meter_cell read = meter_get(&array, cell.index);
		CHECK(!memcmp(&read, &cell, sizeof(cell)));
	}
	meter_destroy(&array);
}

static void an_unset_or_absent_meter_is_green(void)
{
	struct meter_array array;
	struct meter_cell nothing = {.index = 1, .is_set = 1};

	CHECK(meter_create(&array, &INFO, false));
	CHECK_EQUAL(meter_execute(&array, 1, 1500, 1), GREEN);
	CHECK_EQUAL(meter_execute(&array, CELLS, 1500, 1), GREEN);
	CHECK_EQUAL(meter_set(&array, &nothing), RESULT_OK);
	CHECK_EQUAL(meter_execute(&array, 1, 1500, 1), RED);
	CHECK_EQUAL(meter_unset(&array, 1), RESULT_OK);
	CHECK_EQUAL(meter_execute(&array, 1, 1500, 1), GREEN);
	meter_destroy(&array);
}

static void what_no_bucket_can_be_is_refused(void)
{
	struct meter_array array;
	struct meter_cell cell = {.cir_per_s = 2, .pir_per_s = 1};

	CHECK(meter_create(&array, &INFO, false));
	CHECK_EQUAL(meter_set(&array, &cell), RESULT_INVALID);
	cell = (struct meter_cell){.cbs = BURST_MAX + 1};
	CHECK_EQUAL(meter_set(&array, &cell), RESULT_OUT_OF_RANGE);
	cell = (struct meter_cell){.index = CELLS};
	CHECK_EQUAL(meter_set(&array, &cell), RESULT_OUT_OF_RANGE);
	CHECK_EQUAL(meter_unset(&array, CELLS), RESULT_OUT_OF_RANGE);
	meter_destroy(&array);
}

int main(void)
{
	colours_are_exact(false);
	colours_are_exact(true);
	an_unset_or_absent_meter_is_green();
	what_no_bucket_can_be_is_refused();
	return 0;
}
