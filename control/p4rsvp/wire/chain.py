"""The chain of objects behind a common header, cut into its links (RFC 2205 3.1.2)."""

from __future__ import annotations

from struct import Struct

from p4rsvp.wire.errors import DecodeError

OBJECT_HEADER = Struct("!HH")  # length in bytes, header included; class number << 8 | C-Type


def split_objects(data: bytes, start: int = 0) -> list[tuple[int, int, bytes]]:
    """Cut a run of objects into (offset, kind, body); the work is bounded by len(data).

    RFC 2205 3.1.2: the length counts the header, is at least 4 and a multiple of 4.
    """
    found = []
    end = len(data)
    while start < end:
        if end - start < 4:
            raise DecodeError(
                f"{end - start} bytes are left over behind the last object", offset=start
            )
        length, kind = OBJECT_HEADER.unpack_from(data, start)
        if length < 4 or length % 4:
            raise DecodeError(
                f"object length {length} is not a multiple of 4 from 4 up", offset=start, kind=kind
            )
        if start + length > end:
            raise DecodeError(
                f"object length {length} reaches {start + length - end} bytes past the end",
                offset=start,
                kind=kind,
            )
        found.append((start, kind, data[start + 4 : start + length]))
        start += length
    return found
