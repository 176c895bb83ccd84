"""PathErr and ResvErr travel, and blockades (RFC 2205 3.1.7, 3.1.8, 3.4, 3.5; RFC 2209)."""

import pytest

from p4rsvp.engine.effects import TraceKind, UpcallKind
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import OpaqueFlowspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import PathErr, Resv, ResvErr
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.refresh import MessageId
from p4rsvp.wire.style import FF, SE, WF, Scope
from tests.engine.rig import (
    GROUP,
    IN_PLACE,
    NOT_GUILTY,
    S1,
    S2,
    S3,
    TIMER_MS,
    UNI,
    Rig,
    multiple_of,
    named,
    neighbour,
    ours,
    want,
)

BLOCKADE_MS = 60_000  # Kb * R


@pytest.mark.rfc("2209", "PERR MESSAGE ARRIVES")
def test_a_path_err_goes_on_to_the_previous_hop_of_its_sender(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2, hop=Hop(neighbour(1, 8), 1))
    policy = (PolicyData(bytes(8)),)
    (sent,) = rig.path_err(S2, policy=policy).sent(PathErr)
    assert (sent.packet.interface, sent.to) == (1, neighbour(1, 8))
    assert sent.message.error.node == neighbour(2)
    assert sent.message.policy == policy


@pytest.mark.rfc("2209", "PERR MESSAGE ARRIVES")
def test_a_path_err_for_an_unknown_sender_is_dropped(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.path_err(S2)
    assert outcome.silent
    assert outcome.traced(TraceKind.DROPPED)


@pytest.mark.rfc("2205", "3.1.7")
def test_a_path_err_changes_no_state(rig: Rig) -> None:
    rig.path(S1)
    rig.path_err(S1)
    assert not rig.path(S1).effects


@pytest.mark.rfc("2205", "3.11.1")
def test_a_path_err_for_a_sender_of_ours_is_an_upcall(rig: Rig) -> None:
    rig.joins(1)
    rig.announces(1, S1)
    outcome = rig.path_err(S1)
    upcall = outcome.upcall(UpcallKind.PATH_ERROR)
    assert (upcall.app, upcall.selector) == (1, S1)
    assert upcall.error is not None
    assert (upcall.error.code, upcall.error.node) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        neighbour(2),
    )
    assert not outcome.sent()


