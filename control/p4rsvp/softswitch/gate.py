"""Lets writers in between batches of packets; no engine ever waits for a whole write.

Each engine has a lock of its own that it holds while a round runs (microseconds); a writer takes
them all while a few updates are made. So engines do not wait for one another, and a write is seen
by all of them or by none. Programs whose packets change what other packets read (`apart` is false)
have one lock for all engines, which then take turns.

A writer that comes announces itself, and engines step aside for it once: Python's locks are not
fair, and an engine that releases and takes its lock again at once would starve everybody else. Both
ways through are objects made once: a generator per passage would cost as much as the write.
"""

from __future__ import annotations

import threading
import time

ASIDE_S = 20e-6  # long enough for a writer that was woken to get its lock


class _Writing:
    """Nothing is forwarded inside."""

    def __init__(self) -> None:
        self.locks: list[threading.Lock] = []
        self._count = threading.Lock()
        self.waiting = 0

    def __enter__(self) -> None:
        with self._count:
            self.waiting += 1
        for lock in self.locks:
            lock.acquire()
        with self._count:
            self.waiting -= 1

    def __exit__(self, *_: object) -> None:
        for lock in reversed(self.locks):
            lock.release()


class _Forwarding:
    """Nothing is written inside."""

    def __init__(self, lock: threading.Lock, writing: _Writing) -> None:
        self._lock = lock
        self._writing = writing

    def __enter__(self) -> None:
        if self._writing.waiting:
            time.sleep(ASIDE_S)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Gate:
    """Writers one at a time; engines beside one another where they may be, else in turns."""

    def __init__(self, *, apart: bool) -> None:
        self._apart = apart
        self._writing = _Writing()
        self._ways: list[_Forwarding] = []

    def admit(self) -> None:
        """Make a way for one more engine, while none of them runs."""
        if self._apart or not self._ways:
            self._writing.locks.append(threading.Lock())
        self._ways.append(_Forwarding(self._writing.locks[-1], self._writing))

    def write(self) -> _Writing:
        """The way of a writer, for `with`."""
        return self._writing

    def forward(self, worker: int = 0) -> _Forwarding:
        """The way of an engine, for `with`."""
        return self._ways[worker]
