"""Two switches, the same world, the same frames: everything that comes of it is compared."""

from __future__ import annotations

import itertools
from collections import Counter
from random import Random
from typing import NamedTuple

from packet.router import Outcome, Router

from differential.world import arrival, populate
from p4rsvp.target.numbers import (
    DropReason,
    PuntReason,
    ServiceClass,
    Verdict,
    drop_cell,
    port_class_cell,
    punt_cell,
    reservation_cell,
)

BATCH = 40  # bmv2 keeps 64 packets in a queue
BATCHES_A_WORLD = 25
PACKETS_A_WORLD = BATCH * BATCHES_A_WORLD
PORTS = range(1, 5)


class Difference(NamedTuple):
    """Where two switches came apart; the seed brings it back."""

    seed: int
    where: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.where}:\n  {self.first}\n  {self.second}"


def run_world(first: Router, second: Router, seed: int) -> list[Difference]:
    """Build the world of this seed on both, pass its packets, and compare."""
    world = populate(first, Random(seed))
    assert populate(second, Random(seed)) == world
    dice = Random(~seed)
    differences: list[Difference] = []
    before = [_counters(router, world.reservations) for router in (first, second)]
    for number in range(BATCHES_A_WORLD):
        frames = [arrival(dice, world) for _ in range(BATCH)]
        outcomes = [_summary(router.pass_packets(*frames)) for router in (first, second)]
        differences += _compare(seed, f"batch {number}", *outcomes)
    after = [_counters(router, world.reservations) for router in (first, second)]
    counted = [new - old for new, old in zip(after, before, strict=True)]
    differences += _compare(seed, "counters", *counted)
    first.reset()
    second.reset()
    return differences


def _summary(outcome: Outcome) -> Counter[str]:
    """What came out, each with how often; the order between queues is the scheduler's business."""
    sent = (f"port {port}: {one.hex()}" for port, all_ in outcome.frames.items() for one in all_)
    punts = (
        f"{punt.reason.name} from port {punt.port}, interface {punt.interface}: {punt.frame.hex()}"
        for punt in outcome.punts
    )
    return Counter(itertools.chain(sent, punts))


def _counters(router: Router, reservations: list[int]) -> Counter[str]:
    """Every cell that this world can touch, packets and bytes."""
    cells = [
        *(("reservation_traffic", reservation_cell(r, v)) for r in reservations for v in Verdict),
        *(("punts", punt_cell(port, reason)) for port in PORTS for reason in PuntReason),
        *(
            (name, drop_cell(port, reason))
            for name in _DROPS
            for port in PORTS
            for reason in DropReason
        ),
        *(("port_traffic", port_class_cell(port, of)) for port in PORTS for of in ServiceClass),
    ]
    read = router.controller.read_counters(cells)
    counted: Counter[str] = Counter()
    for (name, cell), entry in zip(cells, read, strict=True):
        counted[f"{name}[{cell}] packets"] = entry.packet_count
        counted[f"{name}[{cell}] bytes"] = entry.byte_count
    return counted


_DROPS = ("drops", "replica_drops")


def _compare(seed: int, where: str, first: Counter[str], second: Counter[str]) -> list[Difference]:
    if first == second:
        return []
    only_first = "; ".join(f"{n} x {what}" for what, n in (first - second).items())
    only_second = "; ".join(f"{n} x {what}" for what, n in (second - first).items())
    return [Difference(seed, where, f"only one: {only_first}", f"only the other: {only_second}")]
