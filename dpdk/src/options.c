/* See options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] =
	"p4rsvp-dpdk: an Integrated Services router on DPDK, steered by its control socket\n"
	"\n"
	"  p4rsvp-dpdk --control PATH --port N=DEVICE... [options] [-- EAL options]\n"
	"\n"
	"  --control PATH     the control socket\n"
	"  --port N=DEVICE    port N (1 to 508); once for each port. DEVICE is one of\n"
	"                       af_packet:INTERFACE   an interface of the machine\n"
	"                       tap:NAME              a new interface of the machine\n"
	"                       memif:SOCKET          shared memory with the process that serves there\n"
	"                       memif-server:SOCKET   the same, served here\n"
	"                       pcap:IN:OUT           capture files, read once and written\n"
	"                       null                  nothing\n"
	"                       null:FRAMES           a capture file's frames, over and over\n"
	"                       socket                frames through the control socket\n"
	"                       NAME                  a device that DPDK knows: 0000:03:00.0, net_ring0\n"
	"  --cores A,B,...    CPUs: the first serves the socket, the others run workers (0,1)\n"
	"  --huge             use huge pages (without: --memory)\n"
	"  --memory MIB       memory for packets without huge pages (512)\n"
	"  --buffers N        packet buffers, of a frame each (16384)\n"
	"  --poll             never sleep; else an idle worker sleeps 50 us at a time\n"
	"  --clock=stepped    time stands still until the control socket moves it\n"
	"  --help             this\n"
	"\n"
	"  It needs no huge pages and no root, but what its devices need. docs/dpdk.md tells the rest.\n";

static void refuse(const char *what, const char *value)
{
	fprintf(stderr, "p4rsvp-dpdk: %s: %s (--help lists the options)\n", what, value);
	exit(2);
}

static uint32_t number(const char *option, const char *text, uint32_t least, uint32_t most)
{
	char *end;

	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (errno || end == text || *end || value < least || value > most) {
		fprintf(stderr, "p4rsvp-dpdk: %s takes a number from %u to %u, not \"%s\"\n", option,
			least, most, text);
		exit(2);
	}
	return (uint32_t)value;
}

static void add_port(struct options *options, char *text)
{
	char *device = strchr(text, '=');

	if (!device || !device[1])
		refuse("a port is N=DEVICE", text);
	*device++ = '\0';
	uint32_t port = number("--port", text, 1, FRONT_PORT_MAX);
	if (options->devices[port])
		refuse("this port has a device already", text);
	options->devices[port] = device;
}

void options_parse(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{"control", required_argument, NULL, 'c'}, {"port", required_argument, NULL, 'p'},
		{"cores", required_argument, NULL, 'l'},   {"huge", no_argument, NULL, 'H'},
		{"memory", required_argument, NULL, 'm'},  {"buffers", required_argument, NULL, 'b'},
		{"poll", no_argument, NULL, 'P'},          {"clock", required_argument, NULL, 'C'},
		{"help", no_argument, NULL, 'h'},          {0},
	};
	int option;

	*options = (struct options){.cores = "0,1", .memory_mib = 512, .buffers = 16384};
	while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
		switch (option) {
		case 'c': options->control_path = optarg; break;
		case 'p': add_port(options, optarg); break;
		case 'l': options->cores = optarg; break;
		case 'H': options->huge_pages = true; break;
		case 'm': options->memory_mib = number("--memory", optarg, 64, 1u << 20); break;
		case 'b': options->buffers = number("--buffers", optarg, 1024, 1u << 24); break;
		case 'P': options->poll = true; break;
		case 'C':
			if (strcmp(optarg, "stepped") != 0)
				refuse("--clock is `stepped` or left out", optarg);
			options->stepped_clock = true;
			break;
		case 'h': fputs(HELP, stdout); exit(0);
		default: exit(2);
		}
	}
	if (!options->control_path)
		refuse("it takes a control socket", "--control PATH");
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		refuse("no option", argv[optind]);
	options->eal_arguments = argv + optind;
	options->eal_argument_count = argc - optind;
	if (options->eal_argument_count > EAL_ARGUMENTS_MAX / 2)
		refuse("too many options behind", "--");
}
