/* See passing.h. */
#include "passing.h"

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "dataplane.h"
#include "facts.h"
#include "worker.h"

static bool is_replica(const struct pass *pass)
{
	return pass->copies == COPIES_DIRECT || pass->copies == COPIES_POLICED;
}

/* The buffer's bounds follow what the pass made of the frame. */
static void settle_bounds(struct rte_mbuf *packet, const struct pass *pass)
{
	packet->data_off = (uint16_t)(pass->frame - (uint8_t *)packet->buf_addr);
	packet->data_len = (uint16_t)pass->length_bytes;
	packet->pkt_len = pass->length_bytes;
}

static void point_at(struct pass *pass, struct rte_mbuf *packet)
{
	pass->frame = rte_pktmbuf_mtod(packet, uint8_t *);
	pass->length_bytes = packet->data_len;
}

static void keep(struct rte_mbuf *packet, const struct pass *pass, bool has_left)
{
	struct waiting *waiting = rte_mbuf_to_priv(packet);

	waiting->enqueued_ns = pass->now_ns;
	waiting->ingress_port = pass->ingress_port;
	waiting->in_interface = pass->in_interface;
	waiting->out_interface = pass->out_interface;
	waiting->out_port = pass->out_port;
	waiting->frame_bytes = pass->frame_bytes;
	waiting->copies = pass->copies;
	waiting->queue = pass->queue;
	waiting->service_class = pass->service_class;
	waiting->has_left = has_left;
}

static struct pass recall(struct rte_mbuf *packet, uint64_t now_ns)
{
	const struct waiting *waiting = rte_mbuf_to_priv(packet);
	struct pass pass = {
		.now_ns = now_ns,
		.ingress_port = waiting->ingress_port,
		.in_interface = waiting->in_interface,
		.out_interface = waiting->out_interface,
		.out_port = waiting->out_port,
		.frame_bytes = waiting->frame_bytes,
		.copies = waiting->copies,
		.queue = waiting->queue,
		.service_class = waiting->service_class,
	};

	point_at(&pass, packet);
	return pass;
}

static void enter(struct worker *worker, struct rte_mbuf *packet, struct pass *pass);

/* A replica of the policed list comes back as a packet to its own interface alone. */
static void come_again(struct worker *worker, struct rte_mbuf *packet, const struct pass *was)
{
	struct pass pass = {
		.now_ns = was->now_ns,
		.ingress_port = was->ingress_port,
		.in_interface = was->in_interface,
		.out_interface = was->out_interface,
		.frame_bytes = (uint16_t)packet->pkt_len,
		.copies = COPIES_REPLICA,
	};

	enter(worker, packet, &pass);
}

/* A port that is asked for more than it takes. */
static void lose(struct worker *worker, struct rte_mbuf *packet, uint16_t port)
{
	__atomic_add_fetch(&worker->plane->unsent[port % PORTS_MAX], 1, __ATOMIC_RELAXED);
	rte_pktmbuf_free(packet);
}

static void hand_over(struct worker *worker, struct rte_mbuf *packet, uint16_t port)
{
	uint16_t owner = ports_owner(&worker->plane->ports, port);

	if (rte_ring_mp_enqueue(worker->plane->workers[owner].handed, packet))
		lose(worker, packet, port);
}

static void to_controller(struct worker *worker, struct rte_mbuf *packet, const struct pass *pass)
{
	if (rte_ring_mp_enqueue(worker->plane->punts[pass->queue % QUEUES], packet)) {
		worker->account.punts_lost++;
		rte_pktmbuf_free(packet);
	}
}

static void send(struct worker *worker, struct rte_mbuf *packet, const struct pass *pass)
{
	const struct port *port = &worker->plane->ports.ports[pass->out_port % PORTS_MAX];

	if (port->kind == PORT_SOCKET) {
		keep(packet, pass, true);
		if (rte_ring_mp_enqueue(worker->plane->frames, packet))
			lose(worker, packet, port->number);
	} else if (port->kind == PORT_NONE) {
		rte_pktmbuf_free(packet);
	} else if (port->queues == 1 &&
		   ports_owner(&worker->plane->ports, port->number) != worker->number) {
		keep(packet, pass, true);
		hand_over(worker, packet, port->number);
	} else {
		worker_send(worker, port->number, packet);
	}
}

