"""RSVP in UDP through routers: two hosts that can do nothing else (RFC 2205 appendix C).

In namespaces the agents really lack the privilege; in memory the hosts hear nothing but UDP. The
link between the routers knows raw messages only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.lab.mode import Mode
from p4rsvp.lab.spaces.world import SpaceWorld
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import Tspec
from tests.lab.conftest import Lab, best_mode

PATIENCE_S = 8.0
UDP = 17
TSPEC = Tspec(100_000.0, 5_000.0, 1e9, 1000, 1500)
GROUP = Address.parse("239.1.1.1")

TOPOLOGY = f"""
title = "Two hosts without raw sockets, and two routers"
host = [{{name = "h1"}}, {{name = "h2"}}]
router = [{{name = "r1"}}, {{name = "r2"}}]
link = [
  {{ends = ["h1", "r1"], rate_bits_per_s = 100e6, udp = true}},
  {{ends = ["r1", "r2"], rate_bits_per_s = 10e6}},
  {{ends = ["r2", "h2"], rate_bits_per_s = 100e6, udp = true}},
]
group = [{{address = "{GROUP}", senders = ["h1"], members = ["h2"]}}]
"""


@pytest.fixture(scope="module", params=["namespaces", "memory"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    path = tmp_path_factory.mktemp("udp") / "udp.toml"
    path.write_text(TOPOLOGY)
    mode = Mode.MEMORY if request.param == "memory" else best_mode()
    made = Lab(read_topology(path), mode)
    yield made
    made.close()


class Outcome(NamedTuple):
    """What the receiver has heard until its reservation was confirmed, and what routers held."""

    heard: list[UpcallKind]
    states: list[pb.StateResponse]


async def reserve(lab: Lab, session: Session, selector: PortSelector) -> Outcome:
    world = lab.world
    sender, receiver = world.host("h1").rsvp, world.host("h2").rsvp
    heard: list[UpcallKind] = []
    flow = FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, TSPEC), (FilterSpec(selector),))
    events = receiver.events()
    await receiver.listen(session)
    await sender.path(session, selector, TSPEC)
    async with asyncio.timeout(PATIENCE_S):
        async for event in events:
            heard.append(event.upcall.kind)
            if event.upcall.kind is UpcallKind.RESV_CONFIRM:
                break
            await receiver.reserve(session, FF, (flow,), confirm=True)
    states = [await world.router(name).show() for name in ("r1", "r2")]
    await receiver.release(session)
    await sender.release(session)
    async with asyncio.timeout(PATIENCE_S):
        for name in ("r1", "r2"):
            while (await world.router(name).show(pb.SECTION_SESSIONS)).sessions:  # noqa: ASYNC110 (a poll)
                await asyncio.sleep(0.02)
    return Outcome(heard, states)


@pytest.mark.rfc("2205", "C")
@pytest.mark.parametrize(
    ("version", "group"), [(4, None), (6, None), (4, GROUP)], ids=["IPv4", "IPv6", "a group"]
)
def test_hosts_that_only_do_udp_reserve_through_routers_and_leave_nothing(
    lab: Lab, version: int, group: Address | None
) -> None:
    destination = group or lab.world.address("h2", version)
    selector = PortSelector(lab.world.address("h1", version), 4000)
    outcome = lab.run(reserve(lab, Session(destination, UDP, 5004), selector))
    # Not a second Path by the other way: what is for Pu' is heard, what is raw is not.
    assert outcome.heard == [UpcallKind.PATH_EVENT, UpcallKind.RESV_CONFIRM]
    for state in outcome.states:
        (reservation,) = state.reservations
        assert reservation.status == pb.ReservationState.STATUS_INSTALLED
        (sender,) = state.senders
        # RFC 2205 C: Send_TTL stands in for the TTL of a packet that UDP hides.
        assert not sender.non_rsvp_hop


def test_the_agents_of_those_hosts_have_no_privilege(lab: Lab) -> None:
    world = lab.world
    if not isinstance(world, SpaceWorld):
        pytest.skip("in memory there are no privileges")
    for name in ("h1", "h2"):
        assert "RSVP goes in UDP" in (world.record.directory / f"{name}-agent.log").read_text()
