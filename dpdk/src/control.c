/* See control.h. One thread does all of it: no write is ever made beside another. */
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "messages.h"

/* How long a frame for a controller may lie, and how long a signal may wait. */
#define WATCHING_NS  100000
#define IDLE_NS      10000000
#define BACKLOG      8

static bool failed(const char *path, const char *what)
{
	fprintf(stderr, "p4rsvp-dpdk: %s: %s: %s\n", path, what, strerror(errno));
	return false;
}

/* Takes away a socket that nobody listens on; what else may be there, stays. */
static void remove_stale(const struct sockaddr_un *address)
{
	struct stat found;
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (probe >= 0 && stat(address->sun_path, &found) == 0 && S_ISSOCK(found.st_mode) &&
	    connect(probe, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	if (probe >= 0)
		close(probe);
}

bool control_open(struct control *control, const char *path, struct dataplane *plane)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*control = (struct control){.plane = plane, .path = path, .listening = -1};
	for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
		control->connections[i].socket = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return failed(path, "no socket can be called so");
	}
	strcpy(address.sun_path, path);
	remove_stale(&address);
	control->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listening < 0)
		return failed(path, "no socket can be made");
	mode_t mask = umask(0177);
	int code = bind(control->listening, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (code || listen(control->listening, BACKLOG)) {
		close(control->listening);
		control->listening = -1;
		return failed(path, "it cannot be listened on");
	}
	return true;
}

static void drop_connection(struct connection *connection)
{
	close(connection->socket);
	connection->socket = -1;
	session_destroy(&connection->session);
}

void control_close(struct control *control)
{
	for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
		if (control->connections[i].socket >= 0)
			drop_connection(&control->connections[i]);
	if (control->listening < 0)
		return;
	close(control->listening);
	unlink(control->path);
}

/* One more than there may be is closed at once. */
static void accept_one(struct control *control)
{
	int socket = accept4(control->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (socket < 0)
		return;
	for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &control->connections[i];
		if (connection->socket >= 0)
			continue;
		connection->socket = socket;
		if (!session_create(&connection->session, control->plane))
			drop_connection(connection);
		return;
	}
	close(socket);
}

/* What one session takes for itself, the others lose. */
static void pass_on_roles(struct control *control, struct session *taker, bool had_punts,
			  bool had_frames)
{
	for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct session *other = &control->connections[i].session;
		if (control->connections[i].socket < 0 || other == taker)
			continue;
		if (taker->subscribed && !had_punts)
			other->subscribed = false;
		if (taker->injects && !had_frames)
			other->injects = false;
	}
}

/* False where the other end is gone. */
static bool read_some(struct control *control, struct connection *connection)
{
	struct session *session = &connection->session;
	bool had_punts = session->subscribed, had_frames = session->injects;
	size_t room;
	uint8_t *at = session_room(session, &room);

	if (!room)
		return true;
	ssize_t bytes = read(connection->socket, at, room);
	if (bytes == 0)
		return false;
	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR;
	session_take(session, (size_t)bytes);
	pass_on_roles(control, session, had_punts, had_frames);
	return true;
}

static bool write_some(struct connection *connection)
{
	struct session *session = &connection->session;

	while (session->out_used) {
		ssize_t bytes = send(connection->socket, session->out + session->out_first,
				     session->out_used, MSG_NOSIGNAL);
		if (bytes < 0)
			return errno == EAGAIN || errno == EINTR;
		session->out_first += (size_t)bytes;
		session->out_used -= (size_t)bytes;
	}
	session->out_first = 0;
	return !session->closing;
}

static void serve(struct control *control, struct connection *connection, short events)
{
	struct session *session = &connection->session;
	bool stays = true;

	if (events & (POLLIN | POLLHUP | POLLERR))
		stays = read_some(control, connection);
	if (stays && session->subscribed)
		deliver_punts(session);
	if (stays && session->injects)
		deliver_frames(session);
	if (stays)
		session_resume(session);
	if (!stays || !write_some(connection))
		drop_connection(connection);
}

/* How long nobody needs the loop. */
static long patience_ns(const struct control *control)
{
	long patience = IDLE_NS;

	for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct session *session = &control->connections[i].session;
		if (control->connections[i].socket < 0)
			continue;
		if (session->settling)
			return 0;
		if (session->subscribed || session->injects)
			patience = WATCHING_NS;
	}
	return patience;
}

void control_run(struct control *control)
{
	struct pollfd polled[CONNECTIONS_MAX + 1];

	while (!__atomic_load_n(&control->plane->stop, __ATOMIC_RELAXED)) {
		struct timespec patience = {.tv_nsec = patience_ns(control)};
		polled[CONNECTIONS_MAX] = (struct pollfd){.fd = control->listening, .events = POLLIN};
		for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
			const struct session *session = &control->connections[i].session;
			bool writes = control->connections[i].socket >= 0 && session->out_used;
			polled[i] = (struct pollfd){
				.fd = control->connections[i].socket,
				.events = (short)(POLLIN | (writes ? POLLOUT : 0)),
			};
		}
		if (ppoll(polled, CONNECTIONS_MAX + 1, &patience, NULL) < 0 && errno != EINTR)
			return;
		for (uint32_t i = 0; i < CONNECTIONS_MAX; i++)
			if (control->connections[i].socket >= 0 &&
			    control->connections[i].socket == polled[i].fd)
				serve(control, &control->connections[i], polled[i].revents);
		if (polled[CONNECTIONS_MAX].revents)
			accept_one(control);
	}
}
