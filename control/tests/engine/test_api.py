"""Applications: SESSION, SENDER, RESERVE, RELEASE, upcalls, interfaces (RFC 2205 3.11.1, 3.9)."""

from typing import Any

import pytest

from p4rsvp.engine.api_checks import ApiErrorValue
from p4rsvp.engine.config import Role
from p4rsvp.engine.effects import PoliceFlag, UpcallKind
from p4rsvp.engine.events import ApiRelease, ApiSender, InterfaceChanged
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.wire.codes import ErrorCode, SessionFlag
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, PortSelector, Selector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Path, PathTear, Resv, ResvTear
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Style
from p4rsvp.wire.tspec import SenderTspec, Tspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import (
    GROUP,
    S1,
    S2,
    S3,
    UNI,
    Outcome,
    Rig,
    address,
    interface,
    neighbour,
    ours,
    sender,
    want,
)

GUARANTEED = Flowspec(Service.GUARANTEED, tspec(1), Rspec(2_000.0, 0))


def refused(outcome: Outcome) -> int:
    """The value of the one API error, which is all that has come of a call."""
    assert not outcome.sent()
    error = outcome.upcall(UpcallKind.API_ERROR).error
    assert error is not None
    assert error.code == ErrorCode.API_ERROR
    return error.value


@pytest.fixture
def joined(rig: Rig) -> Rig:
    """A router with one sender, and application 1 in its session."""
    rig.path(S1)
    rig.joins(1)
    return rig


@pytest.mark.rfc("2205", "3.11.1")
def test_a_sender_begins_to_send_paths_with_the_ttl_of_its_data(rig: Rig) -> None:
    rig.joins(1, UNI)
    policy = (PolicyData(bytes(8)),)
    outcome = rig.happens(ApiSender(1, S1, tspec(3), OPEN_PATH, ttl=17, policy=policy))
    (sent,) = outcome.sent(Path)
    assert (sent.packet.ttl, sent.packet.source) == (17, S1.source)
    assert (sent.message.tspec, sent.message.policy) == (SenderTspec(tspec(3)), policy)
    assert sent.message.adspec.general.is_hops == 1


@pytest.mark.rfc("2205", "3.11.1")
def test_a_later_sender_call_modifies_the_path(rig: Rig) -> None:
    rig.joins(1, UNI)
    rig.announces(1, S1, 3)
    assert rig.announces(1, S1, 4).only(Path).tspec == SenderTspec(tspec(4))
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.11.1")
def test_a_sender_that_is_withdrawn_is_torn_down(rig: Rig) -> None:
    rig.joins(1, UNI)
    rig.announces(1, S1)
    assert rig.happens(ApiSender(1, S1, None)).only(PathTear).template == SenderTemplate(S1)


@pytest.mark.rfc("2205", "3.9")
def test_a_sender_that_bears_the_address_of_an_interface_sends_by_that_one_only(rig: Rig) -> None:
    rig.joins(1)
    sent = rig.announces(1, PortSelector(ours(3), 7001)).sent(Path)
    assert [one.packet.interface for one in sent] == [3]


@pytest.mark.rfc("2205", "3.8")
def test_a_host_that_does_not_police_asks_the_next_node_to() -> None:
    rig = Rig((interface(1), interface(2, polices=False)), role=Role.HOST)
    rig.joins(1, UNI)
    assert rig.announces(1, S1).only(Path).session.flags == SessionFlag.E_POLICE


@pytest.mark.rfc("2205", "3.8")
def test_a_host_that_polices_does_so_itself() -> None:
    rig = Rig(role=Role.HOST)
    rig.joins(1, UNI)
    assert rig.announces(1, S1).only(Path).session.flags == 0
    rig.resv(FF, want(4, S1), session=UNI)
    assert rig.held(2)[0].police == PoliceFlag.E


