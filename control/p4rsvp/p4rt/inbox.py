"""From the packet engine's threads into the event loop.

The engine only appends and, if the loop is not on its way already, wakes it: one wake-up serves
whatever has gathered, a turn's worth at a time, so that the loop has time for others in between.
Beyond the limit, what comes is dropped and counted, of the key that has most (fair.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

from p4rsvp.p4rt.fair import FairQueue

Item = TypeVar("Item")
AT_ONCE = 64


class Inbox(Generic[Item]):
    """A bounded queue with many writing threads and one event loop that reads."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[Item], None],
        limit: int,
        key: Callable[[Item], Hashable] = lambda _: None,
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._key = key
        self._items: Final[FairQueue[Item]] = FairQueue(limit)
        self._lock = Lock()
        self._awake = False

    @property
    def dropped(self) -> int:
        """How many found no room, or made some."""
        return self._items.dropped

    def put(self, item: Item) -> None:
        """Hand over one item, from any thread."""
        with self._lock:
            self._items.put(self._key(item), item)
            is_asleep, self._awake = not self._awake, True
        if is_asleep:
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        with self._lock:
            items = [self._items.get() for _ in range(min(len(self._items), AT_ONCE))]
            # While some are left, the loop is on its way: who puts more need not wake it.
            self._awake = len(self._items) > 0
        for item in items:
            self._deliver(item)
        if self._awake:
            self._loop.call_soon(self._drain)
