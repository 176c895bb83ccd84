"""DCLASS (RFC 2996 2): the DSCPs with which the packets of a reservation are to be marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes

_WORD_BYTES = 4  # each DSCP has a word, and stands in the six high bits of its last byte
_UNUSED_BITS = 2


@dataclass(frozen=True, slots=True)
class Dclass(WireObject):
    """One or more DSCPs; RFC 2996 2 gives their order no meaning, and we keep it."""

    dscps: tuple[int, ...]  # six bits each

    class_num: ClassVar[int] = ClassNum.DCLASS

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        marks = bytearray(len(self.dscps) * _WORD_BYTES)
        marks[_WORD_BYTES - 1 :: _WORD_BYTES] = bytes(dscp << _UNUSED_BITS for dscp in self.dscps)
        return bytes(marks)


@decodes(ClassNum.DCLASS, 1, "DCLASS")
def decode_dclass(body: bytes) -> Dclass:
    """Read a DCLASS; RFC 2996 2: one word or more."""
    if not body:
        raise DecodeError("DCLASS holds no DSCP")
    return Dclass(tuple(byte >> _UNUSED_BITS for byte in body[_WORD_BYTES - 1 :: _WORD_BYTES]))
