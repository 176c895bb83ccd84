"""Whole networks: figure 4 with real hosts and routers around it, and what IP does between them."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from p4rsvp.engine.config import TimeParameters
from p4rsvp.engine.effects import UpcallKind
from p4rsvp.engine.events import Event, PacketIn
from p4rsvp.sim.application import Application
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.network import Network, Settings
from p4rsvp.sim.topology import Kind, Topology
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Style
from tests.engine.figures.notation import flowspec, tspec
from tests.engine.network import ETHERNET

GROUP = Session(Address.parse("239.1.1.1"), 17, 5_000)
SECOND_NS = 1_000_000_000


def figure_4() -> Network:
    """Senders S1 behind (a), S2 and S3 behind router B; R2 and R3 behind next hops on a LAN."""
    topology = Topology()
    for name in ("X", "B", "D2", "D3"):
        topology.add_machine(name, Kind.ROUTER)
    for name in ("S1", "S2", "S3", "R1", "R2", "R3"):
        topology.add_machine(name, Kind.HOST)
    topology.connect("S1", "X")
    topology.connect("B", "X")
    topology.connect("S2", "B")
    topology.connect("S3", "B")
    topology.connect("X", "R1")
    topology.connect("X", "D2", "D3")
    topology.connect("D2", "R2")
    topology.connect("D3", "R3")
    return Network(topology, Settings(ETHERNET, TimeParameters()))


def applications(network: Network, session: Session) -> dict[str, Application]:
    """One application a host; those on S1, S2, S3 send, the others listen."""
    apps = {h: Application(network, h, 1, session) for h in network.topology.hosts()}
    for host, app in apps.items():
        if host.startswith("S"):
            app.send(PortSelector(app.address, 7_000), tspec(10))
        else:
            app.listen()
    network.run_for(5 * SECOND_NS)  # W lets routing settle before Path messages go
    return apps


def rates(network: Network, machine: str, interface: int) -> list[float]:
    """What stands on an interface, in multiples of B."""
    held = network.machines[machine].target.held(interface)
    return sorted(e.plan.effective.tspec.token_rate_bytes_per_s / 1_000 for e in held)


@pytest.mark.rfc("2205", "1.4")
def test_wildcard_requests_of_three_hosts_merge_on_their_way_as_in_figure_5() -> None:
    network = figure_4()
    apps = applications(network, GROUP)
    for host, multiple in (("R1", 4), ("R2", 3), ("R3", 2)):
        apps[host].reserve(WF, FlowDescriptor(flowspec(multiple)))
    network.run_for(SECOND_NS)
    assert rates(network, "X", 3) == [4]
    assert rates(network, "X", 4) == [3]
    assert rates(network, "B", 1) == [4]
    assert rates(network, "S1", 1) == [4]
    assert rates(network, "S2", 1) == rates(network, "S3", 1) == [4]
    assert rates(network, "D2", 2) == [3]
    assert rates(network, "D3", 2) == [2]


@pytest.mark.rfc("2205", "1.4")
@pytest.mark.parametrize("style", [FF, SE])
def test_explicit_requests_reach_only_the_senders_that_they_name(style: Style) -> None:
    network = figure_4()
    apps = applications(network, GROUP)
    named = FilterSpec(PortSelector(apps["S2"].address, 7_000))
    apps["R2"].reserve(style, FlowDescriptor(flowspec(3), (named,)))
    network.run_for(SECOND_NS)
    assert rates(network, "S2", 1) == rates(network, "B", 1) == rates(network, "X", 4) == [3]
    assert rates(network, "S1", 1) == rates(network, "S3", 1) == rates(network, "X", 3) == []


@pytest.mark.rfc("2205", "2.6")
def test_a_receiver_hears_that_its_request_stands() -> None:
    network = figure_4()
    apps = applications(network, GROUP)
    apps["R1"].reserve(WF, FlowDescriptor(flowspec(4)), confirm=True)
    network.run_for(SECOND_NS)
    assert apps["R1"].heard(UpcallKind.RESV_CONFIRM)
    assert apps["S2"].heard(UpcallKind.RESV_EVENT)


@pytest.mark.rfc("2205", "2.4")
def test_when_all_have_closed_nothing_is_left_anywhere() -> None:
    network = figure_4()
    apps = applications(network, GROUP)
    apps["R2"].reserve(WF, FlowDescriptor(flowspec(3)))
    network.run_for(SECOND_NS)
    for app in apps.values():
        app.close()
    network.run_for(SECOND_NS)
    for machine in network.machines.values():
        assert machine.node is not None
        assert not machine.node.sessions
        assert not machine.target.entries


def line(*kinds: Kind) -> Network:
    """S - X1 - X2 ... - R."""
    topology = Topology()
    names = ["S", *(f"X{number}" for number in range(1, len(kinds) + 1)), "R"]
    for name, kind in zip(names, (Kind.HOST, *kinds, Kind.HOST), strict=True):
        topology.add_machine(name, kind)
    for left, right in pairwise(names):
        topology.connect(left, right)
    return Network(topology, Settings(ETHERNET, TimeParameters()))


@pytest.mark.rfc("2205", "2.9")
@pytest.mark.parametrize("family", [4, 6])
def test_a_cloud_without_rsvp_is_crossed_and_shows_by_the_ttl(family: int) -> None:
    network = line(Kind.ROUTER, Kind.PLAIN_ROUTER, Kind.ROUTER)
    session = Session(network.topology.address("R", family), 17, 5_000)
    sender = Application(network, "S", 1, session)
    receiver = Application(network, "R", 1, session)
    sender.send(PortSelector(sender.address, 7_000), tspec(4))
    receiver.listen()
    network.run_for(SECOND_NS)
    receiver.reserve(WF, FlowDescriptor(flowspec(2)))
    network.run_for(SECOND_NS)
    assert rates(network, "X1", 2) == rates(network, "X3", 2) == rates(network, "S", 1) == [2]
    (state,) = network.machines["X3"].node.sessions.values()  # type: ignore[union-attr]  # it is up
    assert [psb.non_rsvp for psb in state.psbs] == [True]


@pytest.mark.rfc("2205", "3.6")
def test_a_reservation_moves_to_the_new_way_when_routes_change() -> None:
    topology = Topology()
    for name in ("X1", "X2", "X3", "X4"):
        topology.add_machine(name, Kind.ROUTER)
    for name in ("S", "R"):
        topology.add_machine(name, Kind.HOST)
    topology.connect("S", "X1")
    topology.connect("X1", "X2")
    topology.connect("X1", "X3", metric=2)
    topology.connect("X2", "X4")
    topology.connect("X3", "X4")
    topology.connect("X4", "R")
    network = Network(topology, Settings(ETHERNET, TimeParameters()))
    session = Session(topology.address("R"), 17, 5_000)
    sender, receiver = (Application(network, host, 1, session) for host in "SR")
    sender.send(PortSelector(sender.address, 7_000), tspec(4))
    receiver.listen()
    network.run_for(SECOND_NS)
    receiver.reserve(WF, FlowDescriptor(flowspec(2)))
    network.run_for(SECOND_NS)
    assert rates(network, "X2", 2) == [2]
    assert rates(network, "X3", 2) == []
    topology.metrics["X1-X2"] = 9
    network.reroute()
    network.run_for(5 * SECOND_NS)
    assert rates(network, "X3", 2) == rates(network, "X1", 3) == [2]
    assert rates(network, "X1", 2) == []
    network.run_for(300 * SECOND_NS)
    assert rates(network, "X2", 2) == []


class _Arrivals:
    """Counts what one machine receives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def stepped(self, machine: Machine, event: Event, effects: list[object]) -> None:
        self.count += machine.name == self.name and isinstance(event, PacketIn)


