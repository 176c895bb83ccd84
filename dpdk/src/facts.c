/* See facts.h. Headers cut short are the parser's business, and are left alone here. */
#include "facts.h"

#include <string.h>

#include <rte_byteorder.h>

#define ETHERNET_BYTES    14u
#define VLAN_BYTES        4u
#define IPV4_BYTES        20u
#define IPV6_BYTES        40u
#define CHECKSUM_AT       10u
#define IPV6_SOURCE_AT    8u
#define IPV6_TARGET_AT    24u
#define IS_IPV6_GROUP(at) ((at)[0] == 0xff)

static uint16_t type_at(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* Where the IP header begins, its Ethernet type in `type`; 0 where the frame ends before. */
static uint32_t network_header(const struct pass *pass, uint16_t *type)
{
	uint32_t at = ETHERNET_BYTES;

	if (pass->length_bytes < at)
		return 0;
	*type = type_at(pass->frame + at - 2);
	if (*type == 0x8100) {
		at += VLAN_BYTES;
		if (pass->length_bytes < at)
			return 0;
		*type = type_at(pass->frame + at - 2);
	}
	return at;
}

/* RFC 1071 over a header of whole words, its own checksum left out. */
static uint16_t checksum_of(const uint8_t *header, uint32_t bytes)
{
	uint64_t sum = 0;
	uint16_t own;

	for (uint32_t i = 0; i < bytes; i += 4) {
		uint32_t word;
		memcpy(&word, header + i, sizeof(word));
		sum += word;
	}
	memcpy(&own, header + CHECKSUM_AT, sizeof(own));
	sum -= (uint64_t)own << (RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN ? 16 : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* The bytes of a header that the program parses; 0 where it is cut short. */
static uint32_t ipv4_bytes(const struct pass *pass, uint32_t at)
{
	uint32_t left = pass->length_bytes - at;

	if (left < IPV4_BYTES)
		return 0;
	uint32_t bytes = (pass->frame[at] & 0xfu) * 4;
	bytes = bytes < IPV4_BYTES ? IPV4_BYTES : bytes;
	return bytes <= left ? bytes : 0;
}

/* Preamble, FCS and gap, around a frame that is padded to its least size. */
static uint16_t wire_bytes(uint32_t frame_bytes)
{
	return (uint16_t)((frame_bytes < 60 ? 60 : frame_bytes) + 24);
}

void facts_find(struct pass *pass)
{
	uint16_t type;
	uint32_t at = network_header(pass, &type);

	pass->wire_bytes = wire_bytes(pass->frame_bytes);
	if (!at)
		return;
	const uint8_t *header = pass->frame + at;
	if (type == 0x0800) {
		uint32_t bytes = ipv4_bytes(pass, at);
		uint16_t claimed;
		memcpy(&claimed, header + CHECKSUM_AT, sizeof(claimed));
		pass->damaged = bytes && checksum_of(header, bytes) != claimed;
	} else if (type == 0x86dd && pass->length_bytes - at >= IPV6_BYTES) {
		pass->ipv6_src_group = IS_IPV6_GROUP(header + IPV6_SOURCE_AT);
		pass->ipv6_scope = header[IPV6_TARGET_AT + 1] & 0xf;
	}
}

void facts_mend(struct pass *pass)
{
	uint16_t type;
	uint32_t at = network_header(pass, &type);

	if (!at || type != 0x0800)
		return;
	uint8_t *header = pass->frame + at;
	uint16_t sum = checksum_of(header, ipv4_bytes(pass, at));
	memcpy(header + CHECKSUM_AT, &sum, sizeof(sum));
}
