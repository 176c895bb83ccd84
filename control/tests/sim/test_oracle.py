"""The oracle by itself: it says of figure 4's network what the RFC's figures say."""

from __future__ import annotations

import pytest

from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.sim.application import Application
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.oracle import Place, reservations, ways
from p4rsvp.sim.world import Meeting, World
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.style import FF, SE, WF, Style
from tests.engine.figures.notation import BASE_BYTES_PER_S, flowspec, tspec

from .test_network import GROUP, applications, figure_4

# What receivers ask for: a multiple of B for some senders; and what that comes to where.
FIGURES = {
    "figure 5": (
        WF,
        {"R1": [(4, "")], "R2": [(3, "")], "R3": [(2, "")]},
        {("X", 3): [4], ("X", 4): [3], ("S1", 1): [4], ("B", 1): [4]},
    ),
    "figure 6": (
        FF,
        {"R1": [(4, "S1"), (5, "S2")], "R2": [(3, "S1"), (1, "S3")], "R3": [(1, "S1")]},
        {("X", 3): [4, 5], ("X", 4): [1, 3], ("S1", 1): [4], ("B", 1): [1, 5]},
    ),
    "figure 7": (
        SE,
        {"R1": [(1, "S1 S2")], "R2": [(3, "S1 S3")], "R3": [(2, "S2")]},
        {("X", 3): [1], ("X", 4): [3], ("S1", 1): [3], ("B", 1): [3]},
    ),
}


def _world(style: Style, asked: dict[str, list[tuple[int, str]]]) -> World:
    network = figure_4()
    apps = applications(network, GROUP)
    for host, flows in asked.items():
        apps[host].reserve(style, *(_flow(apps, *flow) for flow in flows))
    meeting = Meeting(GROUP, style, Service.CONTROLLED_LOAD)
    world = World(0, Dice(0), network, is_tight=False, meetings=[meeting])
    world.apps = list(apps.values())
    return world


def _flow(apps: dict[str, Application], multiple: int, senders: str) -> FlowDescriptor:
    named = (PortSelector(apps[name].address, 7_000) for name in senders.split())
    return FlowDescriptor(flowspec(multiple), tuple(FilterSpec(one) for one in named))


@pytest.mark.rfc("2205", "1.4")
@pytest.mark.parametrize("figure", list(FIGURES))
def test_it_says_what_the_figure_shows(figure: str) -> None:
    style, asked, expected = FIGURES[figure]
    found = reservations(_world(style, asked))
    for place, multiples in expected.items():
        rates = (r.flowspec.tspec.token_rate_bytes_per_s for r in found[Place(*place)])
        assert sorted(rate / BASE_BYTES_PER_S for rate in rates) == multiples


def test_it_counts_the_hops_of_those_who_send_an_adspec() -> None:
    world = _world(WF, {})
    sender = next(app for app in world.apps if app.host == "S2")
    sender.send(PortSelector(sender.address, 7_000), tspec(10), OPEN_PATH)
    assert {way.host: way.hops for way in ways(world)} == {"R1": 3, "R2": 4, "R3": 4}
    assert not any(way.has_gap for way in ways(world))