/* Egress, and out. */
static void leave(struct worker *worker, struct rte_mbuf *packet, struct pass *pass)
{
	bool comes_again = is_replica(pass) && pass->out_port == PORT_REPLICATION;

	if (pipeline_egress(pass, worker->plane->program, &worker->state) != PASS_FORWARDED) {
		rte_pktmbuf_free(packet);
		return;
	}
	settle_bounds(packet, pass);
	if (comes_again)
		come_again(worker, packet, pass);
	else if (pass->out_port == PORT_CPU)
		to_controller(worker, packet, pass);
	else
		send(worker, packet, pass);
}

/* Into a queue, where the port has any. */
static void to_port(struct worker *worker, struct rte_mbuf *packet, struct pass *pass)
{
	struct shaper *shaper = &worker->plane->shapers[pass->out_port % PORTS_MAX];

	if (likely(!shaper_queues(shaper))) {
		leave(worker, packet, pass);
		return;
	}
	keep(packet, pass, false);
	if (ports_owner(&worker->plane->ports, pass->out_port) != worker->number)
		hand_over(worker, packet, pass->out_port);
	else if (!shaper_offer(shaper, packet, pass->queue % QUEUES))
		rte_pktmbuf_free(packet);
}

static void replicate(struct worker *worker, struct rte_mbuf *packet, const struct pass *pass)
{
	const struct replica_list *list = groups_find(&worker->plane->program->groups, pass->group);

	for (uint32_t i = 0; list && i < list->count; i++) {
		struct rte_mbuf *copy =
			rte_pktmbuf_copy(packet, worker->plane->ports.buffers, 0, UINT32_MAX);
		if (!copy) {
			worker->account.no_buffer_packets++;
			continue;
		}
		struct pass replica = *pass;
		replica.out_port = list->replicas[i].port;
		replica.out_interface = list->replicas[i].instance;
		point_at(&replica, copy);
		to_port(worker, copy, &replica);
	}
	rte_pktmbuf_free(packet);
}

/* Ingress, and on to where it says. */
static void enter(struct worker *worker, struct rte_mbuf *packet, struct pass *pass)
{
	point_at(pass, packet);
	if (pass->ingress_port != PORT_CPU)
		facts_find(pass);
	enum pass_result result = pipeline_ingress(pass, worker->plane->program, &worker->state);
	if (unlikely(result == PASS_DAMAGED)) {
		pass->damaged = 1;
		result = pipeline_ingress(pass, worker->plane->program, &worker->state);
	}
	worker->account.packets++;
	if (result != PASS_FORWARDED) {
		rte_pktmbuf_free(packet);
		return;
	}
	settle_bounds(packet, pass);
	if (pass->fate == FATE_FORWARD && pass->ingress_port != PORT_CPU)
		facts_mend(pass);
	if (is_replica(pass))
		replicate(worker, packet, pass);
	else
		to_port(worker, packet, pass);
}

void passing_receive(struct worker *worker, struct rte_mbuf *packet, uint16_t port)
{
	struct pass pass = {
		.now_ns = worker->now_ns,
		.ingress_port = port,
		.frame_bytes = (uint16_t)packet->pkt_len,
	};

	enter(worker, packet, &pass);
}

void passing_resume(struct worker *worker, struct rte_mbuf *packet)
{
	struct pass pass = recall(packet, worker->now_ns);
	const struct waiting *waiting = rte_mbuf_to_priv(packet);

	if (waiting->has_left)
		worker_send(worker, pass.out_port, packet);
	else
		to_port(worker, packet, &pass);
}

void passing_leave(struct worker *worker, struct rte_mbuf *packet, uint64_t when_ns)
{
	struct pass pass = recall(packet, when_ns);

	leave(worker, packet, &pass);
}
