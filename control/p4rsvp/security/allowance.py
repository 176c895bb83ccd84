"""How often something may happen: a token bucket with the time as an argument."""

from __future__ import annotations

NS_PER_S = 1_000_000_000


class Allowance:
    """So many a second, and so many at once."""

    def __init__(self, rate_per_s: int, burst: int) -> None:
        self._step_ns = NS_PER_S // rate_per_s
        self._depth_ns = burst * self._step_ns
        self._full_ns = 0  # when the bucket is full again

    def take(self, now_ns: int, times: int = 1) -> bool:
        """Whether it may happen once more, or so many times."""
        full_ns = max(self._full_ns, now_ns) + times * self._step_ns
        if full_ns - now_ns > self._depth_ns:
            return False
        self._full_ns = full_ns
        return True
