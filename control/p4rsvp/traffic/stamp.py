"""The stamp at the end of a frame: whose packet it is, which one, and when it was sent.

The last 24 bytes: a magic number (2), a balance (2), flow (4), sequence number (8), and time in ns
since the epoch (8). It stands at the end so that a receiver finds it whatever was put in front:
tags, options, other headers. The balance makes the one's complement sum of the stamp zero, so that
a UDP or TCP checksum which was computed with 24 zero bytes there stays right (RFC 1071). For that a
frame has an even number of bytes.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import (
    Octets,
    kernel,
    load16,
    load32,
    load64,
    store16,
    store32,
    store64,
    u64,
)

STAMP_BYTES = 24

SIZE = u64(STAMP_BYTES)
MAGIC = u64(0x5256)
BALANCE_AT = u64(2)
FLOW_AT = u64(4)
SEQUENCE_AT = u64(8)
TIME_AT = u64(16)
HALF = u64(32)
QUARTER = u64(16)
LOW32 = u64(0xFFFFFFFF)
LOW16 = u64(0xFFFF)


@kernel
def fold(value: int) -> int:
    """The one's complement sum of a word's four halves of 16 bits (RFC 1071)."""
    value = (value >> HALF) + (value & LOW32)
    value = (value >> HALF) + (value & LOW32)
    value = (value >> QUARTER) + (value & LOW16)
    value = (value >> QUARTER) + (value & LOW16)
    return (value >> QUARTER) + (value & LOW16)


@kernel
def write_stamp(octets: Octets, end: int, flow: int, sequence: int, time_ns: int) -> None:
    """Stamp a frame that ends here."""
    at = end - SIZE
    total = fold(MAGIC + fold(flow) + fold(sequence) + fold(time_ns))
    store16(octets, at, MAGIC)
    store16(octets, at + BALANCE_AT, LOW16 - total)
    store32(octets, at + FLOW_AT, flow)
    store64(octets, at + SEQUENCE_AT, sequence)
    store64(octets, at + TIME_AT, time_ns)


@kernel
def is_stamped(octets: Octets, end: int) -> bool:
    """True where a frame that ends here has a whole stamp."""
    at = end - SIZE
    if load16(octets, at) != MAGIC:
        return False
    total = fold(load64(octets, at)) + fold(stamped_sequence(octets, end))
    return fold(total + fold(stamped_time(octets, end))) == LOW16


@kernel
def stamped_flow(octets: Octets, end: int) -> int:
    """Whose packet it is."""
    return load32(octets, end - SIZE + FLOW_AT)


@kernel
def stamped_sequence(octets: Octets, end: int) -> int:
    """Which one of its flow, from 0."""
    return load64(octets, end - SIZE + SEQUENCE_AT)


@kernel
def stamped_time(octets: Octets, end: int) -> int:
    """When it was sent, in ns since the epoch."""
    return load64(octets, end - SIZE + TIME_AT)
