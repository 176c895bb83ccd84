/* See seed.h. */
#include "seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

uint64_t random_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
		perror("getrandom");
		abort();
	}
	return seed;
}
