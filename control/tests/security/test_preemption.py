"""Reservations give way to others of higher priority (RFC 3181), in an engine with its link.

Of the link 10 Mbyte/s may be reserved for controlled load: 10,000 times B and some framing.
"""

from dataclasses import replace

import pytest

from p4rsvp.engine.effects import AddFlowspec, DelFlowspec
from p4rsvp.engine.events import InterfaceChanged, TargetPreempts
from p4rsvp.engine.policy import Priority
from p4rsvp.security.priority import carried
from p4rsvp.security.rules import Rule
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.messages import Policy, Resv, ResvErr, ResvTear
from p4rsvp.wire.policy_elements import PreemptionError, PreemptionPriority
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, WF
from tests.engine.network import ETHERNET
from tests.engine.rig import IN_PLACE, S1, Outcome, Rig, interface, neighbour, want
from tests.security.priorities import ERROR, element, preemptive, said, weight
from tests.security.test_policy import said as named

PREEMPTED = (ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_PREEMPT)
NO_ROOM = (ErrorCode.ADMISSION_CONTROL_FAILURE, 2)
HALF = 700  # B: two of them fit the link beside each other, and a third does not


def session(number: int) -> Session:
    return Session(Address.parse("10.9.0.9"), 17, 5_000 + number)


def asks(
    rig: Rig,
    number: int,
    policy: Policy = (),
    *,
    multiple: int = HALF,
    nhop: Address | None = None,
) -> Outcome:
    """A receiver asks in its own session."""
    rig.path(S1, session=session(number), multiple=50_000)
    return rig.resv(FF, want(multiple, S1), session=session(number), policy=policy, nhop=nhop)


def standing(rig: Rig) -> set[int]:
    """The numbers of the sessions that have what they asked for."""
    return {entry.session.port - 5_000 for entry in rig.held(2)}  # type: ignore[union-attr]


@pytest.fixture
def full() -> Rig:
    """A link with room for two, of priorities 2 and 1."""
    rig = preemptive()
    asks(rig, 1, weight(2))
    asks(rig, 2, weight(1))
    assert standing(rig) == {1, 2}
    return rig


@pytest.mark.rfc("3181", "4")
def test_a_higher_preemption_priority_takes_the_place_of_a_lower_defending_one(full: Rig) -> None:
    asks(full, 3, weight(2))
    assert standing(full) == {1, 3}


@pytest.mark.rfc("3181", "4")
def test_equal_priorities_leave_what_stands(full: Rig) -> None:
    assert asks(full, 3, weight(1)).refused_with(ResvErr) == NO_ROOM
    assert standing(full) == {1, 2}


@pytest.mark.rfc("3181", "4")
def test_it_is_the_defending_priority_that_defends() -> None:
    rig = preemptive()
    asks(rig, 1, weight(0, 9))
    asks(rig, 2, weight(0, 9))
    assert asks(rig, 3, weight(8)).refused_with(ResvErr) == NO_ROOM
    asks(rig, 4, weight(10))
    assert standing(rig) in ({1, 4}, {2, 4})


@pytest.mark.rfc("3181", "4")
@pytest.mark.parametrize("bad", [element(5, 4), PreemptionPriority(1, 1, 9)])
def test_a_priority_that_would_displace_itself_is_bad_syntax(bad: PreemptionPriority) -> None:
    outcome = asks(preemptive(), 1, carried((bad,)))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_PE_BAD,
    )


@pytest.mark.rfc("3181", "6")
@pytest.mark.rfc("2750", "A")
def test_who_gives_way_is_told_what_displaced_him(full: Rig) -> None:
    outcome = asks(full, 3, weight(5, 7))
    assert outcome.refused_with(ResvErr) == PREEMPTED
    message = outcome.only(ResvErr)
    assert message.session == session(2)  # of two of a size the one of the lower priority
    assert message.flows == (want(HALF, S1),)
    assert said(message.policy) == (PreemptionPriority(5, 7, error=PreemptionError.PREEMPTION),)


@pytest.mark.rfc("4495", "5")
def test_a_preemption_sends_a_tear_upstream_and_forgets_the_state(full: Rig) -> None:
    before = full.node.counters.reservation_states
    outcome = asks(full, 3, weight(5))
    assert outcome.only(ResvTear).session == session(2)
    assert full.node.counters.reservation_states == before
    assert full.node.find_session(session(2)).rsbs == ()  # type: ignore[union-attr]


