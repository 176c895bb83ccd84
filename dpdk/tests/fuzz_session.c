/* libFuzzer feeds a session whatever it finds: meson setup -Dfuzz=true with CC=clang, ci/dpdk fuzz. */
#include "plane.h"
#include "talk.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static struct dataplane *plane;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	start_environment();
	plane = make_plane();
	return 0;
}

/* Any bytes behind a HELLO, and what they left taken away. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct session session;

	CHECK(session_create(&session, plane));
	greet(&session);
	feed(&session, bytes, count);
	while (hear(&session))
		;
	session_destroy(&session);
	for (void *packet; !rte_ring_sc_dequeue(plane->workers[0].inbox, &packet);)
		rte_pktmbuf_free(packet);
	return 0;
}
