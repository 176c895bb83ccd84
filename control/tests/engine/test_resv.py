"""Resv messages arrive and are merged (RFC 2205 2.2, 3.1.4; RFC 2209, RESV MESSAGE ARRIVES)."""

import pytest

from p4rsvp.engine.config import Role
from p4rsvp.engine.effects import AddFilter, AddFlowspec, ModFlowspec, TraceKind
from p4rsvp.wire.codes import AdmissionValue, ErrorCode, TrafficControlValue
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec, Rspec
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import PathErr, Resv, ResvErr, ResvTear
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Scope, Style, StyleId
from p4rsvp.wire.tspec import SenderTspec, Tspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import (
    GROUP,
    IN_PLACE,
    REFRESH_MS,
    S1,
    S2,
    S3,
    UNI,
    Rig,
    address,
    named,
    neighbour,
    ours,
    sender,
    want,
)

TOO_MUCH = 20_000  # B: more than a link has
GUARANTEED = Flowspec(Service.GUARANTEED, tspec(1), Rspec(2_000.0, 0))


@pytest.mark.rfc("2205", "3.1.4")
def test_a_reservation_is_installed_and_then_forwarded_to_the_previous_hop(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.resv(FF, want(4, S1))
    (sent,) = outcome.sent(Resv)
    assert (sent.packet.interface, sent.to, sent.message.hop) == (1, neighbour(1), Hop(ours(1), 91))
    assert sent.message.flows == (want(4, S1),)
    assert [type(step) for step in outcome.programs()[0].operations] == [AddFlowspec, AddFilter]


@pytest.mark.rfc("2205", "3.3")
def test_a_resv_goes_to_a_neighbour_without_router_alert(rig: Rig) -> None:
    rig.path(S1)
    (sent,) = rig.resv(FF, want(4, S1)).sent(Resv)
    assert (sent.packet.source, sent.packet.router_alert) == (ours(1), False)


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_a_resv_that_repeats_what_is_known_causes_nothing(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    assert not rig.resv(FF, want(4, S1)).effects


@pytest.mark.rfc("2205", "3.1.1")
def test_a_resv_for_somebody_else_is_forwarded_as_data_is(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.receive(b"\x10\x02" + bytes(6), by=2, destination=UNI.destination, ttl=9)
    assert [(packet.interface, packet.ttl) for packet in outcome.packets()] == [(2, 8)]


@pytest.mark.rfc("2209", "MESSAGE ARRIVES")
def test_a_host_forwards_nothing() -> None:
    rig = Rig(role=Role.HOST)
    assert rig.receive(b"\x10\x02" + bytes(6), by=2, destination=UNI.destination, ttl=9).silent


@pytest.mark.rfc("2205", "B")
def test_a_resv_without_path_state_is_told_so(rig: Rig) -> None:
    outcome = rig.resv(WF, want(4))
    assert outcome.refused_with(ResvErr) == (ErrorCode.NO_PATH_INFORMATION, 0)


@pytest.mark.rfc("2205", "3.1.8")
def test_every_flow_descriptor_of_a_refused_ff_resv_gets_an_error_of_its_own(rig: Rig) -> None:
    sent = rig.resv(FF, want(4, S1), want(5, S2)).sent(ResvErr)
    assert [one.message.flows for one in sent] == [(want(4, S1),), (want(5, S2),)]


@pytest.mark.rfc("2205", "3.1.8")
def test_a_resv_err_copies_the_style_the_flow_and_the_scope(rig: Rig) -> None:
    scope = Scope((S1.source,))
    message = rig.resv(WF, want(4), scope=scope).only(ResvErr)
    assert (message.style, message.flows, message.scope) == (WF, (want(4),), scope)
    assert (message.error.node, message.hop) == (ours(2), Hop(ours(2), 2))


@pytest.mark.rfc("2205", "B")
def test_a_resv_for_a_sender_that_is_unknown_is_told_so(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.resv(FF, want(4, S2))
    assert outcome.refused_with(ResvErr) == (ErrorCode.NO_SENDER_INFORMATION, 0)


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_a_resv_for_a_sender_that_does_not_route_there_is_told_so(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    outcome = rig.resv(FF, want(4, S1), session=UNI, by=3)
    assert outcome.refused_with(ResvErr) == (ErrorCode.NO_SENDER_INFORMATION, 0)


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_a_wildcard_resv_where_no_sender_routes_is_told_so(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    outcome = rig.resv(WF, want(4), session=UNI, by=3)
    assert outcome.refused_with(ResvErr) == (ErrorCode.NO_SENDER_INFORMATION, 0)


@pytest.mark.rfc("2205", "3.2")
def test_a_zero_port_in_a_filter_matches_no_other_port(rig: Rig) -> None:
    # RFC 2209 answers with an "Ambiguous Path" PERR; RFC 2205 B: error 08 is for Paths only.
    rig.path(S1)
    outcome = rig.resv(FF, want(4, sender(1, 0)))
    assert outcome.refused_with(ResvErr) == (ErrorCode.NO_SENDER_INFORMATION, 0)
    assert not outcome.sent(PathErr)


@pytest.mark.rfc("2205", "3.2")
@pytest.mark.rfc("2205", "B")
def test_a_resv_for_conflicting_destination_ports_is_told_so(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    outcome = rig.resv(WF, want(4), session=Session(UNI.destination, UNI.protocol, 0))
    assert outcome.refused_with(ResvErr) == (ErrorCode.CONFLICTING_DEST_PORTS, 0)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(("first", "second"), [(WF, FF), (FF, SE), (SE, WF)])
def test_a_style_conflicts_with_any_other_style_in_place(
    rig: Rig, first: Style, second: Style
) -> None:
    rig.path(S1)
    rig.resv(first, want(4) if first is WF else want(4, S1))
    outcome = rig.resv(second, want(4) if second is WF else want(4, S1), by=3)
    assert outcome.refused_with(ResvErr) == (ErrorCode.CONFLICTING_STYLE, first.options)
    assert len(rig.target.entries) == 1


@pytest.mark.rfc("2205", "A.7")
def test_further_option_bits_of_a_style_are_no_conflict(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    assert not rig.resv(Style(StyleId.WF | 1 << 8), want(4), by=3).sent(ResvErr)


@pytest.mark.rfc("2205", "B")
def test_an_unknown_style_is_told_so(rig: Rig) -> None:
    rig.path(S1)
    message = Resv(GROUP, Hop(neighbour(2), 2), TimeValues(REFRESH_MS), Style(0b00111), (want(4),))
    outcome = rig.receive(message, by=2)
    # Only who knows the style can decode the whole answer: look for the ERROR_SPEC.
    error = ErrorSpec(ours(2), ErrorCode.UNKNOWN_STYLE, 0)
    assert [error.encode() in packet.data for packet in outcome.packets()] == [True]


@pytest.mark.rfc("2205", "B")
def test_a_resv_without_flow_descriptors_is_logged_and_not_reported(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.resv(FF)
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "B")
def test_a_logical_interface_handle_that_is_none_of_ours_is_logged_and_not_reported(
    rig: Rig,
) -> None:
    rig.path(S1)
    outcome = rig.resv(FF, want(4, S1), lih=77)
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.3")
def test_the_logical_interface_handle_says_where_to_reserve(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1), by=2, lih=3)
    assert (len(rig.held(2)), len(rig.held(3))) == (0, 1)


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("name", ["session", "flowspec", "filter"])
def test_an_object_of_a_c_type_that_we_only_know_by_name_refuses_the_resv(
    rig: Rig, name: str
) -> None:
    rig.path(S1)
    kind = {"session": 0x0107, "flowspec": 0x0904, "filter": 0x0A07}[name]
    strange = Opaque(kind, bytes(12))
    flow = {
        "session": want(4, S1),
        "flowspec": FlowDescriptor(strange, (FilterSpec(S1),)),
        "filter": FlowDescriptor(want(4).flowspec, (strange,)),
    }[name]
    outcome = rig.resv(FF, flow, session=strange if name == "session" else GROUP)
    assert outcome.refused_with(ResvErr) == (ErrorCode.UNKNOWN_OBJECT_C_TYPE, kind)


@pytest.mark.rfc("2205", "B")
def test_a_service_that_we_do_not_have_is_unsupported(rig: Rig) -> None:
    rig.path(S1)
    strange = OpaqueFlowspec(bytes.fromhex("00000001 07000000"))
    outcome = rig.resv(FF, FlowDescriptor(strange, (FilterSpec(S1),)))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.TRAFFIC_CONTROL_ERROR,
        TrafficControlValue.SERVICE_UNSUPPORTED,
    )


@pytest.mark.rfc("2205", "B")
def test_an_unreasonable_flowspec_is_a_traffic_control_error(rig: Rig) -> None:
    rig.path(S1)
    broken = Flowspec(Service.CONTROLLED_LOAD, Tspec(1e3, 1e3, 1e6, 2000, 1500))
    outcome = rig.resv(FF, FlowDescriptor(broken, (FilterSpec(S1),)))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.TRAFFIC_CONTROL_ERROR,
        TrafficControlValue.BAD_FLOWSPEC,
    )


@pytest.mark.rfc("2205", "B")
def test_two_services_do_not_merge(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    outcome = rig.resv(WF, FlowDescriptor(GUARANTEED), by=3)
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.TRAFFIC_CONTROL_ERROR,
        TrafficControlValue.SERVICE_CONFLICT,
    )


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_a_next_hop_that_is_alone_may_change_the_service(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    outcome = rig.resv(WF, FlowDescriptor(GUARANTEED))
    assert outcome.only(Resv).flows == (FlowDescriptor(GUARANTEED),)
    assert rig.held(2)[0].plan.demand.service is Service.GUARANTEED


@pytest.mark.rfc("2205", "2.5")
def test_too_large_a_request_is_an_admission_failure_and_leaves_nothing(rig: Rig) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    outcome = rig.resv(FF, want(TOO_MUCH, S1))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.ADMISSION_CONTROL_FAILURE,
        AdmissionValue.BANDWIDTH_UNAVAILABLE,
    )
    assert outcome.error(ResvErr).flags == 0
    assert rig.node.counters.reservation_states == 0
    assert len(rig.node.controls[2].budget) == 0


@pytest.mark.rfc("2205", "B")
def test_packets_larger_than_the_link_takes_are_an_admission_failure(rig: Rig) -> None:
    jumbo = Tspec(1e3, 9e3, float("inf"), 64, 9000)
    rig.path(S1, tspec=SenderTspec(jumbo))
    flow = FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, jumbo), (FilterSpec(S1),))
    assert rig.resv(FF, flow).refused_with(ResvErr) == (
        ErrorCode.ADMISSION_CONTROL_FAILURE,
        AdmissionValue.MTU_TOO_LARGE,
    )


@pytest.mark.rfc("2205", "2.5")
@pytest.mark.rfc("2205", "3.1.8")
def test_an_increase_that_fails_leaves_the_old_reservation_in_place(rig: Rig) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    rig.resv(FF, want(4, S1))
    outcome = rig.resv(FF, want(TOO_MUCH, S1))
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert outcome.only(ResvErr).flows == (want(TOO_MUCH, S1),)
    assert rig.held(2)[0].plan.effective == want(4).flowspec


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_second_next_hop_that_asks_for_too_much_leaves_the_shared_reservation_in_place(
    rig: Rig,
) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    rig.resv(WF, want(4))
    outcome = rig.resv(WF, want(TOO_MUCH), nhop=neighbour(2, 8))
    assert outcome.error(ResvErr).flags == IN_PLACE
    assert rig.node.counters.reservation_states == 1


@pytest.mark.rfc("2205", "3.1.4")
def test_an_ff_resv_with_one_flow_too_large_reserves_the_other(rig: Rig) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    rig.path(S2)
    outcome = rig.resv(FF, want(TOO_MUCH, S1), want(4, S2))
    assert outcome.only(ResvErr).flows == (want(TOO_MUCH, S1),)
    assert outcome.only(Resv).flows == (want(4, S2),)


@pytest.mark.rfc("2205", "3.7")
def test_what_stands_after_a_partly_refused_resv_still_times_out(rig: Rig) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    rig.path(S2)
    rig.resv(FF, want(TOO_MUCH, S1), want(4, S2))
    rig.wait(400_000)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.7")
def test_a_partly_refused_resv_is_looked_at_again_when_it_is_repeated(rig: Rig) -> None:
    rig.path(S1, multiple=TOO_MUCH)
    rig.path(S2)
    rig.resv(FF, want(TOO_MUCH, S1), want(4, S2))
    assert rig.node.remembered is None
    assert rig.resv(FF, want(TOO_MUCH, S1), want(4, S2)).sent(ResvErr)


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_an_se_resv_is_taken_without_the_senders_that_are_unknown(rig: Rig) -> None:
    rig.path(S1)
    outcome = rig.resv(SE, want(4, S1, S2))
    assert named(outcome.only(Resv).flows[0]) == {S1}
    assert not outcome.sent(ResvErr)


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_an_se_resv_that_names_more_senders_adds_them(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(SE, want(4, S1))
    outcome = rig.resv(SE, want(4, S2))
    assert named(outcome.only(Resv).flows[0]) == {S1, S2}
    assert rig.held(2)[0].selectors == {S1, S2}


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_an_se_sender_that_is_no_longer_named_times_out_by_itself(rig: Rig) -> None:
    rig.path(S1, refresh_ms=3_000_000)
    rig.path(S2, refresh_ms=3_000_000)
    rig.resv(SE, want(4, S1, S2))
    for _ in range(6):
        rig.wait(30_000)
        rig.resv(SE, want(4, S1))
    assert rig.held(2)[0].selectors == {S1}


@pytest.mark.rfc("2205", "1.3")
def test_shared_styles_make_one_reservation_and_ff_one_for_each_sender(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(FF, want(4, S1), want(4, S2), by=2)
    assert len(rig.held(2)) == 2


@pytest.mark.rfc("2205", "2.2")
def test_the_largest_of_the_next_hops_requests_is_installed_and_forwarded(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    outcome = rig.resv(WF, want(6), nhop=neighbour(2, 8))
    assert outcome.only(Resv).flows == (want(6),)
    assert rig.held(2)[0].plan.effective == want(6).flowspec


@pytest.mark.rfc("2205", "2.2")
def test_where_merging_leaves_no_change_nothing_is_sent(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    assert not rig.resv(WF, want(3), by=3).sent(Resv)


@pytest.mark.rfc("2205", "2.2")
def test_requests_that_are_not_comparable_are_merged_to_their_least_upper_bound(rig: Rig) -> None:
    rig.path(S1)
    fast = Flowspec(Service.CONTROLLED_LOAD, Tspec(4e3, 3e3, float("inf"), 64, 1500))
    bursty = Flowspec(Service.CONTROLLED_LOAD, Tspec(2e3, 6e3, float("inf"), 64, 1500))
    rig.resv(WF, FlowDescriptor(fast))
    (flow,) = rig.resv(WF, FlowDescriptor(bursty), by=3).only(Resv).flows
    assert flow.flowspec.tspec == Tspec(4e3, 6e3, float("inf"), 64, 1500)


@pytest.mark.rfc("2205", "2.2")
def test_the_result_of_merging_does_not_depend_on_the_order_of_arrival() -> None:
    sent = []
    for order in ((2, 3), (3, 2)):
        rig = Rig()
        rig.path(S1)
        rig.path(S2)
        for number in order:
            flow = want(number, S1, S2) if number == 2 else want(number, S2)
            outcome = rig.resv(SE, flow, by=number)
        sent.append(outcome.sent(Resv)[-1].message)
    assert sent[0] == sent[1]


@pytest.mark.rfc("2205", "3.3")
def test_a_reservation_never_goes_back_by_the_interface_it_came_from(rig: Rig) -> None:
    rig.route(GROUP.destination, 1, 2, source=S1.source, incoming=1)
    rig.route(GROUP.destination, 1, 2, source=S2.source, incoming=2)
    rig.path(S1, by=1)
    rig.path(S2, by=2)
    outcome = rig.resv(WF, want(4), by=2)
    assert [one.packet.interface for one in outcome.sent(Resv)] == [1]
    assert not rig.wait(60_000).sent(Resv, by=2)


@pytest.mark.rfc("2205", "3.1.4")
def test_an_explicit_reservation_goes_only_to_the_previous_hops_of_its_senders(rig: Rig) -> None:
    rig.path(S1, hop=Hop(neighbour(1, 8), 1))
    rig.path(S2, hop=Hop(neighbour(1, 9), 1))
    outcome = rig.resv(FF, want(4, S2))
    assert [one.to for one in outcome.sent(Resv)] == [neighbour(1, 9)]


@pytest.mark.rfc("2205", "3.4")
def test_a_wildcard_reservation_for_two_previous_hops_names_the_senders_of_each(rig: Rig) -> None:
    rig.path(S1, hop=Hop(neighbour(1, 8), 1))
    rig.path(S2, hop=Hop(neighbour(1, 9), 1))
    sent = rig.resv(WF, want(4)).sent(Resv)
    assert {one.to: one.message.scope for one in sent} == {
        neighbour(1, 8): Scope((S1.source,)),
        neighbour(1, 9): Scope((S2.source,)),
    }


@pytest.mark.rfc("2205", "3.4")
def test_a_wildcard_reservation_for_one_previous_hop_needs_no_scope(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    assert rig.resv(WF, want(4)).only(Resv).scope is None


@pytest.mark.rfc("2205", "3.4")
def test_a_reservation_whose_scope_becomes_empty_is_not_forwarded(rig: Rig) -> None:
    rig.path(S1, hop=Hop(neighbour(1, 8), 1))
    rig.path(S2, hop=Hop(neighbour(1, 9), 1))
    sent = rig.resv(WF, want(4), scope=Scope((S2.source,))).sent(Resv)
    assert [(one.to, one.message.scope) for one in sent] == [(neighbour(1, 9), Scope((S2.source,)))]


@pytest.mark.rfc("2205", "3.4")
def test_the_scopes_of_the_next_hops_are_united(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.path(S3)
    rig.resv(WF, want(4), scope=Scope((S1.source,)))
    outcome = rig.resv(WF, want(4), by=3, scope=Scope((S3.source,)))
    assert outcome.only(Resv).scope == Scope((S1.source, S3.source))


@pytest.mark.rfc("2209", "RESV MESSAGE ARRIVES")
def test_a_scope_that_changes_is_forwarded_at_once(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(WF, want(4), scope=Scope((S1.source,)))
    outcome = rig.resv(WF, want(4), scope=Scope((S1.source, S2.source)))
    assert outcome.only(Resv).scope == Scope((S1.source, S2.source))


@pytest.mark.rfc("2205", "2.7")
def test_policy_data_that_changes_is_forwarded_at_once(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4), policy=(PolicyData(bytes(8)),))
    policy = (PolicyData(bytes([1, 2, 3, 4])),)
    assert rig.resv(WF, want(4), policy=policy).only(Resv).policy == policy


@pytest.mark.rfc("2205", "2.7")
def test_policy_data_of_one_interface_is_not_sent_with_anothers_senders(rig: Rig) -> None:
    rig.path(S1, hop=Hop(neighbour(1, 8), 1))
    rig.path(S2, hop=Hop(neighbour(1, 9), 1))
    rig.resv(FF, want(4, S1), policy=(PolicyData(bytes(8)),))
    (sent,) = rig.resv(FF, want(4, S2), by=3).sent(Resv)
    assert (sent.to, sent.message.policy) == (neighbour(1, 9), ())


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize("text", ["239.1.1.1", "fd00:2::9"])
def test_a_receiver_that_cannot_be_confirmed_to_is_logged_and_not_reported(
    rig: Rig, text: str
) -> None:
    rig.path(S1)
    outcome = rig.resv(WF, want(4), confirm=ResvConfirm(address(text)))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.1.6")
@pytest.mark.parametrize("style", [WF, FF, SE])
def test_a_tear_of_the_only_reservation_removes_it_and_travels_on(rig: Rig, style: Style) -> None:
    flow = want(4) if style is WF else want(4, S1)
    rig.path(S1)
    rig.resv(style, flow)
    outcome = rig.resv_tear(style, want(None) if style is WF else want(None, S1))
    (sent,) = outcome.sent(ResvTear)
    assert (sent.to, sent.message.style, sent.message.hop) == (
        neighbour(1),
        style,
        Hop(ours(1), 91),
    )
    assert not rig.target.entries
    assert not rig.wait(29_000).sent(Resv)


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_that_uncovers_a_smaller_reservation_sends_that(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(3), by=3)
    outcome = rig.resv_tear(WF, want(None))
    assert outcome.only(Resv).flows == (want(3),)
    assert not outcome.sent(ResvTear)


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_that_changes_nothing_upstream_is_not_forwarded(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    rig.resv(WF, want(4), by=3)
    outcome = rig.resv_tear(WF, want(None))
    assert not outcome.sent()


@pytest.mark.rfc("2205", "3.1.6")
def test_some_of_the_senders_of_an_ff_reservation_can_be_torn_down(rig: Rig) -> None:
    for one in (S1, S2, S3):
        rig.path(one)
    rig.resv(FF, want(4, S1), want(5, S2), want(6, S3))
    outcome = rig.resv_tear(FF, want(None, S1), want(None, S3))
    flows = [flow for tear in outcome.sent(ResvTear) for flow in tear.message.flows]
    assert [named(flow) for flow in flows] == [{S1}, {S3}]
    assert [entry.selectors for entry in rig.held(2)] == [{S2}]


@pytest.mark.rfc("2205", "3.1.6")
def test_some_of_the_senders_of_an_se_reservation_can_be_torn_down(rig: Rig) -> None:
    for one in (S1, S2, S3):
        rig.path(one)
    rig.resv(SE, want(4, S1, S2, S3))
    outcome = rig.resv_tear(SE, want(None, S1))
    assert named(outcome.only(ResvTear).flows[0]) == {S1}
    assert rig.held(2)[0].selectors == {S2, S3}


@pytest.mark.rfc("2205", "3.1.6")
def test_flowspecs_and_a_scope_in_a_tear_are_ignored(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    assert rig.resv_tear(WF, want(9), scope=Scope((S3.source,))).sent(ResvTear)


@pytest.mark.rfc("2205", "3.1.6")
@pytest.mark.parametrize(
    ("style", "nhop", "lih"), [(SE, 9, 2), (WF, 8, 2), (WF, 9, 3), (WF, 9, 77)]
)
def test_a_tear_must_match_style_next_hop_and_logical_interface(
    rig: Rig, style: Style, nhop: int, lih: int
) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    flow = want(None) if style is WF else want(None, S1)
    assert rig.resv_tear(style, flow, nhop=neighbour(2, nhop), lih=lih).silent
    assert rig.target.entries


@pytest.mark.rfc("2205", "3.1.6")
def test_a_tear_for_an_unknown_session_is_discarded(rig: Rig) -> None:
    assert rig.resv_tear(WF, want(None)).silent
    assert not rig.remains()


@pytest.mark.rfc("2205", "2.4")
def test_a_reservation_that_times_out_is_torn_down_upstream(rig: Rig) -> None:
    rig.path(S1, refresh_ms=3_000_000)
    rig.resv(WF, want(4))
    assert rig.wait(160_000).sent(ResvTear)
    assert not rig.target.entries


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_larger_request_modifies_the_reservation_and_keeps_its_handle(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    outcome = rig.resv(WF, want(5))
    (operation,) = outcome.programs()[0].operations
    assert isinstance(operation, ModFlowspec)
    assert operation.rhandle in rig.target.entries
