"""What the batch scan says of one message, behaviour by behaviour."""

import pytest

from p4rsvp.fast.batch import LONGEST_MESSAGE_BYTES, Batch
from p4rsvp.fast.scan import HAS_MESSAGE_ID, Column, Scan, ScanKey, Status
from p4rsvp.fast.scan_plain import Row
from p4rsvp.wire.codes import ClassNum, MessageType
from tests.fast.messages import (
    AN_ACK,
    HOP,
    INTEGRITY,
    SESSION,
    TEMPLATE,
    TIMES,
    TSPEC,
    a_message,
    a_message_id,
    a_path,
    an_object,
)
from tests.fast.rows import scan_rows

pytestmark = pytest.mark.kernel

KEY = ScanKey(b"a seed for tests")
HOME = (3, bytes([198, 51, 100, 1]), 63)


def row(message: bytes, link: tuple[int, bytes, int] = HOME, key: ScanKey = KEY) -> Row:
    return scan_rows([(message, link)], key)[0]


@pytest.mark.rfc("2205", "3.1.1")
def test_a_sound_path_is_ok_and_its_header_is_read() -> None:
    found = row(a_path())
    assert (found.status, found.message_type, found.send_ttl) == (Status.OK, MessageType.PATH, 63)


@pytest.mark.rfc("2205", "3.1.2")
def test_each_object_that_matters_is_found_where_it_starts() -> None:
    expected = [0] * len(Column)
    expected[Column.SESSION] = 8
    expected[Column.RSVP_HOP] = 20
    expected[Column.TIME_VALUES] = 32
    expected[Column.SENDER_TEMPLATE] = 40
    expected[Column.SENDER_TSPEC] = 52
    assert list(row(a_path()).offsets) == expected


def test_of_several_objects_of_a_class_the_first_is_noted() -> None:
    found = row(a_path(after=TEMPLATE + TSPEC))
    assert (found.offsets[Column.SENDER_TEMPLATE], found.offsets[Column.SENDER_TSPEC]) == (40, 52)


@pytest.mark.rfc("2205", "3.1.1")
@pytest.mark.parametrize("size", range(8))
def test_less_than_a_header_is_truncated(size: int) -> None:
    assert row(a_path()[:size]).status is Status.TRUNCATED


@pytest.mark.rfc("2205", "3.1.1")
def test_a_message_that_ends_before_its_length_says_is_truncated() -> None:
    assert row(a_path()[:-4]).status is Status.TRUNCATED


@pytest.mark.rfc("2205", "3.1.1")
def test_another_version_than_one_is_refused() -> None:
    assert row(b"\x20" + a_path()[1:]).status is Status.BAD_VERSION


@pytest.mark.rfc("2205", "3.1.1")
@pytest.mark.parametrize("length", [0, 1, 4, 7, 9, 10, 11])
def test_a_length_field_that_cannot_be_is_refused(length: int) -> None:
    message = a_message(MessageType.PATH, SESSION, checksummed=False)
    assert row(message[:6] + length.to_bytes(2, "big") + message[8:]).status is Status.BAD_LENGTH


def test_bytes_behind_the_message_are_refused() -> None:
    assert row(a_path() + b"\0\0\0\0").status is Status.BAD_LENGTH


@pytest.mark.rfc("2205", "3.1.1")
def test_every_flipped_bit_that_the_version_and_length_do_not_catch_spoils_the_checksum() -> None:
    message = a_path()
    for byte in (1, *range(2, 6), *range(8, len(message))):
        for bit in range(0, 8, 3):
            flipped = bytearray(message)
            flipped[byte] ^= 1 << bit
            assert row(bytes(flipped)).status is Status.BAD_CHECKSUM


