"""Links of memory: what goes in at one end is handed to whoever is at the other, in that thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from p4rsvp.softswitch.ports.driver import PythonDriver

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine

OnFrame: TypeAlias = Callable[[bytes], None]


def nobody(_: bytes) -> None:
    """Nobody is at this end: frames are lost."""


class MemoryEnd:
    """One end of a link."""

    def __init__(self) -> None:
        self.deliver: OnFrame = nobody  # what to do with a frame that comes to this end
        self._other = self

    def connect(self, other: MemoryEnd) -> None:
        """Put a link between the two."""
        self._other, other._other = other, self

    def send(self, frame: bytes) -> None:
        """Have a frame arrive at the other end; from any thread."""
        self._other.deliver(frame)


class MemoryPort(PythonDriver):
    """A switch at an end of a link, from a start of the switch to its stop."""

    def __init__(self, port: int, end: MemoryEnd) -> None:
        super().__init__(port)
        self._end = end

    def receive(self, engine: Engine, now_ns: int) -> int:
        """Frames do not wait here: they go to the engine as they come, once we know it."""
        if self._end.deliver is nobody:

            def take(frame: bytes) -> None:
                engine.submit(self.port, frame, time.monotonic_ns())

            self._end.deliver = take
        return 0

    def send(self, frame: bytes) -> None:
        self._end.send(frame)

    def close(self) -> None:
        self._end.deliver = nobody
