"""DIAGNOSTIC, DIAG_SELECT, ROUTE and DIAG_RESPONSE."""

import pytest
from hypothesis import given

from p4rsvp.wire.address import Address
from p4rsvp.wire.diagnostics import (
    DiagError,
    Diagnostic,
    DiagResponse,
    DiagSelect,
    Route,
    decode_diag_response_ipv4,
    decode_diag_select,
    decode_diagnostic_ipv4,
    decode_route_ipv4,
)
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import TimeValues
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque

from .codec import assert_round_trip, assert_vector, decode_body
from .strategies_diagnostics import diagnostics, responses, routes, selects

V4 = Address.parse("192.0.2.1")
V6 = Address.parse("2001:db8::1")
V6_WORDS = "20010db8 00000000 00000000 00000001"
SENDER = SenderTemplate(PortSelector(V4, 5))
REQUESTER = FilterSpec(PortSelector(V4, 6))
ASKED = Diagnostic(8, 2, 0x01020304, 1500, 64, V4, SENDER, REQUESTER, more_fragments=True)
ASKED_HEAD = "08020001 01020304 05dc0040 c0000201"
SENDER_WORDS = "000c0b01 c0000201 00000005"
REQUESTER_WORDS = "000c0a01 c0000201 00000006"
UNKNOWN = Address(bytes(4))
ANSWER_HEAD = "12345678 c0000201 00000000 00000000 03a3001e"
ANSWER = DiagResponse(
    0x12345678,
    V4,
    UNKNOWN,
    UNKNOWN,
    ip_hops=3,
    refresh_multiple=3,
    refresh_period_s=30,
    objects=(TimeValues(30_000),),
    error=DiagError.PACKET_TOO_BIG,
    merged=True,
)
LENGTHS = [0, 1, 2, 3, 5, 16, 0xFFFF]


@pytest.mark.rfc("2745", "3.3")
@given(diagnostics)
def test_a_diagnostic_survives_a_round_trip(value: Diagnostic) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2745", "3.4")
@given(selects)
def test_a_selection_survives_a_round_trip(value: DiagSelect) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2745", "3.5")
@given(routes)
def test_a_route_survives_a_round_trip(value: Route) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2745", "3.6")
@given(responses)
def test_a_response_survives_a_round_trip(value: DiagResponse) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2745", "3.3")
def test_a_diagnostic_is_laid_out_as_drawn() -> None:
    assert_vector(ASKED, f"002c1e01 {ASKED_HEAD} {SENDER_WORDS} {REQUESTER_WORDS}")


@pytest.mark.rfc("2745", "3.3")
def test_a_diagnostic_of_ipv6_is_laid_out_as_drawn() -> None:
    selector = PortSelector(V6, 5)
    value = Diagnostic(0, 0, 1, 1280, 0, V6, SenderTemplate(selector), FilterSpec(selector))
    assert_vector(
        value,
        f"00501e02 00000000 00000001 05000000 {V6_WORDS}"
        f"00180b02 {V6_WORDS} 00000005 00180a02 {V6_WORDS} 00000005",
    )


@pytest.mark.rfc("2745", "3.4")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (DiagSelect((0x0A01, 0x0C00)), "00082101 0a010c00"),
        (DiagSelect((0x0A01,)), "00082101 0a010000"),
        (DiagSelect(()), "00042101"),
    ],
)
def test_a_selection_is_padded_to_whole_words(value: WireObject, words: str) -> None:
    assert_vector(value, words)


@pytest.mark.rfc("2745", "3.4")
def test_only_one_empty_kind_ends_a_selection() -> None:
    assert decode_diag_select(bytes.fromhex("0a010000")) == DiagSelect((0x0A01,))


@pytest.mark.rfc("2745", "3.5")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Route(), "00081f01 00000000"),
        (Route(address_bytes=16), "00081f02 00000000"),
        (Route((V4, V4), 1), "00101f01 00000001 c0000201 c0000201"),
        (Route((V6,), 1, 16), f"00181f02 00000001 {V6_WORDS}"),
    ],
)
def test_a_route_is_laid_out_as_drawn(value: WireObject, words: str) -> None:
    assert_vector(value, words)


@pytest.mark.rfc("2745", "3.6")
def test_a_response_is_laid_out_as_drawn() -> None:
    assert_vector(ANSWER, f"00202001 {ANSWER_HEAD} 00080501 00007530")


@pytest.mark.rfc("2745", "3.7")
def test_a_tunnel_object_in_a_response_is_kept_as_bytes() -> None:
    tunnel = Opaque(0xC001, bytes(8))
    answer = DiagResponse(0, V4, V4, V4, 0, 0, 0, (tunnel, SENDER))
    assert_round_trip(answer)


