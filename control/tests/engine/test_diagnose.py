"""DREQ and DREP (RFC 2745) through a chain of nodes: a sender, two routers, a receiver."""

from __future__ import annotations

from dataclasses import replace

import pytest

from p4rsvp.engine.config import TimeParameters
from p4rsvp.engine.effects import DiagReply, Effect
from p4rsvp.engine.events import ApiDiagnose, Event
from p4rsvp.sim.application import Application
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.network import Network, Settings
from p4rsvp.sim.topology import Kind, Topology
from p4rsvp.wire.diagnostics import DiagError, DiagResponse
from p4rsvp.wire.extensions import Drep
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, Style
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import flowspec, tspec
from tests.engine.network import ETHERNET

SECOND_NS = 1_000_000_000


class Chain:
    """S - X - Y - R, and another host Q at Y that only asks."""

    def __init__(self, mtu_bytes: int = 1500) -> None:
        topology = Topology()
        for name in ("X", "Y"):
            topology.add_machine(name, Kind.ROUTER)
        for name in ("S", "R", "Q"):
            topology.add_machine(name, Kind.HOST)
        for pair in ("SX", "XY", "YR", "YQ"):
            topology.connect(*pair)
        link = replace(ETHERNET, mtu_bytes=mtu_bytes)
        self.network = Network(topology, Settings(link, TimeParameters()))
        self.network.watchers.append(self)
        self.replies: list[Drep] = []
        destination = topology.address("R", 4)
        self.session = Session(destination, 17, 5000)
        self.sender = PortSelector(topology.address("S", 4), 7000)
        self.apps = {name: Application(self.network, name, 1, self.session) for name in "SR"}

    def stepped(self, machine: Machine, event: Event, effects: list[Effect]) -> None:
        self.replies += [one.reply for one in effects if isinstance(one, DiagReply)]

    def written(self, machine: Machine) -> None:
        """Nothing that a diagnosis is about."""

    def reserve(self) -> None:
        self.apps["S"].send(self.sender, tspec(2))
        self.apps["R"].listen()
        self.network.run_for(SECOND_NS)
        self.apps["R"].reserve(FF, FlowDescriptor(flowspec(1), (FilterSpec(self.sender),)))
        self.network.run_for(SECOND_NS)

    def ask(self, who: str, *, max_hops: int = 0, along_route: bool = False) -> list[Drep]:
        """Let a host ask from the receiver on; all that comes back."""
        machine = self.network.machines[who]
        interface = 0 if who == "R" else 1
        self.replies.clear()
        event = ApiDiagnose(
            self.session,
            self.sender,
            self.session.destination,
            interface,
            42,
            max_hops,
            along_route,
        )
        self.network.happens(machine, event)
        self.network.run_for(SECOND_NS)
        return list(self.replies)


def objects(response: DiagResponse, kind: type) -> list[object]:
    return [one for one in response.objects if isinstance(one, kind)]


@pytest.fixture
def chain() -> Chain:
    made = Chain()
    made.reserve()
    return made


@pytest.mark.rfc("2745", "4.1")
@pytest.mark.parametrize("along_route", [False, True])
@pytest.mark.parametrize("who", ["R", "Q"])
def test_every_node_on_the_path_reports_what_it_holds(
    chain: Chain, who: str, *, along_route: bool
) -> None:
    (reply,) = chain.ask(who, along_route=along_route)
    assert reply.diagnostic.request_id == 42
    assert not reply.diagnostic.more_fragments
    assert [one.error for one in reply.responses] == [0, 0, 0, 0]  # R, Y, X, S
    assert reply.diagnostic.hop_count == 4
    for response in reply.responses:
        assert objects(response, SenderTspec) == [SenderTspec(tspec(2))]
        assert objects(response, Flowspec) == [flowspec(1)]
        assert objects(response, Style) == [FF]
    hops = [str(one.previous_hop) for one in reply.responses]
    assert hops[-1] == "0.0.0.0", "the sender has none before it"  # noqa: S104 (no address)
    # Each node's previous hop is the outgoing interface of the next one that reports.
    outgoing = [str(one.outgoing) for one in reply.responses]
    assert hops[:-1] == outgoing[1:]


@pytest.mark.rfc("2745", "3.3")
@pytest.mark.parametrize("max_hops", [1, 2, 3])
def test_the_question_goes_no_further_than_it_is_allowed_to(chain: Chain, max_hops: int) -> None:
    (reply,) = chain.ask("R", max_hops=max_hops)
    assert len(reply.responses) == max_hops


@pytest.mark.rfc("2745", "4.4")
def test_a_node_without_path_state_says_so_and_ends_the_search() -> None:
    chain = Chain()
    (reply,) = chain.ask("Q")
    (response,) = reply.responses
    assert response.error == DiagError.NO_PATH_STATE
    assert not response.objects


@pytest.mark.rfc("2745", "4.1")
def test_without_a_reservation_there_is_path_state_to_report(chain: Chain) -> None:
    chain.apps["R"].release_reservation()
    chain.network.run_for(SECOND_NS)
    (reply,) = chain.ask("R")
    assert len(reply.responses) == 4
    assert not any(objects(one, Flowspec) for one in reply.responses)
    assert all(objects(one, SenderTspec) for one in reply.responses)


@pytest.mark.rfc("2745", "4.3")
@pytest.mark.parametrize("along_route", [False, True])
def test_an_answer_that_grows_too_big_comes_in_parts_that_fit(*, along_route: bool) -> None:
    chain = Chain(mtu_bytes=330)
    chain.reserve()
    parts = chain.ask("R", along_route=along_route)
    assert len(parts) > 1
    assert sorted(one.diagnostic.more_fragments for one in parts) == [
        False,
        *[True] * (len(parts) - 1),
    ]
    parts.sort(key=lambda one: one.diagnostic.fragment_offset_bytes)
    gathered = [response for part in parts for response in part.responses]
    assert len(gathered) == 4
    end = 0
    for part in parts:
        assert part.diagnostic.fragment_offset_bytes == end
        end += sum(len(one.encode()) for one in part.responses)


@pytest.mark.rfc("2745", "3.6")
def test_a_hop_count_shows_how_far_the_node_before_was(chain: Chain) -> None:
    (reply,) = chain.ask("R")
    assert [one.ip_hops for one in reply.responses] == [0, 0, 0, 0]
    assert {one.refresh_multiple for one in reply.responses} == {3}
    assert {one.refresh_period_s for one in reply.responses} == {30}
