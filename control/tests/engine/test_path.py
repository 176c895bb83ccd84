"""Path messages arrive and are forwarded (RFC 2205 3.1.3; RFC 2209, PATH MESSAGE ARRIVES)."""

from dataclasses import replace
from typing import Any

import pytest

from p4rsvp.engine.config import Role
from p4rsvp.engine.effects import TraceKind
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.wire.codes import ErrorCode, SessionFlag, TrafficControlValue
from p4rsvp.wire.filter_spec import FlowLabelSelector, GpiSelector, PortSelector, SenderTemplate
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, PathErr, PathTear, Resv, ResvTear
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, WF
from p4rsvp.wire.tspec import OpaqueTspec, SenderTspec, Tspec
from tests.engine.figures.notation import tspec
from tests.engine.network import ETHERNET
from tests.engine.rig import (
    GROUP,
    S1,
    S2,
    TIMER_MS,
    UNI,
    Rig,
    address,
    interface,
    neighbour,
    ours,
    sender,
    want,
)


@pytest.mark.rfc("2205", "3.1.3")
def test_a_new_path_leaves_by_every_outgoing_interface_with_our_address_and_lih(rig: Rig) -> None:
    outcome = rig.path(S1)
    sent = outcome.sent(Path)
    assert [(one.packet.interface, one.message.hop) for one in sent] == [
        (2, Hop(ours(2), 2)),
        (3, Hop(ours(3), 3)),
    ]


@pytest.mark.rfc("2205", "3.1.3")
def test_a_path_travels_like_the_data_with_router_alert(rig: Rig) -> None:
    packet = rig.path(S1, session=UNI).sent(Path)[0].packet
    assert (packet.source, packet.destination, packet.router_alert) == (
        S1.source,
        UNI.destination,
        True,
    )


@pytest.mark.rfc("2209", "PATH REFRESH")
def test_a_path_leaves_with_a_ttl_one_less_and_says_so(rig: Rig) -> None:
    (sent,) = rig.path(S1, session=UNI, ttl=17, send_ttl=17).sent(Path)
    assert (sent.packet.ttl, sent.message.send_ttl) == (16, 16)


@pytest.mark.rfc("2209", "PATH REFRESH")
def test_a_path_at_the_end_of_its_ttl_goes_no_further(rig: Rig) -> None:
    assert rig.path(S1, ttl=1, send_ttl=1).silent
    assert not rig.wait(60_000).sent(Path)


@pytest.mark.rfc("2205", "3.1.3")
def test_the_senders_template_tspec_and_policy_travel_on_unchanged(rig: Rig) -> None:
    policy = (PolicyData(bytes(8)),)
    (sent,) = rig.path(S1, session=UNI, multiple=7, policy=policy).sent(Path)
    assert (sent.message.template, sent.message.tspec, sent.message.policy) == (
        SenderTemplate(S1),
        SenderTspec(tspec(7)),
        policy,
    )


@pytest.mark.rfc("2209", "PATH MESSAGE ARRIVES")
def test_a_path_that_repeats_what_is_known_causes_nothing(rig: Rig) -> None:
    rig.path(S1)
    assert not rig.path(S1).effects


@pytest.mark.rfc("2205", "3.3")
def test_a_changed_tspec_is_forwarded_at_once(rig: Rig) -> None:
    rig.path(S1, session=UNI, multiple=7)
    assert rig.path(S1, session=UNI, multiple=8).only(Path).tspec == SenderTspec(tspec(8))


@pytest.mark.rfc("2205", "3.1.3")
def test_two_senders_of_a_session_are_two_path_states(rig: Rig) -> None:
    rig.path(S1)
    assert {one.message.template for one in rig.path(S2).sent(Path)} == {SenderTemplate(S2)}
    assert rig.node.counters.path_states == 2


@pytest.mark.rfc("2205", "3.2")
def test_senders_of_one_host_differ_by_their_ports(rig: Rig) -> None:
    rig.path(sender(1, 7001))
    rig.path(sender(1, 7002))
    assert rig.node.counters.path_states == 2


