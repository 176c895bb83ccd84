/*
 * See worker.h. A round: what arrived, what others handed over, what the links have room for, then
 * what was gathered goes out. Between two rounds a worker holds nothing of the tables, and says so
 * (rte_rcu_qsbr); while it sleeps it need not be asked.
 */
#include "worker.h"

#include <time.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring.h>

#include "clock.h"
#include "frames.h"

#define RELEASED_MAX        64   /* packets of a port in one round */
#define ROUNDS_BEFORE_SLEEP 1024
#define SLEEP_NS            50000

static void flush(struct worker *worker, uint16_t number)
{
	const struct port *port = &worker->plane->ports.ports[number];
	struct outbox *outbox = &worker->outboxes[number];
	uint16_t queue = port->queues > 1 ? worker->number : 0;
	uint16_t sent = rte_eth_tx_burst(port->device, queue, outbox->packets, outbox->count);

	if (unlikely(sent < outbox->count)) {
		__atomic_add_fetch(&worker->plane->unsent[number], outbox->count - sent,
				   __ATOMIC_RELAXED);
		rte_pktmbuf_free_bulk(outbox->packets + sent, outbox->count - sent);
	}
	outbox->count = 0;
}

void worker_send(struct worker *worker, uint16_t port, struct rte_mbuf *packet)
{
	struct outbox *outbox = &worker->outboxes[port];

	if (!outbox->is_listed)
		worker->dirty[worker->dirty_count++] = port;
	outbox->is_listed = true;
	outbox->packets[outbox->count++] = packet;
	if (outbox->count == BURST)
		flush(worker, port);
}

static void flush_all(struct worker *worker)
{
	for (uint16_t i = 0; i < worker->dirty_count; i++) {
		flush(worker, worker->dirty[i]);
		worker->outboxes[worker->dirty[i]].is_listed = false;
	}
	worker->dirty_count = 0;
}

/*
 * The frame as it was on the link, in one piece: kernels and NICs put VLAN tags aside. It is dropped
 * where that cannot be; DPDK's own insertion frees nothing then.
 */
static bool make_whole(struct rte_mbuf **packet)
{
	bool is_tagged = (*packet)->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED;

	if (likely(!is_tagged && (*packet)->nb_segs == 1))
		return true;
	if (!rte_pktmbuf_linearize(*packet) && (!is_tagged || !rte_vlan_insert(packet)))
		return true;
	rte_pktmbuf_free(*packet);
	return false;
}

static uint16_t make_all_whole(struct rte_mbuf **packets, uint16_t count)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < count; i++)
		if (make_whole(&packets[i]))
			packets[kept++] = packets[i];
	return kept;
}

static void receive(struct worker *worker, struct rte_mbuf **packets, uint16_t count, uint16_t port)
{
	uint32_t flows[BURST];

	scout_ahead(&worker->state.scout, packets, count, flows);
	for (uint16_t i = 0; i < count; i++) {
		scout_follow(&worker->state.scout, flows[i]);
		passing_receive(worker, packets[i], port);
	}
}

static uint32_t poll_port(struct worker *worker, const struct port *port)
{
	struct rte_mbuf *packets[BURST];
	uint16_t queue = port->queues > 1 ? worker->number : 0;

	if (port->kind != PORT_DEVICE ||
	    (port->queues == 1 &&
	     ports_owner(&worker->plane->ports, port->number) != worker->number))
		return 0;
	uint16_t count = rte_eth_rx_burst(port->device, queue, packets, BURST);
	if (count && port->fill)
		frames_fill(port->fill, &worker->fill_next[port->number], packets, count);
	receive(worker, packets, make_all_whole(packets, count), port->number);
	return count;
}

static uint32_t take_inbox(struct worker *worker)
{
	struct rte_mbuf *packets[BURST];
	uint32_t count =
		rte_ring_sc_dequeue_burst(worker->inbox, (void **)packets, BURST, NULL);

	for (uint32_t i = 0; i < count; i++) {
		const struct waiting *waiting = rte_mbuf_to_priv(packets[i]);
		passing_receive(worker, packets[i], waiting->ingress_port);
	}
	__atomic_store_n(&worker->taken, worker->taken + count, __ATOMIC_RELEASE);
	return count;
}

static uint32_t take_handed(struct worker *worker)
{
	struct rte_mbuf *packets[BURST];
	uint32_t count =
		rte_ring_sc_dequeue_burst(worker->handed, (void **)packets, BURST, NULL);

	for (uint32_t i = 0; i < count; i++)
		passing_resume(worker, packets[i]);
	return count;
}

static uint32_t release(struct worker *worker, uint16_t port)
{
	struct shaper *shaper = &worker->plane->shapers[port];
	struct rte_mbuf *packet;
	uint64_t when_ns;
	uint32_t count = 0;

	if (ports_owner(&worker->plane->ports, port) != worker->number)
		return 0;
	while (count < RELEASED_MAX && (packet = shaper_release(shaper, worker->now_ns, &when_ns))) {
		passing_leave(worker, packet, when_ns);
		count++;
	}
	return count;
}

static uint32_t run_round(struct worker *worker)
{
	struct ports *ports = &worker->plane->ports;
	uint32_t count = take_inbox(worker) + take_handed(worker);

	/* First, as what comes back from there goes on to the others' queues. */
	count += release(worker, PORT_REPLICATION) + release(worker, PORT_CPU);
	for (uint16_t i = 0; i < ports->count; i++) {
		const struct port *port = &ports->ports[ports->present[i]];
		count += poll_port(worker, port) + release(worker, port->number);
	}
	flush_all(worker);
	return count;
}

static void sleep_a_little(struct worker *worker)
{
	struct timespec pause = {.tv_nsec = SLEEP_NS};

	rte_rcu_qsbr_thread_offline(worker->plane->program->grace, worker->number);
	nanosleep(&pause, NULL);
	rte_rcu_qsbr_thread_online(worker->plane->program->grace, worker->number);
}

static void account(struct worker *worker, uint32_t moved, uint64_t cycles)
{
	if (moved) {
		worker->account.batches++;
		worker->account.busy_cycles += cycles;
	} else {
		worker->account.idle_cycles += cycles;
		__atomic_store_n(&worker->quiet_rounds, worker->quiet_rounds + 1, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&worker->rounds, worker->rounds + 1, __ATOMIC_RELEASE);
}

int worker_run(void *argument)
{
	struct worker *worker = argument;
	struct dataplane *plane = worker->plane;
	uint32_t idle_rounds = 0;
	uint64_t before = rte_rdtsc();

	worker->lcore = rte_lcore_id();
	rte_rcu_qsbr_thread_register(plane->program->grace, worker->number);
	rte_rcu_qsbr_thread_online(plane->program->grace, worker->number);
	while (!__atomic_load_n(&plane->stop, __ATOMIC_RELAXED)) {
		worker->now_ns = clock_now_ns();
		uint32_t moved = run_round(worker);
		rte_rcu_qsbr_quiescent(plane->program->grace, worker->number);
		uint64_t after = rte_rdtsc();
		account(worker, moved, after - before);
		before = after;
		idle_rounds = moved ? 0 : idle_rounds + 1;
		if (idle_rounds > ROUNDS_BEFORE_SLEEP && !plane->poll)
			sleep_a_little(worker);
	}
	rte_rcu_qsbr_thread_offline(plane->program->grace, worker->number);
	rte_rcu_qsbr_thread_unregister(plane->program->grace, worker->number);
	return 0;
}
