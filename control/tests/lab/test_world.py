"""A running lab, of either kind: traffic, reservations, faults, what is killed and returns."""

from __future__ import annotations

import asyncio
import time

import pytest

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.lab.flow import Cbr, Flow
from p4rsvp.lab.results import BIN_NS, Sample
from p4rsvp.lab.topology import Faults
from p4rsvp.lab.world import LabError, World
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import Tspec
from tests.lab.conftest import Lab

PATIENCE_S = 20.0
TSPEC = Tspec(100_000.0, 5_000.0, 1e9, 1000, 1500)


def flow(world: World, number: int, version: int = 4, rate_bits_per_s: float = 400e3) -> Flow:
    source, destination = world.address("h1", version), world.address("h2", version)
    schedule = Cbr(rate_bits_per_s)
    return Flow("probe", number, source, destination, 4000 + number, 5004, 1000, schedule)


async def received(world: World, sent: Flow, packets: int) -> list[Sample]:
    """Send a flow until so many packets have come; all samples of it."""
    start_ns = time.monotonic_ns() - BIN_NS  # the bin that has begun is one of them
    accounts = await world.host("h2").start_receiver(sent)
    sender = await world.host("h1").start_sender(sent)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await asyncio.sleep(0.05)
                samples = world.samples(sender, accounts, start_ns, time.monotonic_ns())
                if sum(one.received_packets for one in samples) >= packets:
                    return list(samples)
    finally:
        await sender.stop()


@pytest.mark.parametrize("version", [4, 6])
def test_packets_go_from_host_to_host_and_are_measured(lab: Lab, version: int) -> None:
    sent = flow(lab.world, version, version)
    samples = lab.run(received(lab.world, sent, 30))
    assert sum(one.sent_packets for one in samples) >= 30
    busy = [one for one in samples if one.received_packets]
    assert all(one.received_bytes == one.received_packets * 1000 for one in busy)
    for one in busy:
        assert one.delay_min_us is not None
        assert one.delay_mean_us is not None
        assert one.delay_max_us is not None
        assert 0 < one.delay_min_us <= one.delay_mean_us <= one.delay_max_us


def test_a_receivers_request_is_confirmed_and_stands_in_every_router(lab: Lab) -> None:
    world = lab.world

    async def reserve() -> list[pb.StateResponse]:
        wanted = flow(world, 10)
        sender, receiver = world.host("h1").rsvp, world.host("h2").rsvp
        events = receiver.events()
        await receiver.listen(wanted.session)
        await sender.path(wanted.session, wanted.selector, TSPEC)
        request = Flowspec(Service.CONTROLLED_LOAD, TSPEC)
        descriptor = FlowDescriptor(request, (FilterSpec(wanted.selector),))
        seen: list[UpcallKind] = []
        async with asyncio.timeout(PATIENCE_S):
            async for event in events:
                seen.append(event.upcall.kind)
                if event.upcall.kind is UpcallKind.PATH_EVENT and len(seen) == 1:
                    await receiver.reserve(wanted.session, FF, (descriptor,), confirm=True)
                if event.upcall.kind is UpcallKind.RESV_CONFIRM:
                    break
        held = [await world.router(name).show(pb.SECTION_RESERVATIONS) for name in ("r1", "r2")]
        await receiver.release(wanted.session)
        await sender.release(wanted.session)
        return held

    for state in lab.run(reserve()):
        (reservation,) = state.reservations
        assert reservation.status == pb.ReservationState.STATUS_INSTALLED


def test_faults_of_a_link_hold_from_then_on(lab: Lab) -> None:
    world = lab.world
    lab.run(world.set_faults("r1-r2", Faults(loss=1.0)))
    with pytest.raises(TimeoutError):
        lab.run(asyncio.wait_for(received(world, flow(world, 11), 1), 0.5))
    lab.run(world.set_faults("r1-r2", Faults(delay_us=200_000)))
    samples = lab.run(received(world, flow(world, 12), 10))
    # A switch takes its time once for a batch, so a packet may be delayed by somewhat less.
    assert min(one.delay_min_us for one in samples if one.delay_min_us is not None) >= 100_000
    lab.run(world.set_faults("r1-r2", Faults()))


def test_a_flow_is_not_sent_twice(lab: Lab) -> None:
    lab.run(received(lab.world, flow(lab.world, 13), 1))
    with pytest.raises(LabError, match="has been sent already"):
        lab.run(received(lab.world, flow(lab.world, 13), 1))


def test_a_switch_that_was_killed_starts_empty_and_is_filled_again(lab: Lab) -> None:
    router = lab.world.router("r1")
    lab.run(router.kill_switch())
    lab.run(router.start_switch())
    samples = lab.run(received(lab.world, flow(lab.world, 14), 5))
    assert sum(one.received_packets for one in samples) >= 5


def test_a_switch_forwards_while_its_daemon_is_dead(lab: Lab) -> None:
    router = lab.world.router("r1")
    lab.run(router.kill_daemon())
    with pytest.raises(LabError, match="r1's daemon does not answer"):
        lab.run(router.show())
    lab.run(received(lab.world, flow(lab.world, 15), 5))
    lab.run(router.start_daemon())
    assert lab.run(router.show()).primary
