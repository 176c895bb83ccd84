"""A message out of a capture: everything that can be told of it, whatever is wrong with it.

A node must drop a message with a wrong checksum or length (RFC 2205 3.10); who looks at a capture
wants to see it. So the header is checked here, field by field, each fault is put into words, and
what the codec gets is a copy whose header is put right. Where the codec still refuses it, what can
be read of it is read object by object, or in a Bundle message by message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from p4rsvp.wire.chain import OBJECT_HEADER
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES, VERSION
from p4rsvp.wire.message import Bundle, decode, read_object
from p4rsvp.wire.messages import Message
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque

_HEADER = Struct("!BBHBBH")  # RFC 2205 3.1.1
_LONGEST_BYTES = 0xFFFC  # that the RSVP length can say; a jumbogram has room for more


@dataclass(frozen=True, slots=True)
class Examined:
    """What bytes that ought to be an RSVP message turned out to be."""

    type: int | None = None  # of the common header; None if there is none to speak of
    send_ttl: int = 0
    flags: int = 0
    message: Message | Bundle | None = None
    objects: tuple[WireObject, ...] = ()  # where there is no message: its objects, one by one
    parts: tuple[Examined, ...] = ()  # where there is no Bundle: its messages, one by one
    problems: tuple[str, ...] = ()

    @property
    def problem_count(self) -> int:
        """How many there are, with those of a Bundle's messages."""
        return len(self.problems) + sum(part.problem_count for part in self.parts)


def examine(data: bytes) -> Examined:
    """Decode a message as far as it goes."""
    if len(data) < HEADER_BYTES:
        return Examined(problems=(f"{len(data)} bytes are too few for an RSVP header of 8",))
    version_flags, kind, checksum, send_ttl, reserved, length = _HEADER.unpack_from(data)
    if version_flags >> 4 != VERSION:
        return Examined(problems=(f"RSVP version {version_flags >> 4} is not {VERSION}",))
    whole = data[: length if HEADER_BYTES <= length <= len(data) else _LONGEST_BYTES]
    problems = [*_length_problem(length, len(data))]
    if length == len(whole):
        problems += _checksum_problem(checksum, whole)
    whole = whole[: len(whole) // 4 * 4]
    mended = _HEADER.pack(version_flags, kind, 0, send_ttl, reserved, len(whole))
    message: Message | Bundle | None = None
    objects: tuple[WireObject, ...] = ()
    parts: tuple[Examined, ...] = ()
    try:
        message = decode(mended + whole[HEADER_BYTES:])
    except DecodeError as error:
        if kind == MessageType.BUNDLE:
            parts = tuple(_messages_of(whole))
        else:
            objects = tuple(_objects_of(whole, problems))
        # Of a message that was cut short, an object that is cut short is no news.
        if length <= len(data) and str(error) not in problems and not _is_faulty(parts):
            problems.append(str(error))
    flags = version_flags & 0xF
    return Examined(kind, send_ttl, flags, message, objects, parts, tuple(problems))


def _length_problem(length: int, there: int) -> Iterator[str]:
    if length > there:
        yield f"cut short: the RSVP length says {length} bytes, {there} are there"
    elif length < HEADER_BYTES or length % 4:
        yield f"the RSVP length says {length} bytes, which no message has"
    elif length < there:
        yield f"{there - length} bytes follow behind the RSVP length of {length}"


def _checksum_problem(checksum: int, whole: bytes) -> Iterator[str]:
    # RFC 2205 3.1.1: all zeros mean that no checksum was sent. The one's complement sum of 16-bit
    # words is the number itself modulo 0xffff.
    if checksum and len(whole) % 2 == 0 and int.from_bytes(whole) % 0xFFFF:
        right = 0xFFFF - int.from_bytes(whole[:2] + bytes(2) + whole[4:]) % 0xFFFF
        yield f"checksum {checksum:#06x} is wrong: {right:#06x} would be right"


def _objects_of(whole: bytes, problems: list[str]) -> Iterator[WireObject]:
    """Every object up to where the chain breaks; one that is refused is kept as its bytes."""
    at = HEADER_BYTES
    while at + OBJECT_HEADER.size <= len(whole):
        length, kind = OBJECT_HEADER.unpack_from(whole, at)
        end = at + length
        if length < OBJECT_HEADER.size or length % 4 or end > len(whole):
            return
        body = whole[at + OBJECT_HEADER.size : end]
        try:
            yield read_object(at, kind, body)
        except DecodeError as error:
            problems.append(str(error))
            yield Opaque(kind, body)
        at = end


def _messages_of(whole: bytes) -> Iterator[Examined]:
    """Every message of a Bundle; the last may be what is left where a length makes no sense."""
    at = HEADER_BYTES
    while at < len(whole):
        length = int.from_bytes(whole[at + 6 : at + 8])
        end = at + length if length >= HEADER_BYTES else len(whole)
        # RFC 2961 3.2: a Bundle holds no Bundle; to open it would be to nest without end.
        if whole[at + 1 : at + 2] == bytes([MessageType.BUNDLE]):
            yield Examined(MessageType.BUNDLE, problems=("a Bundle inside a Bundle",))
        else:
            yield examine(whole[at:end])
        at = end


def _is_faulty(parts: tuple[Examined, ...]) -> bool:
    return any(part.problems for part in parts)
