"""The clock of the benches: several rounds, and in each of them everything that is compared.

Time is what the measuring thread got of a core, not what passed on the wall, so that a figure is
one of one core, also on a machine with other work. What was there before (the modules, and scapy's
are many) is kept from the garbage collector meanwhile: it collects after the work that is measured
and not after what happens to share the process.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from time import thread_time
from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.bench.figures import Figure, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROUNDS = 5
SECONDS_A_ROUND = 0.3


class Work(NamedTuple):
    """Something to measure: `run` does `items` of what the figure counts."""

    name: str
    items: int
    run: Callable[[], object]


class Bench:
    """Collects the figures of one bench; `tick` is told of every step that is done.

    A rehearsal goes through every step once, for the tests; its figures mean nothing, and a bench
    that builds something large builds it small then. `large` asks for what takes minutes as well.
    """

    def __init__(
        self,
        tick: Callable[[str, int, int], None] = lambda _step, _done, _of: None,
        *,
        rehearsal: bool = False,
        large: bool = False,
    ) -> None:
        self.figures: dict[str, Figure] = {}
        self.left_out: dict[str, str] = {}  # what, and why
        self.rehearsal = rehearsal
        self.large = large
        self.rounds = 1 if rehearsal else ROUNDS
        self._seconds = 0.0 if rehearsal else SECONDS_A_ROUND
        self._tick = tick

    def say(self, step: str, done: int = 0, of: int = 1) -> None:
        """Show what is being done, and how much of it."""
        self._tick(step, done, of)

    def leave_out(self, what: str, why: str) -> None:
        """Say that figures with this in their names are not measured on this machine, and why."""
        self.left_out[what] = why

    def add(self, name: str, unit: str, runs: Sequence[float]) -> None:
        """Take a figure that the bench has measured by itself."""
        assert name not in self.figures
        self.figures[name] = Figure(name, unit, tuple(runs))

    def rates(self, unit: str, works: Sequence[Work]) -> None:
        """Measure how many items a second each of these does, in turns."""
        for work in works:
            self.say(f"warm up: {work.name}")
            work.run()
        runs: dict[str, list[float]] = {work.name: [] for work in works}
        with _garbage_of_the_work_only():
            for number in range(self.rounds):
                for place, work in enumerate(works):
                    self.say(work.name, number * len(works) + place, self.rounds * len(works))
                    runs[work.name].append(_rate(work, self._seconds))
        for name, found in runs.items():
            self.add(name, unit, found)

    def ratio(self, over: str, under: str) -> None:
        """Add the figure `OVER / UNDER` of two that were measured in the same rounds."""
        name = f"{over} / {under}"
        self.figures[name] = ratio(name, self.figures[over], self.figures[under])


@contextmanager
def _garbage_of_the_work_only() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _rate(work: Work, seconds: float) -> float:
    """Items a second, from as many runs as fill the time, at least one."""
    started = now = thread_time()
    runs = 0
    while runs == 0 or now - started < seconds:
        work.run()
        runs += 1
        now = thread_time()
    return runs * work.items / (now - started)
