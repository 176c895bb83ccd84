"""`p4rsvp bench switch`: the embedded switch on one core, with the project's own program.

Packets stand in memory and go through the whole pipeline (router.py). Entries are written through
the control interface, as a P4Runtime server does; and once more beside a forwarding pipeline.
Forwarding is repeated by two workers (workers.py), entries come over P4Runtime itself
(p4rt_writes.py), and packets over network interfaces (links.py), with bmv2 beside the last two.
With --large it all grows (growth.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.bench import growth, links, p4rt_writes, workers
from p4rsvp.bench.measure import Work
from p4rsvp.bench.router import FRAMES, WRITES, Router

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

RESERVATIONS = (1_024, 65_536)
REHEARSED = (16, 32)


def measure(bench: Bench) -> None:
    """Measure forwarding by number of reservations, and writing."""
    counts = REHEARSED if bench.rehearsal else RESERVATIONS
    routers = []
    for wanted, count in zip(RESERVATIONS, counts, strict=True):
        bench.say(f"load the program and {wanted:,} reservations")
        routers.append(Router(count))
    small = routers[0]
    works = [
        Work(f"forward, {wanted:,} reservations", FRAMES, router.forward)
        for wanted, router in zip(RESERVATIONS, routers, strict=True)
    ]
    works.append(Work("forward, 1,024 reservations, written to", FRAMES, small.forward_written))
    bench.rates("packets/s", works)
    bench.ratio(works[2].name, works[0].name)
    bench.rates("entries/s", [Work("write entries", 2 * WRITES, small.write)])
    workers.measure(bench, counts[0])
    p4rt_writes.measure(bench)
    links.measure(bench)
    for percent in links.PERCENTS:
        ends = [f"over veth, {name}, delay, {percent} %" for name in ("softswitch", "bmv2")]
        if all(end in bench.figures for end in ends):
            bench.ratio(*ends)
    if bench.large:
        growth.measure(bench)