def test_links_lose_and_duplicate_as_they_are_told() -> None:
    network = line(Kind.ROUTER)
    arrivals = _Arrivals("X1")
    network.watchers.append(arrivals)  # type: ignore[arg-type]  # it wants no more than it names
    sender = Application(network, "S", 1, Session(network.topology.address("R"), 17, 5_000))
    network.links.deaf.add(("S", "X1"))
    sender.send(PortSelector(sender.address, 7_000), tspec(4))
    network.run_for(SECOND_NS)
    assert arrivals.count == 0
    network.links.heal()
    network.links.duplication = 1.0
    sender.send(PortSelector(sender.address, 7_000), tspec(5))
    network.run_for(SECOND_NS)
    assert arrivals.count == 2


@pytest.mark.rfc("2205", "2.3")
def test_a_restarted_router_is_filled_again_by_refreshes() -> None:
    network = line(Kind.ROUTER, Kind.ROUTER)
    session = Session(network.topology.address("R"), 17, 5_000)
    sender, receiver = (Application(network, host, 1, session) for host in "SR")
    sender.send(PortSelector(sender.address, 7_000), tspec(4))
    receiver.listen()
    network.run_for(SECOND_NS)
    receiver.reserve(WF, FlowDescriptor(flowspec(2)))
    network.run_for(SECOND_NS)
    machine = network.machines["X1"]
    network.crash(machine, keeps_target=False)
    network.start(machine)
    assert rates(network, "X1", 2) == []
    network.run_for(90 * SECOND_NS)
    assert rates(network, "X1", 2) == [2]


@pytest.mark.rfc("2205", "2.2")
@pytest.mark.parametrize("style", [WF, FF, SE])
def test_merging_comes_to_the_same_in_whatever_order_requests_are_made_and_packets_arrive(
    style: Style,
) -> None:
    results = set()
    for order in permutations(("R1", "R2", "R3")):
        network = figure_4()
        network.links.jitter_ns = SECOND_NS // 10
        apps = applications(network, GROUP)
        senders = [FilterSpec(PortSelector(apps[host].address, 7_000)) for host in ("S1", "S2")]
        filters = {WF: (), FF: (senders[0],), SE: tuple(senders)}[style]
        for host in order:
            apps[host].reserve(style, FlowDescriptor(flowspec(int(host[1])), filters))
        network.run_for(60 * SECOND_NS)  # what overtook a newer message is put right by refreshes
        results.add(
            frozenset(
                (machine.name, entry.interface, entry.selectors, entry.plan.forward)
                for machine in network.machines.values()
                for entry in machine.target.entries.values()
            )
        )
    assert len(results) == 1
    assert results != {frozenset()}
