"""The objects of refresh overhead reduction."""

import pytest
from hypothesis import given

from p4rsvp.wire.address import Address
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.refresh import (
    MessageId,
    MessageIdAck,
    MessageIdList,
    MessageIdMcastList,
    MessageIdNack,
    MessageIdSrcList,
    MulticastMessageId,
    SourceMessageId,
)

from .codec import assert_round_trip, assert_vector, decode_body
from .strategies_refresh import acks, message_ids, nacks, refresh_lists

V4 = Address.parse("192.0.2.1")
V6 = Address.parse("2001:db8::1")
GROUP_V4 = Address.parse("233.252.0.1")
GROUP_V6 = Address.parse("ff3e::1")


@pytest.mark.rfc("2961", "4.2")
@given(message_ids)
def test_a_message_id_survives_a_round_trip(value: MessageId) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2961", "4.3")
@given(acks | nacks)
def test_an_answer_to_a_message_id_survives_a_round_trip(
    value: MessageIdAck | MessageIdNack,
) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2961", "5.1")
@given(refresh_lists)
def test_a_list_of_message_ids_survives_a_round_trip(value: WireObject) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2961", "4.2")
def test_a_message_id_is_laid_out_as_drawn() -> None:
    assert_vector(MessageId(0x0A0B0C, 0x11223344), "000c1701 000a0b0c 11223344")


@pytest.mark.rfc("2961", "4.2")
def test_the_wish_for_an_ack_is_the_lowest_flag() -> None:
    value = MessageId(0x0A0B0C, 0x11223344, ack_desired=True)
    assert_vector(value, "000c1701 010a0b0c 11223344")


@pytest.mark.rfc("2961", "4.3")
def test_ack_and_nack_differ_in_their_c_type_alone() -> None:
    assert_vector(MessageIdAck(0x0A0B0C, 5), "000c1801 000a0b0c 00000005")
    assert_vector(MessageIdNack(0x0A0B0C, 5), "000c1802 000a0b0c 00000005")


@pytest.mark.rfc("5063", "5.1")
def test_the_recovery_path_flag_is_the_second_lowest() -> None:
    assert_vector(MessageIdAck(1, 5, recovery_path=True), "000c1801 02000001 00000005")
    assert_vector(MessageIdNack(1, 5, recovery_path=True), "000c1802 02000001 00000005")
    assert_vector(MessageIdList(1, (5,), recovery_path=True), "000c1901 02000001 00000005")


@pytest.mark.rfc("2961", "5.1")
def test_a_message_id_list_is_laid_out_as_drawn() -> None:
    assert_vector(MessageIdList(1, (2, 3)), "00101901 00000001 00000002 00000003")


@pytest.mark.rfc("2961", "5.1")
def test_a_source_list_is_laid_out_as_drawn() -> None:
    value = MessageIdSrcList(1, (SourceMessageId(2, V4), SourceMessageId(3, V4)))
    assert_vector(value, "00181902 00000001 00000002 c0000201 00000003 c0000201")


@pytest.mark.rfc("2961", "5.1")
def test_a_source_list_of_ipv6_is_laid_out_as_drawn() -> None:
    value = MessageIdSrcList(1, (SourceMessageId(2, V6),))
    assert_vector(value, "001c1903 00000001 00000002 20010db8 00000000 00000000 00000001")


@pytest.mark.rfc("2961", "5.1")
def test_a_multicast_list_is_laid_out_as_drawn() -> None:
    value = MessageIdMcastList(1, (MulticastMessageId(2, V4, GROUP_V4),))
    assert_vector(value, "00141904 00000001 00000002 c0000201 e9fc0001")


@pytest.mark.rfc("2961", "5.1")
def test_a_multicast_list_of_ipv6_is_laid_out_as_drawn() -> None:
    value = MessageIdMcastList(1, (MulticastMessageId(2, V6, GROUP_V6),))
    assert_vector(
        value,
        "002c1905 00000001 00000002 20010db8 00000000 00000000 00000001"
        "ff3e0000 00000000 00000000 00000001",
    )


@pytest.mark.rfc("2961", "4.3")
@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        (0x1701, "fe00000100000002", MessageId(1, 2)),
        (0x1801, "fd00000100000002", MessageIdAck(1, 2)),
        (0x1802, "fd00000100000002", MessageIdNack(1, 2)),
        (0x1901, "fd00000100000002", MessageIdList(1, (2,))),
        (0x1902, "ff00000100000002c0000201", MessageIdSrcList(1, (SourceMessageId(2, V4),))),
    ],
)
def test_flags_that_mean_nothing_are_ignored(kind: int, body: str, value: WireObject) -> None:
    assert decode_body(kind, bytes.fromhex(body)) == value


@pytest.mark.rfc("2961", "5.1")
@pytest.mark.parametrize(
    ("kind", "entry_bytes"), [(0x1901, 4), (0x1902, 8), (0x1903, 20), (0x1904, 12), (0x1905, 36)]
)
def test_a_list_holds_whole_entries_and_at_least_one(kind: int, entry_bytes: int) -> None:
    whole = {4 + entry_bytes * count for count in range(1, 4)}
    for size in range(0, 4 + entry_bytes * 3 + 1, 4):
        if size in whole:
            decode_body(kind, bytes(size))
        else:
            with pytest.raises(DecodeError, match="whole entries"):
                decode_body(kind, bytes(size))


@pytest.mark.rfc("2961", "5.1")
def test_a_list_of_two_address_families_cannot_be_sent() -> None:
    mixed = MessageIdSrcList(1, (SourceMessageId(2, V4), SourceMessageId(3, V6)))
    with pytest.raises(ValueError, match="one address family"):
        mixed.encode()
