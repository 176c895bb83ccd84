"""Draws a world from a seed: topology, link sizes, time parameters, sessions.

2 to 12 routers in a tree with some more links, some of them LANs, some routers without RSVP; 2 to 7
hosts. Sizes are drawn towards the small, where most mistakes show and a run is short.
"""

from __future__ import annotations

from p4rsvp.engine.config import TimeParameters
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.machine import Skew
from p4rsvp.sim.network import Network, Settings
from p4rsvp.sim.topology import Kind, Topology
from p4rsvp.sim.world import MILLISECOND_NS, SECOND_NS, Meeting, World
from p4rsvp.wire.address import Address
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF

ROOMY_BYTES_PER_S = 1_000_000
TIGHT_BYTES_PER_S = 16_000
REFRESH_PERIODS_MS = (1_000, 2_000, 5_000, 30_000)


def draw_world(seed: int) -> World:
    """Everything as it is before anything happens."""
    dice = Dice(seed)
    topology = _draw_topology(dice.fork())
    is_tight = dice.happens(0.25)
    times = TimeParameters(
        refresh_period_ms=dice.choice(REFRESH_PERIODS_MS),
        lifetime_factor=dice.choice((2, 3, 3, 4)),
        local_repair_delay_ms=dice.choice((0, 500, 2_000)),
    )
    settings = Settings(
        draw_link(tight=is_tight),
        times,
        target_delay_ns=dice.choice((0, 1, 50)) * MILLISECOND_NS,
        filtered=is_filtered(seed),
        preempts=is_tight and has_priorities(seed),
    )
    network = Network(topology, settings, dice.seed())
    if dice.happens(0.5):
        for machine in network.machines.values():
            machine.skew = Skew(dice.between(0, 1_000) * SECOND_NS, dice.between(-20_000, 20_000))
    world = World(seed, dice.fork(), network, is_tight)
    world.meetings = _draw_meetings(dice.fork(), topology)
    return world


def is_filtered(seed: int) -> bool:
    """Whether a world has refresh filters: not drawn, so that it is the same world without them."""
    return seed % 4 == 1


def has_priorities(seed: int) -> bool:
    """Whether reservations in a world with tight links have priorities; likewise not drawn."""
    return seed % 3 == 2


def draw_link(*, tight: bool) -> LinkConfig:
    """All links of a world are alike: with room for everything, or for two or three flows."""
    rate = TIGHT_BYTES_PER_S if tight else ROOMY_BYTES_PER_S
    burst = 40_000 if tight else 1_000_000
    return LinkConfig(
        rate_bytes_per_s=2 * rate,
        mtu_bytes=1_500,
        guaranteed=ClassLimit(rate, burst),
        controlled_load=ClassLimit(rate, burst),
        best_effort_rate_bytes_per_s=rate // 2,
        control_rate_bytes_per_s=rate // 2,
        control_burst_bytes=3_000,
    )


def _draw_topology(dice: Dice) -> Topology:
    topology = Topology()
    routers = [
        f"X{number}" for number in range(1, min(dice.between(2, 12), dice.between(2, 12)) + 1)
    ]
    has_clouds = dice.happens(0.3)
    for name in routers:
        plain = has_clouds and dice.happens(0.25)
        topology.add_machine(name, Kind.PLAIN_ROUTER if plain else Kind.ROUTER)
    joined = routers[:1]
    waiting = routers[1:]
    while waiting:
        group = [waiting.pop(0) for _ in range(min(len(waiting), _lan_size(dice)))]
        _connect(dice, topology, dice.choice(joined), *group)
        joined += group
    for _ in range(dice.between(0, len(routers) // 2)):
        first, second = dice.sample(routers, 2)
        if not _are_connected(topology, first, second):
            _connect(dice, topology, first, second)
    for number in range(1, dice.between(2, 7) + 1):
        host = f"H{number}"
        topology.add_machine(host, Kind.HOST)
        others = dice.sample(routers, 2 if dice.happens(0.15) else 1)
        _connect(dice, topology, host, *others)
    return topology


def _lan_size(dice: Dice) -> int:
    return dice.between(2, 3) if dice.happens(0.25) else 1


def _are_connected(topology: Topology, first: str, second: str) -> bool:
    return any(
        {first, second} <= {a.machine for a in segment.attachments}
        for segment in topology.segments.values()
    )


def _connect(dice: Dice, topology: Topology, *machines: str) -> None:
    delay_ns = dice.between(1, 20) * MILLISECOND_NS
    topology.connect(*machines, delay_ns=delay_ns, metric=dice.between(1, 3))


def _draw_meetings(dice: Dice, topology: Topology) -> list[Meeting]:
    meetings = []
    for number in range(1, dice.between(1, 4) + 1):
        version = dice.choice((4, 4, 6))
        if dice.happens(0.6):
            group = f"239.1.1.{number}" if version == 4 else f"ff1e::{number}"
            destination = Address.parse(group)
        else:
            destination = topology.address(dice.choice(topology.hosts()), version)
        session: Session | GpiSession = Session(destination, 17, 5_000 + number)
        if dice.happens(0.15):
            session = GpiSession(destination, 50, number)
        meetings.append(
            Meeting(
                session,
                dice.choice((WF, FF, SE)),
                dice.choice((Service.CONTROLLED_LOAD, Service.GUARANTEED)),
            )
        )
    return meetings