def test_one_transaction_ends_the_one_and_begins_the_other(full: Rig) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    (program,) = full.unanswered
    assert [type(step) for step in program.operations[:2]] == [DelFlowspec, AddFlowspec]


def test_nobody_is_told_before_the_data_plane_has_done_it(full: Rig) -> None:
    full.answers = False
    assert not asks(full, 3, weight(5)).sent(ResvErr)
    assert full.answer().refused_with(ResvErr) == PREEMPTED


@pytest.mark.rfc("2205", "2.5")
def test_where_the_data_plane_refuses_everybody_keeps_what_he_had(full: Rig) -> None:
    budget = full.node.controls[2].budget
    before = budget.rate_bytes_per_s()
    full.answers = False
    asks(full, 3, weight(5))
    outcome = full.answer(ok=False)
    assert outcome.only(ResvErr).session == session(3)
    assert standing(full) == {1, 2}
    assert budget.rate_bytes_per_s() == before
    assert not full.node.transactions
    full.answers = True
    asks(full, 3, weight(5))
    assert standing(full) == {1, 3}


def test_no_more_give_way_than_have_to() -> None:
    rig = preemptive()
    for number in range(1, 8):
        asks(rig, number, weight(1), multiple=200)
    asks(rig, 9, weight(2), multiple=500)
    assert len(standing(rig)) == 6
    assert 9 in standing(rig)


def test_nobody_gives_way_to_what_would_not_fit_all_the_same(full: Rig) -> None:
    assert asks(full, 3, weight(9), multiple=20_000).refused_with(ResvErr) == NO_ROOM
    assert standing(full) == {1, 2}


def test_an_increase_displaces_others_and_a_failed_one_leaves_what_was(full: Rig) -> None:
    asks(full, 1, weight(2), multiple=2 * HALF)
    assert standing(full) == {1}
    asks(full, 4, weight(3), multiple=10)
    outcome = asks(full, 1, weight(2), multiple=3 * HALF)
    assert outcome.error(ResvErr).flags == IN_PLACE


def test_who_gave_way_gets_his_place_back_when_there_is_room(full: Rig) -> None:
    asks(full, 3, weight(5))
    full.resv_tear(FF, want(None, S1), session=session(1))
    assert asks(full, 2, weight(1)).sent(Resv)
    assert standing(full) == {2, 3}


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_of_who_displaces_others_is_heeded_after_the_answer(full: Rig) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    full.resv_tear(FF, want(None, S1), session=session(3))
    full.answer_all()
    assert standing(full) == {1}


@pytest.mark.rfc("2205", "3.1.6")
@pytest.mark.parametrize("ok", [True, False])
def test_a_tear_of_who_is_to_give_way_leaves_nothing(full: Rig, *, ok: bool) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    full.resv_tear(FF, want(None, S1), session=session(2))
    outcome = full.answer(ok=ok)
    assert not [one for one in outcome.sent(ResvErr) if one.message.session == session(2)]
    full.answer_all()
    assert 2 not in standing(full)


def test_who_weighs_more_by_the_time_of_the_answer_is_not_told_that_he_gave_way(full: Rig) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    asks(full, 2, weight(9), nhop=neighbour(2, 8))
    errors = [one.message.error for one in full.answer().sent(ResvErr)]
    assert PREEMPTED not in [(error.code, error.value) for error in errors]
    full.answer_all()
    assert standing(full) == {2, 3}


def test_others_may_be_admitted_meanwhile_only_into_what_both_sides_leave() -> None:
    rig = preemptive()
    asks(rig, 1, weight(1), multiple=1_400)
    rig.answers = False
    asks(rig, 2, weight(2), multiple=HALF)  # half of the room will be free, but is not yet
    assert asks(rig, 3, weight(0), multiple=HALF).refused_with(ResvErr) == NO_ROOM
    rig.answer(ok=False)
    rig.answer_all()
    assert standing(rig) == {1}


def test_nobody_gives_way_where_room_comes_from_who_leaves_anyhow(full: Rig) -> None:
    full.answers = False
    full.resv_tear(FF, want(None, S1), session=session(1))
    assert not asks(full, 3, weight(5)).programs()
    full.answer_all()
    assert standing(full) == {2, 3}


