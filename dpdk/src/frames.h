/* A capture file's frames in memory, to fill those of a null device with. */
#ifndef P4RSVP_FRAMES_H
#define P4RSVP_FRAMES_H

#include <stdint.h>

struct rte_mbuf;

struct frames {
	uint32_t count;
	struct frame {
		uint16_t bytes;
		uint8_t data[126]; /* as much as the pipelines look at; the rest is zeros */
	} frames[];
};

/* Reads a pcap file of microseconds or nanoseconds; NULL, and a sentence printed, if it is none. */
struct frames *frames_read(const char *path);

/* Makes each of these buffers the next frame; every worker begins somewhere else. */
void frames_fill(const struct frames *frames, uint32_t *next, struct rte_mbuf **buffers,
		 uint16_t count);

#endif
