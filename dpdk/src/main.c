/*
 * p4rsvp-dpdk: brings the parts up in order, serves, and takes them down in the other order.
 *
 * The main core serves the control socket; every other core that it was given runs a worker. DPDK's
 * environment is asked for no huge pages, no configuration on disk and no telemetry, so that any
 * number of switches run on one machine; what stands behind `--` may ask otherwise.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "clock.h"
#include "control.h"
#include "dataplane.h"
#include "memory.h"
#include "options.h"
#include "worker.h"

#define TEXT_BYTES 256

static struct dataplane *plane;

static void stop(int signal)
{
	(void)signal;
	__atomic_store_n(&plane->stop, true, __ATOMIC_RELAXED);
}

/* "0,1" as lcores 0 and 1, each on its CPU: EAL's `0@0,1@1`. One CPU may bear several. */
static void write_lcores(const char *cores, char *text)
{
	char list[TEXT_BYTES];
	size_t used = 0;
	uint32_t number = 0;

	snprintf(list, sizeof(list), "%s", cores);
	for (char *core = strtok(list, ","); core; core = strtok(NULL, ","))
		used += (size_t)snprintf(text + used, used < TEXT_BYTES ? TEXT_BYTES - used : 0,
					 "%s%u@%s", number ? "," : "", number, core),
			number++;
}

static bool start_environment(const struct options *options)
{
	char lcores[TEXT_BYTES], memory[16];
	char *arguments[EAL_ARGUMENTS_MAX] = {"p4rsvp-dpdk", "--no-telemetry", "--lcores", lcores,
					      "--log-level", "warning"};
	int count = 6;

	write_lcores(options->cores, lcores);
	snprintf(memory, sizeof(memory), "%u", options->memory_mib);
	if (options->huge_pages) {
		arguments[count++] = "--in-memory";
	} else {
		arguments[count++] = "--no-huge";
		arguments[count++] = "--no-shconf";
		arguments[count++] = "--no-pci";
		arguments[count++] = "-m";
		arguments[count++] = memory;
	}
	for (int i = 0; i < options->eal_argument_count; i++)
		arguments[count++] = options->eal_arguments[i];
	if (rte_eal_init(count, arguments) < 0) {
		fprintf(stderr, "p4rsvp-dpdk: DPDK does not start: %s\n", rte_strerror(rte_errno));
		return false;
	}
	return true;
}

static bool build(const struct options *options)
{
	uint32_t workers = rte_lcore_count() - 1;

	if (workers < 1 || workers > WORKERS_MAX) {
		fprintf(stderr, "p4rsvp-dpdk: --cores names one CPU for the socket and 1 to %u for workers\n",
			WORKERS_MAX);
		return false;
	}
	plane->worker_count = (uint16_t)workers;
	plane->poll = options->poll;
	clock_start(options->stepped_clock);
	plane->program = program_create(workers);
	if (!plane->program || !dataplane_connect(plane)) {
		fprintf(stderr, "p4rsvp-dpdk: no memory for the tables\n");
		return false;
	}
	return ports_open(&plane->ports, options, (uint16_t)workers);
}

static void launch_workers(void)
{
	uint32_t lcore, number = 0;

	RTE_LCORE_FOREACH_WORKER(lcore)
		rte_eal_remote_launch(worker_run, &plane->workers[number++], lcore);
}

static void take_down(void)
{
	rte_eal_mp_wait_lcore();
	ports_close(&plane->ports);
	dataplane_disconnect(plane);
	if (plane->program)
		program_destroy(plane->program);
	memory_release(plane, sizeof(*plane));
	rte_eal_cleanup();
}

static bool serve(const struct options *options)
{
	struct control control;
	struct sigaction action = {.sa_handler = stop};

	if (!control_open(&control, options->control_path, plane))
		return false;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	launch_workers();
	printf("ready: %u ports, %u workers, control socket %s\n", plane->ports.count,
	       plane->worker_count, options->control_path);
	fflush(stdout);
	control_run(&control);
	stop(0);
	control_close(&control);
	return true;
}

int main(int argc, char **argv)
{
	struct options options;

	options_parse(&options, argc, argv);
	if (!start_environment(&options))
		return EXIT_FAILURE;
	plane = memory_reserve(sizeof(*plane));
	if (!plane)
		return EXIT_FAILURE;
	bool served = build(&options) && serve(&options);
	take_down();
	return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
