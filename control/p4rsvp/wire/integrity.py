"""INTEGRITY and CHALLENGE, and the bytes that a digest covers (RFC 2747 2 and 4.3, RFC 3097).

RFC 3097 gives the handshake messages the types 25 and 26; the objects are unchanged. Keys,
algorithms, sequence windows and the handshake itself belong to the security package: here is only
what stands in the message, and how to lay a message out for the keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.chain import OBJECT_HEADER
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes

HANDSHAKE_FLAG = 0x80  # RFC 2747 2.1: bit 0, the sender answers integrity challenges
_KEY_LOW_BITS = 32  # the 48-bit key identifier straddles a word: 16 bits, then 32
_KEY_LOW_MASK = 0xFFFFFFFF
_INTEGRITY = Struct("!BxHIQ")  # flags, reserved, key identifier in two parts, sequence number
_CHALLENGE = Struct("!xxHI")  # reserved, key identifier in two parts; the cookie follows
INTEGRITY_KIND = ClassNum.INTEGRITY << 8 | 1
_HEADER_BYTES = 8  # of the common header, behind which INTEGRITY stands (RFC 2205 3.1.3)


@dataclass(frozen=True, slots=True)
class Integrity(WireObject):
    """INTEGRITY: who signed, under which key, as which message of theirs, and the digest."""

    key_id: int  # 48 bits, unique for the sender
    sequence: int  # 64 bits, growing modulo 2^64
    digest: bytes  # a multiple of 4 bytes; its length follows from the algorithm of the key
    handshake: bool = False

    class_num: ClassVar[int] = ClassNum.INTEGRITY

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        flags = HANDSHAKE_FLAG if self.handshake else 0
        key_high, key_low = self.key_id >> _KEY_LOW_BITS, self.key_id & _KEY_LOW_MASK
        return _INTEGRITY.pack(flags, key_high, key_low, self.sequence) + self.digest


@dataclass(frozen=True, slots=True)
class Challenge(WireObject):
    """CHALLENGE: the cookie that the answer to an Integrity Challenge must repeat."""

    key_id: int
    # RFC 2747 4.3 draws 64 bits and suggests an MD5 hash (128), RFC 3097 3 speaks of 32: any length
    # is kept, since who answers only repeats it and the challenger compares it with its own.
    cookie: bytes

    class_num: ClassVar[int] = ClassNum.CHALLENGE

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        key_high, key_low = self.key_id >> _KEY_LOW_BITS, self.key_id & _KEY_LOW_MASK
        return _CHALLENGE.pack(key_high, key_low) + self.cookie


@decodes(ClassNum.INTEGRITY, 1, "INTEGRITY")
def decode_integrity(body: bytes) -> Integrity:
    """Read an INTEGRITY; unused flags and the reserved byte are not kept."""
    if len(body) <= _INTEGRITY.size:
        raise DecodeError(f"INTEGRITY of {len(body)} bytes has no room for a digest")
    flags, key_high, key_low, sequence = _INTEGRITY.unpack_from(body)
    return Integrity(
        key_high << _KEY_LOW_BITS | key_low,
        sequence,
        body[_INTEGRITY.size :],
        bool(flags & HANDSHAKE_FLAG),
    )


@decodes(ClassNum.CHALLENGE, 1, "CHALLENGE")
def decode_challenge(body: bytes) -> Challenge:
    """Read a CHALLENGE."""
    if len(body) <= _CHALLENGE.size:
        raise DecodeError(f"CHALLENGE of {len(body)} bytes has no room for a cookie")
    key_high, key_low = _CHALLENGE.unpack_from(body)
    return Challenge(key_high << _KEY_LOW_BITS | key_low, body[_CHALLENGE.size :])


def signed_bytes(message: bytes) -> bytes:
    """What the keyed hash runs over: the message with its checksum and its digest zero.

    RFC 2747 4.1 (1), (6) and 4.2 (1), (2): both fields are zero while the digest is computed,
    whatever stands in them on the wire. Raises DecodeError unless INTEGRITY follows the header.
    """
    digest = digest_span(message, _HEADER_BYTES)
    return (
        message[:2]
        + bytes(2)
        + message[4 : digest.start]
        + bytes(len(digest))
        + (message[digest.stop :])
    )


def with_digest(message: bytes, digest: bytes) -> bytes:
    """The message with this digest in its INTEGRITY object, which must have room for it."""
    return put_digest(message, digest_span(message, _HEADER_BYTES), digest)


def put_digest(data: bytes, span: range, digest: bytes) -> bytes:
    """The data with this digest where `digest_span` found room for one."""
    if len(digest) != len(span):
        raise ValueError(f"INTEGRITY has room for {len(span)} bytes, not {len(digest)}")
    return data[: span.start] + digest + data[span.stop :]


def digest_span(data: bytes, start: int) -> range:
    """Where in `data` the digest of the INTEGRITY object at `start` lies."""
    first = start + OBJECT_HEADER.size + _INTEGRITY.size
    if len(data) < first:
        raise DecodeError(f"{len(data)} bytes cannot hold an INTEGRITY object")
    length, kind = OBJECT_HEADER.unpack_from(data, start)
    if kind != INTEGRITY_KIND:
        # RFC 2205 3.1.3: in a message it must immediately follow the common header.
        raise DecodeError(
            "another object stands in the place of INTEGRITY", offset=start, kind=kind
        )
    end = start + length
    if length % 4 or not first < end <= len(data):
        raise DecodeError(
            f"INTEGRITY has the length {length}, which is too short, unaligned or past the end",
            offset=start,
            kind=kind,
        )
    return range(first, end)
