"""Arithmetic without an operator: shifts by any amount, ones' complement, CRCs, chance.

Checksums over packet bytes and hashes over fields work on a scratch area, the bytes of slot 0,
which holds no packet: fields are appended bit by bit as bmv2 concatenates them, the last byte
padded with zeros.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Octets, Words, copy_bytes, kernel, load64, u64

ZERO = u64(0)
ONE = u64(1)
THREE = u64(3)
SEVEN = u64(7)
EIGHT = u64(8)
SIXTEEN = u64(16)
WORD = u64(64)
TOP = u64(63)
ALL = u64(0xFFFFFFFFFFFFFFFF)
HALF = u64(0xFFFFFFFF)
LOW16 = u64(0xFFFF)
BYTE = u64(0xFF)
HALF_BITS = u64(32)
SIGN = u64(1 << 63)
WEYL = u64(0x9E3779B97F4A7C15)
MIX_1 = u64(0xBF58476D1CE4E5B9)
MIX_2 = u64(0x94D049BB133111EB)
SHIFT_30 = u64(30)
SHIFT_27 = u64(27)
SHIFT_31 = u64(31)


@kernel
def shift_left(value: int, amount: int) -> int:
    """The low word of value << amount, for any amount."""
    return (value << amount) & ALL if amount < WORD else ZERO


@kernel
def shift_right(value: int, amount: int) -> int:
    """Value >> amount, for any amount."""
    return value >> amount if amount < WORD else ZERO


@kernel
def shift_right_signed(value: int, amount: int) -> int:
    """The same for two's complement: the sign comes in from above."""
    if amount >= WORD:
        amount = TOP
    if value < SIGN:
        return value >> amount
    return ((value ^ ALL) >> amount) ^ ALL


@kernel
def fold(total: int) -> int:
    """The internet checksum of a sum of 16-bit words (RFC 1071): folded, ones' complement."""
    total = (total & HALF) + (total >> HALF_BITS)
    total = (total & LOW16) + (total >> SIXTEEN)
    total = (total & LOW16) + (total >> SIXTEEN)
    total = (total & LOW16) + (total >> SIXTEEN)
    return total ^ LOW16


@kernel
def sum_bytes(pkt: Octets, start: int, count: int) -> int:
    """The sum of 16-bit words at a place, an odd last byte padded; fits what `fold` takes."""
    total = ZERO
    at = start
    end = start + count
    while at + EIGHT <= end:
        word = load64(pkt, at)
        total += (word >> HALF_BITS) + (word & HALF)
        at += EIGHT
    shift = u64(56)
    word = ZERO
    while at < end:
        word |= u64(pkt[at]) << shift
        shift -= EIGHT
        at += ONE
    return total + (word >> HALF_BITS) + (word & HALF)


@kernel
def same_bytes(pkt: Octets, a: int, b: int, count: int) -> bool:
    """True where two stretches of packet bytes are equal."""
    same = True
    for i in range(count):
        same &= pkt[a + u64(i)] == pkt[b + u64(i)]
    return same


@kernel
def append_bits(pkt: Octets, cursor_bits: int, value: int, width_bits: int) -> int:
    """Write the low bits of a value at the cursor of the scratch area; the new cursor."""
    left = width_bits
    while left != ZERO:
        at = cursor_bits >> THREE
        used = cursor_bits & SEVEN
        room = EIGHT - used
        take = min(left, room)
        chunk = (value >> (left - take)) & ((ONE << take) - ONE)
        before = u64(pkt[at]) if used != ZERO else ZERO
        pkt[at] = before | (chunk << (room - take))
        cursor_bits += take
        left -= take
    return cursor_bits


@kernel
def append_bytes(pkt: Octets, cursor_bits: int, start: int, count: int) -> int:
    """Append packet bytes."""
    for i in range(count):
        cursor_bits = append_bits(pkt, cursor_bits, u64(pkt[start + u64(i)]), EIGHT)
    return cursor_bits


@kernel
def crc(mem: Words, table: int, pkt: Octets, cursor_bits: int, state: int) -> int:
    """A reflected CRC of the scratch area, by the table at this place of the arena."""
    for i in range((cursor_bits + SEVEN) >> THREE):
        state = mem[table + ((state ^ u64(pkt[u64(i)])) & BYTE)] ^ (state >> EIGHT)
    return state


@kernel
def xor16(pkt: Octets, cursor_bits: int) -> int:
    """The exclusive or of the scratch area's 16-bit words."""
    state = ZERO
    for i in range((cursor_bits + SEVEN) >> THREE):
        byte = u64(pkt[u64(i)])
        state ^= byte << EIGHT if (u64(i) & ONE) == ZERO else byte
    return state


@kernel
def identity(pkt: Octets, cursor_bits: int) -> int:
    """The scratch area's first eight bytes as a number, or all of them where there are fewer."""
    state = ZERO
    count = (cursor_bits + SEVEN) >> THREE
    count = min(count, EIGHT)
    for i in range(count):
        state = (state << EIGHT) | u64(pkt[u64(i)])
    return state


@kernel
def draw(mem: Words, place: int) -> int:
    """The next number of the generator at this place (splitmix64)."""
    state = (mem[place] + WEYL) & ALL
    mem[place] = state
    state = ((state ^ (state >> SHIFT_30)) * MIX_1) & ALL
    state = ((state ^ (state >> SHIFT_27)) * MIX_2) & ALL
    return state ^ (state >> SHIFT_31)


@kernel
def set_aside(pkt: Octets, start: int, count: int) -> None:
    """Copy packet bytes to the scratch area."""
    copy_bytes(pkt, ZERO, pkt, start, count)


@kernel
def bring_back(pkt: Octets, aside: int, target: int, count: int) -> None:
    """Copy bytes of the scratch area into a packet."""
    copy_bytes(pkt, target, pkt, aside, count)
