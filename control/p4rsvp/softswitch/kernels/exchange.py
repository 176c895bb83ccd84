"""Packets from one worker to another, for queues that the other owns.

A box leads from one worker to one other: a ring of rows and bytes with two counts, of what was put
in and of what was taken out, so that neither end needs a lock. A full box drops as a full queue
does.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, atomic_or, copy_bytes, kernel, u64
from p4rsvp.softswitch.kernels.queues import BLOCK, OWNER, discard, enqueue
from p4rsvp.softswitch.kernels.traffic import free_slot, place_of, take_slot
from p4rsvp.softswitch.layout import HANDED_LIST, Ctl, Row

BOX_PACKETS = 1024
PUT, TAKEN = 0, 8  # words of a box's counts, a cache line apart
COUNT_WORDS = 16

ZERO = u64(0)
ONE = u64(1)
ROOM = u64(BOX_PACKETS)
PUT_AT = u64(PUT)
TAKEN_AT = u64(TAKEN)
START = u64(Row.START)
LENGTH = u64(Row.LENGTH)
OUT_PORT = u64(Row.OUT_PORT)
C_HANDED = u64(Ctl.HANDED)
C_SLOT_BYTES = u64(Ctl.SLOT_BYTES)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
TAIL_DROP = u64(Ctl.TAIL_DROP)
L_HANDED = u64(HANDED_LIST)


@kernel
def seen(counts: Words, at: int) -> int:
    """A count that the other end changes; what it stands for is there when it is read."""
    return atomic_or(counts, at, ZERO)


@kernel
def copy_packet(
    ctl: Words, rows: Words, octets: Octets, slot: int, rows_of: Words, octets_of: Octets, of: int
) -> None:
    """Copy a row and the packet's bytes between packet memories of the same shape."""
    words = ctl[C_ROW_WORDS]
    for i in range(words):
        rows[slot * words + u64(i)] = rows_of[of * words + u64(i)]
    start = rows_of[of * words + START]
    length = rows_of[of * words + LENGTH]
    size = ctl[C_SLOT_BYTES]
    copy_bytes(octets, slot * size + start, octets_of, of * size + start, length)


@kernel
def give(
    ctl: Words, q: Words, pkt: Octets, phv: Words, counts: Words, rows: Words, octets: Octets,
    owner: int,
) -> int:  # fmt: skip
    """Put what was handed over for one worker into its box; answers how many found room."""
    base = place_of(ctl, L_HANDED)
    put = counts[PUT_AT]
    taken = seen(counts, TAKEN_AT)
    kept = ZERO
    done = ZERO
    for n in range(ctl[C_HANDED]):
        slot = ctl[base + u64(n)]
        if q[phv[slot * ctl[C_ROW_WORDS] + OUT_PORT] * BLOCK + OWNER] != owner:
            ctl[base + kept] = slot
            kept += ONE
        elif put + done - taken < ROOM:
            copy_packet(ctl, rows, octets, (put + done) % ROOM, phv, pkt, slot)
            done += ONE
            free_slot(ctl, slot)
        else:
            discard(ctl, TAIL_DROP, slot)
    ctl[C_HANDED] = kept
    seen(counts, PUT_AT)
    counts[PUT_AT] = put + done
    return done


@kernel
def take(
    ctl: Words, q: Words, pkt: Octets, phv: Words, counts: Words, rows: Words, octets: Octets
) -> int:
    """Queue what is in a box; answers how many packets that were."""
    taken = counts[TAKEN_AT]
    put = seen(counts, PUT_AT)
    for n in range(put - taken):
        slot = take_slot(ctl)
        if slot != ZERO:
            copy_packet(ctl, phv, pkt, slot, rows, octets, (taken + u64(n)) % ROOM)
            enqueue(ctl, q, phv, slot)
    seen(counts, TAKEN_AT)
    counts[TAKEN_AT] = put
    return put - taken
