"""Limits on everything: an error for the peer, a counter, and room again when something ends."""

import pytest

from p4rsvp.engine.api_checks import ApiErrorValue
from p4rsvp.engine.config import Limits
from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.messages import Path, PathErr, Resv, ResvErr
from p4rsvp.wire.style import FF, SE, WF
from tests.engine.rig import GROUP, S1, S2, S3, UNI, Outcome, Rig, neighbour, want
from tests.engine.test_api import refused

FULL = (ErrorCode.RSVP_SYSTEM_ERROR, 1)


def is_full(outcome: Outcome, kind: type[PathErr | ResvErr]) -> bool:
    """Whether the peer was told, and a counter counts it."""
    return outcome.refused_with(kind) == FULL and outcome.traced(TraceKind.LIMIT)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    "limits", [Limits(sessions=1), Limits(path_states=1), Limits(states_per_neighbour=1)]
)
def test_a_path_beyond_a_limit_is_refused_until_another_has_ended(limits: Limits) -> None:
    rig = Rig(limits=limits)
    rig.path(S1)
    assert is_full(rig.path(S1, session=UNI), PathErr)
    assert not rig.path(S1, multiple=3).sent(PathErr)
    rig.path_tear(S1)
    assert rig.path(S1, session=UNI).sent(Path)


@pytest.mark.rfc("2205", "B")
def test_a_session_takes_no_more_senders_than_its_limit() -> None:
    rig = Rig(limits=Limits(senders_per_session=2))
    rig.path(S1)
    rig.path(S2)
    assert is_full(rig.path(S3), PathErr)
    assert rig.path(S3, session=UNI).sent(Path)


@pytest.mark.rfc("2205", "3.9")
def test_path_state_of_one_sender_by_several_interfaces_counts_each_time() -> None:
    rig = Rig(limits=Limits(path_states=1))
    rig.path(S1, by=1)
    assert is_full(rig.path(S1, by=2), PathErr)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    "limits", [Limits(reservations_per_session=1), Limits(reservation_states=1)]
)
def test_a_reservation_beyond_a_limit_is_refused_until_another_has_ended(limits: Limits) -> None:
    rig = Rig(limits=limits)
    rig.path(S1)
    rig.resv(WF, want(4))
    assert is_full(rig.resv(WF, want(4), by=3), ResvErr)
    assert rig.resv(WF, want(5)).sent(Resv)
    rig.resv_tear(WF, want(None))
    assert rig.resv(WF, want(4), by=3).sent(Resv)


@pytest.mark.rfc("2205", "B")
def test_a_next_hop_has_no_more_states_than_its_limit() -> None:
    rig = Rig(limits=Limits(states_per_neighbour=2))
    rig.path(S1)
    rig.path(S2)
    rig.resv(FF, want(4, S1), want(4, S2))
    rig.path(S1, session=UNI, hop=None, by=3)
    assert is_full(rig.resv(FF, want(4, S1), session=UNI), ResvErr)


@pytest.mark.rfc("2205", "B")
def test_a_reservation_has_no_more_filters_than_its_limit() -> None:
    rig = Rig(limits=Limits(filters_per_reservation=2))
    for one in (S1, S2, S3):
        rig.path(one)
    assert is_full(rig.resv(SE, want(4, S1, S2, S3)), ResvErr)
    rig.resv(SE, want(4, S1, S2))
    assert is_full(rig.resv(SE, want(4, S3)), ResvErr)
    assert rig.held(2)[0].selectors == {S1, S2}


@pytest.mark.rfc("2205", "3.11.1")
def test_applications_are_held_to_the_limits_as_well() -> None:
    rig = Rig(limits=Limits(sessions=1, senders_per_session=1, reservations_per_session=1))
    rig.joins(1)
    assert refused(rig.joins(2, UNI)) == ApiErrorValue.NO_ROOM
    rig.announces(1, S1)
    assert refused(rig.announces(1, S2)) == ApiErrorValue.NO_ROOM
    rig.joins(3)
    rig.reserves(1, WF, want(4))
    assert refused(rig.reserves(3, WF, want(4))) == ApiErrorValue.NO_ROOM


@pytest.mark.rfc("2205", "2.3")
def test_what_neighbours_hold_is_counted_by_address_and_given_back(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(4), nhop=neighbour(2, 8))
    assert rig.node.counters.by_neighbour == {
        neighbour(1): 1,
        neighbour(2): 1,
        neighbour(2, 8): 1,
    }
    rig.path_tear(S1)
    assert rig.node.counters.by_neighbour == {}
    assert GROUP not in rig.node.sessions
