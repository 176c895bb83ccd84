"""Networks whose reservations have priorities: they come to what a list of them says.

Between two hosts lie two routers; on the way is room for so many reservations of one size. With one
priority for each session, and preempting by what it defends, it does not matter who came first.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.engine.config import TimeParameters
from p4rsvp.engine.effects import UpcallKind
from p4rsvp.engine.standing import Standing
from p4rsvp.host.happenings import Preempted, happening_of
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.sim import draw, run
from p4rsvp.sim.application import Application
from p4rsvp.sim.checks import Promise
from p4rsvp.sim.network import Network, Settings
from p4rsvp.sim.priorities import weight
from p4rsvp.sim.topology import Kind, Topology
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.policy_elements import PreemptionPriority
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from tests.engine.figures.notation import flowspec, tspec
from tests.engine.network import ETHERNET

SECOND_NS = 1_000_000_000
PERIOD_MS = 1_000
ROOM = 3
SIZE = 100  # B
LIMIT = ClassLimit(ROOM * 180_000, 10_000_000)  # 100,000 bytes/s take about 150,000 on the wire


class Line:
    """A - X - Y - B, and a pair of applications for each session."""

    def __init__(self, sessions: int) -> None:
        topology = Topology()
        for name, kind in (("A", Kind.HOST), ("X", Kind.ROUTER), ("Y", Kind.ROUTER)):
            topology.add_machine(name, kind)
        topology.add_machine("B", Kind.HOST)
        for pair in (("A", "X"), ("X", "Y"), ("Y", "B")):
            topology.connect(*pair)
        times = TimeParameters(refresh_period_ms=PERIOD_MS)
        link = replace(ETHERNET, controlled_load=LIMIT)
        self.network = Network(topology, Settings(link, times, preempts=True))
        self.receivers: list[Application] = []
        for number in range(sessions):
            session = Session(topology.address("B"), 17, 5_000 + number)
            sender = Application(self.network, "A", 2 * number + 1, session)
            receiver = Application(self.network, "B", 2 * number + 2, session)
            sender.send(PortSelector(sender.address, 7_000 + number), tspec(1_000))
            receiver.listen()
            priority = number + 1
            receiver.policy = weight(PreemptionPriority(priority, priority))
            self.receivers.append(receiver)
        self.network.run_for(5 * SECOND_NS)

    def reserve(self, number: int) -> None:
        named = PortSelector(self.network.topology.address("A"), 7_000 + number)
        self.receivers[number].reserve(FF, FlowDescriptor(flowspec(SIZE), (FilterSpec(named),)))
        self.network.run_for(SECOND_NS // 10)

    def standing(self, machine: str) -> set[int]:
        entries = self.network.machines[machine].target.held(2)
        return {
            entry.session.port - 5_000 for entry in entries if isinstance(entry.session, Session)
        }


def test_so_many_as_the_link_is_meant_for_fit_it() -> None:
    line = Line(ROOM + 1)
    for number in range(ROOM):
        line.reserve(number)
    assert len(line.standing("X")) == ROOM
    line.reserve(ROOM)
    assert line.standing("X") == line.standing("Y") == {1, 2, 3}


@pytest.mark.rfc("3181", "4")
@settings(deadline=None, max_examples=10)
@given(st.permutations(range(6)), st.sets(st.integers(0, 5), max_size=3))
def test_whoever_came_first_those_of_the_highest_priority_stand(
    order: list[int], leaving: set[int]
) -> None:
    line = Line(6)
    for number in order:
        line.reserve(number)
    for number in leaving:
        line.receivers[number].release_reservation()
    line.network.run_for(20 * PERIOD_MS * SECOND_NS // 1_000)
    expected = set(sorted(set(order) - leaving)[-ROOM:])
    assert line.standing("X") == line.standing("Y") == expected


@pytest.mark.rfc("2205", "3.11.1")
def test_an_application_hears_that_it_was_preempted_by_which_priority() -> None:
    line = Line(ROOM + 1)
    for number in range(ROOM + 1):
        line.reserve(number)
    upcall = line.receivers[0].heard(UpcallKind.RESV_ERROR)[0]
    happening = happening_of(upcall)
    assert isinstance(happening, Preempted)
    assert "gave the reservation up: policy control failure: flow was preempted" in str(happening)


def test_a_node_that_heeds_no_defending_priority_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    below = Standing.below
    monkeypatch.setattr(Standing, "below", lambda it, interface, _: below(it, interface, 1 << 16))
    seeds = (seed for seed in range(400) if draw.has_priorities(seed))
    outcomes = (run.run_seed(seed) for seed in seeds if draw.draw_world(seed).is_tight)
    noticed = next(outcome for outcome in outcomes if outcome.failure)
    assert noticed.promise == Promise.PRIORITIES.value, noticed.failure