def test_where_who_leaves_does_not_go_others_give_way_after_all(full: Rig) -> None:
    full.answers = False
    full.resv_tear(FF, want(None, S1), session=session(1))
    asks(full, 3, weight(5))
    full.answer(ok=False)
    full.answer_all()
    assert standing(full) == {1, 3}


def test_a_refused_increase_leaves_the_priority_of_what_stands() -> None:
    rig = preemptive()
    asks(rig, 1, weight(2, 2, ERROR), multiple=HALF)
    asks(rig, 1, weight(5), multiple=20_000, nhop=neighbour(2, 8))
    asks(rig, 2, weight(9), multiple=HALF)
    asks(rig, 3, weight(3), multiple=HALF)
    assert standing(rig) == {2, 3}


def test_a_second_request_waits_for_the_answer_to_its_first(full: Rig) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    asks(full, 3, weight(5), multiple=2 * HALF)
    full.answer_all()
    assert standing(full) == {3}


@pytest.mark.parametrize("ok", [True, False])
def test_a_link_that_changes_meanwhile_is_planned_for_after_the_answer(
    full: Rig, *, ok: bool
) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    small = replace(ETHERNET, mtu_bytes=576)
    full.happens(InterfaceChanged(2, interface(2, small)))
    full.answer(ok=ok)
    full.answer_all()
    assert not standing(full)  # whose packets are larger than that
    assert not full.node.transactions


def test_what_gives_way_may_be_given_up_by_the_data_plane_at_the_same_time(full: Rig) -> None:
    full.answers = False
    asks(full, 3, weight(5))
    (tcsb,) = full.node.find_session(session(2)).tcsbs  # type: ignore[union-attr]
    full.happens(TargetPreempts(session(2), tcsb.rhandle))
    full.answer_all()
    assert standing(full) == {1, 3}


def test_without_leave_to_preempt_priorities_change_nothing() -> None:
    rig = Rig()
    asks(rig, 1, weight(1))
    asks(rig, 2, weight(1))
    assert asks(rig, 3, weight(9)).refused_with(ResvErr) == NO_ROOM


@pytest.mark.rfc("3181", "5.2")
def test_a_priority_counts_only_from_neighbours_who_are_believed() -> None:
    rig = preemptive(believed=())
    asks(rig, 1)
    asks(rig, 2)
    outcome = asks(rig, 3, weight(9))
    assert outcome.refused_with(ResvErr) == NO_ROOM
    rig.resv_tear(FF, want(None, S1), session=session(2))
    assert not asks(rig, 3, weight(9)).only(Resv).policy  # and does not travel on


@pytest.mark.rfc("3181", "5.2")
def test_a_rule_gives_a_priority_which_is_passed_on_upstream() -> None:
    rule = Rule(name="ann", allows=True, users=("CN=Ann",), priority=Priority(6, 8))
    rig = preemptive(rule, believed=())
    asks(rig, 1)
    asks(rig, 2)
    policy = asks(rig, 3, named("CN=Ann")).only(Resv).policy
    assert said(policy) == (element(6, 8),)
    assert policy[1:] == named("CN=Ann")
    assert 3 in standing(rig)


@pytest.mark.rfc("3181", "5.1.3")
def test_who_wants_no_heterogeneity_is_told_once_when_it_begins() -> None:
    rig = preemptive()
    rig.path(S1)
    rig.resv(WF, want(4), policy=weight(3, strategy=ERROR))
    outcome = rig.resv(WF, want(6), policy=weight(2), nhop=neighbour(2, 8))
    (sent,) = outcome.sent(ResvErr)
    assert sent.to == neighbour(2)
    assert (sent.message.error.code, sent.message.error.value) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_MERGE,
    )
    assert sent.message.error.flags == IN_PLACE
    assert said(sent.message.policy)[0].error == PreemptionError.HETEROGENEOUS
    assert not rig.resv(WF, want(6), policy=weight(2), nhop=neighbour(2, 8)).sent(ResvErr)
    assert said(rig.resv(WF, want(7), nhop=neighbour(2, 7)).only(Resv).policy) == ()
