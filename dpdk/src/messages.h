/*
 * The answers to messages, by concern. Each is given a message that is whole: its header's length is
 * that of header and body, its count within the limits. A body that does not add up is told by false,
 * and nothing of it is done.
 */
#ifndef P4RSVP_MESSAGES_H
#define P4RSVP_MESSAGES_H

#include "session.h"

struct message {
	struct message_header header;
	const uint8_t *body;
	size_t body_bytes;
};

/* write.c */
bool answer_write(struct session *session, const struct message *message);
bool answer_clear(struct session *session, const struct message *message);
/* read.c */
bool answer_read(struct session *session, const struct message *message);
/* frames_io.c */
bool answer_subscribe(struct session *session, const struct message *message);
bool answer_packet_out(struct session *session, const struct message *message);
bool answer_inject(struct session *session, const struct message *message);
/* What workers left for controllers; true where there was anything. */
bool deliver_frames(struct session *session);
bool deliver_punts(struct session *session);
/* port_messages.c */
bool answer_shape(struct session *session, const struct message *message);
bool answer_ports(struct session *session, const struct message *message);
bool answer_workers(struct session *session, const struct message *message);
/* settle.c */
bool answer_settle(struct session *session, const struct message *message);
bool answer_clock(struct session *session, const struct message *message);
/* True when all that came before the SETTLE has had its fate; then it is answered. */
bool settle_try(struct session *session);

#endif
