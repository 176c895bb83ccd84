/* A controller's side of a session: messages to it, and the first one of what it says. */
#ifndef P4RSVP_TALK_H
#define P4RSVP_TALK_H

#include <string.h>

#include "../src/session.h"
#include "check.h"

static uint8_t message_bytes[MESSAGE_MAX_BYTES];
static struct message_header heard;
static uint8_t heard_body[MESSAGE_MAX_BYTES];

/* Gives bytes as a socket would: in parts, none larger than there is room for. */
static inline void feed(struct session *session, const uint8_t *bytes, size_t count)
{
	while (count && !session->closing) {
		size_t room;
		uint8_t *at = session_room(session, &room);
		size_t part = 1 + draw(count);
		part = part < room ? part : room;
		if (!part)
			return;
		memcpy(at, bytes, part);
		session_take(session, part);
		bytes += part;
		count -= part;
	}
}

static inline void say(struct session *session, uint16_t type, uint32_t count, const void *body,
		       size_t bytes)
{
	struct message_header header = {
		.length_bytes = (uint32_t)(sizeof(header) + bytes),
		.type = type,
		.sequence = 9,
		.count = count,
	};

	memcpy(message_bytes, &header, sizeof(header));
	if (bytes)
		memcpy(message_bytes + sizeof(header), body, bytes);
	feed(session, message_bytes, header.length_bytes);
}

/* Takes the session's next message; false where there is none. */
static inline bool hear(struct session *session)
{
	const uint8_t *at = session->out + session->out_first;

	if (!session->out_used)
		return false;
	memcpy(&heard, at, sizeof(heard));
	CHECK(heard.length_bytes >= sizeof(heard) && heard.length_bytes <= session->out_used);
	memcpy(heard_body, at + sizeof(heard), heard.length_bytes - sizeof(heard));
	session->out_first += heard.length_bytes;
	session->out_used -= heard.length_bytes;
	if (!session->out_used)
		session->out_first = 0;
	return true;
}

static inline void greet(struct session *session)
{
	struct hello hello = {.magic = PROTOCOL_MAGIC, .version = PROTOCOL_VERSION};

	say(session, MESSAGE_HELLO, 1, &hello, sizeof(hello));
	CHECK(hear(session) && heard.result == RESULT_OK);
}

#endif
