"""A bounded queue that is fair: whoever puts most into it waits and loses, and nobody else.

Items come with a key, here the port that a packet came in by. Keys take turns, so that an item
waits for as many others as there are keys, however many of one key are there before it; and where
there is no room, the key with the most items loses its newest. Not for several threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """First in, first out for each key; round robin among keys."""

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit: Final = limit
        self._count = 0
        self._items: dict[Hashable, deque[Item]] = {}
        self._turns: deque[Hashable] = deque()  # of keys that have items

    def __len__(self) -> int:
        return self._count

    def put(self, key: Hashable, item: Item) -> None:
        """Add an item, at the price of another's if there is no room."""
        if self._count >= self._limit:
            self.dropped += 1
            longest = max(self._items, key=lambda one: len(self._items[one]), default=key)
            if longest == key or len(self._items.get(key, ())) >= len(self._items[longest]):
                return
            self._items[longest].pop()
            self._count -= 1
            if not self._items[longest]:
                del self._items[longest]
                self._turns.remove(longest)
        its = self._items.get(key)
        if its is None:
            its = self._items[key] = deque()
            self._turns.append(key)
        its.append(item)
        self._count += 1

    def get(self) -> Item:
        """Take the next item; there has to be one."""
        key = self._turns.popleft()
        its = self._items[key]
        item = its.popleft()
        self._count -= 1
        if its:
            self._turns.append(key)
        else:
            del self._items[key]
        return item
