"""A message out of a capture: everything that can be told of it, whatever is wrong with it.

A node must drop a message with a wrong checksum or length (RFC 2205 3.10); who looks at a capture
wants to see it. So the header is checked here, field by field, each fault is put into words, and
what the codec gets is a copy whose header is put right. What then still fails is the codec's to
say, together with the objects that it could read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import VERSION
from p4rsvp.wire.message import Bundle, decode
from p4rsvp.wire.messages import Message
from p4rsvp.wire.objects import WireObject

_HEADER = Struct("!BBHBBH")  # RFC 2205 3.1.1


@dataclass(frozen=True, slots=True)
class Examined:
    """What bytes that ought to be an RSVP message turned out to be."""

    type: int | None = None  # of the common header; None if there is none to speak of
    send_ttl: int = 0
    flags: int = 0
    message: Message | Bundle | None = None
    objects: tuple[WireObject, ...] = ()  # what could be read where there is no message
    problems: tuple[str, ...] = ()


def examine(data: bytes) -> Examined:
    """Decode a message as far as it goes."""
    if len(data) < _HEADER.size:
        return Examined(problems=(f"{len(data)} bytes are too few for an RSVP header of 8",))
    version_flags, kind, checksum, send_ttl, reserved, length = _HEADER.unpack_from(data)
    if version_flags >> 4 != VERSION:
        return Examined(problems=(f"RSVP version {version_flags >> 4} is not {VERSION}",))
    problems = [*_length_problem(length, len(data))]
    whole = data[: length if _HEADER.size <= length <= len(data) else len(data)]
    if length == len(whole):
        problems += _checksum_problem(checksum, whole)
    whole = whole[: len(whole) // 4 * 4]
    mended = _HEADER.pack(version_flags, kind, 0, send_ttl, reserved, len(whole))
    message, objects = None, ()
    try:
        message = decode(mended + whole[_HEADER.size :])
    except DecodeError as error:
        objects = error.objects
        if length <= len(data):  # else it is no wonder
            problems.append(str(error))
    return Examined(kind, send_ttl, version_flags & 0xF, message, objects, tuple(problems))


def _length_problem(length: int, there: int) -> Iterator[str]:
    if length > there:
        yield f"cut short: the RSVP length says {length} bytes, {there} are there"
    elif length < _HEADER.size or length % 4:
        yield f"the RSVP length says {length} bytes, which no message has"
    elif length < there:
        yield f"{there - length} bytes follow behind the RSVP length of {length}"


def _checksum_problem(checksum: int, whole: bytes) -> Iterator[str]:
    # RFC 2205 3.1.1: all zeros mean that no checksum was sent. The one's complement sum of 16-bit
    # words is the number itself modulo 0xffff.
    if checksum and len(whole) % 2 == 0 and int.from_bytes(whole) % 0xFFFF:
        right = 0xFFFF - int.from_bytes(whole[:2] + bytes(2) + whole[4:]) % 0xFFFF
        yield f"checksum {checksum:#06x} is wrong: {right:#06x} would be right"
