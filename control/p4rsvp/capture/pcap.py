"""The pcap file format (draft-ietf-opsawg-pcap): a file header, then 16 bytes before each packet.

A record names its own length and nothing marks where it starts, so one wrong length puts a plain
reader out of step for the rest of the file. Here such a record is reported, and reading goes on at
the next place where a header makes sense and is followed by another one or by the end of the file.
"""

from collections.abc import Generator, Iterator
from struct import Struct
from typing import NamedTuple

from p4rsvp.capture.record import MAX_PACKET_BYTES, Damage, Record
from p4rsvp.capture.window import Window

# First four bytes -> byte order, and the nanoseconds in a unit of the fraction of a time.
PCAP_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}

_FILE_HEADER_BYTES = 24
_HEADER_BYTES = 16
_LINK_TYPE_MASK = 0xFFFF  # the bits above tell the length of a frame check sequence, and flags
_BLANK = bytes(_HEADER_BYTES)  # an empty packet of 1970: what was allocated and never written
_MOST_BLANK = 1 << 16  # in a row, after which nobody looks for more
_NS_PER_S = 1_000_000_000
_DAY_S = 86_400


def read_pcap(window: Window) -> Iterator[Record | Damage]:
    """Yield the packets of a pcap file whose first four bytes are known to be right."""
    file_header = window.take(_FILE_HEADER_BYTES)
    if len(file_header) < _FILE_HEADER_BYTES:
        yield Damage(0, f"the file ends inside its header of 24 bytes, after {len(file_header)}")
    else:
        yield from _PcapReader(window, file_header).records()


class _Found(NamedTuple):
    """A place in damaged data that may be a record."""

    seconds: int
    end: int


class _PcapReader:
    """The state of reading one file: how it writes headers, and where we are."""

    def __init__(self, window: Window, file_header: bytes) -> None:
        order, self._ns_per_unit = PCAP_MAGICS[file_header[:4]]
        self._window = window
        self._header = Struct(f"{order}IIII")  # seconds, fraction, captured and original length
        self._link_type = self._header.unpack_from(file_header, 8)[3] & _LINK_TYPE_MASK
        self._number = 0
        self._last_s: int | None = None

    def records(self) -> Iterator[Record | Damage]:
        blank = 0
        while header := self._window.peek(_HEADER_BYTES):
            if len(header) < _HEADER_BYTES:
                yield Damage(
                    self._window.offset,
                    f"the file ends inside a packet's header of 16 bytes, after {len(header)}",
                )
                return
            blank = blank + 1 if header == _BLANK else 0
            if blank > _MOST_BLANK:
                yield Damage(
                    self._window.offset,
                    f"zeros where {_MOST_BLANK} packets in a row should be; the rest is left out",
                )
                return
            self._number += 1
            captured = self._header.unpack(header)[2]
            length = _HEADER_BYTES + captured
            if captured <= MAX_PACKET_BYTES and self._window.reaches(length):
                yield self._record(self._window.take(length))
            elif not (yield from self._recover(captured)):
                return

    def _record(self, record: bytes) -> Record:
        seconds, fraction, _, _ = self._header.unpack_from(record)
        self._last_s = seconds
        time_ns = seconds * _NS_PER_S + fraction * self._ns_per_unit
        return Record(self._number, time_ns, self._link_type, record[_HEADER_BYTES:])

    def _recover(self, captured: int) -> Generator[Record | Damage, None, bool]:
        """Get past a record longer than the file or than any packet; True if that worked."""
        start = self._window.offset
        claim = f"packet {self._number} claims {captured} bytes"
        if self._window.skip_to(self._is_record, _HEADER_BYTES):
            yield Damage(
                start, f"{claim}; went on with the next sound record, at byte {self._window.offset}"
            )
            return True
        if captured <= MAX_PACKET_BYTES:
            record = self._window.take(_HEADER_BYTES + captured)
            yield self._record(record)
            there = len(record) - _HEADER_BYTES
            yield Damage(
                start,
                f"the file ends inside packet {self._number}, after {there} of {captured} bytes",
            )
        else:
            yield Damage(start, f"{claim} and no sound record follows; the rest is left out")
        return False

    def _is_record(self, data: bytes, start: int) -> bool:
        """Whether a sound record starts here and one of like time, or the end, follows."""
        found = self._sound_header(data, start)
        if found is None or not _are_near(found.seconds, self._last_s):
            return False
        if found.end + _HEADER_BYTES > len(data):
            return found.end == len(data) or not self._window.is_all
        following = self._sound_header(data, found.end)
        return following is not None and _are_near(following.seconds, found.seconds)

    def _sound_header(self, data: bytes, start: int) -> _Found | None:
        """The record that may start here; None if its header makes no sense."""
        if start + _HEADER_BYTES > len(data):
            return None
        seconds, fraction, captured, original = self._header.unpack_from(data, start)
        sound = (
            0 < captured <= min(original, MAX_PACKET_BYTES)
            and fraction * self._ns_per_unit < _NS_PER_S
        )
        return _Found(seconds, start + _HEADER_BYTES + captured) if sound else None


def _are_near(seconds: int, other: int | None) -> bool:
    return other is None or abs(seconds - other) <= _DAY_S
