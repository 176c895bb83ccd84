"""Bytes to messages and back: `decode` and `encode`, all that the rest of p4rsvp calls.

`decode` gives a message or raises `DecodeError`, for any bytes whatever, with work bounded by their
number. RFC 2205 3.10 decides about objects that we do not know: those whose class must be known
(0bbbbbbb) and unknown C-Types of classes that we interpret refuse the message; the others are kept
among its extras. A Bundle (RFC 2961 3) holds whole messages; one that is malformed refuses the
Bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

import msgspec

from p4rsvp.wire.chain import OBJECT_HEADER, split_objects
from p4rsvp.wire.codes import ErrorCode, MessageType, UnknownClassAction
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.extensions import (
    Ack,
    Drep,
    Dreq,
    HelloMessage,
    IntegrityChallenge,
    IntegrityResponse,
    RecoveryPath,
    Srefresh,
)
from p4rsvp.wire.header import HEADER_BYTES, frame, read_header
from p4rsvp.wire.messages import Message, Path, PathErr, PathTear, Resv, ResvConf, ResvErr, ResvTear
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import is_known, keep
from p4rsvp.wire.registry import ENTRIES
from p4rsvp.wire.shape import Shape, learn

MESSAGE_CLASSES: dict[int, type[Message]] = {
    message_class.type: message_class
    for message_class in (
        Path,
        Resv,
        PathErr,
        ResvErr,
        PathTear,
        ResvTear,
        ResvConf,  # RFC 2205
        Dreq,
        Drep,  # RFC 2745
        Ack,
        Srefresh,  # RFC 2961
        HelloMessage,  # RFC 3209
        IntegrityChallenge,
        IntegrityResponse,  # RFC 2747
        RecoveryPath,  # RFC 5063
    )
}
MOST_SHAPES = 256  # a peer that varies them costs us the look-up and no memory
_SHAPES: dict[int, Shape | None] = {}  # None: one that cannot be learned
_BUNDLE = int(MessageType.BUNDLE)
_INTERPRETED_CLASSES = frozenset(kind >> 8 for kind in ENTRIES)


class Bundle(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Several messages in one (RFC 2961 3); they, and not it, carry INTEGRITY and message ids."""

    messages: tuple[Message, ...]
    send_ttl: int = 0
    flags: int = 0

    type: ClassVar[MessageType] = MessageType.BUNDLE


def decode(data: bytes) -> Message | Bundle:
    """Read one whole RSVP message."""
    shape = _SHAPES.get(_key(data))
    message = None if shape is None else shape.read(data)
    return message or _decode_with_care(data)


def _key(data: bytes) -> int:
    """By what the shapes are found: length and type."""
    return len(data) << 8 | data[1] if len(data) > HEADER_BYTES else 0


def _decode_with_care(data: bytes) -> Message | Bundle:
    """Read a message of any shape, and find out what is wrong with it."""
    header = read_header(data)
    try:
        if header.type == _BUNDLE:
            messages = tuple(_sub_messages(data))
            return Bundle(messages=messages, send_ttl=header.send_ttl, flags=header.flags)
        message_class = MESSAGE_CLASSES.get(header.type)
        if message_class is None:
            raise DecodeError(f"the message type {header.type} is unknown", offset=1)
        objects = _read_objects(data)
        fields = _read_fields(data, message_class, objects)
    except DecodeError as error:
        if error.message_type is None:
            error.message_type = header.type
            # A Bundle holds messages, whose bytes would only look like objects.
            error.objects = () if header.type == MessageType.BUNDLE else _salvage(data)
        raise
    message = message_class(send_ttl=header.send_ttl, flags=header.flags, **fields)
    if _key(data) not in _SHAPES:
        if len(_SHAPES) >= MOST_SHAPES:
            _SHAPES.clear()
        _SHAPES[_key(data)] = learn(data, objects, message)
    return message


