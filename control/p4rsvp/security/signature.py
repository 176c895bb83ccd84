"""A message's signature as bytes: put in, found, and laid out for the digest (RFC 2747 2, 4).

The same as wire/integrity.py says of one message with care, for every message and without objects:
the test of the one is the other.
"""

from __future__ import annotations

from hmac import compare_digest
from struct import Struct
from typing import NamedTuple

from p4rsvp.security.keys import Key
from p4rsvp.wire.chain import OBJECT_HEADER
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.header import HEADER_BYTES
from p4rsvp.wire.integrity import HANDSHAKE_FLAG, INTEGRITY_KIND

# The common header, then INTEGRITY: length, kind, flags, key id in two parts, sequence number.
_SIGNED = Struct("!8xHHBxHIQ")
_INTEGRITY = Struct("!HHBxHIQ")
_LENGTH = Struct("!H")
_HOP_KINDS = {ClassNum.RSVP_HOP << 8 | 1: 4, ClassNum.RSVP_HOP << 8 | 2: 16}
_HOP_WITHIN_OBJECTS = 8  # RSVP_HOP is the second in RFC 2205's order, behind what others add
_ZEROS = bytes(64)  # as long as the longest digest
_KEY_LOW_BITS = 32


class Signature(NamedTuple):
    """What an INTEGRITY says, and where it ends."""

    answers_challenges: bool
    key_id: int
    number: int
    end: int


def is_signed(data: bytes) -> bool:
    """Whether INTEGRITY follows the header, as RFC 2205 3.1.3 demands, with room for a digest."""
    return len(data) > _SIGNED.size and data[10:12] == _KIND


_KIND = _LENGTH.pack(INTEGRITY_KIND)


def read_signature(data: bytes) -> Signature | None:
    """The signature of a message that `is_signed`; None where it is malformed."""
    length, _, flags, high, low, number = _SIGNED.unpack_from(data)
    end = HEADER_BYTES + length
    if length & 3 or end <= _SIGNED.size or end > len(data):
        return None
    return Signature(flags >= HANDSHAKE_FLAG, high << _KEY_LOW_BITS | low, number, end)


def sender_address(data: bytes, start: int) -> bytes:
    """The address in RSVP_HOP, looked for from `start` on; empty where there is none.

    RFC 2747 4: it is the sender's, and only without it the IP source is (a Path comes from its
    host). What it says is believed only with the digest.
    """
    end = len(data) - OBJECT_HEADER.size
    for _ in range(_HOP_WITHIN_OBJECTS):
        if start > end:
            break
        length, kind = OBJECT_HEADER.unpack_from(data, start)
        size = _HOP_KINDS.get(kind)
        if size is not None:
            return data[start + 4 : start + 4 + size]
        if length < OBJECT_HEADER.size:
            break
        start += length
    return b""


def verifies(key: Key, data: bytes, end: int) -> bool:
    """Whether the digest, which ends at `end` and is as long as it should be, is the key's."""
    digest = data[_SIGNED.size : end]
    blank = data[:2] + b"\0\0" + data[4 : _SIGNED.size] + _ZEROS[: len(digest)] + data[end:]
    return compare_digest(key.mac.digest(blank), digest)


def signature_bytes(key: Key) -> int:
    """By how much signing makes a message longer."""
    return _INTEGRITY.size + key.mac.digest_bytes


def sign(key: Key, data: bytes, number: int) -> bytes:
    """The message with an INTEGRITY and without a checksum (RFC 2747 4.1)."""
    size = signature_bytes(key)
    high, low = key.id >> _KEY_LOW_BITS, key.id & 0xFFFFFFFF
    head = data[:2] + b"\0\0" + data[4:6] + _LENGTH.pack(len(data) + size)
    head += _INTEGRITY.pack(size, INTEGRITY_KIND, HANDSHAKE_FLAG, high, low, number)
    rest = data[HEADER_BYTES:]
    digest = key.mac.digest(head + _ZEROS[: key.mac.digest_bytes] + rest)
    return head + digest + rest