@pytest.mark.rfc("2205", "3.1.1")
def test_a_checksum_of_zero_means_that_none_was_sent() -> None:
    assert (
        row(a_message(MessageType.PATH, SESSION, HOP, TIMES, checksummed=False)).status is Status.OK
    )


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 6, 7, 9])
def test_an_object_length_that_cannot_be_is_refused(length: int) -> None:
    broken = length.to_bytes(2, "big") + TIMES[2:]
    assert row(a_message(MessageType.PATH, SESSION, broken)).status is Status.BAD_OBJECT_LENGTH


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize("length", [12, 0xFFFC])
def test_an_object_that_reaches_past_the_end_is_refused(length: int) -> None:
    broken = length.to_bytes(2, "big") + TIMES[2:]
    assert row(a_message(MessageType.PATH, SESSION, broken)).status is Status.OBJECT_OVERRUN


@pytest.mark.parametrize(
    "message",
    [
        a_path()[:-4],
        a_path()[:-1] + b"\xff",
        a_path(after=b"\0\0\0\0"),
        a_path(after=b"\0\x08\0\0"),
    ],
    ids=["truncated", "checksum", "object length", "object overrun"],
)
def test_a_refused_message_leaves_only_its_status(message: bytes) -> None:
    found = row(message)
    assert found.status is not Status.OK
    assert found == Row(found.status)


