"""How a recording lies on disk: a head, then records, each with its length and checksum.

Only ever appended to, so what a crash leaves is whole up to the last record, which the checksum
tells. The head names the format and its version, for people too: `head -1 FILE` shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from struct import Struct
from typing import Any, Final, NamedTuple
from zlib import crc32

FORMAT: Final = "p4rsvp recording"
VERSION: Final = 1
LONGEST_HEAD_BYTES: Final = 4096
_RECORD = Struct("<IIB")  # length of the body, checksum of kind and body, kind


class Kind(IntEnum):
    """What a record holds."""

    CHECKPOINT = 1  # a whole node, to begin with
    EVENT = 2  # the time and an event, before the node takes it
    EFFECTS = 3  # the digest of its effects, after
    KNOWN = 4  # the time and the slots of lifetimes that known refreshes have extended
    LEARNT = 5  # the time, and what the refresh filter knows from now on


class Record(NamedTuple):
    """One of them, and where it begins."""

    kind: Kind
    body: bytes
    offset: int


class NotARecordingError(Exception):
    """A file that cannot be read as a recording; the text says why."""


def head(values: dict[str, Any]) -> bytes:
    """The first line of a recording."""
    line = json.dumps({"format": FORMAT, "version": VERSION, **values})
    return line.encode() + b"\n"


def record(kind: Kind, *parts: bytes) -> bytes:
    """A record as bytes."""
    body = b"".join(parts)
    return _RECORD.pack(len(body), crc32(body, kind), kind) + body


class Recording:
    """A recording as it was found."""

    def __init__(self, path: Path) -> None:
        """Read a file; raises NotARecordingError or OSError."""
        self.path = path
        self._data = path.read_bytes()
        line, newline, _ = self._data[:LONGEST_HEAD_BYTES].partition(b"\n")
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not newline or not isinstance(found, dict) or found.get("format") != FORMAT:
            raise NotARecordingError(f"{path}: not a recording of p4rsvp")
        if found.get("version") != VERSION:
            raise NotARecordingError(
                f"{path}: a recording of version {found.get('version')}; this p4rsvp reads "
                f"version {VERSION}"
            )
        self.head: dict[str, Any] = found
        self._start = len(line) + 1
        self.lost_bytes = 0  # at the end, of a record that was not written to its end

    def records(self) -> Iterator[Record]:
        """All that is whole."""
        at = self._start
        while at < len(self._data):
            if at + _RECORD.size > len(self._data):
                break
            length, checksum, kind = _RECORD.unpack_from(self._data, at)
            body = self._data[at + _RECORD.size : at + _RECORD.size + length]
            if len(body) < length or crc32(body, kind) != checksum or kind not in set(Kind):
                break
            yield Record(Kind(kind), body, at)
            at += _RECORD.size + length
        self.lost_bytes = len(self._data) - at
