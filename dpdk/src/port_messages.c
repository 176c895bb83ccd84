/* SHAPE, PORTS and WORKERS: what an operator sets and sees beside the program. */
#include "messages.h"

#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

static enum result shape_port(struct dataplane *plane, const struct shape *shape)
{
	if (!ports_has_queues(&plane->ports, shape->port))
		return RESULT_NOT_FOUND;
	shaper_set(&plane->shapers[shape->port], shape);
	return RESULT_OK;
}

bool answer_shape(struct session *session, const struct message *message)
{
	uint32_t count = message->header.count;
	enum result first = RESULT_OK;

	if (message->body_bytes != (size_t)count * sizeof(struct shape))
		return false;
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_SHAPE, message->header.sequence);
	struct record_result *results = reply_add(&reply, count * sizeof(*results));
	for (uint32_t i = 0; i < count; i++) {
		struct shape shape;
		memcpy(&shape, message->body + i * sizeof(shape), sizeof(shape));
		enum result result = shape_port(session->plane, &shape);
		results[i].result = (uint16_t)result;
		first = first ? first : result;
	}
	reply_end(&reply, count, first);
	return true;
}

static void ask_device(const struct port *port, struct port_account *account)
{
	struct rte_eth_stats stats;
	struct rte_eth_link link = {0};

	if (rte_eth_link_get_nowait(port->device, &link) == 0)
		account->is_up = link.link_status == RTE_ETH_LINK_UP;
	if (rte_eth_stats_get(port->device, &stats))
		return;
	account->received_packets = stats.ipackets;
	account->received_bytes = stats.ibytes;
	account->missed_packets = stats.imissed + stats.rx_nombuf;
	account->sent_packets = stats.opackets;
	account->sent_bytes = stats.obytes;
}

static void account_for(struct dataplane *plane, const struct port *port,
			struct port_account *account)
{
	const struct shaper *shaper = &plane->shapers[port->number];

	*account = (struct port_account){
		.port = port->number,
		.is_up = port->kind == PORT_SOCKET,
		.unsent_packets = __atomic_load_n(&plane->unsent[port->number], __ATOMIC_RELAXED),
		.rate_bytes_per_s = shaper->rate_bytes_per_s,
		.limit_bytes = shaper->limit_bytes,
		.overhead_bytes = shaper->overhead_bytes,
	};
	snprintf(account->name, sizeof(account->name), "%s", port->name);
	if (port->kind == PORT_DEVICE)
		ask_device(port, account);
	for (uint32_t i = 0; i < QUEUES; i++)
		account->queues[i] = (struct queue_account){
			.left_packets = shaper->queues[i].left,
			.dropped_packets = shaper->queues[i].dropped,
			.waiting_packets = shaper->queues[i].packets,
			.waiting_bytes = shaper->queues[i].bytes,
			.waited_ns = shaper->queues[i].waited_ns,
			.longest_ns = shaper->queues[i].longest_ns,
		};
}

bool answer_ports(struct session *session, const struct message *message)
{
	struct dataplane *plane = session->plane;

	if (message->body_bytes)
		return false;
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_PORTS, message->header.sequence);
	for (uint16_t i = 0; i < plane->ports.count; i++) {
		struct port_account *account = reply_add(&reply, sizeof(*account));
		account_for(plane, &plane->ports.ports[plane->ports.present[i]], account);
	}
	reply_end(&reply, plane->ports.count, RESULT_OK);
	return true;
}

bool answer_workers(struct session *session, const struct message *message)
{
	struct dataplane *plane = session->plane;

	if (message->body_bytes)
		return false;
	struct reply reply =
		reply_begin(session, REPLY_BIT | MESSAGE_WORKERS, message->header.sequence);
	for (uint16_t i = 0; i < plane->worker_count; i++) {
		struct worker_account *account = reply_add(&reply, sizeof(*account));
		*account = plane->workers[i].account;
		account->lcore = plane->workers[i].lcore;
		account->cycles_per_s = rte_get_tsc_hz();
	}
	reply_end(&reply, plane->worker_count, RESULT_OK);
	return true;
}
