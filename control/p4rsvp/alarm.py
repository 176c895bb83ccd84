"""The one timer of whoever drives an engine on an event loop: it rings when the first thing is due.

A pure core says when it wants to be looked at again; setting the alarm to what it is set to already
costs nothing, so that this may be done after every event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

NS_PER_S = 1_000_000_000


class Alarm:
    """Calls `ring` on the running loop, at the end of the bucket that its time falls into."""

    def __init__(
        self, clock_ns: Callable[[], int], ring: Callable[[], None], bucket_ns: int = 1
    ) -> None:
        self._clock_ns = clock_ns
        self._ring = ring
        self._bucket_ns = bucket_ns
        self._handle: asyncio.TimerHandle | None = None
        self._due_ns: int | None = None

    def set(self, *deadlines_ns: int | None) -> None:
        """Ring when the first of these is due, and at no other time; None is never."""
        due_ns = min((one for one in deadlines_ns if one is not None), default=None)
        if due_ns == self._due_ns:
            return
        self.cancel()
        self._due_ns = due_ns
        if due_ns is not None:
            late_ns = -due_ns % self._bucket_ns
            wait_s = max(due_ns + late_ns - self._clock_ns(), 0) / NS_PER_S
            self._handle = asyncio.get_running_loop().call_later(wait_s, self.ring)

    def ring(self) -> None:
        """Do what is done when it is time, and be set to nothing until it says more."""
        self.cancel()
        self._ring()

    def cancel(self) -> None:
        """Do not ring."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._due_ns = None, None
