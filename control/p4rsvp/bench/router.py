"""A switch in memory with the program's one way through it (way.py), and traces of packets for it.

Packets of 128 bytes are received into slots, go through the whole pipeline (interface, checksum,
route, next hop, classifier, meter, verdict, counters, rewriting) and are copied out. Every packet
has a reservation, chosen at random, so that with many of them each lookup misses the nearer caches.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.bench.way import FRAME_BYTES, IN_PORT, Way, frame, texts
from p4rsvp.dataplane.entities import Update, UpdateType
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.memory import receive_many, send_many
from p4rsvp.softswitch.switch import Switch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from p4rsvp.softswitch.engine import Engine

FRAMES = 1 << 15  # of a trace; each run sends it once
BATCH = 512
METERED = 1 << 16  # reservations with a meter of their own; further ones share
WRITES = 2_000
WRITES_A_SECOND = 1_000
PASSING = 1 << 21  # a flow that comes and goes; none of the others
SPARE_FRAMES = 32  # looked at ahead, behind the last one
LINE_BYTES_PER_S = FRAME_BYTES * 10_000_000


class Router:
    """The program with one way through it, its reservations, and a trace of their packets."""

    def __init__(
        self,
        reservations: int,
        *,
        workers: int = 1,
        program: tuple[str, str] | None = None,
        frames: int = FRAMES,
    ) -> None:
        self.switch = Switch.load(*(program or texts()))
        self.switch.use_engines(workers)
        self.way = Way(self.switch.p4info)
        self._written = 0
        assert not any(self.switch.apply(self.way.updates(min(reservations, METERED))))
        self._fill(range(METERED, reservations))
        kinds = UpdateType.INSERT, UpdateType.DELETE
        passing = np.array([PASSING])
        self.passing = [self.way.rows(kind, passing) for kind in kinds]
        trace = _trace(reservations, frames)
        self.lanes = [Lane(self.switch, engine, trace) for engine in self.switch.engines]

    def _fill(self, numbers: range) -> None:
        for first in range(numbers.start, numbers.stop, BATCH):
            some = np.arange(first, min(first + BATCH, numbers.stop))
            assert not any(self.switch.apply_rows(self.way.rows(UpdateType.INSERT, some)))

    def forward(self) -> None:
        """Send the trace through."""
        for _ in self.lanes[0].batches():
            pass

    def forward_written(self) -> None:
        """The same, with filters inserted and deleted at their rate in the trace's own time."""
        gap_ns = 1_000_000_000 // WRITES_A_SECOND
        for now_ns in self.lanes[0].batches():
            if now_ns // gap_ns > self._written:
                self._written = now_ns // gap_ns
                for row in self.passing:
                    assert self.switch.apply_rows(row) == [None]

    def write(self) -> None:
        """Delete filters and insert them anew."""
        entries = [self.way.filter(PASSING + n) for n in range(WRITES)]
        for kind in (UpdateType.INSERT, UpdateType.DELETE):
            answers = self.switch.apply([Update(kind, entry) for entry in entries])
            assert not any(answers)


class Lane:
    """One engine, its part in the trace's time, and where its packets go."""

    def __init__(self, switch: Switch, engine: Engine, trace: NDArray[np.uint8]) -> None:
        self._switch = switch
        self.engine = engine
        self._frames = trace
        self.packets = len(trace) // FRAME_BYTES - SPARE_FRAMES
        self._lengths = np.full(self.packets, FRAME_BYTES, dtype=np.uint64)
        self._ports = np.full(self.packets, IN_PORT, dtype=np.uint64)
        self._out = np.zeros(BATCH * FRAME_BYTES, dtype=np.uint8)
        self._columns = [np.zeros(BATCH, dtype=np.uint64) for _ in range(3)]
        self.now_ns = 1_000_000_000

    def batches(self) -> Iterator[int]:
        """Send the trace through, a batch at a time; yields the time after each."""
        for first in range(0, self.packets, BATCH):
            self._batch(first)
            yield self.now_ns

    def _batch(self, first: int) -> None:
        self.now_ns += BATCH * FRAME_BYTES * 1_000_000_000 // LINE_BYTES_PER_S
        u64 = jit.u64
        numbers = u64(first), u64(BATCH), u64(self.now_ns)
        frames = self._frames, u64(FRAME_BYTES), self._lengths, self._ports
        engine = self.engine
        memory = engine.ctl, engine.bytes, engine.rows
        arrived: Any = (*memory, *frames, *numbers)
        receive_many(*arrived)
        self._switch.forward(engine, self.now_ns)
        left: Any = (*memory, self._out, u64(FRAME_BYTES), *self._columns, u64(BATCH))
        sent = send_many(*left)
        assert sent == BATCH


def numbers_of_flows(reservations: int, frames: int) -> Iterator[int]:
    """Which reservation each frame of a trace is of."""
    chance = random.Random(1)  # noqa: S311 (it picks flows)
    return (chance.randrange(reservations) for _ in range(frames))


def _trace(reservations: int, frames: int) -> NDArray[np.uint8]:
    """Packets of reservations at random, and some room behind them."""
    data = b"".join(map(frame, numbers_of_flows(reservations, frames)))
    return np.frombuffer(data + bytes(SPARE_FRAMES * FRAME_BYTES), dtype=np.uint8).copy()
