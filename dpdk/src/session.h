/*
 * One controller's conversation: bytes in, messages understood, replies out. It knows no socket, so
 * that tests and fuzzers feed it as control.c does.
 */
#ifndef P4RSVP_SESSION_H
#define P4RSVP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataplane.h"
#include "protocol.h"

/* What may wait for a controller that does not read: a reply and some frames. */
#define SESSION_OUT_BYTES (2u * MESSAGE_MAX_BYTES)

struct session {
	struct dataplane *plane;
	uint8_t *in, *out;
	size_t in_used;
	size_t out_first, out_used; /* what is still to be sent */
	bool greeted;
	bool closing;               /* after what is in `out` */
	bool subscribed, injects;   /* frames come here; another session may take that over */
	bool settling;              /* a SETTLE waits for its answer, and messages behind it */
	uint32_t settle_sequence;
	uint32_t settle_turns; /* still to be waited for */
	struct settle_mark {
		uint64_t injected, quiet_rounds, rounds;
	} settle_marks[WORKERS_MAX];
};

/* A message that is being written: its records follow each other in `out`. */
struct reply {
	struct session *session;
	struct message_header *header;
};

bool session_create(struct session *session, struct dataplane *plane);
void session_destroy(struct session *session);

/* Where the next bytes from the controller go, and how many there may be. */
uint8_t *session_room(struct session *session, size_t *bytes);
/* Understands what is there after so many more came. */
void session_take(struct session *session, size_t bytes);
/* Goes on where it stopped: a reply that had no room, or a SETTLE. */
void session_resume(struct session *session);

/* For what answers messages. */
struct reply reply_begin(struct session *session, uint16_t type, uint32_t sequence);
void *reply_add(struct reply *reply, size_t bytes); /* NULL where the message would be too long */
void reply_end(struct reply *reply, uint32_t count, enum result result);

/* Ends the conversation with a sentence. */
void session_refuse(struct session *session, enum result result, const char *sentence);

#endif
