/* The time of meters and queues, in nanoseconds: the machine's, or one that is stepped by hand. */
#ifndef P4RSVP_CLOCK_H
#define P4RSVP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* To be called once before any other. A stepped clock begins at one second. */
void clock_start(bool stepped);
uint64_t clock_now_ns(void);
bool clock_is_stepped(void);
/* False where the clock is not stepped, or would run back. */
bool clock_set(uint64_t now_ns);

#endif
