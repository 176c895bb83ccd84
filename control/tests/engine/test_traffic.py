"""Traffic control: transactions with a data plane that answers late, or no (RFC 2205 3.11.2)."""

from dataclasses import replace

import pytest

from p4rsvp.engine.effects import (
    AddFilter,
    AddFlowspec,
    DelFilter,
    DelFlowspec,
    ModFlowspec,
    PoliceFlag,
    TraceKind,
    UpcallKind,
)
from p4rsvp.engine.events import InterfaceChanged, TargetPreempts, TargetResult
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.wire.codes import AdmissionValue, ErrorCode, SessionFlag
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Resv, ResvErr, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Style
from tests.engine.figures.notation import tspec
from tests.engine.network import ETHERNET
from tests.engine.rig import (
    GROUP,
    IN_PLACE,
    S1,
    S2,
    S3,
    TIMER_MS,
    UNI,
    Rig,
    interface,
    named,
    neighbour,
    want,
)

GUARANTEED = Flowspec(Service.GUARANTEED, tspec(1), Rspec(2_000.0, 0))
REFUSED_BY_TARGET = (ErrorCode.ADMISSION_CONTROL_FAILURE, 0x8001)
NO_TWO = 1_500  # B: one fits the link, two do not


@pytest.fixture
def slow(rig: Rig) -> Rig:
    """A router whose data plane answers only when told to, with one sender."""
    rig.path(S1, multiple=50_000)
    rig.answers = False
    return rig


@pytest.mark.rfc("2205", "3.11.2")
def test_nothing_is_asked_of_upstream_before_the_data_plane_holds_it(slow: Rig) -> None:
    assert not slow.resv(WF, want(4)).sent()
    assert slow.answer().sent(Resv)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_that_the_data_plane_refuses_is_an_admission_failure(slow: Rig) -> None:
    slow.resv(WF, want(4))
    outcome = slow.answer(ok=False)
    assert outcome.refused_with(ResvErr) == REFUSED_BY_TARGET
    assert outcome.error(ResvErr).flags == 0
    assert not outcome.sent(Resv)
    assert slow.node.counters.reservation_states == 0
    assert len(slow.node.controls[2].budget) == 0


