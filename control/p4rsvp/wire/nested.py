"""Objects inside others: in POLICY_DATA (RFC 2750 3.2) and in diagnostics (RFC 2745 3.3 and 3.6).

Only objects that hold no further ones are read there; any other, however well known, is kept as
bytes. So nesting ends at the second level whatever a packet claims, and each of its bytes is looked
at a bounded number of times.
"""

from __future__ import annotations

from p4rsvp.wire.chain import OBJECT_HEADER, split_objects
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import ENTRIES, WireObject
from p4rsvp.wire.opaque import keep

_CONTAINERS = frozenset((ClassNum.DIAGNOSTIC, ClassNum.DIAG_RESPONSE))


def read_nested(data: bytes, start: int = 0) -> tuple[WireObject, ...]:
    """Decode the objects that fill `data` from `start`; errors carry their offset in `data`."""
    return tuple(_read(offset, kind, body) for offset, kind, body in split_objects(data, start))


def _read(offset: int, kind: int, body: bytes) -> WireObject:
    entry = ENTRIES.get(kind)
    if entry is None or kind >> 8 in _CONTAINERS:
        return keep(kind, body)
    if entry.size not in {None, len(body)}:
        raise DecodeError(
            f"{entry.name} inside another object has {len(body)} bytes, not {entry.size}",
            offset=offset,
            kind=kind,
        )
    try:
        return entry.decode(body)
    except DecodeError as error:
        error.offset += offset + OBJECT_HEADER.size
        raise
