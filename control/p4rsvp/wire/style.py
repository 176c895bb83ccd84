"""STYLE and SCOPE (RFC 2205 A.7, A.6).

How senders share a reservation, and towards which of them a wildcard one is forwarded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import RecurringObject, WireObject, decodes

_WORD = Struct("!I")
_OPTION_VECTOR = 0xFFFFFF


class StyleId(IntEnum):
    """The low five option bits: sharing control (two), sender selection (three)."""

    WF = 0b10001
    FF = 0b01010
    SE = 0b10010


@dataclass(frozen=True, slots=True)
class Style(RecurringObject):
    """A reservation style: the flags and the whole option vector, as they stood."""

    options: int
    flags: int = 0

    class_num: ClassVar[int] = ClassNum.STYLE

    @property
    def c_type(self) -> int:
        return 1

    @property
    def id(self) -> StyleId | None:
        """WF, FF or SE; None for a style that we do not know.

        RFC 2205 A.7: option bits beyond the five that we know are new options, to be ignored.
        """
        return _STYLES.get(self.options & 0b11111)

    @property
    def is_wildcard(self) -> bool:
        """Whether the reservation takes every sender (sender selection 001)."""
        return self.options & 0b111 == 0b001

    @property
    def is_shared(self) -> bool:
        """Whether the senders share one reservation (sharing control 10)."""
        return self.options >> 3 & 0b11 == 0b10

    def body(self) -> bytes:
        return _WORD.pack(self.flags << 24 | self.options)


_STYLES = {int(style): style for style in StyleId}
WF = Style(StyleId.WF)
FF = Style(StyleId.FF)
SE = Style(StyleId.SE)


@dataclass(frozen=True, slots=True)
class Scope(WireObject):
    """The senders to forward a wildcard reservation to (RFC 2205 3.4), in ascending order."""

    senders: tuple[Address, ...]

    class_num: ClassVar[int] = ClassNum.SCOPE

    @property
    def c_type(self) -> int:
        return 2 if self.senders and len(self.senders[0]) == 16 else 1

    def body(self) -> bytes:
        return b"".join(self.senders)


@decodes(ClassNum.STYLE, 1, "STYLE", size=4, recurs=True)
def decode_style(body: bytes) -> Style:
    """Read a STYLE."""
    (word,) = _WORD.unpack(body)
    return Style(word & _OPTION_VECTOR, word >> 24)


def _decode_scope(body: bytes, address_bytes: int) -> Scope:
    if not body or len(body) % address_bytes:
        raise DecodeError(
            f"a SCOPE of {len(body)} bytes is no list of {address_bytes}-byte addresses"
        )
    return Scope(
        tuple(Address(body[at : at + address_bytes]) for at in range(0, len(body), address_bytes))
    )


@decodes(ClassNum.SCOPE, 1, "SCOPE IPv4")
def decode_scope_v4(body: bytes) -> Scope:
    """Read a SCOPE of C-Type 1."""
    return _decode_scope(body, 4)


@decodes(ClassNum.SCOPE, 2, "SCOPE IPv6")
def decode_scope_v6(body: bytes) -> Scope:
    """Read a SCOPE of C-Type 2."""
    return _decode_scope(body, 16)