@pytest.mark.rfc("2209", "PATH REFRESH")
def test_a_path_without_a_route_is_kept_and_goes_nowhere(rig: Rig) -> None:
    rig.route(UNI.destination)
    assert rig.path(S1, session=UNI).silent
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.3")
def test_a_path_never_leaves_by_the_interface_that_it_came_in_by(rig: Rig) -> None:
    rig.route(UNI.destination, 1)
    assert rig.path(S1, session=UNI).silent


@pytest.mark.rfc("2205", "3.9")
def test_a_host_with_several_interfaces_forwards_no_path() -> None:
    rig = Rig(role=Role.HOST)
    assert rig.path(S1).silent


@pytest.mark.rfc("2205", "3.1.3")
def test_a_unicast_sender_whose_previous_hop_changes_stays_one_path_state(rig: Rig) -> None:
    rig.path(S1, session=UNI, by=1)
    rig.path(S1, session=UNI, by=3)
    assert rig.node.counters.path_states == 1
    assert rig.node.holders.by_neighbour == {neighbour(3): 1}


@pytest.mark.rfc("2205", "3.9")
def test_a_multicast_path_off_the_reverse_path_is_kept_apart_and_not_forwarded(rig: Rig) -> None:
    rig.path(S1, by=1)
    assert rig.path(S1, by=2).silent
    assert rig.node.counters.path_states == 2


@pytest.mark.rfc("2209", "PATH MESSAGE ARRIVES")
def test_when_the_reverse_path_moves_the_other_path_state_is_forwarded(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=2)
    rig.route(GROUP.destination, 1, 3, incoming=2)
    sent = rig.wait(2_000 + TIMER_MS).sent(Path)
    assert [one.packet.interface for one in sent] == [1, 3]


@pytest.mark.rfc("2205", "3.2")
def test_zero_and_nonzero_destination_ports_of_one_protocol_conflict(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    no_port = Session(UNI.destination, UNI.protocol, 0)
    outcome = rig.path(sender(1, 0), session=no_port)
    assert outcome.refused_with(PathErr) == (ErrorCode.CONFLICTING_DEST_PORTS, 0)


@pytest.mark.rfc("2205", "3.2")
def test_a_session_without_ports_conflicts_with_a_later_one_that_has_them(rig: Rig) -> None:
    rig.path(sender(1, 0), session=Session(UNI.destination, UNI.protocol, 0))
    outcome = rig.path(S1, session=UNI)
    assert outcome.refused_with(PathErr) == (ErrorCode.CONFLICTING_DEST_PORTS, 0)


@pytest.mark.rfc("2205", "3.2")
def test_zero_ports_of_another_protocol_conflict_with_nothing(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    assert rig.path(sender(1, 0), session=Session(UNI.destination, 46, 0)).sent(Path)


@pytest.mark.rfc("2205", "3.2")
def test_a_conflict_of_destination_ports_ends_with_its_session(rig: Rig) -> None:
    no_port = Session(UNI.destination, UNI.protocol, 0)
    rig.path(S1, session=UNI)
    rig.path_tear(S1, session=UNI)
    assert rig.path(sender(1, 0), session=no_port).sent(Path)


@pytest.mark.rfc("2205", "3.2")
@pytest.mark.parametrize("ports", [(0, 7001), (7001, 0)])
def test_zero_and_nonzero_ports_of_one_sending_host_conflict(
    rig: Rig, ports: tuple[int, int]
) -> None:
    first, second = (sender(1, port) for port in ports)
    rig.path(first)
    outcome = rig.path(second)
    assert outcome.refused_with(PathErr) == (ErrorCode.CONFLICTING_SENDER_PORTS, 0)


@pytest.mark.rfc("2205", "3.2")
def test_zero_and_nonzero_ports_of_two_hosts_do_not_conflict(rig: Rig) -> None:
    rig.path(sender(1, 0))
    assert rig.path(S2).sent(Path)


@pytest.mark.rfc("2205", "3.2")
@pytest.mark.rfc("2205", "B")
def test_a_source_port_without_a_destination_port_is_logged_and_not_reported(rig: Rig) -> None:
    outcome = rig.path(S1, session=Session(UNI.destination, UNI.protocol, 0))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.1.7")
def test_a_path_err_goes_to_the_previous_hop_and_copies_the_sender_descriptor(rig: Rig) -> None:
    rig.path(sender(1, 0))
    (sent,) = rig.path(S1).sent(PathErr)
    assert (sent.packet.interface, sent.to) == (1, neighbour(1))
    assert (sent.message.session, sent.message.template) == (GROUP, SenderTemplate(S1))
    assert sent.message.error.node == ours(1)


@pytest.mark.rfc("2205", "3.1.7")
def test_a_refused_path_leaves_no_state(rig: Rig) -> None:
    rig.path(S1, tspec=SenderTspec(Tspec(0.0, 0.0, 0.0, 64, 1500)))
    assert not rig.remains()


@pytest.mark.rfc("2205", "B")
def test_an_unreasonable_tspec_is_a_traffic_control_error(rig: Rig) -> None:
    outcome = rig.path(S1, tspec=SenderTspec(Tspec(1000.0, 1000.0, 1e6, 2000, 1500)))
    assert outcome.refused_with(PathErr) == (
        ErrorCode.TRAFFIC_CONTROL_ERROR,
        TrafficControlValue.BAD_TSPEC,
    )


@pytest.mark.rfc("2205", "3.1.3")
def test_a_tspec_of_a_service_that_we_do_not_know_travels_on(rig: Rig) -> None:
    tspec_of_another = OpaqueTspec(bytes.fromhex("00000001 06000000"))
    assert rig.path(S1, session=UNI, tspec=tspec_of_another).only(Path).tspec == tspec_of_another


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    # An address that nobody has; nothing listens at it.
    "text",
    ["0.0.0.0", "224.0.0.5", "10.0.1.1", "10.0.3.1"],  # noqa: S104
)
def test_a_hop_that_is_nobody_or_ourselves_is_logged_and_not_reported(rig: Rig, text: str) -> None:
    outcome = rig.path(S1, hop=Hop(address(text), 9))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "B")