@pytest.mark.rfc("2961", "4")
def test_what_belongs_to_one_hop_does_not_travel_on_with_a_path_err(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.path_err(S1, message_id=MessageId(1, 2), flags=1)
    message = outcome.only(PathErr)
    assert (message.message_id, message.flags, message.integrity) == (None, 0, None)


@pytest.mark.rfc("2209", "RERR MESSAGE ARRIVES")
def test_a_resv_err_goes_on_to_every_next_hop_with_a_reservation(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(4), by=3)
    sent = rig.resv_err(WF, want(4)).sent(ResvErr)
    assert {(one.packet.interface, one.to) for one in sent} == {
        (2, neighbour(2)),
        (3, neighbour(3)),
    }
    assert {one.message.hop for one in sent} == {Hop(ours(2), 2), Hop(ours(3), 3)}
    assert {one.message.error.node for one in sent} == {neighbour(1)}


@pytest.mark.rfc("2205", "3.1.8")
def test_a_resv_err_carries_the_filters_that_each_next_hop_has_reserved_for(rig: Rig) -> None:
    for one in (S1, S2, S3):
        rig.path(one)
    rig.resv(SE, want(4, S1))
    rig.resv(SE, want(4, S2, S3), by=3)
    sent = rig.resv_err(SE, want(4, S1, S2)).sent(ResvErr)
    assert {one.packet.interface: named(one.message.flows[0]) for one in sent} == {
        2: {S1},
        3: {S2},
    }


@pytest.mark.rfc("2209", "RERR MESSAGE ARRIVES")
def test_a_resv_err_does_not_reach_reservations_for_other_senders(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(FF, want(4, S1))
    rig.resv(FF, want(4, S2), by=3)
    assert [one.packet.interface for one in rig.resv_err(FF, want(4, S2)).sent(ResvErr)] == [3]


@pytest.mark.rfc("2209", "RERR MESSAGE ARRIVES")
def test_a_resv_err_never_leaves_by_the_interface_that_it_came_in_by(rig: Rig) -> None:
    rig.route(GROUP.destination, 1, 2, source=S2.source, incoming=3)
    rig.path(S1)
    rig.path(S2, by=3)
    rig.resv(WF, want(4), by=1)
    rig.resv(WF, want(4), by=2)
    sent = rig.resv_err(WF, want(4), by=1).sent(ResvErr)
    assert [one.packet.interface for one in sent] == [2]


@pytest.mark.rfc("2209", "RERR MESSAGE ARRIVES")
def test_a_resv_err_without_path_state_is_dropped(rig: Rig) -> None:
    outcome = rig.resv_err(WF, want(4))
    assert outcome.silent
    assert outcome.traced(TraceKind.DROPPED)


@pytest.mark.rfc("2205", "3.1.8")
def test_a_flowspec_of_a_service_that_we_do_not_know_travels_on_in_a_resv_err(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    strange = OpaqueFlowspec(bytes.fromhex("00000001 06000000"))
    flow = FlowDescriptor(strange, (FilterSpec(S1),))
    outcome = rig.resv_err(FF, flow, code=ErrorCode.TRAFFIC_CONTROL_ERROR)
    assert outcome.only(ResvErr).flows == (flow,)


@pytest.mark.rfc("2205", "3.4")
def test_the_scope_of_a_resv_err_is_cut_to_the_senders_that_route_there(rig: Rig) -> None:
    rig.route(GROUP.destination, 3, source=S2.source, incoming=1)
    rig.path(S1)
    rig.path(S2)
    rig.resv(WF, want(4))
    rig.resv(WF, want(4), by=3)
    both = Scope((S1.source, S2.source))
    sent = rig.resv_err(WF, want(4), scope=both).sent(ResvErr)
    assert {one.packet.interface: one.message.scope for one in sent} == {
        2: Scope((S1.source,)),
        3: both,
    }


@pytest.mark.rfc("2205", "3.4")
def test_a_resv_err_whose_scope_becomes_empty_is_not_forwarded(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    assert not rig.resv_err(WF, want(4), scope=Scope((S3.source,))).sent(ResvErr)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_resv_err_reaches_the_application_with_style_flow_and_error(rig: Rig) -> None:
    rig.path(S1)
    rig.joins(1)
    rig.reserves(1, FF, want(4, S1))
    upcall = rig.resv_err(FF, want(4, S1)).upcall(UpcallKind.RESV_ERROR)
    assert (upcall.app, upcall.style, upcall.flows) == (1, FF, (want(4, S1),))
    assert upcall.error is not None
    assert (upcall.error.code, upcall.error.flags) == (ErrorCode.ADMISSION_CONTROL_FAILURE, 0)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_receiver_that_asked_for_less_is_told_that_it_is_not_guilty(rig: Rig) -> None:
    rig.path(S1)
    rig.joins(1)
    rig.reserves(1, FF, want(4, S1))
    upcall = rig.resv_err(FF, want(6, S1)).upcall(UpcallKind.RESV_ERROR)
    assert upcall.error is not None
    assert upcall.error.flags == NOT_GUILTY


@pytest.mark.rfc("2205", "3.11.1")
def test_not_guilty_is_said_of_admission_failures_only(rig: Rig) -> None:
    rig.path(S1)
    rig.joins(1)
    rig.reserves(1, FF, want(4, S1))
    outcome = rig.resv_err(FF, want(6, S1), code=ErrorCode.POLICY_CONTROL_FAILURE)
    error = outcome.upcall(UpcallKind.RESV_ERROR).error
    assert error is not None
    assert error.flags == 0


@pytest.mark.rfc("2205", "3.5")
def test_with_in_place_only_the_guilty_next_hops_hear_of_it(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    sent = rig.resv_err(WF, want(6), flags=IN_PLACE).sent(ResvErr)
    assert [one.packet.interface for one in sent] == [3]


@pytest.mark.rfc("2205", "3.5")
def test_without_in_place_all_next_hops_hear_of_it(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    assert len(rig.resv_err(WF, want(6)).sent(ResvErr)) == 2


@pytest.mark.rfc("2205", "3.5")
def test_a_smaller_request_is_sent_at_once_where_the_larger_one_is_blockaded(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    assert rig.resv_err(WF, want(6)).only(Resv).flows == (want(4),)


@pytest.mark.rfc("2205", "3.5")
def test_only_admission_failures_make_blockades(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    outcome = rig.resv_err(WF, want(6), code=ErrorCode.POLICY_CONTROL_FAILURE)
    assert not outcome.traced(TraceKind.BLOCKADED)
    assert not outcome.sent(Resv)


@pytest.mark.rfc("2205", "3.5")
def test_where_all_is_blockaded_the_next_refresh_asks_for_the_minimum(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    assert not rig.resv_err(WF, want(3)).sent(Resv)
    assert rig.wait(45_000).sent(Resv)[0].message.flows == (want(4),)


@pytest.mark.rfc("2205", "3.5")
def test_after_kb_times_r_the_larger_request_is_tried_again(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    rig.resv_err(WF, want(6))
    assert {multiple_of(one.message.flows[0]) for one in rig.wait(59_999).sent(Resv)} <= {4}
    assert rig.wait(2 + TIMER_MS).only(Resv).flows == (want(6),)


@pytest.mark.rfc("2205", "3.5")
def test_another_failure_starts_the_blockade_anew(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    rig.resv_err(WF, want(6))
    rig.wait(50_000)
    rig.resv_err(WF, want(6))
    assert all(one.message.flows == (want(4),) for one in rig.wait(59_999).sent(Resv))
    assert rig.wait(2 + TIMER_MS).only(Resv).flows == (want(6),)


@pytest.mark.rfc("2205", "3.5")
def test_a_wildcard_blockade_is_of_one_previous_hop(rig: Rig) -> None:
    rig.path(S1, hop=Hop(neighbour(1, 8), 1))
    rig.path(S2, hop=Hop(neighbour(1, 9), 1))
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    outcome = rig.resv_err(WF, want(6), hop=Hop(neighbour(1, 9), 1))
    assert [(one.to, one.message.flows) for one in outcome.sent(Resv)] == [
        (neighbour(1, 9), (want(4),))
    ]


@pytest.mark.rfc("2205", "3.5")
def test_an_ff_blockade_is_of_one_sender(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(FF, want(4, S1), want(4, S2))
    rig.resv(FF, want(6, S1), want(6, S2), by=3)
    outcome = rig.resv_err(FF, want(6, S1))
    assert outcome.only(Resv).flows == (want(4, S1), want(6, S2))


@pytest.mark.rfc("2205", "3.5")
def test_an_se_blockade_is_of_every_sender_that_the_error_names(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(SE, want(4, S1, S2))
    rig.resv(SE, want(6, S1, S2), by=3)
    assert rig.resv_err(SE, want(6, S1, S2)).only(Resv).flows == (want(4, S1, S2),)


@pytest.mark.rfc("2205", "3.5")
def test_a_blockade_is_made_only_for_senders_that_have_path_state(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    assert not rig.resv_err(FF, want(4, S3)).traced(TraceKind.BLOCKADED)
    assert not rig.resv_err(WF, want(4), hop=Hop(neighbour(1, 77), 1)).traced(TraceKind.BLOCKADED)


@pytest.mark.rfc("2205", "3.5")
def test_a_blockade_ends_with_its_session(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    rig.resv_err(FF, want(4, S1), session=UNI)
    rig.path_tear(S1, session=UNI)
    rig.wait(BLOCKADE_MS)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.1.8")
@pytest.mark.rfc("2205", "B")
def test_a_resv_err_with_two_flow_descriptors_is_malformed(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    outcome = rig.resv_err(FF, want(4, S1), flows=(want(4, S1), want(4, S2)))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.1.8")
def test_the_error_of_one_branch_does_not_change_the_reservations_of_another(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(6), by=3)
    rig.resv_err(WF, want(6))
    assert [entry.plan.effective for entry in rig.held(3)] == [want(6).flowspec]
