"""The reference of the batch scan: one message at a time, written with bytes and integers alone.

It shares the enumerations, the tables and the key with `scan.py`, and no arithmetic. What the
answers mean is explained there.
"""

from typing import NamedTuple

from p4rsvp.fast.batch import LINK
from p4rsvp.fast.scan import (
    ACK_DESIRED,
    COLUMN_OF_CLASS,
    COLUMNS,
    FLAGS_WORD,
    HAS_MESSAGE_ID,
    LAST_UNCOUNTED,
    Column,
    ScanKey,
    Status,
)
from p4rsvp.wire.codes import MessageType


class Row(NamedTuple):
    """One row of a `Scan`."""

    status: Status
    message_type: int = 0
    send_ttl: int = 0
    may_be_refresh: bool = False
    offsets: tuple[int, ...] = (0,) * COLUMNS
    session_hash: int = 0
    session_bytes: int = 0
    message_id: int = 0
    fingerprint: tuple[int, int] = (0, 0)


def scan_plain(message: bytes, interface: int, neighbour: bytes, ip_ttl: int, key: ScanKey) -> Row:
    """What the scan says of this message, as received over this link."""
    status = _framing(message)
    if status is not Status.OK:
        return Row(status)
    objects: list[tuple[int, bytes]] = []
    if message[1] != MessageType.BUNDLE:
        status, objects = _objects(message)
        if status is not Status.OK:
            return Row(status)
    offsets = [0] * COLUMNS
    for start, data in objects:
        column = COLUMN_OF_CLASS[data[2]]
        offsets[column] = offsets[column] or start
    session = _at(objects, offsets[Column.SESSION])
    message_id = _at(objects, offsets[Column.MESSAGE_ID])
    counted = message[8:] if not objects else b"".join(data for _, data in objects if _counts(data))
    return Row(
        status,
        message[1],
        message[4],
        _may_be_refresh(message[1], [data for _, data in objects if not _counts(data)]),
        tuple(offsets),
        _session_hash(session, key) if session else 0,
        len(session),
        HAS_MESSAGE_ID | int.from_bytes(message_id[5:12], "big") if len(message_id) >= 12 else 0,
        _fingerprint(
            message[:8], LINK.pack(interface, ip_ttl, len(neighbour), neighbour), counted, key
        ),
    )


def _framing(message: bytes) -> Status:
    """RFC 2205 3.1.1: version, length, checksum."""
    if len(message) < 8:
        return Status.TRUNCATED
    if message[0] >> 4 != 1:
        return Status.BAD_VERSION
    length = int.from_bytes(message[6:8], "big")
    if length > len(message):
        return Status.TRUNCATED
    if length < 8 or length % 4 or length < len(message):
        return Status.BAD_LENGTH
    total = sum(int.from_bytes(message[i : i + 2], "big") for i in range(0, length, 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    if message[2:4] != b"\0\0" and total != 0xFFFF:
        return Status.BAD_CHECKSUM
    return Status.OK


def _objects(message: bytes) -> tuple[Status, list[tuple[int, bytes]]]:
    """RFC 2205 3.1.2: where each object starts, and its bytes."""
    found = []
    start = 8
    while start < len(message):
        length = int.from_bytes(message[start : start + 2], "big")
        if length < 4 or length % 4:
            return Status.BAD_OBJECT_LENGTH, []
        if start + length > len(message):
            return Status.OBJECT_OVERRUN, []
        found.append((start, message[start : start + length]))
        start += length
    return Status.OK, found


def _at(objects: list[tuple[int, bytes]], offset: int) -> bytes:
    """The object at an offset; no bytes for offset 0, which says that there is none."""
    return dict(objects).get(offset, b"")


def _counts(data: bytes) -> bool:
    """Whether this object counts for the fingerprint."""
    return not 0 < COLUMN_OF_CLASS[data[2]] <= LAST_UNCOUNTED


def _may_be_refresh(message_type: int, uncounted: list[bytes]) -> bool:
    """A Path or Resv with at most one INTEGRITY, and at most one MESSAGE_ID that desires no ack."""
    columns = [COLUMN_OF_CLASS[data[2]] for data in uncounted]
    return (
        message_type in (MessageType.PATH, MessageType.RESV)
        and Column.MESSAGE_ID_ACK not in columns
        and len(set(columns)) == len(columns)
        and all(
            len(data) >= 12 and not data[4] & ACK_DESIRED
            for column, data in zip(columns, uncounted, strict=True)
            if column == Column.MESSAGE_ID
        )
    )


def _words(data: bytes) -> list[int]:
    """64-bit words as the kernel loads them, the last one filled up with zeros."""
    return [int.from_bytes(data[i : i + 8], "little") for i in range(0, len(data), 8)]


def _nh(words: list[int], keys: list[int]) -> int:
    """RFC 4418 5.2.2: the sum of the products of the keyed halves."""
    total = 0
    for word, key in zip(words, keys, strict=False):
        low = (word + key) % 2**32
        high = ((word >> 32) + (key >> 32)) % 2**32
        total += low * high
    return total % 2**64


def _mix(word: int) -> int:
    for _ in range(2):
        word = (word ^ word >> 32) * 0xD6E8FEB86659FD93 % 2**64
    return word ^ word >> 32


def _fingerprint(header: bytes, link: bytes, counted: bytes, key: ScanKey) -> tuple[int, int]:
    prefix = header[:2] + b"\0\0" + header[4:6] + len(counted).to_bytes(2, "little")
    words = _words(prefix + link) + _words(counted)
    left, right = (_mix(_nh(words, key.words[lane, : len(words)].tolist())) for lane in (0, 1))
    return left, right


def _session_hash(session: bytes, key: ScanKey) -> int:
    flags = int(FLAGS_WORD[session[3]]) * 4 + 1
    if 1 < flags < len(session):
        session = session[:flags] + b"\0" + session[flags + 1 :]
    words = _words(session)
    return _mix(_nh(words, key.words[2, : len(words)].tolist()))
