"""The common header and its checksum (RFC 2205 3.1.1)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from p4rsvp.wire.errors import DecodeError

VERSION = 1
HEADER_BYTES = 8
LONGEST_BYTES = 0xFFFF
_HEADER = Struct("!BBHBBH")


class MessageTooLongError(ValueError):
    """A message that its length field cannot tell (RFC 2205 3.1.1)."""

    def __init__(self, length_bytes: int) -> None:
        super().__init__(f"an RSVP message of {length_bytes} bytes; {LONGEST_BYTES} is the most")


class Header(NamedTuple):
    """The fields of a common header that a message keeps."""

    flags: int
    type: int
    checksum: int  # zero: the sender computed none
    send_ttl: int
    length_bytes: int


def read_header(data: bytes) -> Header:
    """Read the header of `data`, which is one whole message, and check length and checksum."""
    if len(data) < HEADER_BYTES:
        raise DecodeError(f"{len(data)} bytes are too few for an RSVP message")
    version_flags, kind, checksum, send_ttl, _, length = _HEADER.unpack_from(data)
    if version_flags >> 4 != VERSION:
        raise DecodeError(f"RSVP version {version_flags >> 4} is not {VERSION}")
    if length != len(data):
        raise DecodeError(
            f"the RSVP length says {length} bytes, the packet has {len(data)}", offset=6
        )
    if length % 4:
        raise DecodeError(f"the RSVP length {length} is not a multiple of 4", offset=6)
    if checksum and int.from_bytes(data) % 0xFFFF:
        raise DecodeError(f"the checksum {checksum:#06x} is wrong", offset=2)
    return Header(version_flags & 0xF, kind, checksum, send_ttl, length)


def frame(kind: int, flags: int, send_ttl: int, body: bytes, *, checksummed: bool = True) -> bytes:
    """Put a header in front of `body`; without a checksum the field is zero."""
    length = HEADER_BYTES + len(body)
    if length > LONGEST_BYTES:
        raise MessageTooLongError(length)
    version_flags = VERSION << 4 | flags
    checksum = 0
    if checksummed:
        # The one's complement sum of 16-bit words is the number itself modulo 0xffff. A sum of zero
        # gives 0xffff, which stands for the same and does not read as "no checksum".
        header_sum = (version_flags << 8 | kind) + (send_ttl << 8) + length
        checksum = 0xFFFF - (int.from_bytes(body) + header_sum) % 0xFFFF
    return _HEADER.pack(version_flags, kind, checksum, send_ttl, 0, length) + body
