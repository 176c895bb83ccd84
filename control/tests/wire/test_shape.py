"""A shape reads what the careful way reads, and leaves to it whatever is amiss."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.wire import message as codec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.message import MOST_SHAPES, decode, encode
from p4rsvp.wire.messages import Path, Resv
from p4rsvp.wire.shape import Shape
from tests.wire.bad_input import repaired
from tests.wire.samples import ENCODED, MESSAGES
from tests.wire.strategies import paths, resvs

names = st.sampled_from(sorted(ENCODED))


@pytest.fixture(autouse=True)
def shapes() -> dict[int, Shape | None]:
    """The shapes that are known: at first none."""
    codec._SHAPES.clear()
    return codec._SHAPES


def outcome(reader: Callable[[bytes], object], data: bytes) -> object:
    """A message, or all that its error says."""
    try:
        return reader(data)
    except DecodeError as error:
        return str(error), error.code, error.value, error.message_type, error.objects


@pytest.mark.rfc("2205", "3.1.1")
@given(names, st.integers(8), st.integers(0, 255), st.sampled_from([repaired, bytes]))
def test_bytes_that_differ_from_a_known_shape_are_read_as_without_it(
    name: str, at: int, byte: int, finish: Callable[[bytearray], bytes]
) -> None:
    data = bytearray(ENCODED[name])
    decode(bytes(data))
    data[at % len(data)] = byte
    changed = finish(data)
    assert outcome(decode, changed) == outcome(codec._decode_with_care, changed)


@pytest.mark.rfc("2205", "3.1.1")
@given(st.lists(paths | resvs, min_size=2, max_size=4))
def test_messages_of_whatever_shapes_are_read_as_they_were_written(messages: list[Path]) -> None:
    encoded = [encode(message) for message in messages]
    for message, data in zip(messages * 2, encoded * 2, strict=True):
        assert decode(data) == message


@pytest.mark.rfc("2205", "3.1.3")
def test_a_message_of_a_known_shape_is_not_read_with_care(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resv = MESSAGES["resv FF"]
    assert isinstance(resv, Resv)
    resv = replace(resv, acks=())
    data = encode(resv)
    decode(data)
    monkeypatch.setattr(codec, "_decode_with_care", None)
    assert decode(data) == resv


def test_shapes_are_bounded_whatever_a_peer_sends(shapes: dict[int, Shape | None]) -> None:
    path = ENCODED["path"]
    for words in range(2 * MOST_SHAPES):
        unknown = (4 + 4 * words).to_bytes(2) + b"\xff\x09" + bytes(4 * words)
        decode(repaired(path + unknown))
    assert 0 < len(shapes) <= MOST_SHAPES
