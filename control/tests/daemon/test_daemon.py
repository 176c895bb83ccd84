"""Two hosts, one daemon and one real switch: a request becomes a guarantee, and goes again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from packet.softswitch import Softswitch
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from p4rsvp.daemon.accounting.lines import Lines
from p4rsvp.daemon.frames import read_rsvp
from p4rsvp.daemon.router import RouterConfig, read_router
from p4rsvp.engine.events import Prefix
from p4rsvp.target import static
from p4rsvp.target.cells import Action, Buckets, Cell, Content, Entry, MeterCell
from p4rsvp.target.numbers import (
    REPLICATION_INTERFACE,
    PuntKind,
    ServiceClass,
    Shape,
    Verdict,
    punt_meter_cell,
    reservation_cell,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Path as PathMessage
from p4rsvp.wire.messages import PathTear, Resv, ResvErr, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import NullTspec, SenderTspec, Tspec
from tests.daemon.files import interface, write
from tests.daemon.opa import Opa
from tests.daemon.rig import Rig, host, mac, own_mac, router

SESSION = Session(host(2), 17, 5004)
SENDER = PortSelector(host(1), 4000)
TSPEC = Tspec(100_000.0, 5_000.0, 200_000.0, 64, 1500)
REFRESH = TimeValues(30_000)
LIH = 77  # what the sender's own logical interface is called


def path(tspec: Tspec = TSPEC) -> PathMessage:
    return PathMessage(
        SESSION,
        Hop(host(1), LIH),
        REFRESH,
        SenderTemplate(SENDER),
        SenderTspec(tspec),
        send_ttl=64,
    )


def resv(lih: int, tspec: Tspec = TSPEC) -> Resv:
    flow = FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, tspec), (FilterSpec(SENDER),))
    return Resv(SESSION, Hop(host(2), lih), REFRESH, FF, (flow,), send_ttl=255)


def reserve(rig: Rig, tspec: Tspec = TSPEC) -> None:
    """A Path from host 1 has come to host 2, who answers with a Resv."""
    rig.send(1, path(tspec), host(2), alert=True)
    _, at_receiver = rig.receive(2)
    rig.send(2, resv(at_receiver.hop.lih, tspec), router(2))


def held(rig: Rig) -> dict[Cell, Content]:
    rig.settle()
    return dict(rig.daemon.reconciler.actual)


def test_a_port_at_an_edge_may_punt_less_than_others(switch: Softswitch, tmp_path: Path) -> None:
    edge, vlan = "rsvp_punts_per_s = 500", "port = 1\nvlan_id = 7\nrsvp_punts_per_s = 900"
    parts = (interface(1, edge), interface(2), interface(3, vlan).replace("port = 3\n", "", 1))
    with Rig(switch, tmp_path, *parts) as made:
        holds = held(made)
    rates = {}
    for port in (1, 2):
        meter = holds[MeterCell("punt_meter", punt_meter_cell(port, PuntKind.RSVP))]
        assert isinstance(meter, Buckets)
        rates[port] = meter.cir_bytes_per_s
    assert rates == {1: 900, 2: 20_000}


@pytest.mark.rfc("2205", "3.1.3")
def test_a_path_goes_on_to_the_receiver_by_way_of_us(rig: Rig) -> None:
    rig.send(1, path(), host(2), alert=True)
    datagram, message = rig.receive(2)
    assert datagram.router_alert
    assert datagram.ip_ttl == message.send_ttl == 63
    assert (datagram.source, datagram.destination) == (host(1), host(2))
    assert message.hop.address == router(2)


@pytest.mark.rfc("2205", "3.1.4")
def test_a_reservation_stands_in_the_switch_before_the_sender_hears_of_it(rig: Rig) -> None:
    reserve(rig)
    datagram, message = rig.receive(1)
    assert (datagram.source, datagram.destination) == (router(1), host(1))
    assert message.hop == Hop(router(1), LIH)
    holds = held(rig)
    number = int.from_bytes
    key = (2, number(host(2)), 17, 5004, number(host(1)), 4000)
    claim = holds[Entry("ipv4_five_tuple", key)]
    assert claim == Action("reserve", (1, ServiceClass.CONTROLLED_LOAD))
    meter = holds[MeterCell("reservation_meter", 1)]
    assert isinstance(meter, Buckets)
    # r on the wire: 38 bytes more for every packet, which is at most a share of 38/64.
    assert 100_000 < meter.cir_bytes_per_s <= 100_000 * (64 + 38) / 64
    leave = holds[Entry("outgoing_interfaces", (2,))]
    assert isinstance(leave, Action)
    assert leave.parameters[-1] == Shape.IPV4_FIVE_TUPLE


def test_the_packets_of_a_reservation_are_metered_and_counted(rig: Rig) -> None:
    reserve(rig)
    rig.receive(1)
    data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=4000, dport=5004) / bytes(100)
    rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / data))
    sent = rig.collect()
    assert (sent.port, Ether(sent.frame).dst) == (2, mac(2))
    cell = reservation_cell(1, Verdict.SENT)
    counted = rig.call(rig.daemon.session.traffic("reservation_traffic", [cell]))
    assert counted[cell] == (1, len(sent.frame))


@pytest.mark.rfc("2205", "3.1.5")
def test_a_tear_removes_everything(rig: Rig) -> None:
    before = held(rig)
    reserve(rig)
    rig.receive(1)
    assert held(rig) != before
    rig.send(1, PathTear(SESSION, Hop(host(1), LIH), SenderTemplate(SENDER), send_ttl=64), host(2))
    _, tear = rig.receive(2)
    assert isinstance(tear, PathTear)
    assert held(rig) == before
    assert not rig.daemon.node.sessions


@pytest.mark.rfc("2205", "3.1.8")
def test_what_the_link_cannot_carry_is_refused_to_the_receiver(rig: Rig) -> None:
    before = held(rig)
    reserve(rig, Tspec(50e6, 5_000.0, 60e6, 64, 1500))
    datagram, error = rig.receive(2)
    assert isinstance(error, ResvErr)
    assert datagram.destination == host(2)
    assert held(rig) == before


@pytest.mark.rfc("2205", "3.1.8")
def test_what_the_switch_refuses_is_refused_to_the_receiver(rig: Rig) -> None:
    rig.daemon.planner._used = 131_071  # as if all reservations were taken
    reserve(rig)
    _, error = rig.receive(2)
    assert isinstance(error, ResvErr)
    assert held(rig).keys().isdisjoint({MeterCell("reservation_meter", 1)})


def test_a_receiver_who_is_not_known_yet_is_asked_for_while_the_path_waits(
    switch: Softswitch, tmp_path: Path
) -> None:
    with Rig(switch, tmp_path) as rig:
        rig.send(1, path(), host(2), alert=True)
        asked = Ether(rig.collect().frame)
        assert (asked[ARP].op, asked[ARP].pdst) == (1, str(host(2)))
        answer = ARP(op=2, hwsrc=mac(2), psrc=str(host(2)), hwdst=own_mac(2), pdst=str(router(2)))
        rig.inject(2, bytes(Ether(src=mac(2), dst=own_mac(2)) / answer))
        _, message = rig.receive(2)
        assert isinstance(message, PathMessage)


def test_data_for_somebody_unknown_waits_for_an_answer_and_then_goes_by_the_switch(
    switch: Softswitch, tmp_path: Path
) -> None:
    data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=1, dport=2) / b"data"
    frame = bytes(Ether(src=mac(1), dst=own_mac(1)) / data)
    with Rig(switch, tmp_path) as rig:
        rig.inject(1, frame)
        assert Ether(rig.collect().frame)[ARP].pdst == str(host(2))
        answer = ARP(op=2, hwsrc=mac(2), psrc=str(host(2)), hwdst=own_mac(2), pdst=str(router(2)))
        rig.inject(2, bytes(Ether(src=mac(2), dst=own_mac(2)) / answer))
        waited = rig.collect()
        rig.settle()
        rig.inject(1, frame)
        assert rig.collect()[:2] == waited[:2]
        expected = data.copy()
        expected.ttl -= 1
        assert waited.frame == bytes(Ether(src=own_mac(2), dst=mac(2)) / expected)


def test_a_daemon_that_leaves_may_tear_down_what_it_holds(rig: Rig) -> None:
    before = held(rig)
    reserve(rig)
    rig.receive(1)
    rig.call(rig.daemon.tear_down())
    assert isinstance(rig.receive(1)[1], ResvTear)
    assert isinstance(rig.receive(2)[1], PathTear)
    assert held(rig) == before


def test_a_reloaded_file_changes_routes_and_interfaces(rig: Rig, tmp_path: Path) -> None:
    route = '[[route]]\ndestination = "192.0.2.0/24"\ninterface = 2\nvia = "10.0.2.2"\n'
    text = rig.daemon.config.path.read_text()
    more = text.replace("number = 1\n", "number = 1\nrefresh_period_ms = 5000\n") + route
    changed = read_router(write(tmp_path, more))
    rig.call(reload_to(rig, changed))
    cell = static.route_cell(Prefix(Address.parse("192.0.2.0"), 24))
    assert held(rig)[cell] == static.route(3)  # host 2 is the second neighbour that was found
    assert rig.daemon.node.interfaces[1].times.refresh_period_ms == 5000
    back = read_router(write(tmp_path, text))
    rig.call(reload_to(rig, back))
    assert cell not in held(rig)


async def reload_to(rig: Rig, config: RouterConfig) -> None:
    assert rig.daemon.reload(config) == ()


GROUP = Address.parse("239.1.1.1")
TREE = '[[multicast_route]]\ngroup = "239.1.1.1"\nincoming = 1\noutgoing = [2, 3]\n'


def test_each_member_of_a_group_gets_its_own_reservation_and_the_group_one_before_replication(
    switch: Softswitch, tmp_path: Path
) -> None:
    session = Session(GROUP, 17, 5004)
    announced = structs.replace(path(), session=session)
    with Rig(switch, tmp_path, interface(1), interface(2), interface(3), TREE) as rig:
        for number in (1, 2, 3):
            rig.meet(number)
        before = held(rig)
        rig.send(1, announced, GROUP, alert=True)
        handles = {}
        for _ in (2, 3):
            sent = rig.collect()
            found = read_rsvp(sent.frame)
            assert found is not None
            handles[sent.port] = decode(found.data).hop.lih  # type: ignore[union-attr]  # a Path
        assert handles.keys() == {2, 3}
        for number, lih in handles.items():
            wish = structs.replace(resv(lih), session=session, hop=Hop(host(number), lih))
            rig.send(number, wish, router(number))
            rig.settle()
        rig.receive(1)
        filters = [cell for cell in held(rig) if cell[0] == "ipv4_five_tuple"]
        assert {cell.match[0] for cell in filters} == {2, 3, REPLICATION_INTERFACE}  # type: ignore[union-attr]
        tear = PathTear(session, Hop(host(1), LIH), SenderTemplate(SENDER), send_ttl=64)
        rig.send(1, tear, GROUP)
        assert {rig.collect().port for _ in (2, 3)} == {2, 3}
        assert held(rig) == before


@pytest.mark.rfc("2205", "2.7")
def test_a_reservation_that_the_policy_of_the_file_refuses_is_told_so(
    switch: Softswitch, tmp_path: Path
) -> None:
    table = '[[policy.rule]]\naction = "refuse"\nfor = "reservation"\nabove_bits_per_s = 700e3\n'
    with Rig(switch, tmp_path, table, interface(1), interface(2)) as rig:
        rig.meet(1)
        rig.meet(2)
        reserve(rig)  # 100,000 bytes/s
        _, message = rig.receive(2)
        assert isinstance(message, ResvErr)
        assert isinstance(message.error, ErrorSpec)
        assert message.error.code == ErrorCode.POLICY_CONTROL_FAILURE
        assert rig.daemon.node.counters.reservation_states == 0


def test_accounts_say_what_the_switch_has_carried_and_outlast_the_daemon(
    switch: Softswitch, tmp_path: Path
) -> None:
    table = '[accounting]\nfile = "accounts.jsonl"\n'
    with Rig(switch, tmp_path, table, interface(1), interface(2)) as rig:
        rig.meet(1)
        rig.meet(2)
        reserve(rig)
        rig.receive(1)
        assert rig.daemon.accounts is not None
        rig.call(rig.daemon.accounts._settle())
        data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=4000, dport=5004) / bytes(100)
        rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / data))
        sent = rig.collect()
        rig.call(rig.daemon.end_accounts())
    start, stop = Lines([tmp_path / "accounts.jsonl"])
    assert (start["record"], start["session"]) == ("start", "10.0.2.2/17:5004")
    assert (stop["record"], stop["cause"]) == ("stop", "the daemon has stopped")
    assert (stop["sent_packets"], stop["sent_bytes"]) == (1, len(sent.frame))


@pytest.mark.rfc("2996", "3")
def test_the_sender_of_a_flow_that_names_no_rate_is_told_its_mark(
    switch: Softswitch, tmp_path: Path
) -> None:
    null = NullTspec.of(1500)
    parts = (interface(1), interface(2), "[null_service]\ndscp = 10")
    with Rig(switch, tmp_path, *parts) as rig:
        rig.meet(1)
        rig.meet(2)
        rig.send(1, structs.replace(path(), tspec=SenderTspec(null)), host(2), alert=True)
        _, at_receiver = rig.receive(2)
        assert at_receiver.tspec == SenderTspec(null)
        flow = FlowDescriptor(Flowspec(Service.NULL, null), (FilterSpec(SENDER),))
        rig.send(2, structs.replace(resv(at_receiver.hop.lih), flows=(flow,)), router(2))
        _, at_sender = rig.receive(1)
        assert at_sender.flows == (flow,)
        assert [item for _, item in at_sender.extras] == [Dclass((10,))]
        assert not any(isinstance(cell, MeterCell) for cell in rig.daemon.planner.state)


@pytest.mark.rfc("3182", "6.2")
def test_a_decision_point_is_asked_over_http_and_its_answer_is_heeded(
    switch: Softswitch, tmp_path: Path
) -> None:
    with Opa(lambda asked: {"allow": asked["rate_bytes_per_s"] < 90_000, "reason": "much"}) as opa:
        rule = '[[policy.rule]]\naction = "ask"\nfor = "reservation"\n'
        table = f'[policy.decision_point]\nurl = "{opa.url}"\ntimeout_s = 30\n'
        with Rig(switch, tmp_path, rule, table, interface(1), interface(2)) as rig:
            rig.meet(1)
            rig.meet(2)
            reserve(rig)  # 100,000 bytes/s
            _, message = rig.receive(2)
            assert isinstance(message, ResvErr)
            assert isinstance(message.error, ErrorSpec)
            assert message.error.code == ErrorCode.POLICY_CONTROL_FAILURE
            rig.send(2, resv(2, replace(TSPEC, token_rate_bytes_per_s=80_000.0)), router(2))
            _, message = rig.receive(1)
            assert isinstance(message, Resv)
    assert [one["rate_bytes_per_s"] for one in opa.questions] == [100_000, 80_000]
