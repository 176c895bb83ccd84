/*
 * The control socket's protocol, version 1: what the bytes between a controller and p4rsvp-dpdk
 * mean. docs/dpdk.md (Control socket) tells it in prose; this file is its letter.
 *
 * A message is a header and a body. Numbers are little-endian and stand packed, without gaps;
 * values of the P4 program (keys, parameters, packet headers) are big-endian, each in the fewest
 * bytes that hold its width, in the order of the P4Info. Every request is answered by one message
 * of the type REPLY_BIT | its own, with its sequence number.
 */
#ifndef P4RSVP_PROTOCOL_H
#define P4RSVP_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define PROTOCOL_VERSION 1u
#define PROTOCOL_MAGIC   0x50565352u /* "RSVP" */

#define MESSAGE_MAX_BYTES   (1u << 20) /* with its header */
#define UPDATES_MAX         16384u     /* in one message */
#define FRAME_MAX_BYTES     1920u /* with the program's own header */
#define REPLICAS_MAX        4096u /* of one group */
#define CONNECTIONS_MAX     8u
#define NAME_BYTES          64u

enum message_type {
	MESSAGE_HELLO = 1,       /* first on a connection; nothing else is answered before it */
	MESSAGE_WRITE = 2,       /* updates of tables, meters, counters, groups and defaults */
	MESSAGE_READ = 3,        /* one page of any of them */
	MESSAGE_CLEAR = 4,       /* everything as after the start */
	MESSAGE_SUBSCRIBE = 5,   /* from now on this connection gets PACKET_IN */
	MESSAGE_PACKET_OUT = 6,
	MESSAGE_PACKET_IN = 7,   /* unasked, from the switch; not answered */
	MESSAGE_SHAPE = 8,       /* a port's rate and queues */
	MESSAGE_PORTS = 9,       /* names, links and accounts of the ports */
	MESSAGE_WORKERS = 10,    /* accounts of the workers */
	MESSAGE_INJECT = 11,     /* frames into ports of the kind `socket` */
	MESSAGE_FRAME = 12,      /* unasked: a frame that left by a port of the kind `socket` */
	MESSAGE_SETTLE = 13,     /* answered when all that was injected has had its fate */
	MESSAGE_CLOCK = 14,      /* sets the time, with --clock=stepped */
	MESSAGE_REFUSED = 15,    /* unasked: why the connection is closed; the last message on it */
};
#define REPLY_BIT 0x8000u

/* Results of messages and of single updates, with their name in P4Runtime's canonical codes. */
enum result {
	RESULT_OK = 0,
	RESULT_INVALID = 3,         /* INVALID_ARGUMENT: sizes, values or actions that cannot be */
	RESULT_NOT_FOUND = 5,       /* MODIFY or DELETE of what is not there; no such id or port */
	RESULT_EXISTS = 6,          /* ALREADY_EXISTS: INSERT of what is there */
	RESULT_FULL = 8,            /* RESOURCE_EXHAUSTED: the table or the list of replicas is full */
	RESULT_PRECONDITION = 9,    /* FAILED_PRECONDITION: not in this mode, or not before HELLO */
	RESULT_ABORTED = 10,        /* had no fault of its own, but another update of the batch had */
	RESULT_OUT_OF_RANGE = 11,   /* an index behind the last cell */
	RESULT_UNIMPLEMENTED = 12,  /* a type or kind that this version does not have */
};

struct message_header {
	uint32_t length_bytes; /* of the whole message */
	uint16_t type;
	uint16_t result;       /* 0 in a request */
	uint32_t sequence;     /* the client's; 0 in what comes unasked */
	uint32_t count;        /* of the records in the body */
} __attribute__((packed));
static_assert(sizeof(struct message_header) == 16, "the header has 16 bytes");

/* HELLO: count 1. The reply has the server's. */
struct hello {
	uint32_t magic;
	uint16_t version;
	uint16_t reserved;
} __attribute__((packed));

struct hello_reply {
	uint32_t magic;
	uint16_t version;
	uint16_t ports;            /* the number of front ports */
	uint8_t program[32];       /* SHA-256 of the P4Info that the pipeline was built with */
	uint32_t message_max_bytes;
	uint32_t updates_max;
	uint32_t groups_max;       /* replication lists */
	uint32_t replicas_max;     /* of all lists together */
	uint32_t group_replicas_max;
	uint32_t frame_max_bytes;
	uint64_t now_ns;           /* the clock of meters and queues */
	uint8_t workers;
	uint8_t stepped;           /* 1 with --clock=stepped */
	uint16_t reserved;
} __attribute__((packed));

/*
 * WRITE: `struct write`, then count updates. All are checked for their form before the first is
 * made. Reply: count of struct record_result; the header's result is that of the first that failed.
 */
struct write_request {
	uint8_t all_or_none; /* 1: what was made is undone when one fails */
	uint8_t reserved[7];
} __attribute__((packed));