@pytest.mark.rfc("2205", "3.1.2")
def test_the_longest_message_of_empty_objects_is_walked_to_its_end() -> None:
    message = a_message(MessageType.PATH, *[an_object(0, 0)] * ((LONGEST_MESSAGE_BYTES - 8) // 4))
    found = row(message)
    assert (found.status, found.offsets[Column.OTHER]) == (Status.OK, 8)


@pytest.mark.rfc("2961", "3.2")
def test_the_body_of_a_bundle_is_not_walked() -> None:
    found = row(a_message(MessageType.BUNDLE, a_path(), a_path()))
    assert (found.status, found.message_type) == (Status.OK, MessageType.BUNDLE)
    assert not any(found.offsets)


def same_refresh(one: bytes, other: bytes) -> bool:
    return row(one).fingerprint == row(other).fingerprint


@pytest.mark.rfc("2961", "4.1")
@pytest.mark.parametrize(
    "uncounted",
    [INTEGRITY, a_message_id(), AN_ACK, INTEGRITY + AN_ACK + AN_ACK + a_message_id(flags=1)],
    ids=["integrity", "message id", "ack", "all"],
)
def test_integrity_and_message_ids_do_not_change_the_fingerprint(uncounted: bytes) -> None:
    assert same_refresh(a_path(), a_path(uncounted))
    assert same_refresh(a_path(), a_path(after=uncounted))
    assert same_refresh(
        a_path(), a_message(MessageType.PATH, SESSION, HOP, uncounted, TIMES, TEMPLATE, TSPEC)
    )


def test_the_checksum_does_not_change_the_fingerprint() -> None:
    assert same_refresh(a_path(), a_path()[:2] + b"\0\0" + a_path()[4:])


def test_every_other_byte_changes_the_fingerprint() -> None:
    bare = a_message(MessageType.PATH, SESSION, HOP, TIMES, TEMPLATE, TSPEC, checksummed=False)
    lengths = {start + byte for start in (8, 20, 32, 40, 52) for byte in (0, 1)}
    for byte in {0, 1, 4, 5, *range(8, len(bare))} - lengths:
        changed = bytearray(bare)
        changed[byte] ^= 0x01
        assert row(bytes(changed)).status is Status.OK
        assert not same_refresh(bare, bytes(changed))


def test_objects_in_another_order_are_another_message() -> None:
    assert not same_refresh(a_message(1, SESSION, HOP, TIMES), a_message(1, HOP, SESSION, TIMES))


def test_an_empty_object_more_changes_the_fingerprint() -> None:
    assert not same_refresh(a_path(), a_path(after=an_object(0, 0)))


@pytest.mark.parametrize(
    "link",
    [(4, HOME[1], 63), (3, bytes(4), 63), (3, HOME[1], 62), (3, HOME[1] + bytes(12), 63)],
    ids=["interface", "neighbour", "IP TTL", "address family"],
)
def test_the_link_that_a_message_came_over_counts(link: tuple[int, bytes, int]) -> None:
    assert row(a_path()).fingerprint != row(a_path(), link).fingerprint


def test_another_seed_gives_another_fingerprint() -> None:
    assert row(a_path()).fingerprint != row(a_path(), key=ScanKey(b"another seed")).fingerprint


@pytest.mark.rfc("2961", "4.2")
def test_the_message_id_is_read_with_its_epoch() -> None:
    assert row(a_path(a_message_id())).message_id == HAS_MESSAGE_ID | 0xABCDEF << 32 | 5
    assert row(a_path()).message_id == 0


@pytest.mark.parametrize("kind", [MessageType.PATH, MessageType.RESV])
def test_path_and_resv_may_be_refreshes(kind: MessageType) -> None:
    assert row(a_message(kind, SESSION, HOP, TIMES)).may_be_refresh
    assert row(a_message(kind, INTEGRITY, a_message_id(), SESSION, HOP, TIMES)).may_be_refresh


@pytest.mark.rfc("2961", "4.2")
@pytest.mark.parametrize(
    "asking",
    [
        a_message_id(flags=1),
        AN_ACK,
        AN_ACK + a_message_id(),
        a_message_id() + a_message_id(identifier=6),
        an_object(ClassNum.MESSAGE_ID, 1, bytes(4)),
    ],
    ids=["ack desired", "ack", "ack and id", "two ids", "short id"],
)
def test_a_message_that_asks_for_more_than_its_state_is_no_mere_refresh(asking: bytes) -> None:
    assert not row(a_path(asking)).may_be_refresh


@pytest.mark.parametrize(
    "kind", [k for k in MessageType if k not in (MessageType.PATH, MessageType.RESV)]
)
def test_no_other_type_is_a_refresh(kind: MessageType) -> None:
    assert not row(a_message(kind)).may_be_refresh


@pytest.mark.rfc("2205", "A.1")
def test_a_path_and_a_resv_of_one_session_share_its_hash_whatever_the_flags() -> None:
    flagged = an_object(ClassNum.SESSION, 1, SESSION[4:9] + b"\1" + SESSION[10:])
    path, resv = (
        row(a_message(MessageType.PATH, SESSION)),
        row(a_message(MessageType.RESV, HOP, flagged)),
    )
    assert path.session_hash == resv.session_hash != 0
    assert path.session_bytes == resv.session_bytes == 12


@pytest.mark.parametrize("byte", [3, *range(4, 9), 10, 11])
def test_all_else_in_a_session_changes_its_hash(byte: int) -> None:
    other = bytearray(SESSION)
    other[byte] ^= 4
    changed = row(a_message(MessageType.PATH, bytes(other)))
    assert changed.session_hash != row(a_message(MessageType.PATH, SESSION)).session_hash


def test_a_batch_is_used_again_without_traces_of_what_it_held() -> None:
    batch, scan = Batch(4), Scan(4)
    batch.add(a_path(INTEGRITY, a_message_id()), *HOME)
    scan.run(batch, KEY)
    batch.clear()
    batch.add(a_message(MessageType.PATH_TEAR, HOP), *HOME)
    scan.run(batch, KEY)
    assert scan.count == 1
    assert scan.rows.offsets[0].sum() == scan.rows.offsets[0, Column.RSVP_HOP] == 8


def test_a_full_batch_takes_no_more() -> None:
    batch = Batch(2)
    assert batch.add(a_path(), *HOME)
    assert batch.add(a_path(), *HOME)
    assert not batch.add(a_path(), *HOME)
    by_bytes = Batch(1000, 65536)
    assert by_bytes.add(bytes(60_000), *HOME)
    assert not by_bytes.add(bytes(60_000), *HOME)
    assert by_bytes.message(0) == bytes(60_000)


def test_more_bytes_than_a_message_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="65536"):
        Batch().add(bytes(65536), *HOME)
