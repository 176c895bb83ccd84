"""The batch scan: from the bytes of many messages to what the refresh path needs to know of each.

For every message of a `Batch`, without building one Python object: is it well formed (`Status`),
its type and Send_TTL, where the objects that matter lie (`Column`), a hash of its session, its
message id, and a 128-bit fingerprint of all that counts for "is this the refresh that I know".
Rules: RFC 2205 3.1.1 (header, checksum) and 3.1.2 (object chain), RFC 2961 4 (message ids).
`scan_plain.py` is the reference.

What the fingerprint covers: the link (interface, neighbour, IP TTL), the header without checksum
and length, and every object but INTEGRITY, MESSAGE_ID, MESSAGE_ID_ACK and MESSAGE_ID_NACK, in their
order. Those may come and go, so a message that has any is hashed from a copy without them.

The hash is NH (RFC 4418 5.2): each 64-bit word is cut in two halves, a key is added to each modulo
2^32, the two are multiplied, the products summed modulo 2^64; two lanes with independent keys. It
has a proof: two different messages, chosen by someone who does not know the key, agree in one lane
with probability 2^-32, in both with 2^-64. And it has no chain of dependencies, so that the
compiler vectorises it. The key comes from a seed that the caller draws and keeps (`ScanKey`).

What it leaves out: whether INTEGRITY verifies, and all that lies inside objects; that is decoded
when it is new. A Bundle's header and checksum are checked; its body holds messages, not objects,
and is not walked. Work is bounded by the length of the message: every object moves the walk on by
four bytes or more.
"""

from enum import IntEnum
from hashlib import shake_128
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from p4rsvp.fast.batch import LINK_WORDS, LONGEST_MESSAGE_BYTES, Batch, Received
from p4rsvp.fast.jit import Int, kernel
from p4rsvp.wire.codes import ClassNum, MessageType


class Status(IntEnum):
    """What the scan found wrong, the first that applies in this order."""

    OK = 0
    TRUNCATED = 1  # shorter than a header, or than its own length field says
    BAD_VERSION = 2
    BAD_LENGTH = 3  # the length field is no multiple of four, below eight, or leaves bytes behind
    BAD_CHECKSUM = 4
    BAD_OBJECT_LENGTH = 5  # below four or no multiple of four
    OBJECT_OVERRUN = 6  # an object reaches past the end of the message


class Column(IntEnum):
    """Columns of `Rows.offsets`: where the first object of a class starts; 0 if there is none."""

    OTHER = 0  # of any class that has no column of its own
    INTEGRITY = 1
    MESSAGE_ID = 2
    MESSAGE_ID_ACK = 3  # or MESSAGE_ID_NACK, the same class
    SESSION = 4
    RSVP_HOP = 5
    TIME_VALUES = 6
    STYLE = 7
    SENDER_TEMPLATE = 8
    SENDER_TSPEC = 9
    ADSPEC = 10
    FLOWSPEC = 11
    FILTER_SPEC = 12
    ERROR_SPEC = 13
    RESV_CONFIRM = 14
    POLICY_DATA = 15


COLUMNS: Final = len(Column)
COLUMN_OF_CLASS: Final = np.zeros(256, np.uint8)
for _column in list(Column)[1:]:
    COLUMN_OF_CLASS[ClassNum[_column.name]] = _column
# Objects of the columns from 1 to this one do not count for the fingerprint.
LAST_UNCOUNTED: Final = int(Column.MESSAGE_ID_ACK)

# RFC 2205 A.1, 2207 3, 3175 3.3, 4860 2.1: which 32-bit word of a SESSION, by C-Type, has flags in
# its second byte. The first router sets E_Police there, so messages of one session differ in it.
FLAGS_WORD: Final = np.zeros(256, np.uint8)
FLAGS_WORD[[1, 3, 9, 17]] = 2
FLAGS_WORD[[2, 4, 10, 18]] = 5

HEADER_BYTES: Final = 8
LENGTH_OFFSET: Final = 6
MESSAGE_ID_BYTES: Final = 12
ACK_DESIRED: Final = 0x01  # RFC 2961 4.2
HAS_MESSAGE_ID: Final = 1 << 63
PREFIX_WORDS: Final = 1 + LINK_WORDS  # of the fingerprint, before those of the objects

