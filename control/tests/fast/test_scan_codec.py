"""The batch scan beside the codec, and on packets that no one here wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.capture.files import read_capture
from p4rsvp.capture.links import find_rsvp
from p4rsvp.capture.record import Record
from p4rsvp.fast.scan import ScanKey, Status
from p4rsvp.fast.scan_plain import Row
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.message import Bundle, decode, encode
from p4rsvp.wire.messages import Message
from tests.captures import capture
from tests.fast.messages import broken_messages
from tests.fast.rows import scan_rows
from tests.wire.strategies import messages
from tests.wire.strategies_extensions import bundles, extensions

pytestmark = pytest.mark.kernel

KEY = ScanKey(b"a seed for tests")
HOME = (3, bytes([198, 51, 100, 1]), 63)


def scan(*data: bytes) -> list[Row]:
    return scan_rows([(message, HOME) for message in data], KEY)


@settings(deadline=None)
@given(messages | extensions | bundles)
def test_whatever_the_codec_writes_is_ok(message: Message | Bundle) -> None:
    (row,) = scan(encode(message))
    assert (row.status, row.message_type, row.send_ttl) == (
        Status.OK,
        message.type,
        message.send_ttl,
    )


@settings(deadline=None, max_examples=300)
@given(broken_messages())
def test_whatever_the_codec_reads_is_ok(data: bytes) -> None:
    (row,) = scan(data)
    try:
        decode(data)
    except DecodeError:
        return
    assert row.status is Status.OK


def bare(message: Message) -> bytes:
    """The message without what does not count for the fingerprint."""
    return encode(replace(message, integrity=None, acks=(), message_id=None))


@settings(deadline=None)
@given(messages, messages | st.none())
def test_fingerprints_are_equal_where_all_that_counts_is(
    one: Message, other: Message | None
) -> None:
    # Without another message to compare with: the same one, stripped.
    second = encode(other) if other else bare(one)
    rows = scan(encode(one), second)
    same = bare(one) == bare(other or one)
    assert (rows[0].fingerprint == rows[1].fingerprint) == same


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("peafowl-rsvp.pcap", {Status.OK}),
        ("arkime-mpls-basic.pcap", {Status.OK}),
        ("tcpdump-rsvp_cap.pcap", {Status.BAD_CHECKSUM}),
        ("tcpdump-rsvp-infinite-loop.pcap", {Status.BAD_OBJECT_LENGTH}),
        ("tcpdump-rsvp-inf-loop-2.pcapng", {Status.BAD_CHECKSUM}),
        ("tcpdump-rsvp-rsvp_obj_print-oobr.pcap", {Status.TRUNCATED}),
        ("tcpdump-rsvp_fast_reroute-oobr.pcap", {Status.TRUNCATED}),
        ("tcpdump-rsvp_uni-oobr-1.pcap", {Status.TRUNCATED}),
    ],
)
def test_real_packets_are_judged(name: str, expected: set[Status]) -> None:
    with capture(name).open("rb") as stream:
        records = [record for record in read_capture(stream) if isinstance(record, Record)]
    found = [datagram.rsvp for record in records if (datagram := find_rsvp(record))]
    assert found
    assert {row.status for row in scan(*(data for data in found if data))} == expected
