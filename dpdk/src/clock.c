/*
 * See clock.h. The TSC is read on every round of every worker, so it is scaled by a multiplication:
 * nanoseconds are (cycles x scale) / 2^32, exact to a part in 2^32 of the TSC's known frequency.
 */
#include "clock.h"

#include <rte_cycles.h>

#define SECOND_NS 1000000000ull

static bool is_stepped;
static uint64_t stepped_ns;
static uint64_t first_cycle;
static uint64_t scale;

void clock_start(bool stepped)
{
	is_stepped = stepped;
	stepped_ns = SECOND_NS;
	first_cycle = rte_rdtsc();
	scale = (uint64_t)(((unsigned __int128)SECOND_NS << 32) / rte_get_tsc_hz());
}

uint64_t clock_now_ns(void)
{
	if (is_stepped)
		return __atomic_load_n(&stepped_ns, __ATOMIC_ACQUIRE);
	uint64_t cycles = rte_rdtsc() - first_cycle;
	return SECOND_NS + (uint64_t)(((unsigned __int128)cycles * scale) >> 32);
}

bool clock_is_stepped(void)
{
	return is_stepped;
}

bool clock_set(uint64_t now_ns)
{
	if (!is_stepped || now_ns < stepped_ns)
		return false;
	__atomic_store_n(&stepped_ns, now_ns, __ATOMIC_RELEASE);
	return true;
}
