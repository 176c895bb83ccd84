/* Queues: who goes first, when, and what has no room. */
#include "../src/shaper.h"
#include "plane.h"

#define RATE_BYTES_PER_S 1000000 /* a byte a microsecond */
#define BYTE_NS          1000

static struct rte_mempool *buffers;

static struct rte_mbuf *packet_of(uint32_t bytes, uint64_t enqueued_ns)
{
	struct rte_mbuf *packet = rte_pktmbuf_alloc(buffers);

	CHECK(packet && rte_pktmbuf_append(packet, (uint16_t)bytes));
	((struct waiting *)rte_mbuf_to_priv(packet))->enqueued_ns = enqueued_ns;
	return packet;
}

static void offer(struct shaper *shaper, uint32_t bytes, uint64_t enqueued_ns, uint8_t priority)
{
	CHECK(shaper_offer(shaper, packet_of(bytes, enqueued_ns), priority));
}

/* The bytes of the next packet, which must leave at this time. */
static uint32_t expect(struct shaper *shaper, uint64_t now_ns, uint64_t leaves_ns)
{
	uint64_t when_ns;
	struct rte_mbuf *packet = shaper_release(shaper, now_ns, &when_ns);

	CHECK(packet);
	CHECK_EQUAL(when_ns, leaves_ns);
	uint32_t bytes = packet->pkt_len;
	rte_pktmbuf_free(packet);
	return bytes;
}

static void the_higher_priority_leaves_first_and_none_is_interrupted(void)
{
	struct shaper shaper = {.rate_bytes_per_s = RATE_BYTES_PER_S, .limit_bytes = 10000};
	uint64_t when_ns;

	offer(&shaper, 1000, 0, 0);
	offer(&shaper, 100, 500 * BYTE_NS, 7); /* comes while the first is on the link */
	offer(&shaper, 200, 600 * BYTE_NS, 5);
	offer(&shaper, 300, 600 * BYTE_NS, 7);
	CHECK_EQUAL(expect(&shaper, UINT32_MAX, 0), 1000);
	CHECK_EQUAL(expect(&shaper, UINT32_MAX, 1000 * BYTE_NS), 100);
	CHECK(!shaper_release(&shaper, 1099 * BYTE_NS, &when_ns));
	CHECK_EQUAL(expect(&shaper, UINT32_MAX, 1100 * BYTE_NS), 300);
	CHECK_EQUAL(expect(&shaper, UINT32_MAX, 1400 * BYTE_NS), 200);
	CHECK(!shaper_release(&shaper, UINT32_MAX, &when_ns));
	CHECK_EQUAL(shaper.queues[5].longest_ns, 800 * BYTE_NS);
}

static void departures_do_not_depend_on_when_somebody_looks(void)
{
	struct shaper shaper = {.rate_bytes_per_s = RATE_BYTES_PER_S, .limit_bytes = 1u << 20,
				.overhead_bytes = 24};

	for (uint32_t i = 0; i < 100; i++)
		offer(&shaper, 100, 0, 3);
	for (uint32_t i = 0; i < 100; i++)
		CHECK_EQUAL(expect(&shaper, draw(2) ? UINT32_MAX : (i + 1) * 124000, i * 124000), 100);
}

static void a_full_queue_drops_its_own_and_no_other(void)
{
	struct shaper shaper = {.rate_bytes_per_s = RATE_BYTES_PER_S, .limit_bytes = 250};

	offer(&shaper, 100, 0, 0);
	offer(&shaper, 100, 0, 0);
	struct rte_mbuf *more = packet_of(100, 0);
	CHECK(!shaper_offer(&shaper, more, 0));
	CHECK_EQUAL(shaper.queues[0].dropped, 1);
	CHECK(shaper_offer(&shaper, more, 1));
	for (uint32_t i = 0; i < 3; i++)
		expect(&shaper, UINT32_MAX, i * 100000);
}

static void what_waits_when_the_rate_is_lifted_leaves(void)
{
	struct shaper shaper = {.rate_bytes_per_s = 1, .limit_bytes = 1000};

	offer(&shaper, 100, 5, 0);
	offer(&shaper, 100, 6, 0);
	shaper_set(&shaper, &(struct shape){.rate_bytes_per_s = 0});
	expect(&shaper, 10, 5);
	expect(&shaper, 10, 6);
}

int main(void)
{
	start_environment();
	struct dataplane *plane = make_plane();
	buffers = plane->ports.buffers;
	the_higher_priority_leaves_first_and_none_is_interrupted();
	departures_do_not_depend_on_when_somebody_looks();
	a_full_queue_drops_its_own_and_no_other();
	what_waits_when_the_rate_is_lifted_leaves();
	CHECK_EQUAL(rte_mempool_in_use_count(buffers), 0);
	unmake_plane(plane);
	return 0;
}
