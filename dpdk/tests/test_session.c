/* A controller's conversation: what is done, what is refused by name, and what no bytes can do. */
#include "plane.h"
#include "talk.h"

#define FIVE_TUPLE 0x02040001u
#define RESERVE    0x01040001u
#define ROUTES     0x02020001u
#define ROUTE      0x01020001u
#define METER      0x14050001u

static struct dataplane *plane;
static struct session session;

static void begin(void)
{
	CHECK(session_create(&session, plane));
	greet(&session);
}

static void end(void)
{
	session_destroy(&session);
	program_clear(plane->program);
}

/* A batch of updates that is being written. */
static uint8_t batch[65536];
static size_t batch_bytes;
static uint32_t batch_count;

static void start_batch(bool all_or_none)
{
	struct write_request request = {.all_or_none = all_or_none};

	memcpy(batch, &request, sizeof(request));
	batch_bytes = sizeof(request);
	batch_count = 0;
}

static void add(uint8_t kind, uint8_t operation, uint32_t id, const void *body, size_t bytes)
{
	struct record record = {(uint16_t)(sizeof(record) + bytes), kind, operation, id};

	memcpy(batch + batch_bytes, &record, sizeof(record));
	memcpy(batch + batch_bytes + sizeof(record), body, bytes);
	batch_bytes += sizeof(record) + bytes;
	batch_count++;
}

/* interface, destination, protocol, port, source, port; action; reservation, service class */
static void add_filter(uint8_t operation, uint8_t number, uint8_t service_class)
{
	uint8_t body[] = {0, 2, 10, 0, 0, number, 17, 0x13, 0x88, 10, 0, 1, 1, 0x17, 0x70,
			  RESERVE & 0xff, 0, 4, 1, 0, 0, 0, 7, service_class};

	add(ENTITY_ENTRY, operation, FIVE_TUPLE, body, sizeof(body));
}

static void add_meter(uint32_t index)
{
	struct meter_cell cell = {.index = index, .is_set = 1, .cir_per_s = 1, .pir_per_s = 2};

	add(ENTITY_METER, UPDATE_MODIFY, METER, &cell, sizeof(cell));
}

static void add_group(uint8_t operation, uint32_t id, uint16_t port)
{
	struct replica replica = {.port = port, .instance = port};

	add(ENTITY_GROUP, operation, id, &replica, sizeof(replica));
}

/* The result of the update with this number. */
static uint16_t result_of(uint32_t number)
{
	uint16_t result;

	memcpy(&result, heard_body + number * sizeof(result), sizeof(result));
	return result;
}

static void send_batch(enum result first)
{
	say(&session, MESSAGE_WRITE, batch_count, batch, batch_bytes);
	CHECK(hear(&session));
	CHECK_EQUAL(heard.type, REPLY_BIT | MESSAGE_WRITE);
	CHECK_EQUAL(heard.sequence, 9);
	CHECK_EQUAL(heard.count, batch_count);
	CHECK_EQUAL(heard.result, first);
}

/* How many records a read finds; the last one's page stays in `heard_body`. */
static uint32_t count_records(uint8_t kind, uint32_t id)
{
	struct read_request request = {.kind = kind, .id = id, .only_set = 1};
	struct read_reply page;
	uint32_t count = 0;

	do {
		say(&session, MESSAGE_READ, 1, &request, sizeof(request));
		CHECK(hear(&session) && heard.result == RESULT_OK);
		count += heard.count;
		memcpy(&page, heard_body, sizeof(page));
		request.first = page.next;
	} while (page.next);
	return count;
}

static void what_is_written_is_read(void)
{
	begin();
	start_batch(false);
	add_filter(UPDATE_INSERT, 1, 1);
	add_filter(UPDATE_INSERT, 2, 2);
	add_filter(UPDATE_INSERT, 1, 1);
	add_filter(UPDATE_MODIFY, 2, 3);
	add_filter(UPDATE_DELETE, 3, 0);
	add_meter(5);
	add_group(UPDATE_INSERT, 8, 3);
	send_batch(RESULT_EXISTS);
	const uint16_t wanted[] = {0, 0, RESULT_EXISTS, 0, RESULT_NOT_FOUND, 0, 0};
	for (uint32_t i = 0; i < RTE_DIM(wanted); i++)
		CHECK_EQUAL(result_of(i), wanted[i]);
	CHECK_EQUAL(count_records(ENTITY_GROUP, 0), 1);
	CHECK_EQUAL(count_records(ENTITY_METER, METER), 1);
	CHECK_EQUAL(count_records(ENTITY_ENTRY, FIVE_TUPLE), 2);
	CHECK_EQUAL(heard_body[heard.length_bytes - sizeof(heard) - 1], 3);
	end();
}

static void all_or_none_leaves_nothing_of_a_batch_that_fails(void)
{
	begin();
	start_batch(false);
	add_filter(UPDATE_INSERT, 1, 1);
	add_group(UPDATE_INSERT, 8, 3);
	send_batch(RESULT_OK);
	start_batch(true);
	add_filter(UPDATE_MODIFY, 1, 3);
	add_filter(UPDATE_INSERT, 2, 2);
	add_group(UPDATE_DELETE, 8, 0);
	add_meter(5);
	add_filter(UPDATE_INSERT, 1, 1);
	send_batch(RESULT_EXISTS);
	for (uint32_t i = 0; i < 4; i++)
		CHECK_EQUAL(result_of(i), RESULT_ABORTED);
	CHECK_EQUAL(result_of(4), RESULT_EXISTS);
	CHECK_EQUAL(count_records(ENTITY_METER, METER), 0);
	CHECK_EQUAL(count_records(ENTITY_GROUP, 0), 1);
	CHECK_EQUAL(count_records(ENTITY_ENTRY, FIVE_TUPLE), 1);
	CHECK_EQUAL(heard_body[heard.length_bytes - sizeof(heard) - 1], 1);
	end();
}

