"""When which flow's next packet leaves: two arrays, made ahead, so that sending decides nothing.

Any pattern is one of numpy's expressions away; those that everybody needs are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NS_PER_S = 1_000_000_000


class Schedule(NamedTuple):
    """Packets in the order in which they leave."""

    times_ns: NDArray[np.uint64]  # from the start, ascending
    flows: NDArray[np.uint64]  # numbers of the sender's frames


def constant(flow: int, packets_per_s: float, duration_ns: int, *, begin_ns: int = 0) -> Schedule:
    """A constant rate; each time is rounded by itself, so that no error adds up."""
    count = int(duration_ns * packets_per_s // NS_PER_S)
    return _of_one(flow, np.arange(count) * (NS_PER_S / packets_per_s) + begin_ns)


def poisson(flow: int, packets_per_s: float, duration_ns: int, *, seed: int) -> Schedule:
    """Exponentially distributed distances of this mean rate; the same for the same seed."""
    mean_ns = NS_PER_S / packets_per_s
    chance = np.random.default_rng(seed)
    # Nearly always enough: ten deviations above the mean number.
    count = int(duration_ns / mean_ns + 10 * (duration_ns / mean_ns) ** 0.5) + 10
    times = np.cumsum(chance.exponential(mean_ns, count))
    return _of_one(flow, times[times < duration_ns])


def on_off(
    flow: int, packets_per_s: float, duration_ns: int, *, on_ns: int, off_ns: int
) -> Schedule:
    """A constant rate for `on_ns`, silence for `off_ns`, and so on; each burst begins anew."""
    burst = constant(flow, packets_per_s, on_ns).times_ns
    return repeated(flow, burst, on_ns + off_ns, duration_ns)


def repeated(flow: int, times_ns: NDArray[np.uint64], period_ns: int, duration_ns: int) -> Schedule:
    """Given times, over and over again."""
    rounds = np.arange(-(-duration_ns // period_ns), dtype=np.uint64) * np.uint64(period_ns)
    times = (rounds[:, None] + times_ns[None, :]).reshape(-1)
    return _of_one(flow, times[times < duration_ns])


def _of_one(flow: int, times_ns: NDArray[Any]) -> Schedule:
    times = np.rint(times_ns).astype(np.uint64)
    return Schedule(times, np.full(len(times), flow, dtype=np.uint64))


def merged(*schedules: Schedule) -> Schedule:
    """All of them at once; what is to leave at the same time keeps this order."""
    times = np.concatenate([schedule.times_ns for schedule in schedules])
    flows = np.concatenate([schedule.flows for schedule in schedules])
    order = np.argsort(times, kind="stable")
    return Schedule(times[order], flows[order])
