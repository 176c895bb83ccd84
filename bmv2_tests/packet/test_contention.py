"""A link of 10 Mbit/s with more traffic than it carries: who waits, who is lost, who is not.

Guaranteed flows send what they reserved, a frame every millisecond; others send all they can. A
frame that has begun to leave cannot be recalled, so a conforming frame may wait for one frame of
lower priority and for the conforming frames before it, and for nothing else (docs/intserv.md).
"""

import queue
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pytest
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import (
    REPLICATION_INTERFACE,
    REPLICATION_PORT,
    ServiceClass,
    Shape,
)
from packet.frames import UDP, arriving, ipv4
from packet.network import host
from packet.router import Bucket, Router
from packet.target import SentFrame, SteppedTarget

OUT = 2  # the interface and the port that everybody wants
LINK_BYTES_PER_S = 1_250_000
QUEUE_BYTES = 64 * 1514
ROUNDS = 200
ROUND_NS = 1_000_000
SMALL_BYTES = 200  # of a frame of a guaranteed flow
LARGE_BYTES = 1514  # of a frame of anybody else
NS_PER_S = 10**9
GROUP = "239.1.2.3"


class Wait(NamedTuple):
    """How long a frame was in the switch."""

    port: int
    duration_ns: int


def conforming(router: Router) -> Bucket:
    """Exactly a small frame a round."""
    small, large = map(router.target.counts, (SMALL_BYTES, LARGE_BYTES))
    return Bucket(
        small * NS_PER_S // ROUND_NS, small, peak_bytes_per_s=10**9, peak_burst_bytes=large
    )


