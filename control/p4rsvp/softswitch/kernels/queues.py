"""Queues behind ingress: eight of strict priority a port, tail drop in bytes, a shaped rate.

A port without a rate has no queues: its packets go on to egress at once. A shaped port's packets
wait in linked lists through their slots' rows, and leave when the link would be free: the time of
each departure follows from the bytes before it, not from when the switch came to look, so a 10
Mbit/s port is one to the nanosecond. Of the packets that are there when the link falls free, the
highest priority leaves first.

With several workers a shaped port's queues belong to one of them; a packet that another has for it
is handed over (kernels/exchange.py), so that the link stays one link.

A port is a block of words, a queue a block within it; see Port and Queue for their places.
"""

from __future__ import annotations

from enum import IntEnum

from p4rsvp.softswitch.jit import Words, kernel, u64
from p4rsvp.softswitch.layout import HANDED_LIST, LEAVING_LIST, Ctl, Row

QUEUES = 8
PORTS = 512


class Port(IntEnum):
    """Words of a port's block."""

    RATE = 0  # bytes a second; 0 is not shaped
    FREE_NS = 1  # when the link is next free
    OVERHEAD_BYTES = 2  # of each frame on the link (preamble, FCS, gap)
    WAITING = 3  # packets in all queues
    UP = 4
    LIMIT_BYTES = 5  # of each queue
    SENT_PACKETS = 6
    SENT_BYTES = 7
    LOSS = 8  # faults: chances in 2^32
    DUPLICATE = 9
    REORDER = 10
    DELAY_NS = 11
    FAULTS = 12  # not 0 where any of the four is set
    OWNER = 13  # the worker whose queues a shaped port has
    QUEUES_AT = 16


class Queue(IntEnum):
    """Words of a queue's block."""

    HEAD = 0  # slot numbers; 0 is none
    TAIL = 1
    PACKETS = 2
    BYTES = 3
    DROPPED = 4
    SOJOURN_NS = 5  # summed over what has left
    LONGEST_NS = 6
    LEFT = 7  # packets that have left


QUEUE_WORDS = 8
PORT_WORDS = Port.QUEUES_AT + QUEUES * QUEUE_WORDS

ZERO = u64(0)
ONE = u64(1)
BILLION = u64(1_000_000_000)
TOP_QUEUE = u64(QUEUES - 1)
QUEUE_COUNT = u64(QUEUES)
BLOCK = u64(PORT_WORDS)
QUEUE_BLOCK = u64(QUEUE_WORDS)
QUEUES_AT = u64(Port.QUEUES_AT)
RATE = u64(Port.RATE)
FREE_NS = u64(Port.FREE_NS)
OVERHEAD = u64(Port.OVERHEAD_BYTES)
WAITING = u64(Port.WAITING)
OWNER = u64(Port.OWNER)
LIMIT = u64(Port.LIMIT_BYTES)
HEAD = u64(Queue.HEAD)
TAIL = u64(Queue.TAIL)
PACKETS = u64(Queue.PACKETS)
BYTES = u64(Queue.BYTES)
DROPPED = u64(Queue.DROPPED)
SOJOURN = u64(Queue.SOJOURN_NS)
LONGEST = u64(Queue.LONGEST_NS)
LEFT = u64(Queue.LEFT)
R_LENGTH = u64(Row.LENGTH)
R_NOW = u64(Row.NOW)
R_NEXT_SLOT = u64(Row.SPEC)  # free while a packet waits: egress sets it anew
R_PRIORITY = u64(Row.PRIORITY)
R_OUT_PORT = u64(Row.OUT_PORT)
R_ENQUEUED = u64(Row.ENQUEUED)
R_ENQUEUE_DEPTH = u64(Row.ENQUEUE_DEPTH)
R_DEQUEUE_DEPTH = u64(Row.DEQUEUE_DEPTH)
C_SLOTS = u64(Ctl.SLOTS)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
C_FREE = u64(Ctl.FREE)
C_LEAVING = u64(Ctl.LEAVING)
NO_PORT = u64(Ctl.NO_PORT)
TAIL_DROP = u64(Ctl.TAIL_DROP)
LISTS = u64(Ctl.LISTS)
L_LEAVING = u64(LEAVING_LIST)
L_HANDED = u64(HANDED_LIST)
C_WORKER = u64(Ctl.WORKER)
C_HANDED = u64(Ctl.HANDED)
PORT_COUNT = u64(PORTS)
C_SHAPED = u64(Ctl.SHAPED)
C_SHAPED_AT = u64(Ctl.SHAPED_AT)
MOST = u64(64)
NEVER = u64(0xFFFFFFFFFFFFFFFF)


@kernel
def is_open(q: Words, port: int, priority: int) -> bool:
    """True where a packet to this port need not be queued."""
    if (port >= PORT_COUNT) | (priority > TOP_QUEUE):
        return False
    return q[port * BLOCK + RATE] == ZERO


