"""Many seeds, in several processes; what came of them together, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from time import perf_counter

from p4rsvp.sim.run import Outcome, run_seed

SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of some seeds."""

    seeds: int
    failures: tuple[Outcome, ...]
    elapsed_s: float  # by the clock on the wall, all processes together
    simulated_s: float
    packets: int
    steps: int

    @property
    def simulated_hours_per_s(self) -> float:
        """How much faster than time it went."""
        return self.simulated_s / SECONDS_PER_HOUR / self.elapsed_s

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "seeds": self.seeds,
            "failed": [asdict(outcome) for outcome in self.failures],
            "elapsed_s": round(self.elapsed_s, 3),
            "simulated_hours": round(self.simulated_s / SECONDS_PER_HOUR, 3),
            "simulated_hours_per_s": round(self.simulated_hours_per_s, 3),
            "packets": self.packets,
            "steps": self.steps,
        }

    def as_text(self) -> str:
        """For people: the figures, and for each failure what happened and how to see it again."""
        lines = [_describe(outcome) for outcome in self.failures]
        lines.append(
            f"{self.seeds} seeds, {len(self.failures)} failed; "
            f"{self.simulated_s / SECONDS_PER_HOUR:,.1f} simulated hours in {self.elapsed_s:.1f} s "
            f"({self.simulated_hours_per_s:.2f} simulated hours a second), "
            f"{self.packets:,} packets, {self.steps:,} steps of nodes"
        )
        return "\n".join(lines)


def _describe(outcome: Outcome) -> str:
    deeds = "\n".join(outcome.deeds)
    return (
        f"--- seed {outcome.seed} failed after {outcome.simulated_s:.3f} s; its last deeds:\n"
        f"{deeds}\n{outcome.failure}"
        f"--- to see it again: p4rsvp sim --seed {outcome.seed}\n"
    )


def run_seeds(seeds: range, jobs: int, progress: Callable[[int], None]) -> Batch:
    """Run these seeds; `progress` hears how many are done."""
    started_s = perf_counter()
    outcomes = []
    for outcome in _outcomes(seeds, jobs):
        outcomes.append(outcome)
        progress(len(outcomes))
    return Batch(
        len(outcomes),
        tuple(sorted((o for o in outcomes if o.failure), key=lambda outcome: outcome.seed)),
        perf_counter() - started_s,
        sum(outcome.simulated_s for outcome in outcomes),
        sum(outcome.packets for outcome in outcomes),
        sum(outcome.steps for outcome in outcomes),
    )


def _outcomes(seeds: range, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(run_seed, seeds)
        return
    with _pool(jobs) as pool:
        for future in as_completed([pool.submit(run_seed, seed) for seed in seeds]):
            yield future.result()


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are gone when it ends, also after ctrl-C, with what they had not begun."""
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
