"""Faults of a port's link, for labs: loss, duplication, delay, reordering; on the way out.

The model is netem's: every packet is late by the delay, and a reordered one is not, so that it
overtakes. The numbers come from the engine's own generator, whose seed is set, so that a run can
be had again.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, kernel, u64
from p4rsvp.softswitch.kernels.numbers import draw
from p4rsvp.softswitch.kernels.queues import PORT_WORDS, PORTS, Port
from p4rsvp.softswitch.kernels.traffic import copy_slot, free_slot, place_of
from p4rsvp.softswitch.layout import HELD_LIST, SENT_LIST, Ctl, Row

ZERO = u64(0)
ONE = u64(1)
BLOCK = u64(PORT_WORDS)
PORT_COUNT = u64(PORTS)
LOSS = u64(Port.LOSS)
DUPLICATE = u64(Port.DUPLICATE)
REORDER = u64(Port.REORDER)
DELAY = u64(Port.DELAY_NS)
FAULTS = u64(Port.FAULTS)
OUT_PORT = u64(Row.OUT_PORT)
NOW = u64(Row.NOW)
C_SENT = u64(Ctl.SENT)
C_HELD = u64(Ctl.HELD)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
CHANCE = u64(Ctl.CHANCE)
FAULT_DROP = u64(Ctl.FAULT_DROP)
L_SENT = u64(SENT_LIST)
L_HELD = u64(HELD_LIST)
LOW32 = u64(0xFFFFFFFF)


@kernel
def happens(ctl: Words, chance: int) -> bool:
    """True with this chance in 2^32; no number is drawn for what cannot happen."""
    if chance == ZERO:
        return False
    return (draw(ctl, CHANCE) & LOW32) < chance


@kernel
def impair_one(ctl: Words, q: Words, phv: Words, slot: int, kept: int) -> int:
    """Hold a packet back or keep it among the sent; answers how many are kept by now."""
    row = slot * ctl[C_ROW_WORDS]
    block = phv[row + OUT_PORT] * BLOCK
    delay = q[block + DELAY]
    if (delay != ZERO) & (not happens(ctl, q[block + REORDER])):
        phv[row + NOW] += delay
        ctl[place_of(ctl, L_HELD) + ctl[C_HELD]] = slot
        ctl[C_HELD] += ONE
        return kept
    ctl[place_of(ctl, L_SENT) + kept] = slot
    return kept + ONE


@kernel
def impair(ctl: Words, q: Words, pkt: Octets, phv: Words, first: int) -> None:
    """Let the faults of their ports happen to the sent packets from `first` on."""
    count = ctl[C_SENT]
    kept = first
    base = place_of(ctl, L_SENT)
    extra = ZERO
    for n in range(count - first):
        slot = ctl[base + first + u64(n)]
        port = phv[slot * ctl[C_ROW_WORDS] + OUT_PORT]
        if port >= PORT_COUNT:
            ctl[base + kept] = slot
            kept += ONE
            continue
        block = port * BLOCK
        if q[block + FAULTS] == ZERO:
            ctl[base + kept] = slot
            kept += ONE
        elif happens(ctl, q[block + LOSS]):
            ctl[FAULT_DROP] += ONE
            free_slot(ctl, slot)
        else:
            if happens(ctl, q[block + DUPLICATE]):
                twin = copy_slot(ctl, pkt, phv, slot)
                if twin != ZERO:  # behind all that are not looked at yet
                    ctl[base + count + extra] = twin
                    extra += ONE
            kept = impair_one(ctl, q, phv, slot, kept)
    for n in range(extra):
        kept = impair_one(ctl, q, phv, ctl[base + count + u64(n)], kept)
    ctl[C_SENT] = kept


@kernel
def let_go(ctl: Words, phv: Words, now: int) -> None:
    """Send what was held back long enough, in the order in which it came."""
    held = place_of(ctl, L_HELD)
    sent = place_of(ctl, L_SENT)
    left = ZERO
    for n in range(ctl[C_HELD]):
        slot = ctl[held + u64(n)]
        if phv[slot * ctl[C_ROW_WORDS] + NOW] <= now:
            ctl[sent + ctl[C_SENT]] = slot
            ctl[C_SENT] += ONE
        else:
            ctl[held + left] = slot
            left += ONE
    ctl[C_HELD] = left