def transmission_ns(length_bytes: int) -> int:
    return -(-length_bytes * NS_PER_S // LINK_BYTES_PER_S)


def flow(source_port: int, length_bytes: int, destination: str = host(OUT)) -> Packet:
    payload = Raw(bytes(length_bytes - 14 - 20 - 8))
    datagram = UDP(sport=source_port, dport=6000, chksum=0) / payload
    return arriving(1, ipv4(dst=destination) / datagram)


def filter_of(packet: Packet) -> dict[str, object]:
    return {
        "destination": packet["IP"].dst,
        "protocol": 17,
        "destination_port": 6000,
        "source": packet["IP"].src,
        "source_port": packet["UDP"].sport,
    }


def reserve(router: Router, packet: Packet, interface: int = OUT) -> None:
    router.reserve(
        interface,
        Shape.IPV4_FIVE_TUPLE,
        filter_of(packet),
        ServiceClass.GUARANTEED,
        reservation=router.new_reservation(conforming(router)),
    )


@pytest.fixture
def link(stepped: SteppedTarget) -> Iterator[SteppedTarget]:
    """The switch, with a bottleneck at its port and another where replicas come back."""
    for port in (OUT, REPLICATION_PORT):
        stepped.shape(port, LINK_BYTES_PER_S, QUEUE_BYTES)
    yield stepped
    stepped.step(NS_PER_S)  # what still waits leaves before the next test
    drain(stepped)
    for port in (OUT, REPLICATION_PORT):
        stepped.shape(port, 0, 0)


def drain(target: SteppedTarget) -> Iterable[SentFrame]:
    """All that has left by now."""
    sent = []
    while True:
        try:
            sent.append(target.collect(0))
        except queue.Empty:
            return sent


def waits(target: SteppedTarget, arrivals: Sequence[Packet]) -> dict[int, list[int]]:
    """Let these frames arrive in every round; how long those that left had waited, by flow."""
    arrived_ns: dict[int, list[int]] = {}
    left_ns: dict[int, list[int]] = {}
    for _ in range(ROUNDS):
        for packet in arrivals:
            target.inject(1, bytes(packet))
            arrived_ns.setdefault(packet["UDP"].sport, []).append(target.now_ns)
        collect(target, left_ns)
        target.step(ROUND_NS)
    target.step(2 * ROUND_NS)  # what came last and is served first is gone by then
    collect(target, left_ns)
    return {
        source_port: [
            gone - came for came, gone in zip(arrived_ns[source_port], times, strict=False)
        ]
        for source_port, times in left_ns.items()
    }


def collect(target: SteppedTarget, left_ns: dict[int, list[int]]) -> None:
    for sent in drain(target):
        if sent.port == OUT:
            source_port = int.from_bytes(sent.frame[34:36], "big")
            left_ns.setdefault(source_port, []).append(sent.at_ns)


FLOOD = [flow(9, LARGE_BYTES)] * 3  # 36 Mbit/s
ONE_LARGE_NS = transmission_ns(LARGE_BYTES)
ONE_SMALL_NS = transmission_ns(SMALL_BYTES)


def test_a_best_effort_flood_neither_delays_nor_displaces_a_conforming_flow(
    router: Router, link: SteppedTarget
) -> None:
    reserved = flow(1, SMALL_BYTES)
    reserve(router, reserved)
    waited = waits(link, [*FLOOD, reserved])
    assert len(waited[1]) == ROUNDS
    assert max(waited[1]) <= ONE_LARGE_NS


def test_without_a_reservation_the_flood_wins(link: SteppedTarget) -> None:
    waited = waits(link, [*FLOOD, flow(1, SMALL_BYTES)])
    assert len(waited[1]) < ROUNDS or max(waited[1]) > 10 * ONE_LARGE_NS


@pytest.mark.rfc("2211", "7")
def test_a_flow_that_breaks_its_reservation_harms_no_other(
    router: Router, link: SteppedTarget
) -> None:
    greedy, modest = flow(1, SMALL_BYTES), flow(2, SMALL_BYTES)
    reserve(router, greedy)
    reserve(router, modest)
    waited = waits(link, [*[greedy] * 20, modest])
    assert len(waited[2]) == ROUNDS
    assert max(waited[2]) <= ONE_LARGE_NS + 2 * ONE_SMALL_NS


def test_conforming_flows_wait_for_each_other_and_one_frame_at_most(
    router: Router, link: SteppedTarget
) -> None:
    flows = [flow(source_port, SMALL_BYTES) for source_port in (1, 2, 3, 4)]
    for reserved in flows:
        reserve(router, reserved)
    waited = waits(link, [*FLOOD, *flows])
    for reserved in flows:
        assert len(waited[reserved["UDP"].sport]) == ROUNDS
        assert max(waited[reserved["UDP"].sport]) <= ONE_LARGE_NS + 3 * ONE_SMALL_NS


def test_best_effort_has_all_that_reservations_leave(router: Router, link: SteppedTarget) -> None:
    reserved = flow(1, SMALL_BYTES)
    reserve(router, reserved)
    waited = waits(link, [*FLOOD, reserved])
    carried = len(waited[9]) * LARGE_BYTES + len(waited[1]) * SMALL_BYTES
    assert carried >= LINK_BYTES_PER_S * ROUNDS * ROUND_NS // NS_PER_S - LARGE_BYTES


def listen(router: Router) -> None:
    """Let the interface at the bottleneck be the only one that listens to the group."""
    group = router.new_lists([OUT])
    match = {"destination": f"{GROUP}/32"}
    router.insert("ipv4_routes", match, "replicate", **group, reverse_path=1)


@pytest.mark.rfc("2205", "1.2")
def test_a_flood_into_a_group_delays_no_replica_that_is_reserved(
    router: Router, link: SteppedTarget
) -> None:
    listen(router)
    reserved = flow(1, SMALL_BYTES, GROUP)
    for interface in (REPLICATION_INTERFACE, OUT):
        reserve(router, reserved, interface)
    waited = waits(link, [*[flow(9, LARGE_BYTES, GROUP)] * 3, reserved])
    assert len(waited[1]) == ROUNDS
    assert max(waited[1]) <= ONE_LARGE_NS


@pytest.mark.rfc("2211", "7")
def test_a_flow_that_breaks_its_reservation_delays_no_other_where_replicas_come_back(
    router: Router, link: SteppedTarget
) -> None:
    listen(router)
    greedy, modest = flow(1, SMALL_BYTES, GROUP), flow(2, SMALL_BYTES, GROUP)
    for packet in (greedy, modest):
        for interface in (REPLICATION_INTERFACE, OUT):
            reserve(router, packet, interface)
    waited = waits(link, [*[greedy] * 20, modest])
    assert len(waited[2]) == ROUNDS
    # On each of the two ports: a frame that has begun, and one of the greedy flow that conforms.
    assert max(waited[2]) <= 2 * (ONE_SMALL_NS + ONE_SMALL_NS)