_WORD_KEYS = PREFIX_WORDS + (LONGEST_MESSAGE_BYTES + 7) // 8
_SESSION_LANE: Final = 2
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_HEADER_COUNTED = np.uint64(0x0000FFFF_0000FFFF)  # version, flags, type; Send_TTL, reserved
_LENGTH_SHIFT = np.uint64(48)
_NOT_FLAGS = np.uint64(0xFFFF00FF)
_MIX_SHIFT = np.uint64(32)
_MIX_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_HAS_MESSAGE_ID = np.uint64(HAS_MESSAGE_ID)
_PATH, _RESV, _BUNDLE = int(MessageType.PATH), int(MessageType.RESV), int(MessageType.BUNDLE)
_INTEGRITY, _MESSAGE_ID = int(Column.INTEGRITY), int(Column.MESSAGE_ID)
_SESSION = int(Column.SESSION)
_OK, _TRUNCATED, _BAD_VERSION, _BAD_LENGTH, _BAD_CHECKSUM, _BAD_OBJECT_LENGTH, _OBJECT_OVERRUN = (
    map(int, Status)
)


class ScanKey:
    """The key of every hash in a scan, drawn from a seed that no peer may know or guess."""

    def __init__(self, seed: bytes) -> None:
        octets = shake_128(seed).digest(3 * _WORD_KEYS * 8)
        self.words: NDArray[np.uint64] = np.frombuffer(octets, "<u8").reshape(3, _WORD_KEYS)


class Rows(NamedTuple):
    """What the scan found, one row a message. One that is not OK has its status and zeros."""

    status: NDArray[np.uint8]
    message_type: NDArray[np.uint8]
    send_ttl: NDArray[np.uint8]
    may_be_refresh: NDArray[np.bool_]  # a Path or Resv with no ack to give or take
    offsets: NDArray[np.uint16]  # by Column
    session_hash: NDArray[np.uint64]
    session_bytes: NDArray[np.uint16]  # the SESSION's length, its header included
    message_id: NDArray[np.uint64]  # HAS_MESSAGE_ID | epoch << 32 | identifier; 0: there is none
    fingerprint: NDArray[np.uint64]  # two words


