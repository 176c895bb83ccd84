"""RFC 2205 appendix A and RFC 2207 3: every object of theirs against bytes written by hand."""

from __future__ import annotations

import pytest

from p4rsvp.wire.address import Address
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import (
    FilterSpec,
    FlowLabelSelector,
    GpiSelector,
    PortSelector,
    SenderTemplate,
)
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Scope, Style, StyleId
from tests.wire.codec import assert_vector, decode_object

V4, V4_HEX = Address.parse("192.0.2.1"), "c0000201"
V6, V6_HEX = Address.parse("2001:db8::1"), "20010db8000000000000000000000001"


def case(section: str, value: WireObject, hexadecimal: str) -> object:
    number = "2207" if section in {"3.1", "3.2", "3.3"} else "2205"
    return pytest.param(value, hexadecimal, marks=pytest.mark.rfc(number, section))


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        case("A.1", Session(V4, 17, 5004, flags=1), f"000c0101 {V4_HEX} 1101138c"),
        case("A.1", Session(V6, 6, 80), f"00180102 {V6_HEX} 06000050"),
        case("3.1", GpiSession(V4, 50, 7), f"000c0103 {V4_HEX} 32000007"),
        case("3.1", GpiSession(V6, 51, 7), f"00180104 {V6_HEX} 33000007"),
        case("A.2", Hop(V4, 0x01020304), f"000c0301 {V4_HEX} 01020304"),
        case("A.2", Hop(V6, 5), f"00180302 {V6_HEX} 00000005"),
        case("A.4", TimeValues(30_000), "00080501 00007530"),
        case("A.5", ErrorSpec(V4, 1, 2, flags=1), f"000c0601 {V4_HEX} 01010002"),
        case("A.5", ErrorSpec(V6, 21, 3), f"00180602 {V6_HEX} 00150003"),
        case("A.6", Scope((V4, V4)), f"000c0701 {V4_HEX} {V4_HEX}"),
        case("A.6", Scope((V6,)), f"00140702 {V6_HEX}"),
        case("A.7", WF, "00080801 00000011"),
        case("A.7", FF, "00080801 0000000a"),
        case("A.7", SE, "00080801 00000012"),
        case("A.9", FilterSpec(PortSelector(V4, 9)), f"000c0a01 {V4_HEX} 00000009"),
        case("A.9", FilterSpec(PortSelector(V6, 9)), f"00180a02 {V6_HEX} 00000009"),
        case("A.9", FilterSpec(FlowLabelSelector(V6, 0xABCDE)), f"00180a03 {V6_HEX} 000abcde"),
        case("3.2", FilterSpec(GpiSelector(V4, 0xDEADBEEF)), f"000c0a04 {V4_HEX} deadbeef"),
        case("3.2", FilterSpec(GpiSelector(V6, 1)), f"00180a05 {V6_HEX} 00000001"),
        case("A.10", SenderTemplate(PortSelector(V4, 9)), f"000c0b01 {V4_HEX} 00000009"),
        case("A.10", SenderTemplate(PortSelector(V6, 9)), f"00180b02 {V6_HEX} 00000009"),
        case("A.10", SenderTemplate(FlowLabelSelector(V6, 7)), f"00180b03 {V6_HEX} 00000007"),
        case("3.3", SenderTemplate(GpiSelector(V4, 1)), f"000c0b04 {V4_HEX} 00000001"),
        case("3.3", SenderTemplate(GpiSelector(V6, 1)), f"00180b05 {V6_HEX} 00000001"),
        case("A.14", ResvConfirm(V4), f"00080f01 {V4_HEX}"),
        case("A.14", ResvConfirm(V6), f"00140f02 {V6_HEX}"),
    ],
)
def test_an_object_has_the_layout_of_the_rfc(value: WireObject, hexadecimal: str) -> None:
    assert_vector(value, hexadecimal)


@pytest.mark.rfc("2205", "A.1")
@pytest.mark.parametrize(
    ("hexadecimal", "sentence"),
    [
        ("000c0101 00000000 11000050", "destination address is zero"),
        (f"000c0101 {V4_HEX} 00000050", "protocol id is zero"),
        (f"000c0103 {V4_HEX} 00000050", "protocol id is zero"),
    ],
)
def test_a_session_to_nowhere_or_of_no_protocol_is_malformed(
    hexadecimal: str, sentence: str
) -> None:
    with pytest.raises(DecodeError, match=sentence):
        decode_object(bytes.fromhex(hexadecimal))


@pytest.mark.rfc("2205", "A.9")
@pytest.mark.parametrize("kind", ["0a01", "0a04", "0b01", "0b04"])
def test_a_sender_without_an_address_is_malformed(kind: str) -> None:
    with pytest.raises(DecodeError, match="sender's address is zero"):
        decode_object(bytes.fromhex(f"000c{kind} 00000000 00000009"))


@pytest.mark.rfc("2205", "A.9")
def test_bits_beyond_a_flow_label_are_ignored_when_read() -> None:
    found = decode_object(bytes.fromhex(f"00180a03 {V6_HEX} ff0abcde"))
    assert found == FilterSpec(FlowLabelSelector(V6, 0xABCDE))


@pytest.mark.rfc("2205", "A.6")
@pytest.mark.parametrize("hexadecimal", ["00040701", "00080702 c0000201"])
def test_a_scope_that_is_no_list_of_addresses_is_malformed(hexadecimal: str) -> None:
    with pytest.raises(DecodeError, match="no list"):
        decode_object(bytes.fromhex(hexadecimal))


@pytest.mark.rfc("2205", "A.7")
def test_new_option_bits_do_not_hide_a_style_that_is_known() -> None:
    assert Style(0x700000 | StyleId.SE).id is StyleId.SE


@pytest.mark.rfc("2205", "A.7")
def test_reserved_values_of_sharing_and_selection_are_no_style() -> None:
    known = {options for options in range(32) if Style(options).id is not None}
    assert known == {0b10001, 0b01010, 0b10010}


@pytest.mark.rfc("2205", "1.3")
@pytest.mark.parametrize(
    ("style", "shared", "wildcard"), [(WF, True, True), (FF, False, False), (SE, True, False)]
)
def test_a_style_says_who_shares_and_who_chooses(
    style: Style,
    shared: bool,  # noqa: FBT001  # a column of the table above
    wildcard: bool,  # noqa: FBT001
) -> None:
    assert (style.is_shared, style.is_wildcard) == (shared, wildcard)
