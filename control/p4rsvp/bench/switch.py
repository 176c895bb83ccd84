"""`p4rsvp bench switch`: the embedded switch on one core, with the project's own program.

Packets of 128 bytes (UDP over IPv4) stand in memory, are received into slots, go through the whole
pipeline (interface, checksum, route, next hop, classifier, meter, verdict, counters, rewriting)
and are copied out. Every packet has a reservation, chosen at random, so that with 65,536 of them
each lookup misses the nearer caches. Entries are written through the control interface, as a
P4Runtime server does, half of them filters and half meters; and once more beside a forwarding
pipeline. Then they come over P4Runtime itself (p4rt_writes.py), and packets over network interfaces
(links.py), with bmv2 beside both.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.bench import links, p4rt_writes
from p4rsvp.bench.measure import Work
from p4rsvp.bench.way import FRAME_BYTES, IN_PORT, Way, frame, texts
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.entities import Update, UpdateType
from p4rsvp.softswitch.kernels.memory import receive_many, send_many
from p4rsvp.softswitch.switch import Switch

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench
    from p4rsvp.softswitch.entities import TableEntry

RESERVATIONS = (1_024, 65_536)
REHEARSED = (16, 32)
FRAMES = 1 << 15  # of a trace; each run sends it once
BATCH = 512
WRITES = 2_000
WRITES_A_SECOND = 1_000
LINE_BYTES_PER_S = FRAME_BYTES * 10_000_000


def measure(bench: Bench) -> None:
    """Measure forwarding by number of reservations, and writing."""
    counts = REHEARSED if bench.rehearsal else RESERVATIONS
    routers = []
    for wanted, count in zip(RESERVATIONS, counts, strict=True):
        bench.say(f"load the program and {wanted:,} reservations")
        routers.append(_Router(count))
    small = routers[0]
    works = [
        Work(f"forward, {wanted:,} reservations", FRAMES, router.forward)
        for wanted, router in zip(RESERVATIONS, routers, strict=True)
    ]
    works.append(Work("forward, 1,024 reservations, written to", FRAMES, small.forward_written))
    bench.rates("packets/s", works)
    bench.ratio(works[2].name, works[0].name)
    bench.rates("entries/s", [Work("write entries", 2 * WRITES, small.write)])
    p4rt_writes.measure(bench)
    links.measure(bench)


class _Router:
    """The program with one way through it, its reservations, and a trace of their packets."""

    def __init__(self, reservations: int) -> None:
        self.switch = Switch.load(*texts())
        self.engine = self.switch.engines[0]
        self.way = Way(self.switch.p4info)
        self.now_ns = 1_000_000_000
        self._written = 0
        assert not any(self.switch.apply(self.way.updates(reservations)))
        self.passing = self.way.filter(1 << 20)
        self._trace(reservations)

    def forward(self) -> None:
        """Send the trace through."""
        for first in range(0, FRAMES, BATCH):
            self._batch(first)

    def forward_written(self) -> None:
        """The same, with filters inserted and deleted at their rate in the trace's own time."""
        gap_ns = 1_000_000_000 // WRITES_A_SECOND
        for first in range(0, FRAMES, BATCH):
            self._batch(first)
            if self.now_ns // gap_ns > self._written:
                self._written = self.now_ns // gap_ns
                self._must(UpdateType.INSERT, self.passing)
                self._must(UpdateType.DELETE, self.passing)

    def write(self) -> None:
        """Delete filters and insert them anew."""
        entries = [self.way.filter((1 << 20) + n) for n in range(WRITES)]
        for kind in (UpdateType.INSERT, UpdateType.DELETE):
            answers = self.switch.apply([Update(kind, entry) for entry in entries])
            assert not any(answers)

    def _batch(self, first: int) -> None:
        self.now_ns += BATCH * FRAME_BYTES * 1_000_000_000 // LINE_BYTES_PER_S
        u64 = jit.u64
        numbers = u64(first), u64(BATCH), u64(self.now_ns)
        frames = self.frames, u64(FRAME_BYTES), self.lengths, self.ports
        engine = self.engine
        memory = engine.ctl, engine.bytes, engine.rows
        arrived: Any = (*memory, *frames, *numbers)
        receive_many(*arrived)
        engine.run(self.now_ns)
        left: Any = (*memory, self.out, u64(FRAME_BYTES), *self.columns, u64(BATCH))
        sent = send_many(*left)
        assert sent == BATCH

    def _trace(self, reservations: int) -> None:
        chance = random.Random(1)  # noqa: S311 (it picks flows)
        data = b"".join(frame(chance.randrange(reservations)) for _ in range(FRAMES))
        self.frames = np.frombuffer(data + bytes(4096), dtype=np.uint8).copy()
        self.lengths = np.full(FRAMES, FRAME_BYTES, dtype=np.uint64)
        self.ports = np.full(FRAMES, IN_PORT, dtype=np.uint64)
        self.out = np.zeros(BATCH * FRAME_BYTES, dtype=np.uint8)
        self.columns = [np.zeros(BATCH, dtype=np.uint64) for _ in range(3)]

    def _must(self, kind: UpdateType, entity: TableEntry) -> None:
        (refusal,) = self.switch.apply([Update(kind, entity)])
        assert refusal is None, refusal
