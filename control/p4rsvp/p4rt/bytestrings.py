"""P4Runtime's binary strings (8.4): integers as big-endian bytes, the fewest that hold the value.

A receiver takes longer strings too, if what they hold fits; an empty string never does. What does
not fit is OUT_OF_RANGE: that is the code which 8.4 names for a binary string. The sections on match
fields and action parameters say INVALID_ARGUMENT of everything malformed, but 12 wants the more
specific code where there is one.
"""

from __future__ import annotations

from p4rsvp.dataplane.errors import ControlError, Status


def decode(string: bytes, bitwidth: int, what: str) -> int:
    """Read an unsigned value of a field that `what` names."""
    value = int.from_bytes(string)
    if not string or value >> bitwidth:
        raise misfit(string, bitwidth, what)
    return value


def encode(value: int) -> bytes:
    """Write an unsigned value in its canonical, shortest form."""
    return value.to_bytes((value.bit_length() + 7) // 8 or 1)


def decode_signed(string: bytes, bitwidth: int, what: str) -> int:
    """Read an int<W>; the answer is its two's complement as an unsigned value of W bits."""
    value = int.from_bytes(string, signed=True)
    if not string or not -(1 << bitwidth - 1) <= value < 1 << bitwidth - 1:
        raise misfit(string, bitwidth, what)
    return value & (1 << bitwidth) - 1


def encode_signed(value: int, bitwidth: int) -> bytes:
    """Write the int<W> whose two's complement is `value`."""
    if value >> bitwidth - 1:
        value -= 1 << bitwidth
    # 8.4: as many bits as the two's complement needs, its sign included.
    bits = (value if value >= 0 else ~value).bit_length() + 1
    return value.to_bytes((bits + 7) // 8, signed=True)


def misfit(string: bytes, bitwidth: int, what: str) -> ControlError:
    """Say that a binary string is no value of this width."""
    given = f"0x{string.hex()} does not fit" if string else "an empty binary string has no place"
    return ControlError(Status.OUT_OF_RANGE, f"{what}: {given} in {bitwidth} bits")
