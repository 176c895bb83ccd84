"""INTEGRITY and CHALLENGE, and what a digest covers."""

import pytest
from hypothesis import given

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.integrity import (
    Challenge,
    Integrity,
    decode_challenge,
    decode_integrity,
    signed_bytes,
    with_digest,
)

from .codec import assert_round_trip, assert_vector
from .strategies_integrity import challenges, integrities

MD5_BYTES = 16
HEADER = bytes.fromhex("1001abcdff000030")  # version 1, Path, a checksum, length 48
SIGNED = Integrity(0x010203040506, 7, bytes(range(1, 17)), handshake=True)
TIME_VALUES = bytes.fromhex("0008050100007530")
MESSAGE = HEADER + SIGNED.encode() + TIME_VALUES


@pytest.mark.rfc("2747", "2.1")
@given(integrities)
def test_an_integrity_object_survives_a_round_trip(value: Integrity) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2747", "4.3")
@given(challenges)
def test_a_challenge_survives_a_round_trip(value: Challenge) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("2747", "2.1")
def test_an_integrity_object_is_laid_out_as_drawn() -> None:
    assert_vector(
        SIGNED,
        "00240401 80000102 03040506 00000000 00000007 01020304 05060708 090a0b0c 0d0e0f10",
    )


@pytest.mark.rfc("2747", "4.3")
def test_a_challenge_is_laid_out_as_drawn() -> None:
    value = Challenge(0xA1A2A3A4A5A6, bytes.fromhex("c0c1c2c3c4c5c6c7"))
    assert_vector(value, "00144001 0000a1a2 a3a4a5a6 c0c1c2c3 c4c5c6c7")


@pytest.mark.rfc("2747", "2.1")
def test_unused_flags_and_the_reserved_byte_are_not_sent_on() -> None:
    body = bytes.fromhex("7fff0102030405060000000000000007") + bytes(MD5_BYTES)
    assert decode_integrity(body) == Integrity(0x010203040506, 7, bytes(MD5_BYTES))


@pytest.mark.rfc("2747", "2.1")
@pytest.mark.parametrize("size", [0, 4, 12, 16])
def test_an_integrity_object_without_a_digest_is_malformed(size: int) -> None:
    with pytest.raises(DecodeError, match="no room for a digest"):
        decode_integrity(bytes(size))


@pytest.mark.rfc("2747", "4.3")
@pytest.mark.parametrize("size", [0, 4, 8])
def test_a_challenge_without_a_cookie_is_malformed(size: int) -> None:
    with pytest.raises(DecodeError, match="no room for a cookie"):
        decode_challenge(bytes(size))


@pytest.mark.rfc("2747", "4.2")
def test_the_signed_bytes_have_no_checksum_and_no_digest_and_differ_in_nothing_else() -> None:
    unsigned = Integrity(SIGNED.key_id, SIGNED.sequence, bytes(MD5_BYTES), handshake=True)
    header = bytes.fromhex("10010000ff000030")
    assert signed_bytes(MESSAGE) == header + unsigned.encode() + TIME_VALUES


@pytest.mark.rfc("2747", "4.1")
def test_a_digest_takes_its_place_in_the_message() -> None:
    blank = with_digest(MESSAGE, bytes(MD5_BYTES))
    assert blank != MESSAGE
    assert with_digest(blank, SIGNED.digest) == MESSAGE


@pytest.mark.rfc("2747", "4.1")
@pytest.mark.parametrize("size", [0, 12, 20])
def test_a_digest_of_another_size_than_its_room_is_a_mistake_of_the_caller(size: int) -> None:
    with pytest.raises(ValueError, match="room for 16 bytes"):
        with_digest(MESSAGE, bytes(size))


@pytest.mark.rfc("2205", "3.1.3")
def test_integrity_that_does_not_follow_the_common_header_signs_nothing() -> None:
    with pytest.raises(DecodeError, match="in the place of INTEGRITY"):
        signed_bytes(HEADER + TIME_VALUES + SIGNED.encode())


@pytest.mark.rfc("2747", "4.2")
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 20, 23, 37, 48, 0xFFFF])
def test_integrity_of_an_impossible_length_signs_nothing(length: int) -> None:
    message = MESSAGE[:8] + length.to_bytes(2, "big") + MESSAGE[10:]
    with pytest.raises(DecodeError):
        signed_bytes(message)


@pytest.mark.rfc("2747", "4.2")
@pytest.mark.parametrize("kept_bytes", range(len(HEADER) + len(SIGNED.encode())))
def test_a_message_cut_within_its_integrity_object_signs_nothing(kept_bytes: int) -> None:
    with pytest.raises(DecodeError):
        signed_bytes(MESSAGE[:kept_bytes])
