"""The pcapng file format (draft-ietf-opsawg-pcapng): blocks that carry their length at both ends.

Read are section headers, interface descriptions (link type, resolution and offset of the clock) and
the three kinds of packet blocks; all else is stepped over. A block whose two lengths disagree is
reported, and reading goes on at the next block of a kind that we read whose two lengths agree.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from struct import error as struct_error
from struct import unpack, unpack_from
from typing import NamedTuple

from p4rsvp.capture.record import Damage, Record
from p4rsvp.capture.window import Window

SECTION_MAGIC = b"\x0a\x0d\x0d\x0a"  # reads the same in both byte orders

_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_FRAME_BYTES = 12  # of every block: type and length before the body, length behind it
_MAX_BLOCK_BYTES = 1 << 24  # no name table or key log is longer; what claims more is damage
_OPTION_RESOLUTION, _OPTION_OFFSET = 9, 14
_NS_PER_S = 1_000_000_000


class _Interface(NamedTuple):
    """What it takes to understand the packets of one interface."""

    link_type: int
    snap_bytes: int  # 0: no limit
    units_per_s: int
    offset_s: int

    def time_ns(self, high: int, low: int) -> int:
        return (high << 32 | low) * _NS_PER_S // self.units_per_s + self.offset_s * _NS_PER_S


def read_pcapng(window: Window) -> Iterator[Record | Damage]:
    """Yield the packets of a pcapng file whose first four bytes are known to be right."""
    return _PcapngReader(window).records()


class _PcapngReader:
    """The state of reading one file: byte order and interfaces of the section, and where we are."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._offset = 0  # of the current block, in the file
        self._number = 0  # of the last packet
        self._order = "<"
        self._interfaces: list[_Interface] = []
        self._readers: dict[int, Callable[[bytes], Iterable[Record | Damage]]] = {
            _SECTION: self._section,
            _INTERFACE: self._interface,
            _OLD_PACKET: self._old_packet,
            _SIMPLE_PACKET: self._simple_packet,
            _PACKET: self._packet,
        }

    def records(self) -> Iterator[Record | Damage]:
        while head := self._window.peek(_FRAME_BYTES):
            self._offset = self._window.offset
            if len(head) < _FRAME_BYTES:
                yield Damage(
                    self._offset, f"the file ends inside a block, after {len(head)} bytes of it"
                )
                return
            kind, length = self._head(head, 0)
            if _is_sound(length) and self._window.peek(4, length - 4) == head[4:8]:
                yield from self._read(kind, self._window.take(length)[8:-4])
            elif not (yield from self._recover(kind, length)):
                return

    def _recover(self, kind: int, length: int) -> Generator[Record | Damage, None, bool]:
        """Get past a block that does not end as it says at its start; True if that worked."""
        claim = f"a block claims {length} bytes and does not end as such a block would"
        if self._window.skip_to(self._is_known_block, _FRAME_BYTES):
            yield self._damage(
                f"{claim}; went on with the next sound one, at byte {self._window.offset}"
            )
            return True
        if _is_sound(length) and not self._window.reaches(length):
            rest = self._window.take(length)
            yield from (found for found in self._read(kind, rest[8:]) if isinstance(found, Record))
            yield self._damage(f"the file ends inside a block of {length} bytes, after {len(rest)}")
        else:
            yield self._damage(f"{claim}; no sound one follows and the rest is left out")
        return False

    def _damage(self, sentence: str) -> Damage:
        return Damage(self._offset, sentence)

    def _head(self, data: bytes, start: int) -> tuple[int, int]:
        """The type and length of the block that may start here."""
        order = self._order
        if data[start : start + 4] == SECTION_MAGIC:
            order = _ORDERS.get(data[start + 8 : start + 12], order)
        return unpack_from(f"{order}II", data, start)

    def _is_known_block(self, data: bytes, start: int) -> bool:
        """Whether a block of a kind that we read starts here, with two lengths that agree."""
        if start + _FRAME_BYTES > len(data):
            return False
        kind, length = self._head(data, start)
        end = start + length
        return (
            kind in self._readers
            and _is_sound(length)
            and data[end - 4 : end] == data[start + 4 : start + 8]
        )

    def _read(self, kind: int, body: bytes) -> Iterator[Record | Damage]:
        if kind not in self._readers:
            return
        try:
            yield from self._readers[kind](body)
        except struct_error:
            yield self._damage(
                f"a block of type {kind} is too short, with a body of {len(body)} bytes"
            )

    def _section(self, body: bytes) -> Iterator[Damage]:
        self._interfaces.clear()
        if body[:4] in _ORDERS:
            self._order = _ORDERS[body[:4]]
        else:
            yield self._damage(f"a section header without a byte-order mark: {body[:4].hex(' ')}")

    def _interface(self, body: bytes) -> Iterable[Damage]:
        link_type, _, snap_bytes = unpack_from(f"{self._order}HHI", body)
        units_per_s, offset_s = 1_000_000, 0
        for code, value in self._options(body, 8):
            if code == _OPTION_RESOLUTION and len(value) == 1:
                base = 2 if value[0] & 0x80 else 10
                units_per_s = base ** (value[0] & 0x7F)
            elif code == _OPTION_OFFSET and len(value) == 8:
                (offset_s,) = unpack(f"{self._order}q", value)
        self._interfaces.append(_Interface(link_type, snap_bytes, units_per_s, offset_s))
        return ()

    def _options(self, body: bytes, start: int) -> Iterator[tuple[int, bytes]]:
        """Cut the options; each is padded to four bytes, and a code of 0 ends them."""
        while start + 4 <= len(body):
            code, length = unpack_from(f"{self._order}HH", body, start)
            if code == 0:
                return
            yield code, body[start + 4 : start + 4 + length]
            start += 4 + length + -length % 4

    def _packet(self, body: bytes) -> Iterator[Record | Damage]:
        interface, high, low, captured, _ = unpack_from(f"{self._order}5I", body)
        return self._record(interface, (high, low), body[20:], captured)

    def _old_packet(self, body: bytes) -> Iterator[Record | Damage]:
        interface, _, high, low, captured, _ = unpack_from(f"{self._order}2H4I", body)
        return self._record(interface, (high, low), body[20:], captured)

    def _simple_packet(self, body: bytes) -> Iterator[Record | Damage]:
        """A packet of the first interface, without a time, cut to the interface's snap length."""
        (original,) = unpack_from(f"{self._order}I", body)
        snap_bytes = self._interfaces[0].snap_bytes if self._interfaces else 0
        captured = min(original, snap_bytes or original)
        return self._record(0, None, body[4:], captured)

    def _record(
        self, interface: int, time: tuple[int, int] | None, data: bytes, captured: int
    ) -> Iterator[Record | Damage]:
        self._number += 1
        if interface >= len(self._interfaces):
            yield self._damage(
                f"packet {self._number} names interface {interface}, which is not described"
            )
            return
        described = self._interfaces[interface]
        time_ns = described.time_ns(*time) if time else None
        yield Record(self._number, time_ns, described.link_type, data[:captured])
        if len(data) < captured:
            yield self._damage(
                f"packet {self._number} claims {captured} bytes in a block that holds {len(data)}"
            )


def _is_sound(length: int) -> bool:
    """Whether a block may be of this length."""
    return _FRAME_BYTES <= length <= _MAX_BLOCK_BYTES and length % 4 == 0
