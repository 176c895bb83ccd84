/*
 * DPDK's trTCM (rte_meter) on the traffic of `p4rsvp bench policer`: so many meters, asked at random.
 *
 *     rte_meter METERS PACKETS ROUNDS
 *
 * Prints packets per second of thread CPU time, one number a round. Meters and their order are
 * those of bench/policer.py: the same generator, the same seed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>
#include <rte_meter.h>

#define LINE_BYTES 64
#define PERIOD_NS 100

struct meter {
	struct rte_meter_trtcm state;
	struct rte_meter_trtcm_profile profile;
};

static uint64_t seed = 2698;

static uint64_t draw(void)
{
	seed += 0x9E3779B97F4A7C15u;
	uint64_t mixed = seed;
	mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
	return mixed ^ (mixed >> 31);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	char *eal[] = { argv[0], "--no-huge", "-m", "256", "--no-pci", "--no-telemetry",
			"--log-level=lib.eal:error" };
	if (argc != 4 || rte_eal_init(sizeof(eal) / sizeof(*eal), eal) < 0) {
		fprintf(stderr, "usage: rte_meter METERS PACKETS ROUNDS (and DPDK's EAL must start)\n");
		return 2;
	}
	uint64_t meters = strtoull(argv[1], NULL, 10);
	uint64_t packets = strtoull(argv[2], NULL, 10);
	int rounds = atoi(argv[3]);

	struct meter *meter = rte_zmalloc("meters", meters * sizeof(*meter), LINE_BYTES);
	uint32_t *order = rte_malloc("order", packets * sizeof(*order), LINE_BYTES);
	uint32_t *length = rte_malloc("length", packets * sizeof(*length), LINE_BYTES);
	if (meter == NULL || order == NULL || length == NULL) {
		fprintf(stderr, "rte_meter: no memory for %" PRIu64 " meters\n", meters);
		return 1;
	}
	/* Half of what a meter is offered, so that all colours come up. Time goes in cycles. */
	uint64_t rate = 400 * UINT64_C(1000000000) / (meters * PERIOD_NS);
	uint64_t period_cycles = rte_get_tsc_hz() / (1000000000 / PERIOD_NS);
	for (uint64_t i = 0; i < meters; i++) {
		struct rte_meter_trtcm_params params = {
			.cir = rate + i % 16, .pir = 2 * rate, .cbs = 3000, .pbs = 6000 };
		rte_meter_trtcm_profile_config(&meter[i].profile, &params);
		rte_meter_trtcm_config(&meter[i].state, &meter[i].profile);
	}
	for (uint64_t i = 0; i < packets; i++) {
		order[i] = (uint32_t)(draw() % meters);
		length[i] = 64 + (uint32_t)(draw() % 1437);
	}
	uint64_t now = 0, colours = 0;
	for (int round = 0; round < rounds; round++) {
		double started = seconds();
		for (uint64_t i = 0; i < packets; i++) {
			struct meter *one = &meter[order[i]];
			now += period_cycles;
			colours += rte_meter_trtcm_color_blind_check(
				&one->state, &one->profile, now, length[i]);
		}
		printf("%.0f\n", (double)packets / (seconds() - started));
	}
	/* The colours must be worked out, and so are told. */
	fprintf(stderr, "colours %" PRIu64 "\n", colours);
	return 0;
}