def encode(message: Message | Bundle) -> bytes:
    """Write one whole message with its checksum, which is zero where INTEGRITY stands in for it.

    RFC 2747 4.1 (1): the digest is computed with the checksum zero.
    """
    if isinstance(message, Bundle):
        body = b"".join(map(encode, message.messages))
        return frame(message.type, message.flags, message.send_ttl, body)
    body = b"".join([item.encode() for item in message.grammar.objects(message)])
    return frame(
        message.type, message.flags, message.send_ttl, body, checksummed=message.integrity is None
    )


def _read_fields(
    data: bytes, message_class: type[Message], objects: list[WireObject]
) -> dict[str, Any]:
    try:
        return message_class.grammar.read(objects)
    except DecodeError as error:
        # The grammar counts objects; whoever catches this counts bytes.
        spans = split_objects(data, HEADER_BYTES)
        error.offset, error.kind = next(
            ((offset, kind) for offset, kind, _ in spans[error.offset : error.offset + 1]),
            (len(data), None),
        )
        raise


def _read_objects(data: bytes) -> list[WireObject]:
    return [read_object(*span) for span in split_objects(data, HEADER_BYTES)]


def read_object(offset: int, kind: int, body: bytes) -> WireObject:
    """Decode one object that `split_objects` cut out."""
    entry = ENTRIES.get(kind)
    if entry is None:
        return _read_unregistered(offset, kind, body)
    if entry.size not in {None, len(body)}:
        raise DecodeError(
            f"{entry.name} has {len(body)} bytes in its body where {entry.size} belong",
            offset=offset,
            kind=kind,
        )
    try:
        item = entry.read(body)
    except DecodeError as error:
        error.offset += offset + OBJECT_HEADER.size
        error.kind = kind
        raise
    return item


def _read_unregistered(offset: int, kind: int, body: bytes) -> WireObject:
    class_num = kind >> 8
    if is_known(kind):
        return keep(kind, body)
    if class_num in _INTERPRETED_CLASSES and class_num < 0x80:
        raise DecodeError(
            "the object's C-Type is unknown",
            code=ErrorCode.UNKNOWN_OBJECT_C_TYPE,
            value=kind,
            offset=offset,
            kind=kind,
        )
    if UnknownClassAction.of(class_num) is UnknownClassAction.REJECT:
        raise DecodeError(
            "the object's class is unknown",
            code=ErrorCode.UNKNOWN_OBJECT_CLASS,
            value=kind,
            offset=offset,
            kind=kind,
        )
    return keep(kind, body)


def _sub_messages(data: bytes) -> Iterator[Message]:
    start = HEADER_BYTES
    while start < len(data):
        length = int.from_bytes(data[start + 6 : start + 8])
        try:
            if length < HEADER_BYTES or start + length > len(data):
                raise DecodeError(f"a message of {length} bytes does not fit into its Bundle")
            # RFC 2961 3.2: a sub-message may be of any type except for another Bundle.
            if data[start + 1] == MessageType.BUNDLE:
                raise DecodeError("a Bundle inside a Bundle")
            message = decode(data[start : start + length])
        except DecodeError as error:
            error.offset += start
            raise
        assert isinstance(message, Message)  # the type that was looked at above says so
        yield message
        start += length
    if start == HEADER_BYTES:
        raise DecodeError("the Bundle is empty", offset=start)


def _salvage(data: bytes) -> tuple[WireObject, ...]:
    """Decode whatever objects of a malformed message can be decoded, to answer it with."""
    found = []
    end = len(data)
    at = HEADER_BYTES
    while end - at >= OBJECT_HEADER.size:
        length, kind = OBJECT_HEADER.unpack_from(data, at)
        if length < OBJECT_HEADER.size or length % 4 or at + length > end:
            break
        with suppress(DecodeError):  # it is being reported already
            found.append(read_object(at, kind, data[at + 4 : at + length]))
        at += length
    return tuple(found)
