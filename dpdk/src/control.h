/* The control socket: who is connected, and the loop that serves them on the main core. */
#ifndef P4RSVP_CONTROL_H
#define P4RSVP_CONTROL_H

#include <stdbool.h>

#include "dataplane.h"
#include "session.h"

struct control {
	struct dataplane *plane;
	const char *path;
	int listening;
	struct connection {
		int socket; /* -1: free */
		struct session session;
	} connections[CONNECTIONS_MAX];
};

/* Listens; says what is wrong and returns false where it cannot. */
bool control_open(struct control *control, const char *path, struct dataplane *plane);
/* Serves until `plane->stop`. */
void control_run(struct control *control);
void control_close(struct control *control);

#endif