@kernel
def leave(ctl: Words, slot: int) -> None:
    """Hand a packet on to egress."""
    ctl[LISTS + L_LEAVING * ctl[C_SLOTS] + ctl[C_LEAVING]] = slot
    ctl[C_LEAVING] += ONE


@kernel
def discard(ctl: Words, reason: int, slot: int) -> None:
    """Drop a packet and count why."""
    ctl[reason] += ONE
    ctl[LISTS + ctl[C_FREE]] = slot
    ctl[C_FREE] += ONE


@kernel
def enqueue(ctl: Words, q: Words, phv: Words, slot: int) -> None:
    """Queue a packet for its port, or send it on where the port is not shaped."""
    row = slot * ctl[C_ROW_WORDS]
    phv[row + R_ENQUEUED] = phv[row + R_NOW]
    phv[row + R_ENQUEUE_DEPTH] = ZERO
    phv[row + R_DEQUEUE_DEPTH] = ZERO
    port = phv[row + R_OUT_PORT]
    priority = phv[row + R_PRIORITY]
    if (port >= PORT_COUNT) | (priority > TOP_QUEUE):
        discard(ctl, NO_PORT, slot)
        return
    block = port * BLOCK
    if q[block + RATE] == ZERO:
        leave(ctl, slot)
        return
    if q[block + OWNER] != ctl[C_WORKER]:
        ctl[LISTS + L_HANDED * ctl[C_SLOTS] + ctl[C_HANDED]] = slot
        ctl[C_HANDED] += ONE
        return
    queue = block + QUEUES_AT + priority * QUEUE_BLOCK
    length = phv[row + R_LENGTH]
    if q[queue + BYTES] + length > q[block + LIMIT]:
        q[queue + DROPPED] += ONE
        discard(ctl, TAIL_DROP, slot)
        return
    phv[row + R_ENQUEUE_DEPTH] = q[queue + PACKETS]
    phv[row + R_NEXT_SLOT] = ZERO
    if q[queue + PACKETS] == ZERO:
        q[queue + HEAD] = slot
    else:
        phv[q[queue + TAIL] * ctl[C_ROW_WORDS] + R_NEXT_SLOT] = slot
    q[queue + TAIL] = slot
    q[queue + PACKETS] += ONE
    q[queue + BYTES] += length
    q[block + WAITING] += ONE


@kernel
def next_departure(ctl: Words, q: Words, phv: Words, port: int) -> int:
    """When the port's next packet would leave; NEVER where none waits."""
    block = port * BLOCK
    if q[block + WAITING] == ZERO:
        return NEVER
    words = ctl[C_ROW_WORDS]
    earliest = NEVER
    for i in range(QUEUE_COUNT):
        queue = block + QUEUES_AT + u64(i) * QUEUE_BLOCK
        if q[queue + PACKETS] != ZERO:
            enqueued = phv[q[queue + HEAD] * words + R_ENQUEUED]
            earliest = min(earliest, enqueued)
    return max(earliest, q[block + FREE_NS])


@kernel
def dequeue(ctl: Words, q: Words, phv: Words, port: int, when: int) -> None:
    """Let the packet of highest priority that is there at `when` begin to leave."""
    words = ctl[C_ROW_WORDS]
    block = port * BLOCK
    for i in range(QUEUE_COUNT):
        queue = block + QUEUES_AT + (TOP_QUEUE - u64(i)) * QUEUE_BLOCK
        if q[queue + PACKETS] == ZERO:
            continue
        slot = q[queue + HEAD]
        row = slot * words
        if phv[row + R_ENQUEUED] > when:
            continue
        length = phv[row + R_LENGTH]
        q[queue + HEAD] = phv[row + R_NEXT_SLOT]
        q[queue + PACKETS] -= ONE
        q[queue + BYTES] -= length
        q[block + WAITING] -= ONE
        sojourn = when - phv[row + R_ENQUEUED]
        q[queue + SOJOURN] += sojourn
        q[queue + LEFT] += ONE
        q[queue + LONGEST] = max(q[queue + LONGEST], sojourn)
        rate = q[block + RATE]
        if rate != ZERO:  # not lifted meanwhile
            cost = (length + q[block + OVERHEAD]) * BILLION
            q[block + FREE_NS] = when + (cost + rate - ONE) // rate
        phv[row + R_NOW] = when
        phv[row + R_DEQUEUE_DEPTH] = q[queue + PACKETS]
        leave(ctl, slot)
        return


@kernel
def release(ctl: Words, q: Words, phv: Words, port: int, now: int, most: int) -> None:
    """Let out of a port what may have left by `now`, at most so many packets."""
    for _ in range(most):
        when = next_departure(ctl, q, phv, port)
        if when > now:
            return
        dequeue(ctl, q, phv, port, when)


@kernel
def release_shaped(ctl: Words, q: Words, phv: Words, now: int) -> None:
    """Let out of every shaped port what may have left by `now`, a batch of each at most."""
    for i in range(ctl[C_SHAPED]):
        release(ctl, q, phv, ctl[ctl[C_SHAPED_AT] + u64(i)], now, MOST)