class Scan:
    """The memory of a scan of up to `message_capacity` messages; every `run` fills it anew."""

    def __init__(self, message_capacity: int = 1024) -> None:
        self.count = 0
        self.rows = Rows(
            np.zeros(message_capacity, np.uint8),
            np.zeros(message_capacity, np.uint8),
            np.zeros(message_capacity, np.uint8),
            np.zeros(message_capacity, np.bool_),
            np.zeros((message_capacity, COLUMNS), np.uint16),
            np.zeros(message_capacity, np.uint64),
            np.zeros(message_capacity, np.uint16),
            np.zeros(message_capacity, np.uint64),
            np.zeros((message_capacity, 2), np.uint64),
        )
        self._kept = np.zeros((LONGEST_MESSAGE_BYTES + 7) // 8, np.uint64)

    def run(self, batch: Batch, key: ScanKey) -> None:
        """Scan every message of the batch."""
        assert batch.count <= len(self.rows.status), "the batch holds more than this scan has rows"
        self.count = batch.count
        kept32 = self._kept.view(np.uint32)
        _scan(batch.count, batch.arrays, key.words, self._kept, kept32, self.rows)


@kernel
def _header_status(data: NDArray[np.uint8], start: Int, length: Int) -> Int:
    """RFC 2205 3.1.1: a header of version 1 whose length is that of the message."""
    if length < HEADER_BYTES:
        return _TRUNCATED
    if data[start] >> 4 != 1:
        return _BAD_VERSION
    claimed = np.int64(data[start + LENGTH_OFFSET]) << 8 | np.int64(data[start + LENGTH_OFFSET + 1])
    if claimed > length:
        return _TRUNCATED
    if claimed < length or claimed < HEADER_BYTES or claimed & 3:
        return _BAD_LENGTH
    return _OK


@kernel
def _checksum_holds(words64: NDArray[np.uint64], first: Int, length: Int) -> bool:
    """RFC 2205 3.1.1: the one's complement sum of all is all ones; zero means that none was sent.

    2^16 is 1 modulo 65535, so words of any size may be summed, in either byte order.
    """
    if words64[first] & np.uint64(0xFFFF0000) == np.uint64(0):
        return True
    total = np.uint64(0)
    for i in range(first, first + (length >> 3)):
        total += (words64[i] & _LOW) + (words64[i] >> _HALF)
    if length & 4:
        total += words64[first + (length >> 3)] & _LOW
    return bool(total % np.uint64(0xFFFF) == np.uint64(0))


@kernel
def _walk(
    words32: NDArray[np.uint32], first: Int, length: Int, offsets: NDArray[np.uint16]
) -> tuple[Int, Int]:
    """Follow the object chain (RFC 2205 3.1.2): a status, and how many objects do not count.

    Notes where the first object of each column lies.
    """
    offset: Int = HEADER_BYTES
    uncounted: Int = 0
    while offset < length:
        word = np.int64(words32[first + (offset >> 2)])
        step = (word & 0xFF) << 8 | word >> 8 & 0xFF
        if step < 4 or step & 3:
            return _BAD_OBJECT_LENGTH, 0
        if offset + step > length:
            return _OBJECT_OVERRUN, 0
        column = np.int64(COLUMN_OF_CLASS[word >> 16 & 0xFF])
        known = np.int64(offsets[column])
        offsets[column] = known if known != 0 else offset
        uncounted += np.int64(0 < column <= LAST_UNCOUNTED)
        offset += step
    return _OK, uncounted


@kernel
def _keep_counted(
    words32: NDArray[np.uint32], first: Int, length: Int, kept: NDArray[np.uint32]
) -> Int:
    """Copy the objects that count, of a chain that is sound; give their bytes."""
    offset: Int = HEADER_BYTES
    size: Int = 0
    while offset < length:
        word = np.int64(words32[first + (offset >> 2)])
        step = (word & 0xFF) << 8 | word >> 8 & 0xFF
        if not 0 < COLUMN_OF_CLASS[word >> 16 & 0xFF] <= LAST_UNCOUNTED:
            for i in range(step >> 2):
                kept[(size >> 2) + i] = words32[first + (offset >> 2) + i]
            size += step
        offset += step
    return size


@kernel
def _product(word: np.uint64, key: np.uint64) -> np.uint64:
    """NH's step: the halves, each with its key added, multiplied."""
    return (((word & _LOW) + (key & _LOW)) & _LOW) * (((word >> _HALF) + (key >> _HALF)) & _LOW)


@kernel
def _mix(word: np.uint64) -> np.uint64:
    """Spread a sum of products over all bits, one to one, so that any of them can index a table."""
    word = (word ^ word >> _MIX_SHIFT) * _MIX_FACTOR
    word = (word ^ word >> _MIX_SHIFT) * _MIX_FACTOR
    return word ^ word >> _MIX_SHIFT


@kernel
def _fingerprint(
    header: np.uint64,
    link: NDArray[np.uint64],
    words64: NDArray[np.uint64],
    first: Int,
    size: Int,
    keys: NDArray[np.uint64],
) -> tuple[np.uint64, np.uint64]:
    """Hash the header, the link and `size` bytes of objects with both lanes."""
    # The size goes where the length field stood, so that no padding can feign an object.
    prefix = header & _HEADER_COUNTED | np.uint64(size) << _LENGTH_SHIFT
    left, right = _product(prefix, keys[0, 0]), _product(prefix, keys[1, 0])
    for i in range(LINK_WORDS):
        left += _product(link[i], keys[0, 1 + i])
        right += _product(link[i], keys[1, 1 + i])
    full = size >> 3
    for i in range(full):
        left += _product(words64[first + i], keys[0, PREFIX_WORDS + i])
        right += _product(words64[first + i], keys[1, PREFIX_WORDS + i])
    if size & 4:
        left += _product(words64[first + full] & _LOW, keys[0, PREFIX_WORDS + full])
        right += _product(words64[first + full] & _LOW, keys[1, PREFIX_WORDS + full])
    return _mix(left), _mix(right)


@kernel
def _session_hash(
    words32: NDArray[np.uint32], first: Int, keys: NDArray[np.uint64]
) -> tuple[np.uint64, Int]:
    """Hash the SESSION object at a word, without its flags; also give its length."""
    header = np.int64(words32[first])
    length = (header & 0xFF) << 8 | header >> 8 & 0xFF
    flags_word = np.int64(FLAGS_WORD[header >> 24])
    total = np.uint64(0)
    for i in range(0, length >> 2, 2):
        low = np.uint64(words32[first + i])
        high = np.uint64(words32[first + i + 1]) if i + 1 < length >> 2 else np.uint64(0)
        if i == flags_word and flags_word != 0:
            low &= _NOT_FLAGS
        elif i + 1 == flags_word:
            high &= _NOT_FLAGS
        total += _product(low | high << _HALF, keys[_SESSION_LANE, i >> 1])
    return _mix(total), length


@kernel
def _message_id(data: NDArray[np.uint8], start: Int) -> tuple[np.uint64, bool]:
    """RFC 2961 4.2: epoch and identifier of the MESSAGE_ID at `start`, and if an ack is desired.

    One that is too short for them counts as desiring an ack: its message is for the decoder.
    """
    if (np.int64(data[start]) << 8 | np.int64(data[start + 1])) < MESSAGE_ID_BYTES:
        return np.uint64(0), True
    value = _HAS_MESSAGE_ID
    for i in range(7):
        value |= np.uint64(data[start + 5 + i]) << np.uint64(48 - 8 * i)
    return value, bool(data[start + 4] & ACK_DESIRED)


@kernel
def _clear(count: Int, rows: Rows) -> None:
    """Zero all but the status."""
    rows.message_type[:count] = 0
    rows.send_ttl[:count] = 0
    rows.may_be_refresh[:count] = False
    rows.offsets[:count] = 0
    rows.session_hash[:count] = 0
    rows.session_bytes[:count] = 0
    rows.message_id[:count] = 0
    rows.fingerprint[:count] = 0


@kernel
def _scan(
    count: Int,
    batch: Received,
    keys: NDArray[np.uint64],
    kept64: NDArray[np.uint64],
    kept32: NDArray[np.uint32],
    rows: Rows,
) -> None:
    """Scan `count` messages; `kept64` and `kept32` are one scratch memory for what counts."""
    _clear(count, rows)
    data, words32, words64, starts, lengths, links = batch
    status, message_type, send_ttl, may_be_refresh, all_offsets = rows[:5]
    session_hash, session_bytes, message_id, fingerprint = rows[5:]
    for i in range(count):
        start, length = starts[i], lengths[i]
        status[i] = _header_status(data, start, length)
        if status[i] != _OK:
            continue
        if not _checksum_holds(words64, start >> 3, length):
            status[i] = _BAD_CHECKSUM
            continue
        kind = np.int64(data[start + 1])
        offsets = all_offsets[i]
        uncounted: Int = 0
        if kind != _BUNDLE:
            status[i], uncounted = _walk(words32, start >> 2, length, offsets)
            if status[i] != _OK:
                offsets[:] = 0
                continue
        message_type[i] = kind
        send_ttl[i] = data[start + 4]
        header, link = words64[start >> 3], links[i]
        if uncounted:
            size = _keep_counted(words32, start >> 2, length, kept32)
            fingerprint[i] = _fingerprint(header, link, kept64, 0, size, keys)
        else:
            first, size = (start >> 3) + 1, length - HEADER_BYTES
            fingerprint[i] = _fingerprint(header, link, words64, first, size, keys)
        if offsets[_SESSION]:
            at = (start + np.int64(offsets[_SESSION])) >> 2
            session_hash[i], session_bytes[i] = _session_hash(words32, at, keys)
        plain = np.int64(offsets[_INTEGRITY] != 0)
        if offsets[_MESSAGE_ID]:
            at = start + np.int64(offsets[_MESSAGE_ID])
            message_id[i], ack_desired = _message_id(data, at)
            plain += np.int64(not ack_desired)
        # Any uncounted object beyond those is an ack to take, or asks for one.
        may_be_refresh[i] = kind in (_PATH, _RESV) and uncounted == plain