@pytest.mark.rfc("2205", "3.11.1")
def test_an_application_hears_of_a_sender_once_and_of_its_changes(rig: Rig) -> None:
    rig.joins(1)
    upcall = rig.path(S1, multiple=3).upcall(UpcallKind.PATH_EVENT)
    assert (upcall.app, upcall.selector, upcall.tspec) == (1, S1, tspec(3))
    assert not rig.path(S1, multiple=3).upcalls(UpcallKind.PATH_EVENT)
    assert rig.path(S1, multiple=4).upcall(UpcallKind.PATH_EVENT).tspec == tspec(4)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_path_event_tells_only_of_changes_in_what_it_reports(rig: Rig) -> None:
    rig.joins(1)
    rig.path(S1)
    assert not rig.path(S1, hop=Hop(neighbour(1, 8), 5)).upcalls(UpcallKind.PATH_EVENT)
    assert not rig.path(S1, ttl=50, send_ttl=50).upcalls(UpcallKind.PATH_EVENT)


@pytest.mark.rfc("2205", "3.11.1")
def test_an_application_that_joins_late_hears_of_the_senders_that_are_there(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    upcalls = rig.joins(1).upcalls(UpcallKind.PATH_EVENT)
    assert {upcall.selector for upcall in upcalls} == {S1, S2}


@pytest.mark.rfc("2205", "3.1.3")
def test_a_path_is_not_looped_back_to_the_application_that_sends_it(rig: Rig) -> None:
    rig.joins(1)
    rig.joins(2)
    outcome = rig.announces(1, S1)
    assert [upcall.app for upcall in outcome.upcalls(UpcallKind.PATH_EVENT)] == [2]


@pytest.mark.rfc("2205", "3.11.1")
def test_a_reservation_of_an_application_is_sent_to_the_previous_hop(joined: Rig) -> None:
    outcome = joined.reserves(1, FF, want(4, S1))
    assert outcome.only(Resv).flows == (want(4, S1),)
    assert not outcome.programs()


@pytest.mark.rfc("2205", "3.11.1")
def test_a_reservation_may_be_made_before_any_path_has_come(rig: Rig) -> None:
    rig.joins(1)
    assert not rig.reserves(1, FF, want(4, S1)).sent()
    assert rig.path(S1).only(Resv).flows == (want(4, S1),)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_later_reserve_call_takes_the_place_of_the_earlier(joined: Rig) -> None:
    joined.path(S2)
    joined.reserves(1, FF, want(4, S1), want(4, S2))
    outcome = joined.reserves(1, FF, want(5, S2))
    assert [f.filters for f in outcome.only(ResvTear).flows] == [(FilterSpec(S1),)]
    assert joined.wait(50_000).sent(Resv)[0].message.flows == (want(5, S2),)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_shared_explicit_reservation_can_lose_a_sender(joined: Rig) -> None:
    joined.path(S2)
    joined.reserves(1, SE, want(4, S1, S2))
    outcome = joined.reserves(1, SE, want(4, S2))
    assert outcome.only(ResvTear).flows == (want(None, S1),)


@pytest.mark.rfc("2205", "3.11.1")
def test_an_application_may_change_its_style_when_it_is_alone(joined: Rig) -> None:
    joined.reserves(1, WF, want(4))
    outcome = joined.reserves(1, FF, want(4, S1))
    assert outcome.sent(ResvTear)
    assert outcome.only(Resv).style == FF


@pytest.mark.rfc("2205", "3.11.1")
def test_a_reserve_call_without_flows_takes_everything_back(joined: Rig) -> None:
    joined.reserves(1, WF, want(4))
    assert joined.reserves(1, WF).sent(ResvTear)
    assert joined.node.counters.reservation_states == 0


@pytest.mark.rfc("2205", "2.2")
def test_reservations_of_applications_and_of_next_hops_are_merged(joined: Rig) -> None:
    joined.reserves(1, WF, want(4))
    assert joined.resv(WF, want(6)).only(Resv).flows == (want(6),)
    assert joined.resv_tear(WF, want(None)).only(Resv).flows == (want(4),)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_sender_of_ours_hears_what_is_reserved_for_it(rig: Rig) -> None:
    rig.joins(1)
    rig.announces(1, S1)
    upcall = rig.resv(FF, want(4, S1)).upcall(UpcallKind.RESV_EVENT)
    assert (upcall.app, upcall.style, upcall.flows) == (1, FF, (want(4, S1),))
    assert not rig.resv(FF, want(4, S1)).upcalls(UpcallKind.RESV_EVENT)
    assert rig.resv_tear(FF, want(None, S1)).upcall(UpcallKind.RESV_TEAR).selector == S1


@pytest.mark.rfc("2205", "3.11.1")
def test_release_tears_down_all_that_the_application_had_and_no_more(joined: Rig) -> None:
    joined.joins(2)
    joined.announces(1, S2)
    joined.reserves(1, WF, want(6))
    joined.reserves(2, WF, want(4))
    outcome = joined.happens(ApiRelease(1))
    assert {one.message.template for one in outcome.sent(PathTear)} == {SenderTemplate(S2)}
    assert outcome.only(Resv).flows == (want(4),)
    outcome = joined.happens(ApiRelease(2))
    assert outcome.sent(ResvTear)
    joined.path_tear(S1)
    assert not joined.remains()


@pytest.mark.rfc("2205", "3.11.1")
def test_calls_before_session_and_a_second_session_are_errors(rig: Rig) -> None:
    assert refused(rig.announces(1, S1)) == ApiErrorValue.NO_SESSION
    assert refused(rig.reserves(1, WF, want(4))) == ApiErrorValue.NO_SESSION
    assert not rig.happens(ApiRelease(1)).effects
    rig.joins(1)
    assert refused(rig.joins(1, UNI)) == ApiErrorValue.SESSION_TAKEN


@pytest.mark.rfc("2205", "3.2")
def test_a_session_whose_ports_conflict_with_anothers_is_an_error(rig: Rig) -> None:
    rig.joins(1, UNI)
    no_port = Session(UNI.destination, UNI.protocol, 0)
    assert refused(rig.joins(2, no_port)) == ApiErrorValue.BAD_SENDER


@pytest.mark.rfc("2205", "3.11.1")
@pytest.mark.parametrize(
    "selector",
    [sender(1, 0), PortSelector(address("fd00::1"), 1), PortSelector(GROUP.destination, 1)],
    ids=["both kinds of ports", "another family", "multicast"],
)
def test_an_unsound_sender_is_an_error(joined: Rig, selector: Selector) -> None:
    assert refused(joined.announces(1, selector)) == ApiErrorValue.BAD_SENDER


@pytest.mark.rfc("2205", "3.11.1")
def test_an_unreasonable_tspec_is_an_error(joined: Rig) -> None:
    outcome = joined.happens(ApiSender(1, S2, Tspec(1e3, 1e3, 1e6, 2000, 1500)))
    assert refused(outcome) == ApiErrorValue.BAD_SENDER


@pytest.mark.rfc("2205", "3.1.4")
@pytest.mark.parametrize(
    ("style", "flows"),
    [
        (WF, (want(4, S1),)),
        (WF, (want(4), want(5))),
        (FF, (want(4),)),
        (FF, (want(4, S1, S2),)),
        (SE, (want(4),)),
        (SE, (want(4, S1), want(4, S2))),
        (Style(0b00111), (want(4),)),
    ],
)
def test_flow_descriptors_that_do_not_fit_the_style_are_an_error(
    joined: Rig, style: Style, flows: Any
) -> None:
    assert refused(joined.reserves(1, style, *flows)) == ApiErrorValue.BAD_STYLE


@pytest.mark.rfc("2205", "3.11.1")
def test_a_style_that_conflicts_with_what_is_in_place_is_an_error(joined: Rig) -> None:
    joined.resv(WF, want(4))
    assert refused(joined.reserves(1, FF, want(4, S1))) == ApiErrorValue.BAD_STYLE


@pytest.mark.rfc("2205", "3.11.1")
@pytest.mark.parametrize(
    "flow",
    [
        FlowDescriptor(None),
        FlowDescriptor(Opaque(0x0904, bytes(4))),
        FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, Tspec(1e3, 1e3, 1e6, 2000, 1500))),
    ],
)
def test_a_flowspec_that_nobody_can_reserve_is_an_error(joined: Rig, flow: FlowDescriptor) -> None:
    assert refused(joined.reserves(1, WF, flow)) == ApiErrorValue.BAD_FLOWSPEC


