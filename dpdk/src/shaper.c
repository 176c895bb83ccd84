/* See shaper.h. */
#include "shaper.h"

#include <stddef.h>

#include <rte_mbuf.h>

#include "passing.h"

#define SECOND_NS 1000000000ull

static struct waiting *waiting_of(struct rte_mbuf *packet)
{
	return rte_mbuf_to_priv(packet);
}

bool shaper_offer(struct shaper *shaper, struct rte_mbuf *packet, uint8_t priority)
{
	struct queue *queue = &shaper->queues[priority];
	uint32_t limit = __atomic_load_n(&shaper->limit_bytes, __ATOMIC_RELAXED);

	if (queue->bytes + packet->pkt_len > limit) {
		queue->dropped++;
		return false;
	}
	waiting_of(packet)->next = NULL;
	if (queue->first)
		waiting_of(queue->last)->next = packet;
	else
		queue->first = packet;
	queue->last = packet;
	queue->bytes += packet->pkt_len;
	queue->packets++;
	shaper->waiting++;
	return true;
}

/* When the next packet would leave; one waits. */
static uint64_t next_departure(const struct shaper *shaper)
{
	uint64_t earliest = UINT64_MAX;

	for (uint32_t i = 0; i < QUEUES; i++) {
		struct rte_mbuf *first = shaper->queues[i].first;
		if (first && waiting_of(first)->enqueued_ns < earliest)
			earliest = waiting_of(first)->enqueued_ns;
	}
	return earliest > shaper->free_ns ? earliest : shaper->free_ns;
}

static void occupy(struct shaper *shaper, uint32_t bytes, uint64_t when_ns)
{
	uint64_t rate = __atomic_load_n(&shaper->rate_bytes_per_s, __ATOMIC_RELAXED);
	uint64_t overhead = __atomic_load_n(&shaper->overhead_bytes, __ATOMIC_RELAXED);

	shaper->free_ns = rate ? when_ns + ((bytes + overhead) * SECOND_NS + rate - 1) / rate : 0;
}

static struct rte_mbuf *take(struct shaper *shaper, struct queue *queue, uint64_t when_ns)
{
	struct rte_mbuf *packet = queue->first;
	uint64_t waited_ns = when_ns - waiting_of(packet)->enqueued_ns;

	queue->first = waiting_of(packet)->next;
	queue->bytes -= packet->pkt_len;
	queue->packets--;
	queue->left++;
	queue->waited_ns += waited_ns;
	queue->longest_ns = waited_ns > queue->longest_ns ? waited_ns : queue->longest_ns;
	shaper->waiting--;
	occupy(shaper, packet->pkt_len, when_ns);
	return packet;
}

struct rte_mbuf *shaper_release(struct shaper *shaper, uint64_t now_ns, uint64_t *when_ns)
{
	if (!shaper->waiting)
		return NULL;
	*when_ns = next_departure(shaper);
	if (*when_ns > now_ns)
		return NULL;
	for (uint32_t i = QUEUES; i-- > 0;) {
		struct queue *queue = &shaper->queues[i];
		if (queue->first && waiting_of(queue->first)->enqueued_ns <= *when_ns)
			return take(shaper, queue, *when_ns);
	}
	return NULL;
}

void shaper_set(struct shaper *shaper, const struct shape *shape)
{
	__atomic_store_n(&shaper->limit_bytes, shape->limit_bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&shaper->overhead_bytes, shape->overhead_bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&shaper->rate_bytes_per_s, shape->rate_bytes_per_s, __ATOMIC_RELAXED);
}
