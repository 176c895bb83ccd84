"""Limits on everything: an error for the peer, a counter, and room again when something ends."""

import sys
from dataclasses import replace
from typing import Any

import pytest

from p4rsvp.engine.api_checks import ApiErrorValue
from p4rsvp.engine.config import Limits
from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.identity import AttributeType, AuthAttribute, AuthData, LocatorType
from p4rsvp.wire.messages import Path, PathErr, Resv, ResvErr
from p4rsvp.wire.policy import PolicyContents, PolicyData
from p4rsvp.wire.policy_elements import ElementType
from p4rsvp.wire.style import FF, SE, WF
from tests.engine.rig import GROUP, S1, S2, S3, UNI, Outcome, Rig, neighbour, sender, want
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
    assert rig.node.holders.by_neighbour == {
        neighbour(1): 1,
        neighbour(2): 1,
        neighbour(2, 8): 1,
    }
    rig.path_tear(S1)
    assert rig.node.holders.by_neighbour == {}
    assert GROUP not in rig.node.sessions


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    "limits",
    [
        Limits(half_open_states=2),
        Limits(half_open_states_per_interface=2),
        Limits(half_open_states_per_neighbour=2),
    ],
)
def test_path_state_that_nobody_reserves_for_has_less_room(limits: Limits) -> None:
    rig = Rig(limits=limits)
    rig.path(S1)
    rig.path(S2)
    assert is_full(rig.path(S1, session=UNI), PathErr)
    rig.resv(SE, want(4, S1))  # its session is open for both senders
    assert rig.path(S1, session=UNI).sent(Path)
    assert rig.path(S3).sent(Path)
    assert rig.node.holders.half_open.total == 1


@pytest.mark.rfc("2205", "B")
def test_half_open_state_of_one_interface_leaves_room_for_another() -> None:
    rig = Rig(limits=Limits(half_open_states_per_interface=1, half_open_states=2))
    rig.path(S1)
    assert is_full(rig.path(S2, by=1), PathErr)
    rig.path(S2, by=3)
    assert rig.node.holders.half_open.by_interface == {1: 1, 3: 1}


@pytest.mark.rfc("2205", "B")
def test_path_state_is_half_open_again_when_its_reservation_has_ended(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    half_open = rig.node.holders.half_open
    assert (half_open.total, half_open.by_neighbour) == (2, {neighbour(1): 2})
    rig.resv(FF, want(4, S1))
    assert (half_open.total, half_open.by_neighbour) == (0, {})
    rig.resv_tear(FF, want(None, S1))
    assert half_open.total == 2
    rig.resv(FF, want(4, S1))
    rig.path_tear(S1)  # which ends the only reservation of the session
    assert half_open.by_interface == {1: 1}
    rig.path_tear(S2)
    assert not rig.remains()


@pytest.mark.rfc("2205", "B")
def test_half_open_state_is_that_of_who_sends_its_path_now(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.path(S1, session=UNI, by=3)
    assert rig.node.holders.half_open.by_neighbour == {neighbour(3): 1}
    assert rig.node.holders.half_open.by_interface == {3: 1}
    rig.path_tear(S1, session=UNI, by=3)
    assert not rig.remains()


@pytest.mark.rfc("2205", "B")
def test_a_resv_has_no_more_flow_descriptors_than_its_limit() -> None:
    rig = Rig(limits=Limits(flows_per_message=1))
    rig.path(S1)
    rig.path(S2)
    assert rig.resv(FF, want(4, S1), want(4, S2)).traced(TraceKind.LIMIT)
    assert not rig.node.sessions[GROUP].rsbs
    assert rig.resv(FF, want(4, S1)).sent(Resv)


def said(*names: str) -> tuple[Any, ...]:
    """POLICY_DATA that names users."""
    locators = [
        AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, name.encode())
        for name in names
    ]
    user = AuthData(ElementType.AUTH_USER, tuple(locators))
    return (PolicyContents(elements=(user,)).pack(),)


@pytest.mark.rfc("3182", "3.3.1")
def test_a_user_has_no_more_states_than_the_limit_whichever_neighbour_asks() -> None:
    rig = Rig(limits=Limits(states_per_user=2))
    rig.path(S1, policy=said("Ann"))
    rig.path(S2, by=3, policy=said("Bob", "Ann"))
    assert is_full(rig.path(S3, policy=said("Ann")), PathErr)
    assert is_full(rig.resv(SE, want(4, S1), policy=said("Ann")), ResvErr)
    assert rig.path(S1, policy=said("Ann"), multiple=3).sent(Path)  # her own, changed
    assert rig.path(S3, policy=said("Bob")).sent(Path)
    assert rig.node.holders.by_user == {"Ann": 2, "Bob": 2}


@pytest.mark.rfc("3182", "3.3.1")
def test_state_that_changes_its_user_is_the_other_ones() -> None:
    rig = Rig(limits=Limits(states_per_user=2))
    rig.path(S1, policy=said("Ann"))
    rig.resv(WF, want(4), policy=said("Ann"))
    rig.path(S1, policy=said("Bob"))
    rig.resv(WF, want(4), policy=said("Bob"))
    assert rig.node.holders.by_user == {"Bob": 2}
    rig.path(S2, policy=said("Ann"))
    assert is_full(rig.path(S2, policy=said("Bob")), PathErr)
    assert rig.node.holders.by_user == {"Bob": 2, "Ann": 1}
    rig.path_tear(S1)
    rig.path_tear(S2)
    assert not rig.remains()


def test_policy_data_that_cannot_be_read_names_no_user(rig: Rig) -> None:
    rig.path(S1, policy=(PolicyData(b"\0\0\0\0\0\1\0\2"),))
    assert rig.node.holders.by_user == {}


def calls_of_an_answer(count: int) -> int:
    """How many functions a node calls for the data plane's last answer of so many: its work."""
    rig = Rig()
    rig.answers = False
    senders = [sender(number) for number in range(1, 1 + count)]
    for one in senders:
        rig.path(one)
    rig.resv(FF, *(want(1, one) for one in senders))
    for _ in senders[1:]:
        rig.answer()
    calls = 0

    def on_event(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        rig.answer()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.rfc("2205", "3.1.4")
def test_the_work_for_one_reservation_of_many_grows_no_faster_than_their_number() -> None:
    few, many = map(calls_of_an_answer, (10, 60))
    assert many < 6 * few


@pytest.mark.rfc("2205", "B")
def test_an_interface_at_an_edge_may_have_a_bound_of_its_own() -> None:
    rig = Rig()
    rig.node.add_interface(replace(rig.node.interfaces[3], half_open_states=1))
    rig.path(S1, by=3)
    assert is_full(rig.path(S2, by=3), PathErr)
    rig.path(S2)
    assert rig.path(S3).sent(Path)
