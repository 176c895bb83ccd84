/* See ports.h. */
#include "ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include "frames.h"
#include "passing.h"

#define RING_DESCRIPTORS 1024
#define TEXT_BYTES       256

static bool failed(const struct port *port, const char *what, int code)
{
	fprintf(stderr, "p4rsvp-dpdk: port %u (%s): %s: %s\n", port->number, port->name, what,
		rte_strerror(code < 0 ? -code : code));
	return false;
}

/* "af_packet:veth0" as the name and arguments of a virtual device; false for any other device. */
static bool as_virtual(const struct port *port, char *name, char *arguments)
{
	static const struct {
		const char *kind, *driver, *format;
	} kinds[] = {
		{"af_packet:", "net_af_packet", "iface=%s,blocksz=4096,framesz=2048,framecnt=1024"},
		{"tap:", "net_tap", "iface=%s"},
		{"memif-server:", "net_memif", "role=server,socket-abstract=no,socket=%s"},
		{"memif:", "net_memif", "role=client,socket-abstract=no,socket=%s"},
	};

	for (size_t i = 0; i < RTE_DIM(kinds); i++) {
		size_t length = strlen(kinds[i].kind);
		if (strncmp(port->name, kinds[i].kind, length) != 0)
			continue;
		snprintf(name, TEXT_BYTES, "%s%u", kinds[i].driver, port->number);
		snprintf(arguments, TEXT_BYTES, kinds[i].format, port->name + length);
		return true;
	}
	if (strncmp(port->name, "pcap:", 5) == 0) {
		const char *in = port->name + 5;
		const char *out = strchr(in, ':');
		snprintf(name, TEXT_BYTES, "net_pcap%u", port->number);
		snprintf(arguments, TEXT_BYTES, "rx_pcap=%.*s,tx_pcap=%s",
			 out ? (int)(out - in) : (int)strlen(in), in, out ? out + 1 : "/dev/null");
		return true;
	}
	if (strncmp(port->name, "null", 4) == 0 && (port->name[4] == '\0' || port->name[4] == ':')) {
		snprintf(name, TEXT_BYTES, "net_null%u", port->number);
		snprintf(arguments, TEXT_BYTES, "size=64,no-rx=%d", port->name[4] == '\0');
		return true;
	}
	return false;
}

static bool find_device(struct port *port)
{
	char name[TEXT_BYTES], arguments[TEXT_BYTES];

	if (as_virtual(port, name, arguments)) {
		int code = rte_eal_hotplug_add("vdev", name, arguments);
		if (code)
			return failed(port, "no such device can be made", code);
	} else {
		snprintf(name, sizeof(name), "%s", port->name);
	}
	int code = rte_eth_dev_get_port_by_name(name, &port->device);
	return code ? failed(port, "DPDK knows no device of this name", code) : true;
}

static bool read_fill(struct port *port)
{
	if (strncmp(port->name, "null:", 5) != 0)
		return true;
	port->fill = frames_read(port->name + 5);
	return port->fill;
}

/* Queues for each worker if the device has them and tells flows apart, else one. */
static uint16_t queues_of(const struct rte_eth_dev_info *info, uint16_t workers, bool fills)
{
	bool spreads = info->flow_type_rss_offloads || fills;

	if (workers == 1 || info->max_rx_queues < workers || info->max_tx_queues < workers || !spreads)
		return 1;
	return workers;
}

static bool start(struct port *port, const struct ports *ports)
{
	struct rte_eth_dev_info info;
	int code = rte_eth_dev_info_get(port->device, &info);

	if (code)
		return failed(port, "the device does not describe itself", code);
	port->queues = queues_of(&info, ports->workers, port->fill);
	struct rte_eth_conf configuration = {0};
	if (port->queues > 1 && info.flow_type_rss_offloads) {
		configuration.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		configuration.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads &
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP);
	}
	code = rte_eth_dev_configure(port->device, port->queues, port->queues, &configuration);
	if (code)
		return failed(port, "it cannot be configured", code);
	for (uint16_t queue = 0; !code && queue < port->queues; queue++) {
		code = rte_eth_rx_queue_setup(port->device, queue, RING_DESCRIPTORS, SOCKET_ID_ANY,
					      NULL, ports->buffers);
		if (!code)
			code = rte_eth_tx_queue_setup(port->device, queue, RING_DESCRIPTORS,
						      SOCKET_ID_ANY, NULL);
	}
	if (code)
		return failed(port, "its queues cannot be had", code);
	code = rte_eth_dev_start(port->device);
	if (code)
		return failed(port, "it does not start", code);
	code = rte_eth_promiscuous_enable(port->device);
	if (code && code != -ENOTSUP)
		return failed(port, "it does not listen to groups", code);
	return true;
}

static bool open_port(struct port *port, const struct ports *ports)
{
	if (strcmp(port->name, "socket") == 0) {
		port->kind = PORT_SOCKET;
		return true;
	}
	port->kind = PORT_DEVICE;
	return find_device(port) && read_fill(port) && start(port, ports);
}

bool ports_open(struct ports *ports, const struct options *options, uint16_t workers)
{
	*ports = (struct ports){.workers = workers};
	ports->buffers = rte_pktmbuf_pool_create("buffers", options->buffers, 512,
						 sizeof(struct waiting), RTE_MBUF_DEFAULT_BUF_SIZE,
						 SOCKET_ID_ANY);
	if (!ports->buffers) {
		fprintf(stderr, "p4rsvp-dpdk: no memory for %u buffers: fewer --buffers or more --memory\n",
			options->buffers);
		return false;
	}
	for (uint16_t number = 1; number <= FRONT_PORT_MAX; number++) {
		if (!options->devices[number])
			continue;
		struct port *port = &ports->ports[number];
		port->number = number;
		port->name = options->devices[number];
		ports->present[ports->count++] = number;
		if (!open_port(port, ports))
			return false;
	}
	return true;
}

void ports_close(struct ports *ports)
{
	for (uint16_t i = 0; i < ports->count; i++) {
		struct port *port = &ports->ports[ports->present[i]];
		if (port->kind == PORT_DEVICE && port->queues) {
			rte_eth_dev_stop(port->device);
			rte_eth_dev_close(port->device);
		}
		free(port->fill);
	}
	rte_mempool_free(ports->buffers);
}
