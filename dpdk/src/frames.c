/* See frames.h. */
#include "frames.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#define PCAP_MAGIC_US 0xa1b2c3d4u
#define PCAP_MAGIC_NS 0xa1b23c4du
#define FRAMES_MAX    (1u << 20)
#define FETCHED_AHEAD 8
#define SHORT_BYTES   64

struct pcap_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, limit, link;
};

struct pcap_record {
	uint32_t seconds, fraction, captured_bytes, bytes;
};

static bool read_frame(FILE *file, struct frame *frame)
{
	struct pcap_record record;
	uint8_t rest[2048];

	if (fread(&record, sizeof(record), 1, file) != 1 ||
	    record.captured_bytes > sizeof(rest) ||
	    fread(rest, 1, record.captured_bytes, file) != record.captured_bytes)
		return false;
	frame->bytes = (uint16_t)record.captured_bytes;
	memcpy(frame->data, rest, RTE_MIN(record.captured_bytes, sizeof(frame->data)));
	return true;
}

static struct frames *read_all(FILE *file)
{
	struct pcap_head head;
	struct frames *frames = calloc(1, sizeof(*frames));

	if (fread(&head, sizeof(head), 1, file) != 1 ||
	    (head.magic != PCAP_MAGIC_US && head.magic != PCAP_MAGIC_NS))
		return frames;
	for (uint32_t room = 0; frames && frames->count < FRAMES_MAX; frames->count++) {
		if (frames->count == room) {
			room = room ? 2 * room : 64;
			void *larger = realloc(frames, sizeof(*frames) + room * sizeof(frames->frames[0]));
			if (!larger)
				break;
			frames = larger;
		}
		struct frame *frame = &frames->frames[frames->count];
		memset(frame, 0, sizeof(*frame));
		if (!read_frame(file, frame))
			break;
	}
	return frames;
}

struct frames *frames_read(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file) {
		perror(path);
		return NULL;
	}
	struct frames *frames = read_all(file);
	fclose(file);
	if (!frames || !frames->count) {
		fprintf(stderr, "%s: no capture file with frames of up to 2048 bytes\n", path);
		free(frames);
		return NULL;
	}
	return frames;
}

void frames_fill(const struct frames *frames, uint32_t *next, struct rte_mbuf **buffers,
		 uint16_t count)
{
	for (uint16_t i = 0; i < count; i++)
		rte_prefetch0(rte_pktmbuf_mtod(buffers[i], void *));
	for (uint16_t i = 0; i < count; i++) {
		const struct frame *frame = &frames->frames[*next];
		rte_prefetch0(frame + FETCHED_AHEAD);
		*next = *next + 1 == frames->count ? 0 : *next + 1;
		buffers[i]->data_len = frame->bytes;
		buffers[i]->pkt_len = frame->bytes;
		uint8_t *data = rte_pktmbuf_mtod(buffers[i], uint8_t *);
		memcpy(data, frame->data, SHORT_BYTES);
		if (frame->bytes > SHORT_BYTES)
			memcpy(data + SHORT_BYTES, frame->data + SHORT_BYTES,
			       sizeof(frame->data) - SHORT_BYTES);
	}
}
