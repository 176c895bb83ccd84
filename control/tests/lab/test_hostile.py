"""What a hostile host of a lab sends: it has to be what it is called, or a flood shows nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from p4rsvp.daemon.frames import read_rsvp
from p4rsvp.lab.hostile import FRAMES, KINDS, Hostile
from p4rsvp.lab.topology import Topology
from p4rsvp.traffic.stamp import STAMP_BYTES
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Path, PathTear, ResvErr


@pytest.fixture
def hostile(small: Topology) -> Hostile:
    return Hostile(small, "h1", "h2")


def messages(hostile: Hostile, kind: str) -> list[Any]:
    read = (read_rsvp(frame) for frame in hostile.frames(kind)[:200])
    return [decode(one.data) for one in read if one is not None]


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_many_frames_of_each_kind_that_a_sender_can_stamp(
    hostile: Hostile, kind: str
) -> None:
    frames = hostile.frames(kind)
    assert len(frames) == FRAMES
    assert len(set(frames)) > FRAMES // 4
    assert all(len(one) % 2 == 0 and one[-STAMP_BYTES:] == bytes(STAMP_BYTES) for one in frames)


def test_paths_are_of_ever_other_sessions(hostile: Hostile) -> None:
    paths = messages(hostile, "Paths")
    assert all(isinstance(one, Path) for one in paths)
    assert len({one.session for one in paths}) == 200


def test_churn_tears_each_session_that_it_begins(hostile: Hostile) -> None:
    for begun, torn in list(pairwise(messages(hostile, "churn")))[::2]:
        assert isinstance(begun, Path)
        assert isinstance(torn, PathTear)
        assert (begun.session, begun.hop, begun.template) == (torn.session, torn.hop, torn.template)


def test_errors_and_forgeries_can_be_read(hostile: Hostile) -> None:
    assert all(isinstance(one, ResvErr) for one in messages(hostile, "ResvErrs"))
    assert all(one.integrity is not None for one in messages(hostile, "forgeries"))


def test_fragments_are_no_messages(hostile: Hostile) -> None:
    assert not messages(hostile, "fragments")


def test_garbage_can_seldom_be_read(hostile: Hostile) -> None:
    refused = 0
    for frame in hostile.frames("garbage")[:600]:
        found = read_rsvp(frame)
        assert found is not None
        try:
            decode(found.data)
        except DecodeError:
            refused += 1
    assert refused > 400