@pytest.mark.rfc("2745", "3.6")
def test_a_response_inside_a_response_is_not_opened() -> None:
    inner = ANSWER.encode()
    outer = decode_diag_response_ipv4(ANSWER.body() + inner)
    assert outer.objects[-1] == Opaque(0x2001, inner[4:])


@pytest.mark.rfc("2745", "3.3")
@pytest.mark.parametrize(
    "objects",
    ["", SENDER_WORDS, REQUESTER_WORDS + SENDER_WORDS, SENDER_WORDS + REQUESTER_WORDS * 2],
)
def test_a_diagnostic_needs_one_sender_and_then_one_requester(objects: str) -> None:
    with pytest.raises(DecodeError, match="one SENDER_TEMPLATE and one FILTER_SPEC"):
        decode_diagnostic_ipv4(bytes.fromhex(ASKED_HEAD + objects))


@pytest.mark.rfc("2745", "3.3")
@pytest.mark.parametrize("length", LENGTHS)
def test_an_impossible_length_inside_a_diagnostic_is_malformed(length: int) -> None:
    body = bytes.fromhex(ASKED_HEAD + f"{length:04x}0b01 c0000201 00000005" + REQUESTER_WORDS)
    with pytest.raises(DecodeError) as caught:
        decode_diagnostic_ipv4(body)
    assert caught.value.offset >= 16


@pytest.mark.rfc("2745", "3.6")
@pytest.mark.parametrize("length", [*LENGTHS, 4, 12])
def test_an_impossible_length_inside_a_response_is_malformed(length: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_diag_response_ipv4(bytes.fromhex(ANSWER_HEAD + f"{length:04x}0501 00007530"))
    assert caught.value.offset >= 20


@pytest.mark.rfc("2745", "3.6")
@pytest.mark.parametrize("object_words", ["00040501", "000c0501 00007530 00000000"])
def test_an_object_of_another_size_than_its_own_inside_a_response_is_malformed(
    object_words: str,
) -> None:
    with pytest.raises(DecodeError, match="TIME_VALUES inside another object has") as caught:
        decode_diag_response_ipv4(bytes.fromhex(ANSWER_HEAD + object_words))
    assert caught.value.offset == 20


@pytest.mark.rfc("2745", "3.6")
def test_a_fault_inside_a_response_is_named_with_its_place() -> None:
    body = bytes.fromhex(ANSWER_HEAD + "000c0b01 00000000 00000005")
    with pytest.raises(DecodeError, match="the sender's address is zero") as caught:
        decode_diag_response_ipv4(body)
    assert caught.value.offset == 24


@pytest.mark.rfc("2745", "3")
@pytest.mark.parametrize(
    ("kind", "whole_bytes"), [(0x1E01, 16), (0x1E02, 28), (0x2001, 20), (0x2002, 56)]
)
def test_a_diagnostic_object_shorter_than_its_fixed_part_is_malformed(
    kind: int, whole_bytes: int
) -> None:
    for size in range(0, whole_bytes, 4):
        with pytest.raises(DecodeError, match="is shorter than"):
            decode_body(kind, bytes(size))


@pytest.mark.rfc("2745", "3.5")
@pytest.mark.parametrize(("kind", "sizes"), [(0x1F01, [0]), (0x1F02, [0, 8, 12, 16, 24])])
def test_a_route_that_ends_within_an_address_is_malformed(kind: int, sizes: list[int]) -> None:
    for size in sizes:
        with pytest.raises(DecodeError, match="whole addresses"):
            decode_body(kind, bytes(size))


@pytest.mark.rfc("2745", "3.5")
def test_reserved_bytes_of_a_route_are_ignored() -> None:
    assert decode_route_ipv4(bytes.fromhex("ffffff01 c0000201")) == Route((V4,), 1)


@pytest.mark.rfc("2745", "3.3")
def test_reserved_bits_of_a_diagnostic_are_ignored() -> None:
    body = bytearray(ASKED.body())
    body[2:4] = b"\xff\xff"
    assert decode_diagnostic_ipv4(bytes(body)) == ASKED


@pytest.mark.rfc("2745", "3.5")
def test_a_route_of_two_address_families_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="one address family"):
        Route((V4, V6)).encode()


@pytest.mark.rfc("2745", "3.6")
def test_a_response_of_two_address_families_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="one address family"):
        DiagResponse(0, V4, V6, V4, 0, 0, 0).encode()
