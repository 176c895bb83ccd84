"""Virtual time: what happens next, and when.

Things of one moment happen by their rank, and those of one rank as scheduled.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], None]


class Clock:
    """A queue of what is to happen, and the time of what happens now."""

    def __init__(self) -> None:
        self.now_ns = 0
        self._queue: list[tuple[int, int, int, Action]] = []
        self._count = 0

    def at(self, when_ns: int, action: Action, rank: int = 0) -> None:
        """Let something happen at a time to come."""
        assert when_ns >= self.now_ns, f"{when_ns} ns is past; it is {self.now_ns} ns"
        self._count += 1
        heappush(self._queue, (when_ns, rank, self._count, action))

    def after(self, wait_ns: int, action: Action) -> None:
        """Let something happen after a while."""
        self.at(self.now_ns + wait_ns, action)

    def run_until(self, until_ns: int) -> None:
        """Let everything happen that is due by then."""
        queue = self._queue
        while queue and queue[0][0] <= until_ns:
            self.now_ns, _, _, action = heappop(queue)
            action()
        self.now_ns = until_ns
