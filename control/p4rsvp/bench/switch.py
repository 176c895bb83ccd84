"""`p4rsvp bench switch`: the embedded switch on one core, with the project's own program.

Packets of 128 bytes (UDP over IPv4) stand in memory, are received into slots, go through the whole
pipeline (interface, checksum, route, next hop, classifier, meter, verdict, counters, rewriting)
and are copied out. Every packet has a reservation, chosen at random, so that with 65,536 of them
each lookup misses the nearer caches. Entries are written through the control interface, as a
P4Runtime server does, half of them filters and half meters; and once more beside a forwarding
pipeline. At last they come over P4Runtime itself (p4rt_writes.py), with bmv2 beside it.

Left out: network interfaces, which measure the kernel's AF_PACKET as much as this switch.
"""

from __future__ import annotations

import random
import struct
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.bench import p4rt_writes
from p4rsvp.bench.measure import Work
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.entities import (
    Action,
    MeterConfig,
    MeterEntry,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.softswitch.kernels.memory import receive_many, send_many
from p4rsvp.softswitch.switch import Switch

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

BUILD = Path(__file__).parents[3] / "p4src" / "build"
RESERVATIONS = (1_024, 65_536)
REHEARSED = (16, 32)
FRAME_BYTES = 128
FRAMES = 1 << 15  # of a trace; each run sends it once
BATCH = 512
WRITES = 2_000
WRITES_A_SECOND = 1_000
LINE_BYTES_PER_S = FRAME_BYTES * 10_000_000
IN_PORT, OUT_PORT = 1, 2
OWN_MAC = 0x02
UDP = 17


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


class _Router:
    """The program with one way through it, its reservations, and a trace of their packets."""

    def __init__(self, reservations: int) -> None:
        text = (BUILD / "rsvp_v1model.p4info.txtpb").read_text()
        self.switch = Switch.load(text, (BUILD / "rsvp_v1model.json").read_text())
        self.engine = self.switch.engines[0]
        self.tables = {t.info.name.split(".")[-1]: i for i, t in self.switch.tables.items()}
        self.actions = {a.name.split(".")[-1]: i for i, a in self.switch.p4info.actions.items()}
        meters = self.switch.meters.values()
        self.meter = next(m.info.id for m in meters if "reservation" in m.info.name)
        self.now_ns = 1_000_000_000
        self._written = 0
        self._connect()
        filters = [Update(UpdateType.INSERT, self._filter(n)) for n in range(reservations)]
        rates = [Update(UpdateType.MODIFY, self._rate(n)) for n in range(reservations)]
        assert not any(self.switch.apply(filters + rates))
        self.passing = self._filter(1 << 20)
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
        entries = [self._filter((1 << 20) + n) for n in range(WRITES)]
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
        data = b"".join(_frame(chance.randrange(reservations)) for _ in range(FRAMES))
        self.frames = np.frombuffer(data + bytes(4096), dtype=np.uint8).copy()
        self.lengths = np.full(FRAMES, FRAME_BYTES, dtype=np.uint64)
        self.ports = np.full(FRAMES, IN_PORT, dtype=np.uint64)
        self.out = np.zeros(BATCH * FRAME_BYTES, dtype=np.uint8)
        self.columns = [np.zeros(BATCH, dtype=np.uint64) for _ in range(3)]

    def _connect(self) -> None:
        destination = int(ip_address("10.0.0.0"))
        self._insert("interfaces", (IN_PORT, 0), "admit", 1, OWN_MAC, 1)
        self._insert("ipv4_routes", ((destination, 8),), "route", 1)
        for number in range(256):
            self._insert("ipv4_routes", ((destination | number << 8, 24),), "route", 1)
        self._insert("next_hops", (1,), "reach", 2, 0x0200000000AA)
        self._insert("outgoing_interfaces", (2,), "leave", OUT_PORT, 0x0200000000BB, 0, 1500, 1)
        for service_class in range(4):
            for colour in range(3):
                self._insert("verdicts", (service_class, colour), "send", 3)

    def _insert(self, table: str, match: tuple[Any, ...], action: str, *params: int) -> None:
        entry = TableEntry(self.tables[table], match, Action(self.actions[action], params))
        self._must(UpdateType.INSERT, entry)

    def _must(self, kind: UpdateType, entity: TableEntry | MeterEntry) -> None:
        (refusal,) = self.switch.apply([Update(kind, entity)])
        assert refusal is None, refusal

    def _filter(self, number: int) -> TableEntry:
        source, destination, source_port, port = _flow(number)
        match = (2, destination, UDP, port, source, source_port)
        action = Action(self.actions["reserve"], (number % 131_071 + 1, 1))
        return TableEntry(self.tables["ipv4_five_tuple"], match, action)

    def _rate(self, number: int) -> MeterEntry:
        return MeterEntry(self.meter, number + 1, MeterConfig(10**6, 10**5, 10**7, 10**6))


def _flow(number: int) -> tuple[int, int, int, int]:
    """Source, destination, source port and port."""
    source = int(ip_address("10.1.0.0")) + number % (1 << 16)
    destination = int(ip_address("10.0.0.7")) | (number % 256) << 8
    return source, destination, 5000 + number % 1000, 6000 + number // (1 << 16)


def _frame(number: int) -> bytes:
    source, destination, source_port, port = _flow(number)
    size = FRAME_BYTES - 14
    head = struct.pack("!BBHHHBBHII", 0x45, 0, size, 0, 0, 64, UDP, 0, source, destination)
    total: int = sum(struct.unpack("!10H", head))
    check = (
        total + (total >> 16)
    ) & 0xFFFF ^ 0xFFFF  # RFC 1071; one carry is all that ten can make
    head = head[:10] + check.to_bytes(2, "big") + head[12:]
    link = OWN_MAC.to_bytes(6, "big") + bytes(6) + b"\x08\x00"
    return (link + head + struct.pack("!HHHH", source_port, port, size - 20, 0)).ljust(FRAME_BYTES)
