"""The common header (RFC 2205 3.1.1) and UDP encapsulation (appendix C)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.wire.encap import MULTICAST, PU, PU_PRIME, UNICAST, Node, Way, effective_ttl
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import MessageTooLongError, frame, read_header
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Message

words = st.integers(0, 40).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n))


def ones_complement_sum(data: bytes) -> int:
    """RFC 1071's sum as its text has it: the naive reference."""
    total = 0
    for at in range(0, len(data), 2):
        total += int.from_bytes(data[at : at + 2])
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.rfc("2205", "3.1.1")
@given(words)
def test_the_checksum_makes_the_ones_complement_sum_all_ones(body: bytes) -> None:
    data = frame(1, 0, 63, body)
    assert ones_complement_sum(data) == 0xFFFF
    assert int.from_bytes(data[2:4]) != 0, "zero would say that there is none"


@pytest.mark.rfc("2205", "3.1.1")
@given(words, st.data())
def test_a_changed_word_spoils_the_checksum(body: bytes, draw: st.DataObject) -> None:
    data = bytearray(frame(1, 0, 63, body))
    # Neither the version nor the length, which are looked at before, nor the checksum itself.
    at = draw.draw(st.sampled_from([i for i in range(len(data)) if i not in {0, 2, 3, 6, 7}]))
    data[at] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(DecodeError, match="checksum"):
        read_header(bytes(data))


@pytest.mark.rfc("2205", "3.1.1")
def test_a_checksum_of_zero_means_that_none_was_computed() -> None:
    assert read_header(frame(1, 0, 63, b"", checksummed=False)).checksum == 0


@pytest.mark.rfc("2205", "3.1.1")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "too few"),
        (bytes(7), "too few"),
        (bytes.fromhex("20010000 3f000008"), "version 2"),
        (bytes.fromhex("10010000 3f00000c"), "length says 12"),
        (bytes.fromhex("10010000 3f00000a 0000"), "multiple of 4"),
    ],
)
def test_a_header_that_cannot_be_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        read_header(data)


@pytest.mark.rfc("2205", "B")
def test_an_unknown_message_type_is_refused_and_not_reported() -> None:
    with pytest.raises(DecodeError, match="type 99") as caught:
        decode(frame(99, 0, 63, b""))
    assert caught.value.code == 0


@pytest.mark.rfc("2205", "C")
def test_a_udp_only_host_sends_to_pu_and_the_others_to_pu_prime() -> None:
    assert {way.port for rules in (UNICAST, MULTICAST) for way in rules[Node.HU].send} == {PU}
    for node in (Node.HR, Node.ROUTER):
        for rules in (UNICAST, MULTICAST):
            raw, encapsulated = rules[node].send
            assert raw.port is None
            assert (encapsulated.port, encapsulated.if_udp) == (PU_PRIME, True)


@pytest.mark.rfc("2205", "C")
def test_who_can_do_raw_io_ignores_pu_prime_and_so_takes_no_message_twice() -> None:
    for node in (Node.HR, Node.ROUTER):
        for rules in (UNICAST, MULTICAST):
            ports = {way.port for way in rules[node].listen}
            assert ports == {None, PU}


@pytest.mark.rfc("2205", "C")
def test_whatever_is_sent_in_udp_somebody_listens_for() -> None:
    for rules in (UNICAST, MULTICAST):
        sent = {way.port for node in Node for way in rules[node].send}
        heard = {way.port for node in Node for way in rules[node].listen}
        assert sent <= heard
        assert all(isinstance(way, Way) for node in Node for way in rules[node].listen)


@pytest.mark.rfc("2205", "C")
@pytest.mark.parametrize(("ip_ttl", "expected"), [(60, 60), (None, 63)])
def test_send_ttl_stands_in_for_the_ttl_that_udp_hides(ip_ttl: int | None, expected: int) -> None:
    assert effective_ttl(Message(send_ttl=63), ip_ttl) == expected


@pytest.mark.rfc("2205", "3.1.1")
def test_a_message_too_long_for_its_length_field_is_refused_by_name() -> None:
    assert len(frame(1, 0, 63, bytes(0xFFFC - 8))) == 0xFFFC
    with pytest.raises(MessageTooLongError, match="65536 bytes"):
        frame(1, 0, 63, bytes(0x10000 - 8))
