"""Lets writers in between batches of packets; no engine ever waits for a whole write.

Engines hold the gate while a round runs (microseconds), writers while a few updates are made. A
writer that comes announces itself, and engines step aside for it once: Python's locks are not fair,
and an engine that releases and takes its lock again at once would starve everybody else.

Both ways through are objects made once: a generator per passage would cost as much as the write.
"""

from __future__ import annotations

import threading
import time


class _Writing:
    """Nothing is forwarded inside."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._count = threading.Lock()
        self.waiting = 0

    def __enter__(self) -> None:
        with self._count:
            self.waiting += 1
        self._lock.acquire()
        with self._count:
            self.waiting -= 1

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _Forwarding:
    """Nothing is written inside."""

    def __init__(self, lock: threading.Lock, writing: _Writing) -> None:
        self._lock = lock
        self._writing = writing

    def __enter__(self) -> None:
        if self._writing.waiting:
            time.sleep(0)  # hand the interpreter to the writer that waits
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Gate:
    """One at a time, writer or engine."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self._writing = _Writing(lock)
        self._forwarding = _Forwarding(lock, self._writing)

    def write(self) -> _Writing:
        """The way of a writer, for `with`."""
        return self._writing

    def forward(self) -> _Forwarding:
        """The way of an engine, for `with`."""
        return self._forwarding