@pytest.mark.rfc("2205", "3.11.1")
def test_a_service_that_does_not_merge_with_what_is_in_place_is_an_error(joined: Rig) -> None:
    joined.resv(WF, want(4))
    outcome = joined.reserves(1, WF, FlowDescriptor(GUARANTEED))
    assert refused(outcome) == ApiErrorValue.BAD_FLOWSPEC


@pytest.mark.rfc("2205", "1.3")
def test_services_may_differ_where_nothing_is_merged(joined: Rig) -> None:
    joined.path(S2)
    joined.resv(FF, want(4, S1))
    flow = FlowDescriptor(GUARANTEED, (FilterSpec(S2),))
    assert joined.reserves(1, FF, flow).sent(Resv)


@pytest.mark.rfc("2205", "3.11.1")
def test_a_refused_call_changes_nothing(joined: Rig) -> None:
    joined.reserves(1, FF, want(4, S1))
    joined.reserves(1, FF, want(4))
    assert joined.node.counters.reservation_states == 1


@pytest.mark.rfc("2205", "3.9")
@pytest.mark.parametrize("text", ["239.1.1.1", "fd00:1::1"])
def test_a_receiver_that_no_interface_can_be_is_an_error(joined: Rig, text: str) -> None:
    outcome = joined.reserves(1, WF, want(4), receiver=address(text))
    assert refused(outcome) == ApiErrorValue.BAD_RECEIVER


