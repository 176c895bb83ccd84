"""Forwarding by one worker and by two at once, on one switch: what sharing the state costs.

Each worker sends the trace through the pipeline on a thread of its own. A worker's rate is by the
processor time of its thread, as everywhere; the rates of both are added. Both touch the same
tables, meters and counters all the time, which is more than the flows of a network would do.
"""

from __future__ import annotations

import threading
from time import thread_time
from typing import TYPE_CHECKING

from p4rsvp.bench.router import Lane, Router

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

WORKERS = 2
PASSES = 20


def measure(bench: Bench, reservations: int) -> None:
    """Measure one worker, and two at once, in turns."""
    routers = {n: Router(reservations, workers=n) for n in (1, WORKERS)}
    passes = 1 if bench.rehearsal else PASSES
    runs: dict[int, list[float]] = {n: [] for n in routers}
    for _ in range(bench.rounds + 1):
        for count, router in routers.items():
            bench.say(f"{count} workers")
            runs[count].append(_rate_at_once(router, passes))
    for count, found in runs.items():
        bench.add(_name(count), "packets/s", found[1:])  # the first was to warm up
    bench.ratio(_name(WORKERS), _name(1))


def _name(workers: int) -> str:
    return f"forward, {workers} worker{'s' * (workers > 1)}"


def _rate_at_once(router: Router, passes: int) -> float:
    together = threading.Barrier(len(router.lanes))
    rates: list[float] = []

    def run(lane: Lane) -> None:
        together.wait()
        begin = thread_time()
        for _ in range(passes):
            for _ in lane.batches():
                pass
        rates.append(passes * lane.packets / (thread_time() - begin))

    threads = [threading.Thread(target=run, args=(lane,)) for lane in router.lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)