def test_a_hop_of_another_address_family_is_logged_and_not_reported(rig: Rig) -> None:
    outcome = rig.path(S1, hop=Hop(address("fd00:1::9"), 9))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "B")
def test_a_sender_of_another_address_family_is_logged_and_not_reported(rig: Rig) -> None:
    outcome = rig.path(PortSelector(address("fd00:8::1"), 7001))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "B")
def test_a_multicast_sender_is_logged_and_not_reported(rig: Rig) -> None:
    outcome = rig.path(PortSelector(address("239.9.9.9"), 7001))
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2207", "3.3")
@pytest.mark.parametrize(
    ("session", "selector"),
    [
        (UNI, GpiSelector(address("10.8.0.1"), 77)),
        (GpiSession(UNI.destination, 50, 1), PortSelector(address("10.8.0.1"), 77)),
    ],
)
def test_a_sender_whose_form_is_not_that_of_its_session_is_logged_and_not_reported(
    rig: Rig, session: Session | GpiSession, selector: PortSelector | GpiSelector
) -> None:
    outcome = rig.path(selector, session=session)
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("name", ["session", "hop", "template", "tspec"])
def test_an_object_of_a_c_type_that_we_only_know_by_name_refuses_the_path(
    rig: Rig, name: str
) -> None:
    # SESSION LSP_TUNNEL_IPv4, RSVP_HOP IF_ID, SENDER_TEMPLATE LSP_TUNNEL_IPv4, SENDER_TSPEC SONET.
    kind = {"session": 0x0107, "hop": 0x0303, "template": 0x0B07, "tspec": 0x0C04}[name]
    objects: dict[str, Any] = {name: Opaque(kind, bytes(12))}
    outcome = rig.path(S1, **objects)
    if name == "hop":
        assert outcome.silent  # there is nobody to tell
        return
    assert outcome.refused_with(PathErr) == (ErrorCode.UNKNOWN_OBJECT_C_TYPE, kind)


