"""The control socket's protocol in Python: the numbers and layouts of dpdk/src/protocol.h.

That file is the letter of it, and a test holds this one to it. All numbers are little-endian.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

VERSION: Final = 1
MAGIC: Final = 0x50565352
REPLY_BIT: Final = 0x8000
QUEUES: Final = 8
REPLICAS_MAX: Final = 4096  # of one group


class MessageType(IntEnum):
    """What a message is."""

    HELLO = 1
    WRITE = 2
    READ = 3
    CLEAR = 4
    SUBSCRIBE = 5
    PACKET_OUT = 6
    PACKET_IN = 7
    SHAPE = 8
    PORTS = 9
    WORKERS = 10
    INJECT = 11
    FRAME = 12
    SETTLE = 13
    CLOCK = 14
    REFUSED = 15


class Kind(IntEnum):
    """What a record is about."""

    ENTRY = 1
    DEFAULT = 2
    METER = 3
    COUNTER = 4
    GROUP = 5


HEADER: Final = Struct("<IHHII")  # length, type, result, sequence, count
HELLO: Final = Struct("<IHH")
HELLO_REPLY: Final = Struct("<IHH32sIIIIIIQBBH")
WRITE_REQUEST: Final = Struct("<B7x")
RECORD: Final = Struct("<HBBI")  # length, kind, operation, id
METER_CELL: Final = Struct("<IIQQQQ")
COUNTER_CELL: Final = Struct("<IIQQ")
REPLICA: Final = Struct("<HH")
READ_REQUEST: Final = Struct("<BBHIII")
READ_REPLY: Final = Struct("<II")
PACKET: Final = Struct("<H")
PORT_FRAME: Final = Struct("<HHIQ")
SHAPE: Final = Struct("<HHIQ")
QUEUE_ACCOUNT: Final = Struct("<QQQQQQ")
PORT_ACCOUNT: Final = Struct(f"<HB5s64sQQQQQQQII{QUEUES * QUEUE_ACCOUNT.size}s")
WORKER_ACCOUNT: Final = Struct("<IIQQQQQQQ")
CLOCK_TIME: Final = Struct("<Q")
NUMBER: Final = Struct("<I")
RESULT: Final = Struct("<H")


class Hello(NamedTuple):
    """What the switch says of itself (`struct hello_reply`)."""

    magic: int
    version: int
    ports: int
    program: bytes  # SHA-256 of the P4Info that it was built with
    message_max_bytes: int
    updates_max: int
    groups_max: int
    replicas_max: int
    group_replicas_max: int
    frame_max_bytes: int
    now_ns: int
    workers: int
    stepped: int
    reserved: int


class QueueAccount(NamedTuple):
    """One queue of a port."""

    left_packets: int
    dropped_packets: int
    waiting_packets: int
    waiting_bytes: int
    waited_ns: int  # summed over what has left
    longest_ns: int


class PortAccount(NamedTuple):
    """One port (`struct port_account`)."""

    port: int
    is_up: int
    reserved: bytes
    name: bytes
    received_packets: int
    received_bytes: int
    missed_packets: int
    sent_packets: int
    sent_bytes: int
    unsent_packets: int
    rate_bytes_per_s: int
    limit_bytes: int
    overhead_bytes: int
    queue_accounts: bytes

    @property
    def queues(self) -> list[QueueAccount]:
        """Its queues, the lowest first."""
        return [QueueAccount(*row) for row in QUEUE_ACCOUNT.iter_unpack(self.queue_accounts)]


class WorkerAccount(NamedTuple):
    """One worker (`struct worker_account`)."""

    lcore: int
    reserved: int
    packets: int
    batches: int
    busy_cycles: int
    idle_cycles: int
    cycles_per_s: int
    no_buffer_packets: int
    punts_lost: int
