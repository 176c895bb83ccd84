"""Ports in memory: many frames in and out of the engine by one call each.

Frames stand in a flat array of bytes at a fixed stride, with their lengths and ports beside them.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, copy_bytes, kernel, prefetch, u64
from p4rsvp.softswitch.kernels.traffic import free_slot, place_of, receive
from p4rsvp.softswitch.layout import SENT_LIST, Ctl, Row

ZERO = u64(0)
ONE = u64(1)
START = u64(Row.START)
LENGTH = u64(Row.LENGTH)
OUT_PORT = u64(Row.OUT_PORT)
NOW = u64(Row.NOW)
C_SENT = u64(Ctl.SENT)
C_SLOT_BYTES = u64(Ctl.SLOT_BYTES)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
TRANSMITTED = u64(Ctl.TRANSMITTED)
L_SENT = u64(SENT_LIST)
AHEAD = u64(8)  # frames whose first lines are asked for while others are copied
LINE_BYTES = u64(64)


@kernel
def receive_many(
    ctl: Words, pkt: Octets, phv: Words, frames: Octets, stride: int, lengths: Words,
    ports: Words, first: int, count: int, now: int,
) -> int:  # fmt: skip
    """Take frames in; answers how many found room."""
    taken = ZERO
    for n in range(count):
        i = first + u64(n)
        ahead = (i + AHEAD) * stride
        prefetch(frames, ahead)
        prefetch(frames, ahead + LINE_BYTES)
        if receive(ctl, pkt, phv, frames, i * stride, lengths[i], ports[i], now) != ZERO:
            taken += ONE
    return taken


@kernel
def send_many(
    ctl: Words, pkt: Octets, phv: Words, frames: Octets, stride: int, lengths: Words,
    ports: Words, times: Words, room: int,
) -> int:  # fmt: skip
    """Copy at most `room` sent frames out; answers how many. The rest stays."""
    base = place_of(ctl, L_SENT)
    count = ctl[C_SENT]
    most = min(room, count)
    for n in range(most):
        i = u64(n)
        slot = ctl[base + i]
        row = slot * ctl[C_ROW_WORDS]
        place = slot * ctl[C_SLOT_BYTES] + phv[row + START]
        length = phv[row + LENGTH]
        copy_bytes(frames, i * stride, pkt, place, length)
        lengths[i] = length
        ports[i] = phv[row + OUT_PORT]
        times[i] = phv[row + NOW]
        free_slot(ctl, slot)
    for n in range(count - most):
        ctl[base + u64(n)] = ctl[base + most + u64(n)]
    ctl[C_SENT] = count - most
    ctl[TRANSMITTED] += most
    return most