@pytest.mark.rfc("2205", "3.8")
def test_e_police_is_cleared_by_the_first_node_that_polices(rig: Rig) -> None:
    session = Session(UNI.destination, UNI.protocol, UNI.port, SessionFlag.E_POLICE)
    assert rig.path(S1, session=session).only(Path).session.flags == 0


@pytest.mark.rfc("2205", "3.8")
def test_e_police_travels_on_where_the_interface_cannot_police() -> None:
    rig = Rig((interface(1), interface(2, polices=False)))
    session = Session(UNI.destination, UNI.protocol, UNI.port, SessionFlag.E_POLICE)
    assert rig.path(S1, session=session).only(Path).session.flags == SessionFlag.E_POLICE


@pytest.mark.rfc("2205", "A.1")
def test_the_flags_of_a_session_are_no_part_of_its_identity(rig: Rig) -> None:
    rig.path(S1, session=Session(UNI.destination, UNI.protocol, UNI.port, SessionFlag.E_POLICE))
    rig.path(S2, session=UNI)
    assert len(rig.node.sessions) == 1


@pytest.mark.rfc("2205", "3.6")
def test_a_new_previous_hop_gets_a_resv_at_once(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    outcome = rig.path(S1, session=UNI, hop=Hop(neighbour(1, 8), 55))
    (sent,) = outcome.sent(Resv)
    assert (sent.to, sent.message.hop) == (neighbour(1, 8), Hop(ours(1), 55))


@pytest.mark.rfc("2209", "PATH MESSAGE ARRIVES")
def test_a_new_lih_of_the_previous_hop_gets_a_resv_at_once(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    outcome = rig.path(S1, session=UNI, hop=Hop(neighbour(1), 55))
    assert outcome.only(Resv).hop == Hop(ours(1), 55)


@pytest.mark.rfc("2205", "3.6")
def test_the_old_previous_hop_is_not_spoken_to_any_more(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    rig.path(S1, session=UNI, hop=Hop(neighbour(1, 8), 55))
    assert {one.to for one in rig.wait(60_000).sent(Resv)} == {neighbour(1, 8)}


@pytest.mark.rfc("2205", "3.6")
def test_what_the_old_previous_hop_holds_is_left_to_time_out(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    outcome = rig.path(S1, session=UNI, hop=Hop(neighbour(1, 8), 55))
    assert not outcome.sent(ResvTear)


@pytest.mark.rfc("2205", "2.2")
def test_a_larger_sender_does_not_change_what_is_asked_of_it(rig: Rig) -> None:
    rig.path(S1, session=UNI, multiple=2)
    rig.resv(WF, want(4), session=UNI)
    assert not rig.path(S1, session=UNI, multiple=3).sent(Resv)


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_changed_tspec_changes_what_is_installed(rig: Rig) -> None:
    rig.path(S1, session=UNI, multiple=2)
    rig.resv(WF, want(4), session=UNI)
    before = rig.held(2)[0].plan.effective
    rig.path(S1, session=UNI, multiple=3)
    after = rig.held(2)[0].plan.effective
    assert isinstance(before, Flowspec)
    assert (before.tspec, after.tspec) == (tspec(2), tspec(3))


@pytest.mark.rfc("2207", "4.1")
@pytest.mark.rfc("2205", "A.9")
@pytest.mark.parametrize(
    ("session", "selector"),
    [
        (
            Session(address("fd00:9::9"), 17, 5000),
            FlowLabelSelector(address("fd00:8::1"), 0xABCDE),
        ),
        (Session(address("fd00:9::9"), 17, 5000), PortSelector(address("fd00:8::1"), 7001)),
        (GpiSession(address("fd00:9::9"), 50, 9), GpiSelector(address("fd00:8::1"), 0xCAFE)),
        (GpiSession(UNI.destination, 51, 9), GpiSelector(address("10.8.0.1"), 0xCAFE)),
    ],
    ids=["flow label", "IPv6 ports", "IPv6 SPI", "IPv4 SPI"],
)
def test_ipv6_flow_labels_and_security_parameter_indexes_are_reserved_for(
    rig: Rig, session: Session | GpiSession, selector: FlowLabelSelector | GpiSelector
) -> None:
    version = session.destination.version
    up, down = ("10.0.1.9", "10.0.2.9") if version == 4 else ("fd00:1::9", "fd00:2::9")
    rig.route(session.destination, 2)
    (path,) = rig.path(selector, session=session, hop=Hop(address(up), 5)).sent(Path)
    assert path.message.template == SenderTemplate(selector)
    outcome = rig.resv(FF, want(4, selector), session=session, nhop=address(down))
    (sent,) = outcome.sent(Resv)
    assert sent.to == address(up)
    (entry,) = rig.held(2)
    assert (entry.session, entry.selectors) == (session, frozenset({selector}))


@pytest.mark.rfc("2205", "C")
def test_a_path_in_udp_has_no_ttl_of_its_own_and_takes_that_of_the_header(rig: Rig) -> None:
    (sent,) = rig.path(S1, session=UNI, ttl=None, send_ttl=33).sent(Path)
    assert (sent.packet.ttl, sent.message.send_ttl) == (32, 32)


@pytest.mark.rfc("2205", "3.1.3")
def test_a_path_of_our_own_sender_that_comes_back_is_dropped(rig: Rig) -> None:
    rig.joins(1, UNI)
    rig.announces(1, S1)
    outcome = rig.path(S1, session=UNI)
    assert outcome.silent
    assert outcome.traced(TraceKind.DROPPED)


@pytest.mark.rfc("2205", "2.10")
def test_rsvp_that_is_off_on_an_interface_hears_and_says_nothing_there() -> None:
    rig = Rig((interface(1), interface(2, rsvp=False), interface(3)))
    assert [one.packet.interface for one in rig.path(S1).sent()] == [3]
    assert rig.path(S2, by=2).silent


@pytest.mark.rfc("2205", "2.4")
def test_a_path_state_that_times_out_is_torn_down_downstream(rig: Rig) -> None:
    rig.path(S1)
    torn = rig.wait(160_000).sent(PathTear)
    assert [one.packet.interface for one in torn] == [2, 3]
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.8")
@pytest.mark.parametrize(("ttl", "send_ttl", "breaks"), [(60, 60, False), (57, 60, True)])
def test_a_hop_without_rsvp_sets_the_break_bit_of_the_adspec(
    rig: Rig,
    ttl: int,
    send_ttl: int,
    breaks: bool,  # noqa: FBT001  # a parameter set's value
) -> None:
    message = rig.path(S1, session=UNI, ttl=ttl, send_ttl=send_ttl, adspec=OPEN_PATH).only(Path)
    assert message.adspec.general.break_bit is breaks


@pytest.mark.rfc("2205", "3.8")
def test_a_hop_without_rsvp_that_the_ttl_cannot_tell_is_configured() -> None:
    rig = Rig((interface(1, non_rsvp_hop=True), interface(2)))
    assert rig.path(S1, session=UNI, adspec=OPEN_PATH).only(Path).adspec.general.break_bit


@pytest.mark.rfc("2205", "3.11.2")
def test_the_adspec_is_advanced_by_the_interface_that_the_path_leaves_by() -> None:
    slow = replace(ETHERNET, latency_us=700, mtu_bytes=1_400)
    rig = Rig((interface(1), interface(2, slow), interface(3)))
    by_interface = {
        one.packet.interface: one.message.adspec.general
        for one in rig.path(S1, adspec=OPEN_PATH).sent(Path)
    }
    assert (by_interface[2].min_path_latency_us, by_interface[2].path_mtu_bytes) == (700, 1_400)
    assert (by_interface[3].min_path_latency_us, by_interface[3].path_mtu_bytes) == (0, 1_500)
    assert {general.is_hops for general in by_interface.values()} == {1}


@pytest.mark.rfc("2205", "3.10")
def test_an_adspec_of_a_type_that_we_do_not_read_refuses_the_path(rig: Rig) -> None:
    strange = Opaque(0x0D09, bytes(8))
    outcome = rig.path(S1, session=UNI, adspec=strange)
    assert outcome.refused_with(PathErr) == (ErrorCode.UNKNOWN_OBJECT_C_TYPE, 0x0D09)
