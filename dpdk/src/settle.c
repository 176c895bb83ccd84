/*
 * SETTLE and CLOCK: for those who want to know when all is done that was asked for.
 *
 * Frames are given to workers through rings, so a worker is asked twice: whether it has taken all of
 * them, and whether it has had rounds since in which nothing moved. With other traffic there are no
 * such rounds, and a thousand of any kind will do. Where workers hand packets to each other, all of
 * them are asked again once all have settled.
 */
#include "messages.h"

#include <string.h>

#include <rte_ring.h>

#include "clock.h"

#define QUIET_ROUNDS 3u
#define ANY_ROUNDS   1000u

static uint64_t quiet_of(const struct worker *worker)
{
	return __atomic_load_n(&worker->quiet_rounds, __ATOMIC_ACQUIRE);
}

static bool has_settled(const struct session *session, uint16_t number)
{
	const struct worker *worker = &session->plane->workers[number];
	const struct settle_mark *mark = &session->settle_marks[number];

	if (__atomic_load_n(&worker->taken, __ATOMIC_ACQUIRE) < mark->injected)
		return false;
	return quiet_of(worker) >= mark->quiet_rounds + QUIET_ROUNDS ||
	       __atomic_load_n(&worker->rounds, __ATOMIC_ACQUIRE) >= mark->rounds + ANY_ROUNDS;
}

static void mark_all(struct session *session)
{
	for (uint16_t i = 0; i < session->plane->worker_count; i++) {
		const struct worker *worker = &session->plane->workers[i];
		session->settle_marks[i] = (struct settle_mark){
			.injected = session->plane->injected[i],
			.quiet_rounds = quiet_of(worker),
			.rounds = __atomic_load_n(&worker->rounds, __ATOMIC_ACQUIRE),
		};
	}
}

static bool all_settled(const struct session *session)
{
	for (uint16_t i = 0; i < session->plane->worker_count; i++)
		if (!has_settled(session, i))
			return false;
	return true;
}

/* Frames and punts that somebody waits for come before the answer. */
static bool all_delivered(const struct session *session)
{
	if (session->injects && !rte_ring_empty(session->plane->frames))
		return false;
	for (uint32_t i = 0; session->subscribed && i < QUEUES; i++)
		if (!rte_ring_empty(session->plane->punts[i]))
			return false;
	return true;
}

bool settle_try(struct session *session)
{
	if (session->settle_turns && all_settled(session)) {
		session->settle_turns--;
		mark_all(session);
	}
	if (session->settle_turns || !all_delivered(session))
		return false;
	struct reply reply =
		reply_begin(session, REPLY_BIT | MESSAGE_SETTLE, session->settle_sequence);
	reply_end(&reply, 0, RESULT_OK);
	session->settling = false;
	return true;
}

bool answer_settle(struct session *session, const struct message *message)
{
	if (message->body_bytes)
		return false;
	session->settling = true;
	session->settle_sequence = message->header.sequence;
	session->settle_turns = session->plane->worker_count > 1 ? 2 : 1;
	mark_all(session);
	return true;
}

bool answer_clock(struct session *session, const struct message *message)
{
	struct clock_time time;

	if (message->body_bytes != sizeof(time))
		return false;
	memcpy(&time, message->body, sizeof(time));
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_CLOCK, message->header.sequence);
	reply_end(&reply, 0, clock_set(time.now_ns) ? RESULT_OK : RESULT_PRECONDITION);
	return true;
}
