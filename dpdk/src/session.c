/* See session.h. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "messages.h"

bool session_create(struct session *session, struct dataplane *plane)
{
	*session = (struct session){.plane = plane};
	session->in = malloc(MESSAGE_MAX_BYTES);
	session->out = malloc(SESSION_OUT_BYTES);
	return session->in && session->out;
}

void session_destroy(struct session *session)
{
	free(session->in);
	free(session->out);
}

uint8_t *session_room(struct session *session, size_t *bytes)
{
	*bytes = session->closing ? 0 : MESSAGE_MAX_BYTES - session->in_used;
	return session->in + session->in_used;
}

struct reply reply_begin(struct session *session, uint16_t type, uint32_t sequence)
{
	if (session->out_first) {
		memmove(session->out, session->out + session->out_first, session->out_used);
		session->out_first = 0;
	}
	struct message_header *header = (void *)(session->out + session->out_used);
	*header = (struct message_header){
		.length_bytes = sizeof(*header),
		.type = type,
		.sequence = sequence,
	};
	return (struct reply){.session = session, .header = header};
}

void *reply_add(struct reply *reply, size_t bytes)
{
	size_t used = reply->header->length_bytes;

	if (used + bytes > MESSAGE_MAX_BYTES)
		return NULL;
	reply->header->length_bytes += (uint32_t)bytes;
	return (uint8_t *)reply->header + used;
}

void reply_end(struct reply *reply, uint32_t count, enum result result)
{
	reply->header->count = count;
	reply->header->result = (uint16_t)result;
	reply->session->out_used += reply->header->length_bytes;
}

void session_refuse(struct session *session, enum result result, const char *sentence)
{
	struct reply reply = reply_begin(session, MESSAGE_REFUSED, 0);

	memcpy(reply_add(&reply, strlen(sentence)), sentence, strlen(sentence));
	reply_end(&reply, 1, result);
	session->closing = true;
}

static bool answer_hello(struct session *session, const struct message *message)
{
	struct hello hello;
	struct dataplane *plane = session->plane;

	if (message->body_bytes != sizeof(hello))
		return false;
	memcpy(&hello, message->body, sizeof(hello));
	bool speaks = hello.magic == PROTOCOL_MAGIC && hello.version == PROTOCOL_VERSION;
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_HELLO, message->header.sequence);
	struct hello_reply *says = reply_add(&reply, sizeof(*says));
	*says = (struct hello_reply){
		.magic = PROTOCOL_MAGIC,
		.version = PROTOCOL_VERSION,
		.ports = plane->ports.count,
		.message_max_bytes = MESSAGE_MAX_BYTES,
		.updates_max = UPDATES_MAX,
		.groups_max = GROUPS_MAX,
		.replicas_max = ALL_REPLICAS_MAX,
		.group_replicas_max = REPLICAS_MAX,
		.frame_max_bytes = FRAME_MAX_BYTES,
		.now_ns = clock_now_ns(),
		.workers = (uint8_t)plane->worker_count,
		.stepped = clock_is_stepped(),
	};
	memcpy(says->program, program_info.fingerprint, sizeof(says->program));
	reply_end(&reply, 1, speaks ? RESULT_OK : RESULT_PRECONDITION);
	session->greeted = speaks;
	session->closing = !speaks;
	return true;
}

static const struct {
	uint16_t type;
	bool (*answer)(struct session *session, const struct message *message);
} ANSWERS[] = {
	{MESSAGE_HELLO, answer_hello},
	{MESSAGE_WRITE, answer_write},
	{MESSAGE_READ, answer_read},
	{MESSAGE_CLEAR, answer_clear},
	{MESSAGE_SUBSCRIBE, answer_subscribe},
	{MESSAGE_PACKET_OUT, answer_packet_out},
	{MESSAGE_SHAPE, answer_shape},
	{MESSAGE_PORTS, answer_ports},
	{MESSAGE_WORKERS, answer_workers},
	{MESSAGE_INJECT, answer_inject},
	{MESSAGE_SETTLE, answer_settle},
	{MESSAGE_CLOCK, answer_clock},
};

static void answer(struct session *session, const struct message *message)
{
	if (message->header.count > UPDATES_MAX) {
		session_refuse(session, RESULT_INVALID, "a message has more records than may be");
		return;
	}
	if (!session->greeted && message->header.type != MESSAGE_HELLO) {
		session_refuse(session, RESULT_PRECONDITION, "HELLO comes before everything else");
		return;
	}
	for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
		if (ANSWERS[i].type != message->header.type)
			continue;
		if (!ANSWERS[i].answer(session, message))
			session_refuse(session, RESULT_INVALID,
				       "a message's records do not add up to its length");
		return;
	}
	session_refuse(session, RESULT_UNIMPLEMENTED, "no message has this type");
}

/* Answers the first message if it is whole; the bytes that it took, or 0. */
static size_t take_first(struct session *session, const uint8_t *at, size_t bytes)
{
	struct message message;

	if (bytes < sizeof(message.header))
		return 0;
	memcpy(&message.header, at, sizeof(message.header));
	if (message.header.length_bytes < sizeof(message.header) ||
	    message.header.length_bytes > MESSAGE_MAX_BYTES) {
		session_refuse(session, RESULT_INVALID, "a message's length cannot be");
		return bytes;
	}
	if (bytes < message.header.length_bytes)
		return 0;
	message.body = at + sizeof(message.header);
	message.body_bytes = message.header.length_bytes - sizeof(message.header);
	answer(session, &message);
	return message.header.length_bytes;
}

static bool may_answer(const struct session *session)
{
	return !session->closing && !session->settling &&
	       SESSION_OUT_BYTES - session->out_used >= MESSAGE_MAX_BYTES;
}

static void work(struct session *session)
{
	size_t done = 0;

	while (may_answer(session)) {
		size_t took = take_first(session, session->in + done, session->in_used - done);
		if (!took)
			break;
		done += took;
	}
	memmove(session->in, session->in + done, session->in_used - done);
	session->in_used -= done;
}

void session_take(struct session *session, size_t bytes)
{
	session->in_used += bytes;
	work(session);
}

void session_resume(struct session *session)
{
	if (session->settling && !settle_try(session))
		return;
	work(session);
}
