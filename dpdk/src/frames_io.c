/* Packet-outs and punts, and the frames of ports that are the control socket itself. */
#include "messages.h"

#include <string.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

static bool answer_nothing(struct session *session, const struct message *message)
{
	struct reply reply =
		reply_begin(session, REPLY_BIT | message->header.type, message->header.sequence);

	reply_end(&reply, 0, RESULT_OK);
	return true;
}

bool answer_subscribe(struct session *session, const struct message *message)
{
	if (message->body_bytes)
		return false;
	session->subscribed = true;
	return answer_nothing(session, message);
}

/* Gives a frame to the worker that has this port. */
static enum result give(struct dataplane *plane, uint16_t port, const uint8_t *frame,
			uint16_t bytes)
{
	uint16_t owner = ports_owner(&plane->ports, port);

	if (!bytes || bytes > FRAME_MAX_BYTES)
		return RESULT_INVALID;
	struct rte_mbuf *packet = rte_pktmbuf_alloc(plane->ports.buffers);
	if (!packet)
		return RESULT_FULL;
	memcpy(rte_pktmbuf_append(packet, bytes), frame, bytes);
	((struct waiting *)rte_mbuf_to_priv(packet))->ingress_port = port;
	if (rte_ring_sp_enqueue(plane->workers[owner].inbox, packet)) {
		rte_pktmbuf_free(packet);
		return RESULT_FULL;
	}
	plane->injected[owner]++;
	return RESULT_OK;
}

/* A record of either message: the port that it came in by, and the frame behind its head. */
struct frame_record {
	uint16_t port;
	uint16_t bytes;
	const uint8_t *frame;
};

static bool next_frame(const struct message *message, size_t *at, struct frame_record *record)
{
	size_t left = message->body_bytes - *at;
	const uint8_t *head = message->body + *at;
	size_t head_bytes = sizeof(struct packet);

	record->port = PORT_CPU;
	if (message->header.type == MESSAGE_INJECT) {
		struct port_frame says;
		head_bytes = sizeof(says);
		if (left < head_bytes)
			return false;
		memcpy(&says, head, sizeof(says));
		record->port = says.port;
	}
	if (left < head_bytes)
		return false;
	memcpy(&record->bytes, head, sizeof(record->bytes)); /* both begin with it */
	if (left - head_bytes < record->bytes)
		return false;
	record->frame = head + head_bytes;
	*at += head_bytes + record->bytes;
	return true;
}

static enum result give_record(struct dataplane *plane, const struct frame_record *record)
{
	if (record->port == PORT_CPU)
		return give(plane, PORT_CPU, record->frame, record->bytes);
	if (record->port >= PORTS_MAX || plane->ports.ports[record->port].kind != PORT_SOCKET)
		return RESULT_NOT_FOUND;
	return give(plane, record->port, record->frame, record->bytes);
}

static bool answer_frames(struct session *session, const struct message *message)
{
	uint32_t count = message->header.count;
	struct frame_record record;
	enum result first = RESULT_OK;
	size_t at = 0;

	for (uint32_t i = 0; i < count; i++)
		if (!next_frame(message, &at, &record))
			return false;
	if (at != message->body_bytes)
		return false;
	struct reply reply =
		reply_begin(session, REPLY_BIT | message->header.type, message->header.sequence);
	struct record_result *results = reply_add(&reply, count * sizeof(*results));
	at = 0;
	for (uint32_t i = 0; i < count; i++) {
		next_frame(message, &at, &record);
		enum result result = give_record(session->plane, &record);
		results[i].result = (uint16_t)result;
		first = first ? first : result;
	}
	reply_end(&reply, count, first);
	return true;
}

bool answer_packet_out(struct session *session, const struct message *message)
{
	return answer_frames(session, message);
}

bool answer_inject(struct session *session, const struct message *message)
{
	session->injects = true;
	return answer_frames(session, message);
}

/* A message of frames takes at most this much, so that replies keep their room. */
#define FRAMES_BYTES (SESSION_OUT_BYTES - MESSAGE_MAX_BYTES)

static bool has_room(const struct session *session)
{
	return session->out_used + sizeof(struct message_header) + FRAME_MAX_BYTES +
		       sizeof(struct port_frame) < FRAMES_BYTES / 2;
}

static void add_frame(struct reply *reply, struct rte_mbuf *packet)
{
	const struct waiting *waiting = rte_mbuf_to_priv(packet);
	uint16_t bytes = packet->data_len;

	if (reply->header->type == MESSAGE_FRAME) {
		struct port_frame *head = reply_add(reply, sizeof(*head));
		*head = (struct port_frame){
			.length_bytes = bytes,
			.port = waiting->out_port,
			.at_ns = waiting->enqueued_ns,
		};
	} else {
		struct packet *head = reply_add(reply, sizeof(*head));
		head->length_bytes = bytes;
	}
	memcpy(reply_add(reply, bytes), rte_pktmbuf_mtod(packet, void *), bytes);
	rte_pktmbuf_free(packet);
}

/* One message of what a ring holds, as far as there is room for it. */
static uint32_t deliver(struct session *session, struct rte_ring *ring, uint16_t type)
{
	void *packet;
	uint32_t count = 0;

	if (!has_room(session) || rte_ring_empty(ring))
		return 0;
	struct reply reply = reply_begin(session, type, 0);
	while (count < 64 && !rte_ring_sc_dequeue(ring, &packet)) {
		add_frame(&reply, packet);
		count++;
	}
	reply_end(&reply, count, RESULT_OK);
	return count;
}

bool deliver_frames(struct session *session)
{
	return deliver(session, session->plane->frames, MESSAGE_FRAME);
}

bool deliver_punts(struct session *session)
{
	for (uint32_t i = QUEUES; i-- > 0;)
		if (deliver(session, session->plane->punts[i], MESSAGE_PACKET_IN))
			return true;
	return false;
}
