"""Whatever arrives, `decode` answers with a message or with DecodeError, within work that its
length bounds.

Each fault is put into a message whose length and checksum are made right again, since a wrong one
would hide the rest of the message from the decoder.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from struct import pack, pack_into
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES, frame
from p4rsvp.wire.message import MESSAGE_CLASSES, decode
from tests.wire.bad_input import repaired, survives
from tests.wire.samples import ENCODED, MESSAGES

if TYPE_CHECKING:
    from types import FrameType

LENGTHS = (0, 1, 2, 3, 0xFFFF)
CALLS_PER_BYTE = 5  # an object has at least four bytes and is looked at by about fifteen functions
LONGEST_BODY_BYTES = 0xFFFC - HEADER_BYTES


def calls_of_decode(data: bytes) -> int:
    """How many Python functions `decode` calls for these bytes: its work, on any machine."""
    count = 0

    def on_event(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        with suppress(DecodeError):  # whether there is a fault is not what is asked
            decode(data)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", MESSAGES)
def test_the_samples_themselves_survive_a_round_trip(name: str) -> None:
    assert decode(ENCODED[name]) == MESSAGES[name]


@pytest.mark.rfc("2205", "3.1.1")
@pytest.mark.parametrize("name", ENCODED)
def test_a_message_cut_anywhere_is_refused(name: str) -> None:
    for end in range(len(ENCODED[name])):
        with pytest.raises(DecodeError):
            decode(ENCODED[name][:end])


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize("name", ENCODED)
def test_a_message_cut_anywhere_and_framed_anew_leaves_by_the_one_exception(name: str) -> None:
    for end in range(HEADER_BYTES, len(ENCODED[name])):
        survives(repaired(ENCODED[name][:end]))


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize("name", ENCODED)
def test_a_length_that_lies_leaves_by_the_one_exception(name: str) -> None:
    """Any two bytes may be a length: of an object, an element in it, a message in a Bundle."""
    for offset in range(HEADER_BYTES, len(ENCODED[name]) - 1):
        for length in LENGTHS:
            data = bytearray(ENCODED[name])
            pack_into("!H", data, offset, length)
            survives(repaired(data))


@pytest.mark.parametrize("name", ENCODED)
def test_a_one_byte_length_that_lies_leaves_by_the_one_exception(name: str) -> None:
    for offset in range(HEADER_BYTES, len(ENCODED[name])):
        for length in LENGTHS:
            data = bytearray(ENCODED[name])
            data[offset] = length & 0xFF
            survives(repaired(data))


@given(st.sampled_from(sorted(ENCODED)), st.data())
def test_mutated_messages_leave_by_the_one_exception(name: str, draw: st.DataObject) -> None:
    data = bytearray(ENCODED[name])
    for _ in range(draw.draw(st.integers(1, 8))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 0xFF))
    survives(bytes(data))
    survives(repaired(data))


@given(st.binary(max_size=200), st.sampled_from(sorted(MESSAGE_CLASSES)))
def test_any_body_leaves_by_the_one_exception(body: bytes, message_type: int) -> None:
    survives(frame(message_type, 0, 0, body))


def _object(length: int, class_num: int, c_type: int) -> bytes:
    return pack("!HBB", length, class_num, c_type)


@pytest.mark.rfc("2205", "3.1.2")
@pytest.mark.parametrize(
    "message_type", [MessageType.PATH, MessageType.RESV, MessageType.SREFRESH, MessageType.ACK]
)
@pytest.mark.parametrize(
    ("length", "class_num", "c_type"),
    [(0, 1, 1), (0, 0, 0), (1, 14, 1), (2, 9, 2), (3, 255, 1), (4, 0, 0), (4, 255, 1), (4, 10, 1)],
)
def test_64_kib_of_empty_objects_cost_no_more_than_their_length(
    message_type: int, length: int, class_num: int, c_type: int
) -> None:
    unit = _object(length, class_num, c_type)
    half, whole = (
        calls_of_decode(frame(message_type, 0, 0, unit * (size // 4)))
        for size in (LONGEST_BODY_BYTES // 2, LONGEST_BODY_BYTES)
    )
    assert whole <= 2 * half + 100
    assert whole <= CALLS_PER_BYTE * LONGEST_BODY_BYTES


@pytest.mark.rfc("2961", "3.2")
def test_bundles_in_bundles_are_refused_at_the_second_however_deep_they_go() -> None:
    data = frame(MessageType.BUNDLE, 0, 0, b"")
    while len(data) <= LONGEST_BODY_BYTES:
        data = frame(MessageType.BUNDLE, 0, 0, data)
    with pytest.raises(DecodeError, match="a Bundle inside a Bundle"):
        decode(data)
    assert calls_of_decode(data) < 50


@pytest.mark.rfc("2961", "3.2")
def test_64_kib_of_messages_in_a_bundle_cost_no_more_than_their_length() -> None:
    ack = frame(MessageType.ACK, 0, 0, b"")
    bundles = [frame(MessageType.BUNDLE, 0, 0, ack * count) for count in (4_000, 8_000)]
    half, whole = map(calls_of_decode, bundles)
    assert whole <= 2 * half + 100
