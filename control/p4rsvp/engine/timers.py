"""When things are due: a wheel of buckets that costs eight bytes a timer, for millions of them.

Whatever can be due carries `due_ns` itself; setting it again moves it, and the entry left behind in
an older bucket is skipped when its time comes. Buckets are unordered until they come due, so
setting is O(1).

Lifetimes end to the nanosecond, so that what a node does is the same whether it or the filter in
front has extended them. Refreshes come due when their bucket ends, up to 17 ms late: they share its
number, where one of its own would take 32 bytes each.

No call takes longer for how much stands, or comes due, or has been cancelled: it looks at some
thousands of timers at the most, and `deadline` is in the past until all that is due has been given.
What is due comes in the order of its times, and what is due at one time in the order in which it
was set. Only of more than MOST_LOOKED_AT timers in one bucket, so many that were set first come
before the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Protocol

BUCKET_NS = 1 << 24  # about 17 ms
NEVER = -1
MOST_LOOKED_AT = 4_096  # in a call, give or take a bucket: less than a millisecond
_ANY_TIME = (1 << 63) - 1


class Timed(Protocol):
    """Anything that can come due."""

    due_ns: int


class Timers:
    """All timers of a node."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[Timed]] = {}
        self._ends_ns: dict[int, int] = {}  # the last nanosecond of each bucket
        self._order: list[int] = []
        self._due: list[Timed] = []  # has left its bucket, and is to be given by the next calls
        self._due_since_ns = NEVER  # the first of that
        self._next_ns: int | None = None

    def set(self, timed: Timed, due_ns: int) -> None:
        """Let `timed` come due at this time and at no other."""
        # A sum has room for a carry, 16 bytes of it, and what `&` gives has none.
        timed.due_ns = due_ns & _ANY_TIME
        self._put(timed, due_ns // BUCKET_NS)

    def set_roughly(self, timed: Timed, due_ns: int) -> None:
        """Let `timed` come due at this time or up to 17 ms later."""
        number = due_ns // BUCKET_NS
        end_ns = self._ends_ns.get(number)
        if end_ns is None:
            end_ns = self._ends_ns[number] = (number + 1) * BUCKET_NS - 1
        timed.due_ns = end_ns
        self._put(timed, number)

    def _put(self, timed: Timed, number: int) -> None:
        bucket = self._buckets.get(number)
        if bucket is None:
            self._buckets[number] = [timed]
            heappush(self._order, number)
        else:
            bucket.append(timed)
        if self._next_ns is None or timed.due_ns < self._next_ns:
            self._next_ns = timed.due_ns

    @staticmethod
    def cancel(timed: Timed) -> None:
        """Let `timed` never come due."""
        timed.due_ns = NEVER

    @property
    def count(self) -> int:
        """How many timers run; counted when asked for, since nobody in a hurry asks."""
        waiting = {
            id(timed)
            for number, bucket in self._buckets.items()
            for timed in bucket
            if timed.due_ns // BUCKET_NS == number
        }
        return len(waiting.union(id(timed) for timed in self._due if timed.due_ns != NEVER))

    def deadline(self) -> int | None:
        """When to look again: never too late, and too early only after a cancellation."""
        return self._next_ns

    def pop_due(self, now_ns: int, most: int) -> Iterator[Timed]:
        """Take what is due, at most `most` of it, in the order of its times."""
        if not self._due:
            self._find_due(now_ns)
        given = self._due[:most]
        del self._due[:most]
        self._next_ns = self._due_since_ns if self._due else self._earliest()
        for timed in given:
            # Set twice within a bucket, it stands there twice; and whoever came due before it may
            # have cancelled or moved it.
            if NEVER < timed.due_ns <= now_ns:
                timed.due_ns = NEVER
                yield timed

    def _find_due(self, now_ns: int) -> None:
        """Look into the earliest buckets, at MOST_LOOKED_AT timers or so, for what is due."""
        looked_at = 0
        while looked_at < MOST_LOOKED_AT and self._order:
            number = self._order[0]
            if number * BUCKET_NS > now_ns:
                break
            bucket = self._buckets[number]
            some = bucket[:MOST_LOOKED_AT]
            del bucket[:MOST_LOOKED_AT]
            looked_at += len(some)
            live = [timed for timed in some if timed.due_ns // BUCKET_NS == number]
            self._due += [timed for timed in live if timed.due_ns <= now_ns]
            bucket += [timed for timed in live if timed.due_ns > now_ns]
            if bucket:
                break
            self._drop_first()
        self._due.sort(key=_due_ns)
        if self._due:
            self._due_since_ns = self._due[0].due_ns

    def _earliest(self) -> int | None:
        """When the first timer is due, or, if that takes too many looks, a time before that."""
        looked_at = 0
        while self._order:
            number = self._order[0]
            bucket = self._buckets[number]
            looked_at += len(bucket)
            if looked_at > MOST_LOOKED_AT:
                return number * BUCKET_NS
            live = [t.due_ns for t in bucket if t.due_ns // BUCKET_NS == number]
            if live:
                return min(live)
            self._drop_first()
        return None

    def _drop_first(self) -> None:
        number = heappop(self._order)
        del self._buckets[number]
        self._ends_ns.pop(number, None)


def _due_ns(timed: Timed) -> int:
    return timed.due_ns
