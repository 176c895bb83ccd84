/* What the tests share: a check that says where it failed, and random numbers from a seed. */
#ifndef P4RSVP_CHECK_H
#define P4RSVP_CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__,          \
				#condition);                                                      \
			exit(1);                                                                  \
		}                                                                                 \
	} while (0)

#define CHECK_EQUAL(left, right)                                                                  \
	do {                                                                                      \
		uint64_t left_ = (uint64_t)(left), right_ = (uint64_t)(right);                    \
		if (left_ != right_) {                                                            \
			fprintf(stderr, "%s:%d: %s is %" PRIu64 ", not %" PRIu64 "\n", __FILE__,  \
				__LINE__, #left, left_, right_);                                  \
			exit(1);                                                                  \
		}                                                                                 \
	} while (0)

static uint64_t draw_state = 2205;

/* splitmix64 */
static inline uint64_t draw(uint64_t below)
{
	draw_state += 0x9E3779B97F4A7C15u;
	uint64_t mixed = draw_state;
	mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
	return (mixed ^ (mixed >> 31)) % below;
}

#endif
