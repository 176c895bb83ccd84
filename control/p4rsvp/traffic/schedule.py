"""When which flow's next packet leaves: two arrays, made ahead, so that sending decides nothing.

Any pattern is one of numpy's expressions away; the two that everybody needs are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    times = np.arange(count) * (NS_PER_S / packets_per_s) + begin_ns
    return Schedule(np.rint(times).astype(np.uint64), np.full(count, flow, dtype=np.uint64))


def merged(*schedules: Schedule) -> Schedule:
    """All of them at once; what is to leave at the same time keeps this order."""
    times = np.concatenate([schedule.times_ns for schedule in schedules])
    flows = np.concatenate([schedule.flows for schedule in schedules])
    order = np.argsort(times, kind="stable")
    return Schedule(times[order], flows[order])
