"""CLOCK_MONOTONIC, which everything in a lab shares."""

from __future__ import annotations

import time

NS_PER_S = 1_000_000_000


def now_ns() -> int:
    """The time of a lab."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
