"""Lets writers in between batches of packets; no engine ever waits for a whole write.

Engines hold the gate while a round runs (microseconds), writers while a few updates are made. A
writer that comes announces itself, and engines step aside for it once: Python's locks are not
fair, and an engine that releases and takes its lock again at once would starve everybody else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """One writer at a time, or all engines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writers_waiting = 0
        self._count = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Nothing is forwarded inside."""
        with self._count:
            self._writers_waiting += 1
        with self._lock:
            with self._count:
                self._writers_waiting -= 1
            yield

    @contextmanager
    def forward(self) -> Iterator[None]:
        """Nothing is written inside."""
        if self._writers_waiting:
            time.sleep(0)  # hand the interpreter to the writer that waits
        with self._lock:
            yield
