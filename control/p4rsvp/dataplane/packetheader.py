"""The header of packets between switch and controller: P4Info's fields without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import ControlError, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.dataplane.p4info import InfoField


def pack_header(fields: Sequence[InfoField], values: Sequence[int]) -> bytes:
    """A controller header's bytes; raises ControlError where a value is too wide."""
    bits, total = 0, 0
    for info, value in zip(fields, values, strict=True):
        if not 0 <= value < 1 << info.width_bits:
            sentence = f"packet_out metadata {info.name} does not fit {info.width_bits} bits"
            raise ControlError(Status.OUT_OF_RANGE, sentence)
        bits = bits << info.width_bits | value
        total += info.width_bits
    size = -(-total // 8)
    return (bits << (8 * size - total)).to_bytes(size, "big")


def unpack_header(fields: Sequence[InfoField], data: bytes) -> tuple[int, ...]:
    """The fields of a controller header."""
    total = sum(f.width_bits for f in fields)
    bits = int.from_bytes(data, "big") >> max(0, 8 * len(data) - total)
    values = []
    for info in reversed(fields):
        values.append(bits & ((1 << info.width_bits) - 1))
        bits >>= info.width_bits
    return tuple(reversed(values))
