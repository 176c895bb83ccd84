"""A port on capture files: frames replayed from one, what is sent written to another.

Frames come in at the times of the capture, counted from the first `receive`, so that meters and
queues see the traffic as it was.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scapy.data import DLT_EN10MB
from scapy.utils import RawPcapReader, RawPcapWriter

from p4rsvp.softswitch.ports.driver import PythonDriver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from p4rsvp.softswitch.engine import Engine

NS_PER_S = 1_000_000_000
NS_PER_US = 1000


class CaptureFiles(PythonDriver):
    """Replay, capture, or both."""

    def __init__(self, port: int, replay: Path | None, capture: Path | None) -> None:
        super().__init__(port)
        self._frames = iter(()) if replay is None else _frames(replay)
        self._next = next(self._frames, None)
        self._begin_ns: int | None = None
        self._writer = None
        self._writing = threading.Lock()
        if capture is not None:
            self._writer = RawPcapWriter(str(capture), linktype=DLT_EN10MB, sync=True)
            self._writer.write_header(None)

    @property
    def finished(self) -> bool:
        """True when everything was replayed."""
        return self._next is None

    def receive(self, engine: Engine, now_ns: int) -> int:
        if self._next is None:
            return 0
        if self._begin_ns is None:
            self._begin_ns = now_ns - self._next[0]
        count = 0
        while self._next is not None and self._begin_ns + self._next[0] <= now_ns:
            engine.receive(self.port, self._next[1], self._begin_ns + self._next[0])
            self._next = next(self._frames, None)
            count += 1
        return count

    def send(self, frame: bytes) -> None:
        if self._writer is not None:
            with self._writing:  # every worker sends by this port
                self._writer.write(frame)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _frames(path: Path) -> Iterator[tuple[int, bytes]]:
    """Time and bytes of every frame."""
    with RawPcapReader(str(path)) as reader:
        for data, meta in reader:
            unit = 1 if getattr(reader, "nano", False) else NS_PER_US
            yield meta.sec * NS_PER_S + meta.usec * unit, data
