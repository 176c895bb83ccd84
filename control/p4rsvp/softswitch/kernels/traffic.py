"""The traffic manager: what happens to packets between the pipelines, in simple_switch's order.

Behind ingress: clone, resubmit, multicast, drop, or queue for one port. Behind egress: clone,
drop, recirculate, or send. A packet is a slot number that moves between lists in the control
block; payloads are copied only where packets multiply. What comes back for another pass waits for
the next round, so that a program which recirculates for ever cannot hold the switch.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, copy_bytes, kernel, u64
from p4rsvp.softswitch.kernels.queues import enqueue
from p4rsvp.softswitch.layout import (
    ARRIVED_LIST,
    FREE_LIST,
    LEAVING_LIST,
    SENT_LIST,
    WORK_LIST,
    Ctl,
    Extra,
    Kind,
    Row,
)

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
START = u64(Row.START)
LENGTH = u64(Row.LENGTH)
IN_PORT = u64(Row.IN_PORT)
NOW = u64(Row.NOW)
KIND = u64(Row.KIND)
SPEC = u64(Row.SPEC)
GROUP = u64(Row.GROUP)
EXTRA = u64(Row.EXTRA)
OUT_PORT = u64(Row.OUT_PORT)
INSTANCE = u64(Row.INSTANCE)
ARRIVED_BYTES = u64(Row.ARRIVED_BYTES)
HINT = u64(Row.HINT)
CARRIED = u64(Row.CARRIED)
C_SLOTS = u64(Ctl.SLOTS)
C_SLOT_BYTES = u64(Ctl.SLOT_BYTES)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
C_FIRST_BYTE = u64(Ctl.FIRST_BYTE)
C_FREE = u64(Ctl.FREE)
C_ARRIVED = u64(Ctl.ARRIVED)
C_WORK = u64(Ctl.WORK)
C_LEAVING = u64(Ctl.LEAVING)
C_SENT = u64(Ctl.SENT)
C_DIGESTS = u64(Ctl.DIGESTS)
C_DIGEST_AT = u64(Ctl.DIGEST_AT)
C_DIGEST_END = u64(Ctl.DIGEST_END)
C_METADATA_AT = u64(Ctl.METADATA_AT)
C_METADATA_END = u64(Ctl.METADATA_END)
C_MOVES = u64(Ctl.MOVES)
C_MOVES_AT = u64(Ctl.MOVES_AT)
C_MULTICAST_AT = u64(Ctl.MULTICAST_AT)
C_SESSIONS_AT = u64(Ctl.SESSIONS_AT)
C_REPLICAS_AT = u64(Ctl.REPLICAS_AT)
RECEIVED = u64(Ctl.RECEIVED)
NO_SLOT = u64(Ctl.NO_SLOT)
INGRESS_DROP = u64(Ctl.INGRESS_DROP)
EGRESS_DROP = u64(Ctl.EGRESS_DROP)
NO_REPLICA = u64(Ctl.NO_REPLICA)
DIGEST_LOST = u64(Ctl.DIGEST_LOST)
LISTS = u64(Ctl.LISTS)
L_FREE = u64(FREE_LIST)
L_ARRIVED = u64(ARRIVED_LIST)
L_WORK = u64(WORK_LIST)
L_LEAVING = u64(LEAVING_LIST)
L_SENT = u64(SENT_LIST)
DROP_PORT = u64(511)
NORMAL = u64(Kind.NORMAL)
INGRESS_CLONE = u64(Kind.INGRESS_CLONE)
EGRESS_CLONE = u64(Kind.EGRESS_CLONE)
RECIRCULATED = u64(Kind.RECIRCULATED)
REPLICATED = u64(Kind.REPLICATED)
RESUBMITTED = u64(Kind.RESUBMITTED)
CLONE_FLAG = u64(1 << Extra.CLONE)
RESUBMIT_FLAG = u64(1 << Extra.RESUBMIT)
RECIRCULATE_FLAG = u64(1 << Extra.RECIRCULATE)
PARSE_ONLY = u64(1 << Extra.PARSE_ONLY)
SESSION_SHIFT = u64(Extra.CLONE_SESSION)
LOW16 = u64(0xFFFF)
PRIORITY = u64(Row.PRIORITY)
LOW32 = u64(0xFFFFFFFF)
HALF = u64(32)


@kernel
def place_of(ctl: Words, number: int) -> int:
    """Where a list begins."""
    return LISTS + number * ctl[C_SLOTS]


@kernel
def take_slot(ctl: Words) -> int:
    """A free slot, or 0."""
    left = ctl[C_FREE]
    if left == ZERO:
        ctl[NO_SLOT] += ONE
        return ZERO
    ctl[C_FREE] = left - ONE
    return ctl[place_of(ctl, L_FREE) + left - ONE]


@kernel
def free_slot(ctl: Words, slot: int) -> None:
    """Give a slot back."""
    ctl[place_of(ctl, L_FREE) + ctl[C_FREE]] = slot
    ctl[C_FREE] += ONE


@kernel
def append(ctl: Words, number: int, counter: int, slot: int) -> None:
    """Put a slot at the end of a list."""
    ctl[place_of(ctl, number) + ctl[counter]] = slot
    ctl[counter] += ONE


@kernel
def take_digest(ctl: Words, words: int) -> int:
    """Room for one digest message, or 0."""
    place = ctl[C_DIGEST_AT] + ctl[C_DIGESTS]
    if place + words > ctl[C_DIGEST_END]:
        ctl[DIGEST_LOST] += ONE
        return ZERO
    ctl[C_DIGESTS] += words
    return place


@kernel
def receive(
    ctl: Words, pkt: Octets, phv: Words, frame: Octets, at: int, length: int, port: int, now: int
) -> int:
    """Take a frame in; answers its slot, or 0 where none is free or the frame is too long."""
    first = ctl[C_FIRST_BYTE]
    if first + length > ctl[C_SLOT_BYTES]:
        ctl[NO_SLOT] += ONE
        return ZERO
    slot = take_slot(ctl)
    if slot == ZERO:
        return ZERO
    place = slot * ctl[C_SLOT_BYTES] + first
    copy_bytes(pkt, place, frame, at, length)
    row = slot * ctl[C_ROW_WORDS]
    phv[row + START] = first
    phv[row + LENGTH] = length
    phv[row + ARRIVED_BYTES] = length
    phv[row + IN_PORT] = port
    phv[row + NOW] = now
    phv[row + KIND] = NORMAL
    phv[row + EXTRA] = ZERO
    phv[row + HINT] = ZERO
    ctl[RECEIVED] += ONE
    append(ctl, L_ARRIVED, C_ARRIVED, slot)
    return slot


@kernel
def copy_slot(ctl: Words, pkt: Octets, phv: Words, source: int) -> int:
    """A copy of a packet and its row in a slot of its own, or 0."""
    slot = take_slot(ctl)
    if slot == ZERO:
        return ZERO
    words = ctl[C_ROW_WORDS]
    for i in range(words):
        phv[slot * words + u64(i)] = phv[source * words + u64(i)]
    size = ctl[C_SLOT_BYTES]
    first = phv[source * words + START]
    length = phv[source * words + LENGTH]
    copy_bytes(pkt, slot * size + first, pkt, source * size + first, length)
    return slot


@kernel
def replicate(
    ctl: Words, q: Words, mem: Words, pkt: Octets, phv: Words, slot: int, replicas: int, kind: int
) -> None:
    """Queue a copy for every replica; the packet itself becomes the last one."""
    words = ctl[C_ROW_WORDS]
    count = replicas & LOW32
    entry = ctl[C_REPLICAS_AT] + (replicas >> HALF)
    if count == ZERO:
        ctl[NO_REPLICA] += ONE
        free_slot(ctl, slot)
        return
    phv[slot * words + KIND] = kind
    for i in range(count):
        replica = mem[entry + u64(i)]
        copy = slot if u64(i) + ONE == count else copy_slot(ctl, pkt, phv, slot)
        if copy != ZERO:
            phv[copy * words + OUT_PORT] = replica >> HALF
            phv[copy * words + INSTANCE] = replica & LOW32
            enqueue(ctl, q, phv, copy)


@kernel
def clone_from_ingress(ctl: Words, pkt: Octets, phv: Words, slot: int) -> None:
    """Send a copy of the packet as it came through the parser once more."""
    words = ctl[C_ROW_WORDS]
    copy = copy_slot(ctl, pkt, phv, slot)
    if copy == ZERO:
        return
    session = (phv[slot * words + EXTRA] >> SESSION_SHIFT) & LOW16
    phv[copy * words + EXTRA] = PARSE_ONLY | (session << SESSION_SHIFT)
    phv[copy * words + KIND] = INGRESS_CLONE
    append(ctl, L_ARRIVED, C_ARRIVED, copy)


@kernel
def join_session(ctl: Words, mem: Words, phv: Words, slot: int, session: int) -> None:
    """A clone session has a class of service, which is a queue, and may cut its packets."""
    terms = mem[ctl[C_SESSIONS_AT] + TWO * session + ONE]
    row = slot * ctl[C_ROW_WORDS]
    phv[row + PRIORITY] = terms >> HALF
    limit = terms & LOW32
    if (limit != ZERO) & (phv[row + LENGTH] > limit):
        phv[row + LENGTH] = limit


@kernel
def refuse(ctl: Words, slot: int) -> None:
    """Drop a packet that ingress does not want."""
    ctl[INGRESS_DROP] += ONE
    free_slot(ctl, slot)


@kernel
def after_ingress(
    ctl: Words, q: Words, mem: Words, pkt: Octets, phv: Words, first: int, count: int
) -> None:
    """Decide where each packet of a batch goes."""
    words = ctl[C_ROW_WORDS]
    for n in range(count):
        slot = ctl[first + u64(n)]
        row = slot * words
        extra = phv[row + EXTRA]
        if extra != ZERO:
            phv[row + EXTRA] = ZERO
            session = (extra >> SESSION_SHIFT) & LOW16
            if (extra & PARSE_ONLY) != ZERO:
                replicas = mem[ctl[C_SESSIONS_AT] + TWO * session]
                join_session(ctl, mem, phv, slot, session)
                replicate(ctl, q, mem, pkt, phv, slot, replicas, INGRESS_CLONE)
                continue
            if ((extra & CLONE_FLAG) != ZERO) & (mem[ctl[C_SESSIONS_AT] + TWO * session] != ZERO):
                phv[row + EXTRA] = extra
                clone_from_ingress(ctl, pkt, phv, slot)
                phv[row + EXTRA] = ZERO
            if (extra & RESUBMIT_FLAG) != ZERO:
                phv[row + KIND] = RESUBMITTED
                phv[row + IN_PORT] = ZERO
                append(ctl, L_ARRIVED, C_ARRIVED, slot)
                continue
        group = phv[row + GROUP]
        spec = phv[row + SPEC]
        if group != ZERO:
            replicas = mem[ctl[C_MULTICAST_AT] + group]
            replicate(ctl, q, mem, pkt, phv, slot, replicas, REPLICATED)
        elif spec == DROP_PORT:
            refuse(ctl, slot)
        else:
            phv[row + KIND] = NORMAL
            phv[row + OUT_PORT] = spec
            phv[row + INSTANCE] = ZERO
            enqueue(ctl, q, phv, slot)


@kernel
def clone_from_egress(
    ctl: Words, q: Words, mem: Words, pkt: Octets, phv: Words, first: int, count: int
) -> None:
    """Queue copies with the headers as egress left them and the metadata reset."""
    words = ctl[C_ROW_WORDS]
    for n in range(count):
        slot = ctl[first + u64(n)]
        extra = phv[slot * words + EXTRA]
        if (extra & CLONE_FLAG) == ZERO:
            continue
        session = (extra >> SESSION_SHIFT) & LOW16
        replicas = mem[ctl[C_SESSIONS_AT] + TWO * session]
        if replicas == ZERO:
            continue
        copy = copy_slot(ctl, pkt, phv, slot)
        if copy == ZERO:
            continue
        row = copy * words
        for word in range(ctl[C_METADATA_AT], ctl[C_METADATA_END]):
            phv[row + u64(word)] = ZERO
        for move in range(ctl[C_MOVES]):
            pair = ctl[C_MOVES_AT] + TWO * u64(move)
            phv[row + ctl[pair + ONE]] = phv[row + ctl[pair]]
        phv[row + EXTRA] = ZERO
        join_session(ctl, mem, phv, copy, session)
        replicate(ctl, q, mem, pkt, phv, copy, replicas, EGRESS_CLONE)


@kernel
def conclude(ctl: Words, phv: Words, slot: int, spec: int, extra: int) -> None:
    """Drop, recirculate or send a packet that egress is done with."""
    if spec == DROP_PORT:
        ctl[EGRESS_DROP] += ONE
        free_slot(ctl, slot)
    elif (extra & RECIRCULATE_FLAG) != ZERO:
        row = slot * ctl[C_ROW_WORDS]
        phv[row + KIND] = RECIRCULATED
        phv[row + IN_PORT] = ZERO
        phv[row + ARRIVED_BYTES] = phv[row + LENGTH]
        append(ctl, L_ARRIVED, C_ARRIVED, slot)
    else:
        append(ctl, L_SENT, C_SENT, slot)


@kernel
def after_egress(ctl: Words, phv: Words, first: int, count: int) -> None:
    """Conclude each packet of a batch."""
    words = ctl[C_ROW_WORDS]
    for n in range(count):
        slot = ctl[first + u64(n)]
        row = slot * words
        extra = phv[row + EXTRA]
        phv[row + EXTRA] = ZERO
        conclude(ctl, phv, slot, phv[row + SPEC], extra)


@kernel
def arrived_to_work(ctl: Words) -> int:
    """Make everything that arrived the work of this round; answers how much that is."""
    count = ctl[C_ARRIVED]
    source, target = place_of(ctl, L_ARRIVED), place_of(ctl, L_WORK)
    for i in range(count):
        ctl[target + u64(i)] = ctl[source + u64(i)]
    ctl[C_ARRIVED] = ZERO
    return count
