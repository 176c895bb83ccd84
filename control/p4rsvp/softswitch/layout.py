"""Where everything lives: an arena of words for all state, a row and a slot per packet.

The arena holds tables, meters, counters, registers and the replication lists at places fixed at
load time, so that generated code reaches them by constants. It is reserved once, at the sizes that
the P4 program promises, as lazily zeroed memory: what is never used costs address space only,
nothing ever moves, and the kernel may back it with huge pages.

A packet slot is a row of words (what the traffic manager and the pipelines tell each other, then
what crosses from one stage to the next) and a stretch of bytes: zeros (what a field of a header
reads that was never extracted), headroom for headers that grow, and the packet.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

WORD_BYTES = 8
LINE_WORDS = 8
HUGE_PAGE_BYTES = 2 << 20
MOST_WORKERS = 8  # engines on one arena; each counts in cells of its own
_MAP_NORESERVE = 0x4000  # Linux; Python's mmap module has no name for it


class Row(IntEnum):
    """The fixed words at the head of a packet's row."""

    START = 0  # first byte of the packet, from the slot's beginning
    LENGTH = 1  # bytes
    IN_PORT = 2
    NOW = 3  # ns: arrival, later the time of leaving the queue
    KIND = 4  # standard_metadata.instance_type
    NEXT = 5  # where the pipeline continues in its next stage
    SPEC = 6  # egress_spec of either pipeline
    GROUP = 7  # mcast_grp
    PRIORITY = 8
    EXTRA = 9  # clone, digest, resubmit, recirculate: Extra's bits
    OUT_PORT = 10
    INSTANCE = 11  # egress_rid
    ENQUEUED = 12  # ns
    ENQUEUE_DEPTH = 13  # packets, as bmv2 counts
    DEQUEUE_DEPTH = 14
    ARRIVED_BYTES = 15  # length on arrival: what counters and meters count
    HINT = 16  # place of the flow's hint (kernels/scout.py), or 0
    CARRIED = 17  # first of the fields that clone, resubmit and recirculate keep


class Extra(IntEnum):
    """Bit positions in Row.EXTRA: a flag, then the number that belongs to it."""

    CLONE = 0
    RESUBMIT = 1
    RECIRCULATE = 2
    DIGEST = 3
    PARSE_ONLY = 4
    CLONE_SESSION = 8  # 16 bits
    DIGEST_ID = 24  # 8 bits
    TRUNCATE = 32  # 16 bits: length + 1


class Kind(IntEnum):
    """standard_metadata.instance_type, as simple_switch numbers it."""

    NORMAL = 0
    INGRESS_CLONE = 1
    EGRESS_CLONE = 2
    COALESCED = 3
    RECIRCULATED = 4
    REPLICATED = 5
    RESUBMITTED = 6


def power_of_two(value: int) -> int:
    """The least power of two that is not less."""
    return 1 << max(value - 1, 0).bit_length()


@dataclass(slots=True)
class Arena:
    """Hands out places in the one array; `build` reserves it."""

    words: int = LINE_WORDS  # place 0 means "none" everywhere
    notes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, name: str, count: int) -> int:
        """Reserve words at a cache line's beginning; the name is for people who debug."""
        base = self.words
        self.words += -(-count // LINE_WORDS) * LINE_WORDS
        self.notes[name] = (base, count)
        return base

    def build(self) -> NDArray[np.uint64]:
        """The array itself, all zero."""
        size = -(-self.words * WORD_BYTES // HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE
        memory = mmap.mmap(-1, size, flags=flags)
        if size >= 2 * HUGE_PAGE_BYTES:
            memory.madvise(mmap.MADV_HUGEPAGE)
        return np.frombuffer(memory, dtype=np.uint64)[: self.words]


class Ctl(IntEnum):
    """Words of the control block: lists of slots, what kernels must know, what they counted."""

    SLOTS = 0  # how many, slot 0 (scratch) included
    SLOT_BYTES = 1
    ROW_WORDS = 2
    FIRST_BYTE = 3  # where a received packet begins in its slot
    FREE = 4  # length of each list
    ARRIVED = 5
    WORK = 6
    LEAVING = 7
    SENT = 8
    DIGESTS = 9  # words written behind DIGEST_AT
    DIGEST_AT = 10
    DIGEST_END = 11
    METADATA_AT = 12  # what an egress clone resets, words of the row
    METADATA_END = 13
    MOVES = 14  # (from, to) pairs behind MOVES_AT
    MOVES_AT = 15
    MULTICAST_AT = 16  # in the arena
    SESSIONS_AT = 17
    REPLICAS_AT = 18
    SHAPED = 19  # ports with a rate, listed behind SHAPED_AT
    SHAPED_AT = 20
    HELD = 21  # packets that a port's delay holds back
    CHANCE = 22  # state of the engine's random numbers
    FAULTY = 23  # not 0 where any port has faults
    RECEIVED = 24  # counted packets
    TRANSMITTED = 25
    NO_SLOT = 26  # drops by reason
    INGRESS_DROP = 27
    EGRESS_DROP = 28
    TAIL_DROP = 29
    NO_PORT = 30
    NO_REPLICA = 31
    DIGEST_LOST = 32
    FAULT_DROP = 33
    SCOUTING = 34  # not 0 while tables are larger than the caches
    WORKER = 35  # which of the switch's engines this is, and how many there are
    WORKERS = 36
    HANDED = 37  # packets for queues that another engine owns
    LISTS = 64  # first list; then one after the other, each SLOTS long


# The order of the lists behind Ctl.LISTS.
FREE_LIST, ARRIVED_LIST, WORK_LIST, LEAVING_LIST, SENT_LIST, HELD_LIST, HANDED_LIST = range(7)
LIST_COUNT = 7
DIGEST_CAPACITY_WORDS = 1 << 14
