"""AF_PACKET rings (TPACKET_V2): frames between the kernel's memory and packet slots.

A ring frame is a header (status, lengths, offset, VLAN tag) and the bytes. Filling frames and
handing them over are two calls, so that no compiler moves the hand-over before the bytes. The
kernel takes a VLAN tag out of a received frame; it is put back where it was.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, copy_bytes, kernel, store16, u64
from p4rsvp.softswitch.kernels.traffic import free_slot, place_of, receive
from p4rsvp.softswitch.layout import SENT_LIST, Ctl, Row

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
FRAME_BYTES = u64(2048)
FRAME_WORDS = u64(512)  # 32-bit words: status, length, captured, offsets, time, VLAN
DATA_AT = u64(32)  # of a frame to send
MAC_WORD = u64(3)
VLAN_WORD = u64(6)
LOW16 = u64(0xFFFF)
HALF = u64(16)
TO_USER = u64(1)
VLAN_VALID = u64(0x10)
VLAN_TPID_VALID = u64(0x40)
DEFAULT_TPID = u64(0x8100)
MAC_BYTES = u64(12)
TAG_BYTES = u64(4)
START = u64(Row.START)
LENGTH = u64(Row.LENGTH)
ARRIVED_BYTES = u64(Row.ARRIVED_BYTES)
OUT_PORT = u64(Row.OUT_PORT)
C_SENT = u64(Ctl.SENT)
C_SLOT_BYTES = u64(Ctl.SLOT_BYTES)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)
TRANSMITTED = u64(Ctl.TRANSMITTED)
NO_PORT = u64(Ctl.NO_PORT)
L_SENT = u64(SENT_LIST)


@kernel
def put_tag_back(ctl: Words, pkt: Octets, phv: Words, slot: int, tpid: int, tag: int) -> None:
    """Insert a VLAN tag behind the addresses of a packet that was just received."""
    row = slot * ctl[C_ROW_WORDS]
    start = slot * ctl[C_SLOT_BYTES] + phv[row + START]
    copy_bytes(pkt, start - TAG_BYTES, pkt, start, TAG_BYTES)
    copy_bytes(pkt, start, pkt, start + TAG_BYTES, TAG_BYTES)
    copy_bytes(pkt, start + TAG_BYTES, pkt, start + TAG_BYTES + TAG_BYTES, TAG_BYTES)
    store16(pkt, start + MAC_BYTES - TAG_BYTES, tpid)
    store16(pkt, start + MAC_BYTES - TWO, tag)
    phv[row + START] -= TAG_BYTES
    phv[row + LENGTH] += TAG_BYTES
    phv[row + ARRIVED_BYTES] += TAG_BYTES


@kernel
def fill_from_ring(
    ctl: Words, pkt: Octets, phv: Words, ring: Octets, heads: Words, first: int, frames: int,
    most: int, port: int, now: int,
) -> int:  # fmt: skip
    """Receive what the kernel has handed over, beginning at a frame; answers how many frames."""
    done = ZERO
    for _ in range(most):
        index = (first + done) % frames
        head = index * FRAME_WORDS
        status = u64(heads[head])
        if (status & TO_USER) == ZERO:
            break
        mac = u64(heads[head + MAC_WORD]) & LOW16
        length = u64(heads[head + TWO])
        slot = receive(ctl, pkt, phv, ring, index * FRAME_BYTES + mac, length, port, now)
        if (slot != ZERO) & ((status & VLAN_VALID) != ZERO):
            vlan = u64(heads[head + VLAN_WORD])
            tpid = vlan >> HALF if (status & VLAN_TPID_VALID) != ZERO else DEFAULT_TPID
            put_tag_back(ctl, pkt, phv, slot, tpid, vlan & LOW16)
        done += ONE
    return done


@kernel
def hand_over(heads: Words, first: int, frames: int, count: int, status: int) -> None:
    """Give frames to the kernel: to receive into (0) or to send (1)."""
    for n in range(count):
        heads[((first + u64(n)) % frames) * FRAME_WORDS] = status


@kernel
def fill_to_ring(
    ctl: Words, pkt: Octets, phv: Words, ring: Octets, heads: Words, first: int, frames: int,
    port: int,
) -> int:  # fmt: skip
    """Put what was sent to this port into free frames; answers how many. A full ring drops."""
    base = place_of(ctl, L_SENT)
    kept = ZERO
    done = ZERO
    for n in range(ctl[C_SENT]):
        slot = ctl[base + u64(n)]
        row = slot * ctl[C_ROW_WORDS]
        if phv[row + OUT_PORT] != port:
            ctl[base + kept] = slot
            kept += ONE
            continue
        index = (first + done) % frames
        head = index * FRAME_WORDS
        length = phv[row + LENGTH]
        if (u64(heads[head]) == ZERO) & (done < frames) & (length + DATA_AT <= FRAME_BYTES):
            place = slot * ctl[C_SLOT_BYTES] + phv[row + START]
            copy_bytes(ring, index * FRAME_BYTES + DATA_AT, pkt, place, length)
            heads[head + ONE] = length
            done += ONE
            ctl[TRANSMITTED] += ONE
        else:
            ctl[NO_PORT] += ONE
        free_slot(ctl, slot)
    ctl[C_SENT] = kept
    return done