static void what_cannot_be_is_refused_update_by_update(void)
{
	const uint8_t long_prefix[] = {10, 0, 0, 0, 33, ROUTE & 0xff, 0, 2, 1, 0, 7};
	const uint8_t dirty_prefix[] = {10, 0, 0, 1, 24, ROUTE & 0xff, 0, 2, 1, 0, 7};
	const uint8_t no_action[] = {10, 0, 0, 0, 24, 5, 0, 2, 1}; /* only a default */
	const uint8_t wide_port[] = {2, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1};

	begin();
	start_batch(false);
	add(ENTITY_ENTRY, UPDATE_INSERT, 99, "", 0);
	add(ENTITY_ENTRY, UPDATE_INSERT, ROUTES, long_prefix, sizeof(long_prefix));
	add(ENTITY_ENTRY, UPDATE_INSERT, ROUTES, dirty_prefix, sizeof(dirty_prefix));
	add(ENTITY_ENTRY, UPDATE_INSERT, ROUTES, no_action, sizeof(no_action));
	add(ENTITY_ENTRY, UPDATE_INSERT, 0x02010001, wide_port, sizeof(wide_port));
	add(ENTITY_ENTRY, 4, ROUTES, long_prefix, sizeof(long_prefix));
	add(ENTITY_DEFAULT, UPDATE_MODIFY, ROUTES, "", 0);
	add(99, UPDATE_INSERT, 1, "", 0);
	add_meter(131072);
	add_group(UPDATE_INSERT, GROUPS_MAX + 1, 1);
	send_batch(RESULT_NOT_FOUND);
	const uint16_t wanted[] = {
		RESULT_NOT_FOUND,    RESULT_INVALID,      RESULT_INVALID,       RESULT_INVALID,
		RESULT_INVALID,      RESULT_INVALID,      RESULT_PRECONDITION,  RESULT_UNIMPLEMENTED,
		RESULT_OUT_OF_RANGE, RESULT_OUT_OF_RANGE,
	};
	for (uint32_t i = 0; i < RTE_DIM(wanted); i++)
		CHECK_EQUAL(result_of(i), wanted[i]);
	end();
}

static void expect_refusal(enum result result)
{
	CHECK(hear(&session));
	CHECK_EQUAL(heard.type, MESSAGE_REFUSED);
	CHECK_EQUAL(heard.result, result);
	CHECK(heard.length_bytes > sizeof(heard));
	CHECK(session.closing);
	end();
}

static void what_is_no_message_ends_the_conversation(void)
{
	begin();
	say(&session, 77, 0, NULL, 0);
	expect_refusal(RESULT_UNIMPLEMENTED);
	begin();
	say(&session, MESSAGE_CLEAR, 0, "x", 1);
	expect_refusal(RESULT_INVALID);
	begin();
	say(&session, MESSAGE_WRITE, UPDATES_MAX + 1, batch, sizeof(struct write_request));
	expect_refusal(RESULT_INVALID);
	begin();
	start_batch(false);
	add_filter(UPDATE_INSERT, 1, 1);
	say(&session, MESSAGE_WRITE, 1, batch, batch_bytes - 1);
	expect_refusal(RESULT_INVALID);
	begin();
	feed(&session, (const uint8_t[16]){15}, 16);
	expect_refusal(RESULT_INVALID);
	CHECK(session_create(&session, plane));
	say(&session, MESSAGE_CLEAR, 0, NULL, 0);
	expect_refusal(RESULT_PRECONDITION);
}

static void another_version_is_told_ours_and_let_go(void)
{
	struct hello hello = {.magic = PROTOCOL_MAGIC, .version = PROTOCOL_VERSION + 1};

	CHECK(session_create(&session, plane));
	say(&session, MESSAGE_HELLO, 1, &hello, sizeof(hello));
	CHECK(hear(&session));
	CHECK_EQUAL(heard.result, RESULT_PRECONDITION);
	CHECK(session.closing);
	end();
}

/* Messages that are nearly right, and bytes that are not: answered or refused, never more. */
static void no_bytes_do_harm(void)
{
	for (uint32_t turn = 0; turn < 1000; turn++) {
		begin();
		start_batch(draw(2));
		for (uint64_t i = draw(20); i-- > 0;) {
			add_filter((uint8_t)draw(4), (uint8_t)draw(8), (uint8_t)draw(4));
			add_meter((uint32_t)draw(10));
			add_group((uint8_t)draw(4), (uint32_t)draw(4), (uint16_t)draw(600));
		}
		for (uint64_t i = draw(6); i-- > 0;)
			batch[draw(batch_bytes)] = (uint8_t)draw(256);
		say(&session, (uint16_t)(draw(3) ? MESSAGE_WRITE : draw(17)),
		    draw(3) ? batch_count : (uint32_t)draw(30), batch, draw(4) ? batch_bytes : draw(64));
		while (hear(&session))
			CHECK(heard.length_bytes <= MESSAGE_MAX_BYTES);
		session_destroy(&session); /* what it left is for the next to meet */
	}
	program_clear(plane->program);
	CHECK_EQUAL(plane->program->groups.replica_count, 0);
}

int main(void)
{
	start_environment();
	plane = make_plane();
	what_is_written_is_read();
	all_or_none_leaves_nothing_of_a_batch_that_fails();
	what_cannot_be_is_refused_update_by_update();
	what_is_no_message_ends_the_conversation();
	another_version_is_told_ours_and_let_go();
	no_bytes_do_harm();
	unmake_plane(plane);
	return 0;
}
