"""When things are due: a wheel of buckets that costs eight bytes a timer, for millions of them.

All that stands in one bucket comes due together, at its end: up to 17 ms late, which RSVP's times
of seconds do not feel, and never early. Whatever can be due carries `due_ns` itself, one number for
all of a bucket; setting it again moves it, and the entry left behind in an older bucket is skipped
when its time comes. So setting is O(1), and nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Protocol

BUCKET_NS = 1 << 24  # about 17 ms
NEVER = -1


class Timed(Protocol):
    """Anything that can come due."""

    due_ns: int


class _Bucket:
    """What comes due at one time."""

    __slots__ = ("due_ns", "timed")

    def __init__(self, due_ns: int) -> None:
        self.due_ns = due_ns
        self.timed: list[Timed] = []

    def has(self, timed: Timed) -> bool:
        """Whether an entry is none that was cancelled or moved."""
        return timed.due_ns == self.due_ns


class Timers:
    """All timers of a node."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}
        self._order: list[int] = []  # the numbers of the buckets, as a heap
        self._next_ns: int | None = None

    def set(self, timed: Timed, due_ns: int) -> None:
        """Let `timed` come due at this time, or shortly after, and at no other."""
        number = due_ns // BUCKET_NS
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = _Bucket((number + 1) * BUCKET_NS)
            heappush(self._order, number)
        timed.due_ns = bucket.due_ns
        bucket.timed.append(timed)
        if self._next_ns is None or bucket.due_ns < self._next_ns:
            self._next_ns = bucket.due_ns

    @staticmethod
    def cancel(timed: Timed) -> None:
        """Let `timed` never come due."""
        timed.due_ns = NEVER

    @property
    def count(self) -> int:
        """How many timers run; counted when asked for, since nobody in a hurry asks."""
        found = (id(t) for bucket in self._buckets.values() for t in bucket.timed if bucket.has(t))
        return len(set(found))

    def deadline(self) -> int | None:
        """When to look again: never too late, and too early only after a cancellation."""
        return self._next_ns

    def pop_due(self, now_ns: int, most: int) -> Iterator[Timed]:
        """Take what is due, at most `most` of it, bucket by bucket in the order of setting."""
        taken: list[tuple[_Bucket, list[Timed]]] = []
        while self._order and most > 0:
            bucket = self._buckets[self._order[0]]
            if bucket.due_ns > now_ns:
                break
            some = bucket.timed[:most]
            del bucket.timed[:most]
            taken.append((bucket, some))
            most -= len(some)
            if not bucket.timed:
                del self._buckets[heappop(self._order)]
        self._next_ns = self._earliest()
        for bucket, some in taken:
            for timed in some:
                # Set twice within a bucket, it stands there twice; and whoever came due before it
                # may have cancelled or moved it.
                if bucket.has(timed):
                    timed.due_ns = NEVER
                    yield timed

    def _earliest(self) -> int | None:
        """When the first bucket is due in which anything runs; those before it are forgotten."""
        while self._order:
            bucket = self._buckets[self._order[0]]
            if any(map(bucket.has, bucket.timed)):
                return bucket.due_ns
            del self._buckets[heappop(self._order)]
        return None