@pytest.mark.rfc("2205", "2.5")
def test_an_increase_that_the_data_plane_refuses_leaves_the_old_reservation(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    before = slow.node.controls[2].budget.rate_bytes_per_s()
    slow.resv(WF, want(5))
    outcome = slow.answer(ok=False)
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert outcome.only(ResvErr).flows == (want(5),)
    assert slow.node.controls[2].budget.rate_bytes_per_s() == before
    assert not slow.unanswered


@pytest.mark.rfc("2205", "2.5")
def test_a_refused_increase_is_tried_again_when_it_is_asked_for_again(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv(WF, want(5))
    slow.answer(ok=False)
    slow.resv(WF, want(5))
    assert slow.answer().only(Resv).flows == (want(5),)


@pytest.mark.rfc("2205", "3.11.2")
def test_changes_during_a_transaction_are_collected_and_follow_it(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv(WF, want(5))
    slow.resv(WF, want(6))
    assert len(slow.unanswered) == 1
    outcome = slow.answer()
    assert [type(s) for s in outcome.programs()[0].operations] == [ModFlowspec]
    assert slow.answer().only(Resv).flows == (want(6),)


@pytest.mark.rfc("2205", "2.5")
def test_a_refusal_of_the_later_of_two_changes_leaves_the_earlier(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv(WF, want(6))
    slow.answer()
    outcome = slow.answer(ok=False)
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert outcome.only(Resv).flows == (want(4),)


@pytest.mark.rfc("2205", "2.5")
def test_a_refusal_of_the_earlier_of_two_changes_still_tries_the_later(slow: Rig) -> None:
    slow.resv(WF, want(6))
    slow.resv(WF, want(4))
    assert not slow.answer(ok=False).sent(ResvErr)
    assert slow.answer().only(Resv).flows == (want(4),)


@pytest.mark.rfc("2205", "2.5")
def test_after_two_refusals_of_a_new_reservation_nothing_is_left_of_it(slow: Rig) -> None:
    slow.resv(WF, want(6))
    slow.resv(WF, want(4))
    slow.answer(ok=False)
    outcome = slow.answer(ok=False)
    assert outcome.error(ResvErr).flags == 0
    assert slow.node.counters.reservation_states == 0
    assert not slow.node.transactions


@pytest.mark.rfc("2205", "3.1.8")
def test_next_hops_whose_requests_are_refused_together_and_alone_are_all_told(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv(WF, want(4), nhop=neighbour(2, 8))
    told = [
        one.to
        for outcome in (slow.answer(ok=False), slow.answer(ok=False), slow.answer(ok=False))
        for one in outcome.sent(ResvErr)
    ]
    assert told == [neighbour(2, 9), neighbour(2, 8)]
    assert slow.node.counters.reservation_states == 0
    assert not slow.unanswered


def refused_together(slow: Rig) -> None:
    """Two next hops' increases, collected behind a transaction, are refused in one."""
    slow.resv(WF, want(2))
    slow.resv(WF, want(4), nhop=neighbour(2, 8))
    slow.resv(WF, want(6), nhop=neighbour(2, 7))
    slow.answer()
    assert not slow.answer(ok=False).sent(ResvErr)


@pytest.mark.rfc("2205", "2.5")
def test_of_requests_that_are_refused_together_only_the_guilty_is_told(slow: Rig) -> None:
    refused_together(slow)
    assert slow.answer().only(Resv).flows == (want(4),)
    outcome = slow.answer(ok=False)
    assert [one.to for one in outcome.sent(ResvErr)] == [neighbour(2, 7)]
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert slow.held(2)[0].plan.effective == want(4).flowspec
    assert slow.node.counters.reservation_states == 2
    assert not slow.unanswered


@pytest.mark.rfc("2205", "2.5")
def test_the_first_of_requests_that_are_refused_together_may_be_the_guilty(slow: Rig) -> None:
    refused_together(slow)
    outcome = slow.answer(ok=False)
    assert [one.to for one in outcome.sent(ResvErr)] == [neighbour(2, 8)]
    assert slow.answer().only(Resv).flows == (want(6),)
    assert slow.node.counters.reservation_states == 2


@pytest.mark.rfc("2205", "2.6")
def test_a_request_that_waits_to_be_tried_again_is_not_confirmed_yet(slow: Rig) -> None:
    slow.resv(WF, want(2))
    slow.resv(WF, want(4), nhop=neighbour(2, 8))
    slow.resv(WF, want(6), nhop=neighbour(2, 7), confirm=ResvConfirm(neighbour(2, 7)))
    slow.answer()
    slow.answer(ok=False)
    assert slow.answer().only(Resv).confirm is None
    assert slow.answer().only(Resv).confirm == ResvConfirm(neighbour(2, 7))


@pytest.mark.rfc("2205", "3.1.6")
def test_a_request_that_is_torn_down_before_its_turn_is_not_tried(slow: Rig) -> None:
    refused_together(slow)
    slow.resv_tear(WF, want(None), nhop=neighbour(2, 7))
    assert slow.answer().only(Resv).flows == (want(4),)
    assert not slow.unanswered


@pytest.mark.rfc("2205", "3.1.4")
def test_a_request_that_changes_before_its_turn_is_tried_as_it_is_then(slow: Rig) -> None:
    refused_together(slow)
    slow.resv(WF, want(5), nhop=neighbour(2, 7))
    slow.answer()
    assert slow.answer().only(Resv).flows == (want(5),)
    assert not slow.unanswered


@pytest.mark.rfc("2205", "2.5")
def test_another_next_hops_smaller_request_survives_a_refused_larger_one(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv(WF, want(6), nhop=neighbour(2, 8))
    outcome = slow.answer(ok=False)
    assert [one.to for one in outcome.sent(ResvErr)] == [neighbour(2, 8)]
    assert slow.held(2)[0].plan.effective == want(4).flowspec
    assert slow.node.counters.reservation_states == 1


@pytest.mark.rfc("2205", "3.1.6")
def test_a_reservation_torn_down_before_it_is_installed_is_removed_again(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv_tear(WF, want(None))
    outcome = slow.answer()
    assert [type(s) for s in outcome.programs()[0].operations] == [DelFlowspec]
    slow.answer()
    assert not slow.target.entries
    assert len(slow.node.controls[2].budget) == 0


@pytest.mark.rfc("2205", "3.1.6")
def test_nobody_is_told_of_the_refusal_of_what_has_been_torn_down(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv_tear(WF, want(None))
    assert not slow.answer(ok=False).sent()
    assert len(slow.node.controls[2].budget) == 0
    assert not slow.node.transactions


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_asked_for_again_during_its_removal_comes_back(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv_tear(WF, want(None))
    slow.resv(WF, want(5))
    slow.answer()
    assert slow.answer().only(Resv).flows == (want(5),)
    slow.resv_tear(WF, want(None))
    slow.answer()
    assert not slow.target.entries


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_travels_on_without_waiting_for_the_data_plane(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    assert slow.resv_tear(WF, want(None)).sent(ResvTear)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_removal_that_fails_is_tried_again_until_it_succeeds(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv_tear(WF, want(None))
    for _ in range(3):
        slow.answer(ok=False)
        slow.wait(1_000 + TIMER_MS)
    slow.answer()
    assert not slow.target.entries


@pytest.mark.rfc("2205", "3.11.2")
def test_the_budget_stays_taken_until_the_data_plane_has_given_the_reservation_up(
    slow: Rig,
) -> None:
    slow.path(S2, session=UNI, multiple=50_000)
    slow.resv(WF, want(NO_TWO))
    slow.answer()
    slow.resv_tear(WF, want(None))
    assert slow.resv(WF, want(NO_TWO), session=UNI).sent(ResvErr)
    slow.answer()
    assert not slow.resv(WF, want(NO_TWO), session=UNI).sent(ResvErr)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_asked_for_again_after_a_failed_removal_is_kept(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv_tear(WF, want(None))
    slow.resv(WF, want(4))
    outcome = slow.answer(ok=False)
    assert outcome.only(Resv).flows == (want(4),)
    assert not slow.unanswered
    slow.resv(WF, want(5))
    assert slow.answer(ok=False).only(ResvErr).flows == (want(5),)


@pytest.mark.rfc("2205", "3.11.2")
@pytest.mark.parametrize(("old", "new"), [(WF, FF), (FF, SE)])
def test_a_reservation_that_is_being_removed_takes_no_part_in_one_of_another_style(
    slow: Rig, old: Style, new: Style
) -> None:
    slow.resv(old, want(4) if old is WF else want(4, S1))
    slow.answer()
    slow.resv_tear(old, want(None) if old is WF else want(None, S1))
    slow.resv(new, want(4, S1))
    slow.path(S1, multiple=5)
    slow.answer_all()
    assert [entry.style for entry in slow.held(2)] == [new]


@pytest.mark.rfc("2205", "3.11.2")
def test_an_answer_to_no_transaction_is_ignored(slow: Rig) -> None:
    assert not slow.happens(TargetResult(4711, ok=False)).effects


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_larger_sender_that_the_link_has_no_room_for_is_reported_in_place(rig: Rig) -> None:
    rig.path(S1, multiple=4)
    rig.resv(WF, want(20_000))
    outcome = rig.path(S1, multiple=20_000)
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert rig.held(2)[0].plan.effective.tspec == tspec(4)


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_filters_come_before_filters_go(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(SE, want(4, S1))
    rig.answers = False
    rig.resv(SE, want(4, S2))
    rig.resv_tear(SE, want(None, S1))
    first = [type(step) for step in rig.unanswered[0].operations]
    (second,) = rig.answer().programs()
    assert (AddFilter in first, DelFilter in first) == (True, False)
    assert DelFilter in [type(step) for step in second.operations]


@pytest.mark.rfc("2205", "3.11.2")
def test_wildcard_reservations_have_one_filter_for_everybody(rig: Rig) -> None:
    rig.path(S1)
    add = rig.resv(WF, want(4)).programs()[0].operations
    assert isinstance(add[0], AddFlowspec)
    assert isinstance(add[1], AddFilter)
    assert add[1].selector is None


@pytest.mark.rfc("2205", "3.8")
@pytest.mark.parametrize(("flag", "expected"), [(0, PoliceFlag(0)), (1, PoliceFlag.E)])
def test_entry_policing_is_where_e_police_says_so(
    rig: Rig, flag: int, expected: PoliceFlag
) -> None:
    rig.path(S1, session=Session(UNI.destination, UNI.protocol, UNI.port, SessionFlag(flag)))
    rig.resv(FF, want(4, S1), session=UNI)
    assert rig.held(2)[0].police == expected


@pytest.mark.rfc("2205", "3.8")
@pytest.mark.parametrize(("style", "expected"), [(SE, PoliceFlag.M), (FF, PoliceFlag(0))])
def test_merge_policing_is_for_several_senders_of_a_shared_style(
    rig: Rig, style: Style, expected: PoliceFlag
) -> None:
    rig.path(S1)
    rig.path(S2)
    flows = [want(4, S1, S2)] if style is SE else [want(4, S1), want(4, S2)]
    rig.resv(style, *flows)
    assert {entry.police for entry in rig.held(2)} == {expected}


@pytest.mark.rfc("2205", "3.8")
def test_merge_policing_begins_when_the_second_sender_appears(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.path(S2)
    assert rig.held(2)[0].police == PoliceFlag.M
    rig.path_tear(S2)
    assert rig.held(2)[0].police == PoliceFlag(0)


@pytest.mark.rfc("2205", "3.8")
def test_branch_policing_is_on_the_interface_with_less(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    assert rig.held(2)[0].police == PoliceFlag.B
    assert rig.held(3)[0].police == PoliceFlag(0)


@pytest.mark.rfc("2205", "3.8")
def test_branch_policing_ends_with_the_larger_reservation(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    rig.resv_tear(WF, want(None), by=3)
    assert rig.held(2)[0].police == PoliceFlag(0)


@pytest.mark.rfc("2205", "3.8")
def test_branch_policing_concerns_reservations_for_the_same_sender_only(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(FF, want(4, S1))
    rig.resv(FF, want(6, S2), by=3)
    assert rig.held(2)[0].police == PoliceFlag(0)


@pytest.mark.rfc("2205", "3.11.2")
@pytest.mark.rfc("2205", "B")
def test_a_preempted_reservation_is_removed_and_its_holders_are_told(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    (rhandle,) = rig.target.entries
    outcome = rig.happens(TargetPreempts(GROUP, rhandle))
    assert outcome.refused_with(ResvErr) == (ErrorCode.SERVICE_PREEMPTED, 0)
    assert outcome.sent(ResvTear)
    assert not rig.target.entries
    assert rig.node.counters.reservation_states == 0


@pytest.mark.rfc("2205", "3.11.2")
def test_preemption_of_one_branch_leaves_the_other(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(6))
    rig.resv(WF, want(4), by=3)
    (rhandle,) = (h for h, entry in rig.target.entries.items() if entry.interface == 2)
    outcome = rig.happens(TargetPreempts(GROUP, rhandle))
    assert outcome.only(Resv).flows == (want(4),)
    assert rig.held(3)[0].police == PoliceFlag(0)


@pytest.mark.rfc("2205", "3.11.2")
def test_preemption_of_what_is_not_there_does_nothing(rig: Rig) -> None:
    assert not rig.happens(TargetPreempts(GROUP, 5)).effects
    rig.path(S1)
    assert not rig.happens(TargetPreempts(GROUP, 5)).effects


@pytest.mark.rfc("2205", "3.11.2")
def test_a_preempted_application_gets_an_upcall(rig: Rig) -> None:
    rig.path(S1)
    rig.joins(1)
    rig.reserves(1, WF, want(4))
    (tcsb,) = rig.node.sessions[GROUP].tcsbs
    outcome = rig.happens(TargetPreempts(GROUP, tcsb.rhandle))
    error = outcome.upcall(UpcallKind.RESV_ERROR).error
    assert error is not None
    assert error.code == ErrorCode.SERVICE_PREEMPTED


@pytest.mark.rfc("2205", "3.11.2")
def test_a_change_of_service_keeps_both_budgets_until_the_data_plane_has_changed(
    slow: Rig,
) -> None:
    slow.resv(FF, want(4, S1))
    slow.answer()
    slow.resv(FF, FlowDescriptor(GUARANTEED, (FilterSpec(S1),)))
    budget = slow.node.controls[2].budget
    assert budget.rate_bytes_per_s(Service.CONTROLLED_LOAD) > 0
    assert budget.rate_bytes_per_s(Service.GUARANTEED) > 0
    slow.answer()
    assert budget.rate_bytes_per_s(Service.CONTROLLED_LOAD) == 0
    assert budget.rate_bytes_per_s(Service.GUARANTEED) > 0


@pytest.mark.rfc("2205", "3.11.2")
def test_a_reservation_in_the_middle_of_changing_its_service_is_merged_with_no_other(
    slow: Rig,
) -> None:
    slow.resv(WF, want(4))
    slow.answer()
    slow.resv_tear(WF, want(None))
    slow.resv(WF, FlowDescriptor(GUARANTEED))
    slow.resv(WF, FlowDescriptor(GUARANTEED), by=3)
    (sent,) = slow.answer_all().sent(Resv)
    assert sent.message.flows == (FlowDescriptor(GUARANTEED),)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_sender_that_times_out_while_its_increase_is_refused_stays_away(slow: Rig) -> None:
    for one in (S2, S3):
        slow.path(one)
    slow.resv(SE, want(4, S1, S2))
    slow.answer()
    slow.resv(SE, want(5, S3))
    slow.resv_tear(SE, want(None, S1))
    slow.answer(ok=False)
    slow.answer_all()
    assert slow.held(2)[0].selectors == {S2}
    slow.resv_tear(SE, want(None, S2))
    slow.answer_all()
    assert not slow.target.entries


@pytest.mark.rfc("2205", "3.11.2")
def test_the_reservations_on_two_interfaces_are_two_transactions(slow: Rig) -> None:
    slow.resv(WF, want(4))
    slow.resv(WF, want(4), by=3)
    assert len(slow.unanswered) == 2
    assert slow.answer().sent(Resv)
    assert not slow.answer().sent(Resv)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_link_that_shrinks_keeps_what_stands_and_admits_no_more(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S1, session=UNI)
    rig.resv(WF, want(4))
    narrow = replace(ETHERNET, controlled_load=ClassLimit(7_000, 40_000))
    outcome = rig.happens(InterfaceChanged(2, interface(2, narrow)))
    (program,) = outcome.programs()
    assert [type(step) for step in program.operations] == [ModFlowspec]
    assert not outcome.sent(ResvErr)
    assert rig.resv(WF, want(4), session=UNI).sent(ResvErr)


@pytest.mark.rfc("2205", "3.11.2")
def test_a_link_that_takes_smaller_packets_gives_up_what_no_longer_fits(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    outcome = rig.happens(InterfaceChanged(2, interface(2, replace(ETHERNET, mtu_bytes=576))))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.ADMISSION_CONTROL_FAILURE,
        AdmissionValue.MTU_TOO_LARGE,
    )
    assert outcome.sent(ResvTear)
    assert not rig.target.entries


@pytest.mark.rfc("2205", "3.11.2")
def test_a_link_that_changes_during_a_transaction_is_planned_for_after_it(slow: Rig) -> None:
    slow.resv(WF, want(4))
    wide = replace(ETHERNET, layer=replace(ETHERNET.layer, header_bytes=100))
    slow.happens(InterfaceChanged(2, interface(2, wide)))
    slow.answer_all()
    (entry,) = slow.held(2)
    demand = slow.node.controls[2].budget
    assert entry.plan.demand.rate_bytes_per_s == demand.rate_bytes_per_s()


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_reservation_in_place_is_traced_once(rig: Rig) -> None:
    rig.path(S1)
    assert rig.resv(WF, want(4)).traced(TraceKind.INSTALLED)
    assert not rig.resv(WF, want(4)).traced(TraceKind.INSTALLED)
    assert named(want(4)) == set()
