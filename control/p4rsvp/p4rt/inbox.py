"""From the packet engine's threads into the event loop.

The engine only appends and, if the loop is not on its way already, wakes it: one wake-up serves
whatever has gathered. Beyond the limit, what comes is dropped and counted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """A bounded queue with many writing threads and one event loop that reads."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, deliver: Callable[[Item], None], limit: int
    ) -> None:
        self.dropped = 0
        self._loop = loop
        self._deliver = deliver
        self._limit: Final = limit
        self._items: deque[Item] = deque()
        self._awake = False

    def put(self, item: Item) -> None:
        """Hand over one item, from any thread."""
        if len(self._items) >= self._limit:
            self.dropped += 1
            return
        self._items.append(item)
        if not self._awake:
            self._awake = True
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        # Cleared first: an item that comes from here on wakes the loop again.
        self._awake = False
        while self._items:
            self._deliver(self._items.popleft())
