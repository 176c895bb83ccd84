"""POLICY_DATA: carried as bytes, opened on demand, signed with its session."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, PolicyValue, SessionFlag
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Path
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.policy import (
    PolicyContents,
    PolicyData,
    read_policy,
    signed_policy_bytes,
    with_policy_digest,
)
from p4rsvp.wire.policy_elements import OpaqueElement, PreemptionPriority
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Scope
from p4rsvp.wire.tspec import SenderTspec, Tspec

from .codec import assert_round_trip, assert_vector
from .strategies_base import words
from .strategies_policy import contents, policy_datas

A, B = Address.parse("192.0.2.1"), Address.parse("192.0.2.2")
FLOW = FilterSpec(PortSelector(A, 5))
SIGNATURE = Integrity(1, 2, bytes(16))
PRIORITY = PreemptionPriority(3, 7)
PRIORITY_WORDS = "000c0001 00010000 00030007"
SESSION = Session(B, 17, 6000, SessionFlag.E_POLICE)


def assert_bad_syntax(policy: PolicyData, why: str) -> DecodeError:
    with pytest.raises(DecodeError, match=why) as caught:
        read_policy(policy)
    assert caught.value.code == ErrorCode.POLICY_CONTROL_FAILURE
    assert caught.value.value == PolicyValue.ERR_PD_SYNTX
    return caught.value


def assert_bad_element(policy: PolicyData, why: str) -> DecodeError:
    with pytest.raises(DecodeError, match=why) as caught:
        read_policy(policy)
    assert caught.value.code == ErrorCode.POLICY_CONTROL_FAILURE
    assert caught.value.value == PolicyValue.ERR_PE_BAD
    return caught.value


def packed(hexadecimal: str) -> PolicyData:
    return PolicyData(bytes.fromhex(hexadecimal))


@pytest.mark.rfc("2750", "4.2")
@given(policy_datas)
def test_policy_data_survives_a_round_trip_as_is(value: PolicyData) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2750", "3.1")
@given(contents)
def test_the_contents_of_policy_data_survive_a_round_trip(value: PolicyContents) -> None:
    assert read_policy(value.pack()) == value


@pytest.mark.rfc("2750", "3.1")
@given(words(max_words=24) | st.binary(max_size=40))
def test_any_bytes_open_to_contents_or_to_a_policy_failure(data: bytes) -> None:
    try:
        found = read_policy(PolicyData(data))
    except DecodeError as error:
        assert error.code == ErrorCode.POLICY_CONTROL_FAILURE  # noqa: PT017  # both ends are right
    else:
        assert read_policy(found.pack()) == found


@pytest.mark.rfc("2750", "3.1")
def test_policy_data_is_laid_out_as_drawn() -> None:
    value = PolicyContents((TimeValues(30_000),), (PRIORITY, OpaqueElement(0xC000, b"wxyz")))
    assert_vector(
        value.pack(),
        f"00240e01 00100000 00080501 00007530 {PRIORITY_WORDS} 0008c000 7778797a",
    )


@pytest.mark.rfc("2205", "3.1.3")
@given(st.lists(policy_datas, max_size=300))
def test_any_number_of_policy_data_keep_their_order_in_a_path(policies: list[PolicyData]) -> None:
    path = Path(
        SESSION,
        Hop(A),
        TimeValues(30_000),
        SenderTemplate(PortSelector(A, 5)),
        SenderTspec(Tspec(1.0, 2.0, 3.0, 4, 5)),
        policy=tuple(policies),
    )
    assert decode(encode(path)) == path


@pytest.mark.rfc("2750", "3.1")
def test_the_data_offset_counts_from_the_objects_header() -> None:
    assert packed("00080000" + PRIORITY_WORDS) == PolicyContents((), (PRIORITY,)).pack()


@pytest.mark.rfc("2750", "3.2")
def test_the_options_mean_what_their_order_and_class_say() -> None:
    opened = PolicyContents((FLOW, Hop(A), Hop(B), SIGNATURE, TimeValues(60_000)))
    assert opened.senders == (FLOW,)
    assert opened.scope is None
    assert opened.origin == Hop(A)
    assert opened.destination == Hop(B)
    assert opened.integrity == SIGNATURE
    assert opened.refresh_period_ms == 60_000


@pytest.mark.rfc("2750", "3.2")
def test_policy_data_without_options_speaks_of_every_flow_for_the_message_hop() -> None:
    opened = PolicyContents()
    assert opened.senders == ()
    assert opened.origin is None
    assert opened.destination is None
    assert opened.integrity is None
    assert opened.refresh_period_ms is None


@pytest.mark.rfc("2750", "3.2")
def test_a_scope_option_names_the_senders_of_a_wildcard_reservation() -> None:
    assert PolicyContents((Scope((A, B)),)).scope == Scope((A, B))


@pytest.mark.rfc("2750", "3.2")
def test_filter_specs_and_a_scope_cannot_be_mixed() -> None:
    assert_bad_syntax(PolicyContents((FLOW, Scope((A,)))).pack(), "both FILTER_SPEC and SCOPE")


@pytest.mark.rfc("2750", "3.2")
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ((Hop(A), Hop(A), Hop(B)), "RSVP_HOP"),
        ((SIGNATURE, SIGNATURE), "INTEGRITY"),
        ((TimeValues(1), TimeValues(2)), "TIME_VALUES"),
        ((Scope((A,)), Scope((B,))), "SCOPE"),
    ],
)
def test_more_options_of_a_kind_than_have_a_meaning_are_bad_syntax(
    options: tuple[WireObject, ...], name: str
) -> None:
    assert_bad_syntax(PolicyContents(options).pack(), f"{name} options, more than")


@pytest.mark.rfc("2750", "A")
@pytest.mark.parametrize("size", [0, 1, 3, 5, 7])
def test_policy_data_that_is_not_whole_words_is_bad_syntax(size: int) -> None:
    assert_bad_syntax(PolicyData(bytes(size)), "not whole words")


@pytest.mark.rfc("2750", "A")
@pytest.mark.parametrize("data_offset", [0, 1, 2, 3, 4, 7, 9, 24, 0xFFFF])
def test_a_data_offset_outside_the_object_is_bad_syntax(data_offset: int) -> None:
    policy = packed(f"{data_offset:04x}0000" + PRIORITY_WORDS)
    assert_bad_syntax(policy, "points outside")


@pytest.mark.rfc("2750", "A")
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 12, 0xFFFF])
def test_an_option_of_an_impossible_length_is_bad_syntax(length: int) -> None:
    policy = packed(f"00100000 {length:04x}0501 00007530 {PRIORITY_WORDS}")
    assert assert_bad_syntax(policy, ".").offset >= 4


@pytest.mark.rfc("2750", "A")
def test_an_option_cannot_reach_into_the_elements() -> None:
    policy = packed("000c0000 00080501" + PRIORITY_WORDS)
    assert_bad_syntax(policy, "past the end")


@pytest.mark.rfc("2750", "A")
@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 16, 0xFFFF])
def test_an_element_of_an_impossible_length_is_a_bad_element(length: int) -> None:
    policy = packed(f"00080000 {PRIORITY_WORDS} {length:04x}c000 00000000")
    assert assert_bad_element(policy, "element length").offset == 16


@pytest.mark.rfc("3181", "4")
def test_a_fault_in_an_element_is_named_with_its_place() -> None:
    policy = packed(f"00080000 {PRIORITY_WORDS} 00080001 00010000")
    assert assert_bad_element(policy, "PREEMPTION_PRI").offset == 16


@pytest.mark.rfc("2750", "3.4")
def test_an_empty_element_of_a_known_type_stands_for_its_deletion() -> None:
    assert read_policy(packed("00080000 00040001")).elements == (OpaqueElement(1),)


@pytest.mark.rfc("2750", "3.2")
def test_an_option_that_we_do_not_know_is_kept() -> None:
    opened = read_policy(packed("00100000 00087a01 01020304"))
    assert opened.pack() == packed("00100000 00087a01 01020304")


@pytest.mark.rfc("2750", "B")
def test_a_policy_digest_covers_the_object_and_the_session_without_flags() -> None:
    unsigned = PolicyContents((Hop(A), SIGNATURE), (PRIORITY,)).pack()
    covered = unsigned.encode() + Session(B, 17, 6000).encode()
    assert signed_policy_bytes(unsigned, SESSION) == covered


@pytest.mark.rfc("2750", "B")
def test_a_signed_policy_verifies_and_a_changed_one_does_not() -> None:
    def digest(policy: PolicyData) -> bytes:
        return hmac.digest(b"secret", signed_policy_bytes(policy, SESSION), "md5")

    unsigned = PolicyContents((Hop(A), SIGNATURE), (PRIORITY,)).pack()
    signed = with_policy_digest(unsigned, digest(unsigned))
    opened = read_policy(signed)
    assert opened.integrity is not None
    assert opened.integrity.digest == digest(signed)
    changed = PolicyContents(opened.options, (PreemptionPriority(9, 9),)).pack()
    assert digest(changed) != opened.integrity.digest


@pytest.mark.rfc("2750", "B")
def test_policy_data_without_an_integrity_option_cannot_be_signed() -> None:
    with pytest.raises(DecodeError, match="no INTEGRITY option"):
        signed_policy_bytes(PolicyContents((Hop(A),)).pack(), SESSION)
