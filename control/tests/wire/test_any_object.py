"""Whatever stands in an object: it is read, or refused with the one exception."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.wire.chain import split_objects
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.registry import ENTRIES

from . import strategies
from .codec import decode_body
from .strategies_aggregate import aggregate_sessions, generic_sessions, sessions_of_interest
from .strategies_base import words
from .strategies_diagnostics import diagnostics, responses, routes, selects
from .strategies_hello import capabilities, dclasses, hello_acks, hello_requests, restart_caps
from .strategies_integrity import challenges, integrities
from .strategies_policy import contents
from .strategies_refresh import acks, message_ids, nacks, refresh_lists

MISLEADING_LENGTHS = [0, 1, 2, 3, 4, 5, 8, 0xFFFC, 0xFFFF]

kinds = st.sampled_from(sorted(ENTRIES))
objects: st.SearchStrategy[WireObject] = st.one_of(
    strategies.sessions,
    strategies.gpi_sessions,
    strategies.hops,
    strategies.time_values,
    strategies.errors,
    strategies.scopes,
    strategies.filters,
    strategies.templates,
    strategies.sender_tspecs,
    strategies.flowspecs,
    strategies.confirms,
    aggregate_sessions,
    generic_sessions,
    sessions_of_interest,
    integrities,
    challenges,
    message_ids,
    acks,
    nacks,
    refresh_lists,
    hello_requests,
    hello_acks,
    restart_caps,
    capabilities,
    dclasses,
    diagnostics,
    selects,
    routes,
    responses,
    contents.map(lambda opened: opened.pack()),
)


def assert_read_or_refused(kind: int, body: bytes) -> None:
    """What is read says the same when it is sent on and read again."""
    try:
        value = decode_body(kind, body)
    except DecodeError as error:
        assert error.sentence  # noqa: PT017  # being refused is as good as being read
        return
    ((_, sent_kind, sent_body),) = split_objects(value.encode())
    assert sent_kind == kind
    assert decode_body(kind, sent_body) == value


@st.composite
def sized_bodies(draw: st.DrawFn) -> tuple[int, bytes]:
    """A class and C-Type with a body of a size that it may have."""
    kind = draw(kinds)
    size = ENTRIES[kind].size
    return kind, draw(
        words(max_words=24) if size is None else st.binary(min_size=size, max_size=size)
    )


@pytest.mark.rfc("2205", "3.1.2")
@given(sized_bodies())
def test_any_body_is_read_or_refused(sized_body: tuple[int, bytes]) -> None:
    assert_read_or_refused(*sized_body)


@pytest.mark.rfc("2205", "3.1.2")
@given(kinds, words(max_words=24))
def test_any_body_of_any_size_is_read_or_refused(kind: int, body: bytes) -> None:
    assert_read_or_refused(kind, body)


@pytest.mark.rfc("2205", "3.1.2")
@given(objects, st.data())
def test_an_object_with_a_misleading_length_inside_is_read_or_refused(
    value: WireObject, data: st.DataObject
) -> None:
    ((_, kind, body),) = split_objects(value.encode())
    damaged = bytearray(body)
    if damaged:
        start = data.draw(st.integers(0, len(damaged) // 4 - 1)) * 4
        struct.pack_into("!H", damaged, start, data.draw(st.sampled_from(MISLEADING_LENGTHS)))
    assert_read_or_refused(kind, bytes(damaged))


@pytest.mark.rfc("2205", "3.1.2")
@given(objects)
def test_an_object_cut_after_any_word_is_read_or_refused(value: WireObject) -> None:
    ((_, kind, body),) = split_objects(value.encode())
    for size in range(0, len(body), 4):
        assert_read_or_refused(kind, body[:size])


@pytest.mark.parametrize("kind", sorted(ENTRIES), ids=lambda kind: ENTRIES[kind].name)
@pytest.mark.rfc("2205", "3.1.2")
def test_an_object_of_the_greatest_length_is_read_or_refused(kind: int) -> None:
    greatest_bytes = 0xFFFC - 4
    for filling in (b"\0", b"\xff", b"\0\x04\0\0"):
        assert_read_or_refused(kind, (filling * greatest_bytes)[:greatest_bytes])
