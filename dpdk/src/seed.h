/* A number that nobody can guess. */
#ifndef P4RSVP_SEED_H
#define P4RSVP_SEED_H

#include <stdint.h>

uint64_t random_seed(void);

#endif