@pytest.mark.rfc("2205", "3.9")
def test_a_receiver_whose_interface_is_down_may_reserve(joined: Rig) -> None:
    joined.happens(InterfaceChanged(3, None))
    assert joined.reserves(1, WF, want(4), receiver=ours(3)).sent(Resv)


@pytest.mark.rfc("2205", "3.9")
def test_a_receiver_on_the_reverse_path_sends_its_resv_there(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.joins(1)
    sent = rig.reserves(1, WF, want(4)).sent(Resv)
    assert [one.to for one in sent] == [neighbour(1)]


@pytest.mark.rfc("2205", "3.9")
def test_without_a_chosen_interface_local_only_path_state_gets_no_resv(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=2)
    rig.joins(1)
    sent = rig.reserves(1, WF, want(4)).sent(Resv)
    assert [one.packet.interface for one in sent] == [1]


@pytest.mark.rfc("2205", "3.9")
def test_a_receiver_whose_interface_has_a_branch_of_its_own_sends_its_resv_there(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=2)
    rig.joins(1)
    sent = rig.reserves(1, WF, want(4), receiver=ours(2)).sent(Resv)
    assert [one.packet.interface for one in sent] == [2]


@pytest.mark.rfc("2205", "3.9")
def test_a_receiver_whose_interface_data_reaches_within_the_router_uses_the_reverse_path(
    rig: Rig,
) -> None:
    rig.path(S1, by=1)
    rig.joins(1)
    sent = rig.reserves(1, WF, want(4), receiver=ours(3)).sent(Resv)
    assert [one.packet.interface for one in sent] == [1]


@pytest.mark.rfc("2205", "3.9")
def test_local_only_path_state_matches_no_reservation_of_a_next_hop(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=2)
    sent = rig.resv(WF, want(4), by=3).sent(Resv)
    assert [one.packet.interface for one in sent] == [1]


@pytest.mark.rfc("2207", "2")
def test_an_application_reserves_for_an_ipsec_flow(rig: Rig) -> None:
    session, selector = GpiSession(UNI.destination, 50, 9), GpiSelector(S1.source, 0xCAFE)
    rig.path(selector, session=session)
    rig.joins(1, session)
    assert rig.reserves(1, FF, want(4, selector)).only(Resv).flows == (want(4, selector),)
    assert refused(rig.reserves(1, FF, want(4, S3))) == ApiErrorValue.BAD_SENDER