enum entity_kind {
	ENTITY_ENTRY = 1,   /* of a table: key, [prefix length,] action, parameters */
	ENTITY_DEFAULT = 2, /* a table's default action; MODIFY sets, DELETE resets */
	ENTITY_METER = 3,   /* MODIFY sets, DELETE makes it unset */
	ENTITY_COUNTER = 4, /* MODIFY sets */
	ENTITY_GROUP = 5,   /* a replication list */
};

enum update_operation { UPDATE_INSERT = 1, UPDATE_MODIFY = 2, UPDATE_DELETE = 3 };

/* One for each record, in replies to WRITE, PACKET_OUT, INJECT and SHAPE. */
struct record_result {
	uint16_t result;
} __attribute__((packed));

/* Before every update, and before every record of a READ's reply (operation 0 there). */
struct record {
	uint16_t length_bytes; /* with this header */
	uint8_t kind;
	uint8_t operation;
	uint32_t id;           /* of table, meter, counter (P4Info's) or group */
} __attribute__((packed));

/*
 * Bodies of records:
 *
 *   ENTRY    key; for an LPM table one byte of prefix length; u32 action id; parameters.
 *            DELETE may leave out what is behind the key (and prefix length).
 *   DEFAULT  u32 action id; parameters. Nothing with DELETE.
 *   METER    struct meter_cell.  DELETE needs the index alone.
 *   COUNTER  struct counter_cell
 *   GROUP    replicas: struct replica, as many as fit the length. Nothing with DELETE.
 */
struct meter_cell {
	uint32_t index;
	uint32_t is_set;          /* 1; 0 only in replies, the rest is then 0 */
	uint64_t cir_per_s;       /* bytes on the wire or packets */
	uint64_t cbs;
	uint64_t pir_per_s;
	uint64_t pbs;
} __attribute__((packed));

struct counter_cell {
	uint32_t index;
	uint32_t reserved;
	uint64_t packets;
	uint64_t bytes;
} __attribute__((packed));

struct replica {
	uint16_t port;
	uint16_t instance;
} __attribute__((packed));

/*
 * READ: count 1. The reply holds records that fit one message and `next`, the first of the page that
 * follows; 0 is the end. An entry or group that is there during the whole read is read once.
 */
struct read_request {
	uint8_t kind;
	uint8_t only_set;   /* METER, COUNTER: leave out cells that are unset or zero */
	uint16_t reserved;
	uint32_t id;        /* 0: every group; tables, meters and counters are read one by one */
	uint32_t first;     /* 0 to begin, then the reply's `next`; of cells the index */
	uint32_t cells;     /* METER, COUNTER: how many from there on; 0 is all */
} __attribute__((packed));

struct read_reply {
	uint32_t next;
	uint32_t reserved;
} __attribute__((packed));

/*
 * PACKET_OUT and PACKET_IN: count frames, each behind its length and the program's own header
 * (`packet_out`, `packet_in`), which counts as part of it. Reply to PACKET_OUT: results, as WRITE.
 * INJECT and FRAME: the same with `struct port_frame`.
 */
struct packet {
	uint16_t length_bytes; /* of what follows */
} __attribute__((packed));

struct port_frame {
	uint16_t length_bytes; /* of the frame */
	uint16_t port;
	uint32_t reserved;
	uint64_t at_ns;        /* FRAME: when it left */
} __attribute__((packed));

/* SHAPE: count of these. Reply: results, as WRITE. */
struct shape {
	uint16_t port;
	uint16_t overhead_bytes;    /* of each frame on the link, beside the frame */
	uint32_t limit_bytes;       /* of each queue */
	uint64_t rate_bytes_per_s;  /* 0: no queues */
} __attribute__((packed));

#define QUEUES 8

/* PORTS: empty. Reply: count of these. */
struct port_account {
	uint16_t port;
	uint8_t is_up;
	uint8_t reserved[5];
	char name[NAME_BYTES];      /* the ethdev's; ends with a zero */
	uint64_t received_packets;
	uint64_t received_bytes;
	uint64_t missed_packets;    /* by the device, for want of buffers */
	uint64_t sent_packets;
	uint64_t sent_bytes;
	uint64_t unsent_packets;    /* that the device would not take */
	uint64_t rate_bytes_per_s;
	uint32_t limit_bytes;
	uint32_t overhead_bytes;
	struct queue_account {
		uint64_t left_packets;
		uint64_t dropped_packets;
		uint64_t waiting_packets;
		uint64_t waiting_bytes;
		uint64_t waited_ns;     /* summed over what has left */
		uint64_t longest_ns;
	} __attribute__((packed)) queues[QUEUES];
} __attribute__((packed));

/* WORKERS: empty. Reply: count of these. */
struct worker_account {
	uint32_t lcore;
	uint32_t reserved;
	uint64_t packets;           /* passes through the pipeline */
	uint64_t batches;
	uint64_t busy_cycles;       /* of rounds that had a packet */
	uint64_t idle_cycles;
	uint64_t cycles_per_s;
	uint64_t no_buffer_packets; /* replicas that no buffer was left for */
	uint64_t punts_lost;        /* that no subscriber took in time */
} __attribute__((packed));

/* CLOCK: count 1. It runs no way but forward. */
struct clock_time {
	uint64_t now_ns;
} __attribute__((packed));

#endif
