/* See scout.h. */
#include "scout.h"

#include <string.h>

#include <rte_prefetch.h>

#include "memory.h"

#define LEAST_BYTES 60 /* as many as are looked at */

bool scout_create(struct scout *scout)
{
	scout->hints = memory_reserve(SCOUT_FLOWS * sizeof(*scout->hints));
	scout->now = scout->hints;
	return scout->hints;
}

void scout_destroy(struct scout *scout)
{
	memory_release(scout->hints, SCOUT_FLOWS * sizeof(*scout->hints));
}

static uint64_t word_at(const uint8_t *frame, uint32_t at)
{
	uint64_t word;

	memcpy(&word, frame + at, sizeof(word));
	return word;
}

/* Of IPv4 addresses and ports, behind a tag or not, or of what is there in IPv6. */
static uint32_t flow_of(struct rte_mbuf *packet)
{
	const uint8_t *frame = rte_pktmbuf_mtod(packet, const uint8_t *);
	uint32_t at = frame[12] == 0x81 ? 30 : 26;

	if (packet->data_len < LEAST_BYTES)
		return 0;
	uint64_t mixed = word_at(frame, at) * 0x9E3779B97F4A7C15u ^ (uint32_t)word_at(frame, at + 8);
	if (frame[12] == 0x86)
		mixed ^= word_at(frame, 46) + (word_at(frame, 52) >> 16);
	mixed *= 0xBF58476D1CE4E5B9u;
	return (uint32_t)(mixed >> 40) % SCOUT_FLOWS;
}

void scout_ahead(struct scout *scout, struct rte_mbuf **packets, uint16_t count, uint32_t *flows)
{
	for (uint16_t i = 0; i < count; i++)
		rte_prefetch0(rte_pktmbuf_mtod(packets[i], void *));
	for (uint16_t i = 0; i < count; i++) {
		flows[i] = flow_of(packets[i]);
		rte_prefetch0(&scout->hints[flows[i]]);
	}
	for (uint16_t i = 0; i < count; i++) {
		const struct hint *hint = &scout->hints[flows[i]];
		rte_prefetch0(hint->head);
		rte_prefetch0(hint->row);
		rte_prefetch0(hint->meter);
		rte_prefetch0(hint->counter);
	}
}
