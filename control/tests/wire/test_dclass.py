"""DCLASS."""

import pytest
from hypothesis import given

from p4rsvp.wire.dclass import Dclass, decode_dclass
from p4rsvp.wire.errors import DecodeError

from .codec import assert_round_trip, assert_vector
from .strategies_hello import dclasses

AF11, AF12, AF13 = 0b001010, 0b001100, 0b001110


@pytest.mark.rfc("2996", "2")
@given(dclasses)
def test_a_dclass_survives_a_round_trip(value: Dclass) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2996", "2")
def test_each_dscp_stands_in_the_high_bits_of_its_words_last_byte() -> None:
    assert_vector(Dclass((AF11, AF12, AF13)), "0010e101 00000028 00000030 00000038")


@pytest.mark.rfc("2996", "2")
def test_unused_bits_of_a_dclass_are_not_sent_on() -> None:
    value = decode_dclass(bytes.fromhex("ffffffff ffffff2b"))
    assert value == Dclass((63, AF11))
    assert value.body() == bytes.fromhex("000000fc 00000028")


@pytest.mark.rfc("2996", "2")
def test_a_dclass_without_a_dscp_is_malformed() -> None:
    with pytest.raises(DecodeError, match="no DSCP"):
        decode_dclass(b"")
