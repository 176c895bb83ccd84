"""Packets in from the stream of a switch: gRPC messages in a buffer, without an object for each.

`read` walks messages that stand one behind the other, each with gRPC's prefix, and notes of every
P4Runtime PacketIn where its payload lies and what its metadata say. Everything else on the stream
(arbitration, errors, what a later P4Runtime may add) is left to whoever has its schema: such a row
has the message itself for a payload, and the kind OTHER.

StreamMessageResponse, PacketIn and PacketMetadata are those of P4Runtime 1.4, section 16; their
encoding is protobuf's. Fields may come in any order and again, as protobuf allows.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.fast.jit import Int, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Kind(IntEnum):
    """What a message is."""

    PACKET = 0
    OTHER = 1


class Column(IntEnum):
    """Columns of a row; the metadata of a packet follow, by their ids."""

    KIND = 0
    START = 1
    LENGTH = 2
    METADATA = 3  # of the id 1


METADATA: Final = 3  # ids from 1 on that are kept
_COLUMNS: Final = Column.METADATA + METADATA
_PREFIX_BYTES: Final = 5
_FIRST_ROWS: Final = 64
_PACKET, _OTHER = int(Kind.PACKET), int(Kind.OTHER)
_KIND, _START, _LENGTH, _METADATA = map(int, Column)
_PACKET_TAG: Final = 0x12  # StreamMessageResponse.packet
_PAYLOAD_TAG: Final = 0x0A  # PacketIn.payload
_METADATA_TAG: Final = 0x12  # PacketIn.metadata
_ID_TAG: Final = 0x08  # PacketMetadata.metadata_id
_VALUE_TAG: Final = 0x12  # PacketMetadata.value
_LONGEST_VALUE: Final = 7  # bytes that surely fit
_BAD: Final = -1


class Packets:
    """The messages of one buffer."""

    def __init__(self, data: bytes, rows: NDArray[np.int64]) -> None:
        self.data = data
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def payload(self, row: int) -> bytes:
        """The frame of a packet, or the whole of another message."""
        start = int(self.rows[row, _START])
        return self.data[start : start + int(self.rows[row, _LENGTH])]

    def metadata(self, row: int) -> list[int]:
        """The metadata of a packet, from the id 1 on; 0 where it has none."""
        found: list[int] = self.rows[row, _METADATA:].tolist()
        return found


class PacketReader:
    """Reads buffers, with memory that it uses again."""

    def __init__(self) -> None:
        self._rows = np.zeros((_FIRST_ROWS, _COLUMNS), np.int64)

    def read(self, data: bytes) -> tuple[Packets, int]:
        """The messages that are whole, and how many bytes they take; until the next `read`."""
        octets = np.frombuffer(data, np.uint8)
        count, behind = walk(octets, 0, 0, self._rows)
        while count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            count, behind = walk(octets, behind, count, self._rows)
        return Packets(data, self._rows[:count]), int(behind)


@kernel
def walk(
    octets: NDArray[np.uint8], start: Int, first: Int, rows: NDArray[np.int64]
) -> tuple[Int, Int]:
    """Make rows from the one at `first` on; how many there are, and where the next message is."""
    at: Int = start
    row: Int = first
    end = len(octets)
    while row < len(rows) and end - at >= _PREFIX_BYTES:
        length: Int = 0
        for place in range(1, _PREFIX_BYTES):
            length = length << 8 | np.int64(octets[at + place])
        body = at + _PREFIX_BYTES
        if length > end - body:
            break
        if octets[at] != 0 or not _packet(octets, body, body + length, rows[row]):
            rows[row, _KIND] = _OTHER
            rows[row, _START] = body
            rows[row, _LENGTH] = length
        row += 1
        at = body + length
    return row, at


@kernel
def _packet(octets: NDArray[np.uint8], start: Int, end: Int, row: NDArray[np.int64]) -> bool:
    """Read a message that is a PacketIn and nothing else; False: it is not."""
    if start >= end or octets[start] != _PACKET_TAG:
        return False
    length, at = _varint(octets, start + 1, end)
    if length < 0 or at + length != end:
        return False
    row[:] = 0
    row[_START] = at
    while at < end:
        tag = octets[at]
        length, at = _varint(octets, at + 1, end)
        if length < 0 or length > end - at:
            return False
        if tag == _PAYLOAD_TAG:
            row[_START] = at
            row[_LENGTH] = length
        elif tag != _METADATA_TAG or not _field(octets, at, at + length, row):
            return False
        at += length
    return True


@kernel
def _field(octets: NDArray[np.uint8], start: Int, end: Int, row: NDArray[np.int64]) -> bool:
    """Read one PacketMetadata into its column."""
    at: Int = start
    number: Int = 0
    value: Int = 0
    while at < end:
        tag = octets[at]
        found, at = _varint(octets, at + 1, end)
        if found < 0:
            return False
        if tag == _ID_TAG:
            number = found
        elif tag == _VALUE_TAG and found <= min(_LONGEST_VALUE, end - at):
            value = 0
            for place in range(at, at + found):
                value = value << 8 | np.int64(octets[place])
            at += found
        else:
            return False
    if not 1 <= number <= METADATA:
        return False
    row[_METADATA + number - 1] = value
    return True


@kernel
def _varint(octets: NDArray[np.uint8], start: Int, end: Int) -> tuple[Int, Int]:
    """A number of at most 28 bits and what is behind it; _BAD where there is none."""
    value: Int = 0
    for place in range(4):
        if start + place >= end:
            break
        octet = np.int64(octets[start + place])
        value |= (octet & 0x7F) << (7 * place)
        if octet < 0x80:
            return value, start + place + 1
    return _BAD, start
