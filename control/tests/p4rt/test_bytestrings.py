"""The tables of valid and invalid encodings in P4Runtime 8.4, and what follows from its rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import bytestrings

WIDTHS = st.integers(1, 200)


@pytest.mark.parametrize(
    ("bitwidth", "string", "value"),
    [
        (8, b"\x63", 99),
        (16, b"\x00\x63", 99),
        (16, b"\x63", 99),
        (16, b"\x30\x64", 12388),
        (16, b"\x00\x30\x64", 12388),
        (12, b"\x00\x00\x63", 99),
    ],
)
def test_the_valid_examples_are_read(bitwidth: int, string: bytes, value: int) -> None:
    assert bytestrings.decode(string, bitwidth, "field") == value


@pytest.mark.parametrize(
    ("bitwidth", "string"),
    [
        (8, b"\x01\x63"),
        (8, b""),
        (16, b"\x01\x00\x63"),
        (12, b"\x10\x63"),
        (12, b"\x01\x00\x63"),
        (12, b"\x00\x40\x63"),
    ],
)
def test_the_invalid_examples_are_out_of_range(bitwidth: int, string: bytes) -> None:
    with pytest.raises(ControlError, match=f"field: .* in {bitwidth} bits") as refused:
        bytestrings.decode(string, bitwidth, "field")
    assert refused.value.status is Status.OUT_OF_RANGE


@pytest.mark.parametrize(
    ("bitwidth", "string", "value"),
    [
        (8, b"\x63", 99),
        (8, b"\x9d", -99),
        (8, b"\xff\x9d", -99),
        (12, b"\xfd\x1d", -739),
        (16, b"\x00\x00", 0),
        (16, b"\x00", 0),
    ],
)
def test_the_valid_signed_examples_are_read(bitwidth: int, string: bytes, value: int) -> None:
    assert bytestrings.decode_signed(string, bitwidth, "field") == value % (1 << bitwidth)


@pytest.mark.parametrize(("bitwidth", "string"), [(8, b"\x00\x9d"), (12, b"\x8d\x1d"), (16, b"")])
def test_the_invalid_signed_examples_are_out_of_range(bitwidth: int, string: bytes) -> None:
    with pytest.raises(ControlError) as refused:
        bytestrings.decode_signed(string, bitwidth, "field")
    assert refused.value.status is Status.OUT_OF_RANGE


@given(WIDTHS, st.data())
def test_what_is_written_is_read_back_from_the_shortest_string(
    bitwidth: int, data: st.DataObject
) -> None:
    value = data.draw(st.integers(0, (1 << bitwidth) - 1))
    string = bytestrings.encode(value)
    assert bytestrings.decode(string, bitwidth, "") == value
    assert len(string) == 1 or string[0]


@given(WIDTHS, st.data())
def test_signed_values_survive_in_the_shortest_string(bitwidth: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, (1 << bitwidth) - 1))
    string = bytestrings.encode_signed(value, bitwidth)
    assert bytestrings.decode_signed(string, bitwidth, "") == value
    shorter = int.from_bytes(string[1:], signed=True)
    assert len(string) == 1 or shorter != int.from_bytes(string, signed=True)
