"""Aggregate sessions, their senders, and the session of interest."""

import pytest
from hypothesis import given

from p4rsvp.wire.address import Address
from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession, SessionOfInterest
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import AggregateSelector, FilterSpec, SenderTemplate
from p4rsvp.wire.objects import ENTRIES, WireObject

from .codec import assert_round_trip, assert_vector, decode_body
from .strategies_aggregate import (
    aggregate_selectors,
    aggregate_sessions,
    generic_sessions,
    sessions_of_interest,
)

V4 = Address.parse("192.0.2.1")
V6 = Address.parse("2001:db8::1")
V6_WORDS = "20010db8 00000000 00000000 00000001"
EF = 46
GENERIC_V4 = GenericAggregateSession(V4, 0xB800, 7, Address.parse("192.0.2.9"), 1)
GENERIC_V6 = GenericAggregateSession(V6, 0xB800, 7, Address.parse("::9"), 1)


@pytest.mark.rfc("3175", "3.3")
@given(aggregate_sessions)
def test_an_aggregate_session_survives_a_round_trip(value: AggregateSession) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("4860", "2.1")
@given(generic_sessions)
def test_a_generic_aggregate_session_survives_a_round_trip(value: GenericAggregateSession) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("4860", "2.2")
@given(sessions_of_interest)
def test_a_session_of_interest_survives_a_round_trip(value: SessionOfInterest) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("3175", "3.4")
@given(aggregate_selectors)
def test_an_aggregator_survives_a_round_trip_as_sender_and_as_filter(
    value: AggregateSelector,
) -> None:
    assert_round_trip(SenderTemplate(value))
    assert_round_trip(FilterSpec(value))


@pytest.mark.rfc("3175", "3.3")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (AggregateSession(V4, EF, 1), "000c0109 c0000201 0001002e"),
        (AggregateSession(V6, EF, 1), f"0018010a {V6_WORDS} 0001002e"),
    ],
)
def test_an_aggregate_session_is_laid_out_as_drawn(value: WireObject, words: str) -> None:
    assert_vector(value, words)


@pytest.mark.rfc("3175", "3.5")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (SenderTemplate(AggregateSelector(V4)), "00080b09 c0000201"),
        (SenderTemplate(AggregateSelector(V6)), f"00140b0a {V6_WORDS}"),
        (FilterSpec(AggregateSelector(V4)), "00080a09 c0000201"),
        (FilterSpec(AggregateSelector(V6)), f"00140a0a {V6_WORDS}"),
    ],
)
def test_an_aggregator_is_laid_out_as_drawn(value: WireObject, words: str) -> None:
    assert_vector(value, words)


@pytest.mark.rfc("4860", "2.1")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (GENERIC_V4, "00140111 c0000201 0001b800 00000007 c0000209"),
        (
            GENERIC_V6,
            f"002c0112 {V6_WORDS} 0001b800 00000007 00000000 00000000 00000000 00000009",
        ),
    ],
)
def test_a_generic_aggregate_session_is_laid_out_as_drawn(value: WireObject, words: str) -> None:
    assert_vector(value, words)


@pytest.mark.rfc("4860", "2.2")
def test_a_session_of_interest_holds_the_session_without_its_header() -> None:
    assert_vector(SessionOfInterest(GENERIC_V4), "00148401 c0000201 0001b800 00000007 c0000209")
    assert SessionOfInterest(GENERIC_V6).c_type == 2


@pytest.mark.rfc("4860", "2.1")
def test_reserved_fields_of_an_aggregate_session_are_ignored() -> None:
    body = bytes.fromhex("c0000201 ff01b800 ffff0007 c0000209")
    assert decode_body(0x0111, body) == GENERIC_V4
    assert decode_body(0x0109, bytes.fromhex("c0000201 ff01ff2e")) == AggregateSession(V4, EF, 1)


@pytest.mark.rfc("2205", "A.1")
@pytest.mark.parametrize("kind", [0x0109, 0x010A, 0x0111, 0x0112, 0x8401, 0x8402])
def test_an_aggregate_session_to_nowhere_is_malformed(kind: int) -> None:
    size = ENTRIES[kind].size
    assert size is not None
    with pytest.raises(DecodeError, match="destination address is zero"):
        decode_body(kind, bytes(size))


@pytest.mark.rfc("4860", "2.1")
def test_a_session_with_ports_of_another_family_cannot_be_sent() -> None:
    mixed = GenericAggregateSession(V4, 0xB800, 7, V6)
    with pytest.raises(ValueError, match="extended vDstPort"):
        mixed.encode()
