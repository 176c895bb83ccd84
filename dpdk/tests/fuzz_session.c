/* libFuzzer feeds a session whatever it finds: meson setup -Dfuzz=true with CC=clang, ci/dpdk fuzz. */
#include "plane.h"
#include "talk.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static struct dataplane *plane;
static struct session session;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	start_environment();
	plane = make_plane();
	CHECK(session_create(&session, plane));
	return 0;
}

/* As a connection begins; the buffers are kept, since new ones would take most of the time. */
static void begin_again(void)
{
	session = (struct session){.plane = plane, .in = session.in, .out = session.out};
	greet(&session);
}

/* Raw bytes, or behind a byte of their own the type and count of a message that adds up. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	begin_again();
	if (count > 3 && bytes[0] % 4)
		say(&session, bytes[1], bytes[2], bytes + 3, count - 3);
	else
		feed(&session, bytes, count);
	while (hear(&session))
		;
	for (void *packet; !rte_ring_sc_dequeue(plane->workers[0].inbox, &packet);)
		rte_pktmbuf_free(packet);
	return 0;
}
