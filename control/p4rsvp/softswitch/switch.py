"""The embedded switch: a P4 program, its state and packet engines, and the controller's view.

`Switch.load` reads P4Info and JSON, generates the pipeline and builds what a controller can name
(inventory.py), what it writes (writing.py) and what it reads (reading.py). It implements
control.py's `DataPlane`. Packets go through engines (engine.py); `process` is the whole of a switch
for tests and simulations, and the port loop (loop.py) does the same around real ports.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.entities import Atomicity, PacketIn
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dataplane.p4info import P4Info, parse_p4info
from p4rsvp.dataplane.packetheader import pack_header, unpack_header
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.codegen.module import generate
from p4rsvp.softswitch.codegen.usage import runs_apart
from p4rsvp.softswitch.engine import DEFAULT_SLOT_BYTES, Engine
from p4rsvp.softswitch.exchange import Exchange
from p4rsvp.softswitch.gate import Gate
from p4rsvp.softswitch.inventory import Inventory
from p4rsvp.softswitch.ir.loader import load_program
from p4rsvp.softswitch.layout import MOST_WORKERS, Ctl
from p4rsvp.softswitch.reading import Reader
from p4rsvp.softswitch.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import DigestList, Entity, TableEntry, Update
    from p4rsvp.softswitch.codegen.module import Generated
    from p4rsvp.softswitch.engine import Sent

DEFAULT_CPU_PORT = 510


class Switch:
    """One P4 program in service."""

    def __init__(
        self,
        generated: Generated,
        p4info: P4Info,
        *,
        cpu_port: int = DEFAULT_CPU_PORT,
        slot_bytes: int = DEFAULT_SLOT_BYTES,
        plain: bool = False,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.generated = generated
        self.p4info = p4info
        self.cpu_port = cpu_port
        self.slot_bytes = slot_bytes
        self.plain = plain
        self.clock_ns = clock_ns
        apart = runs_apart(generated.program) and not (plain or jit.JIT_DISABLED)
        self.gate = Gate(apart=apart)
        self.engines: list[Engine] = []
        self._inventory = Inventory(generated, p4info, clock_ns, lambda: len(self.engines))
        self.mem = self._inventory.mem
        self.tables = self._inventory.tables
        self.meters = self._inventory.meters
        self.counters = self._inventory.counters
        self.registers = self._inventory.registers
        one_at_a_time = threading.RLock()  # of those who write or read; packets do not wait
        self._writer = Writer(self._inventory, self.gate, self.engines, one_at_a_time)
        self._reader = Reader(self._inventory, one_at_a_time)
        self._packet_in: Callable[[PacketIn], None] | None = None
        self._on_digest: Callable[[DigestList], None] | None = None
        self._on_idle: Callable[[list[TableEntry]], None] | None = None
        self.use_engines(1)

    @classmethod
    def load(cls, p4info_text: str, json_text: str, **options: Any) -> Switch:
        """Build a switch from the texts of both files; raises Unsupported or ValueError."""
        slot_bytes = options.get("slot_bytes", DEFAULT_SLOT_BYTES)
        program, p4info = load_program(json_text), parse_p4info(p4info_text)
        for meter in p4info.meters.values():
            if meter.on_wire:
                program.meters[meter.name] = replace(program.meters[meter.name], on_wire=True)
        return cls(generate(program, slot_bytes), p4info, **options)

    def use_engines(self, count: int) -> None:
        """Have at least so many engines on the same state, before any of them runs."""
        assert count <= MOST_WORKERS
        while len(self.engines) < count:
            number = len(self.engines)
            sizes = {"slot_bytes": self.slot_bytes, "number": number}
            made = Engine(self.generated, self.mem, plain=self.plain, **sizes)
            for engine in self.engines[:1]:
                made.ctl[Ctl.SCOUTING] = engine.ctl[Ctl.SCOUTING]
            self.gate.admit()
            self.engines.append(made)
        for engine in self.engines:
            engine.ctl[Ctl.WORKERS] = len(self.engines)
        self.exchange = Exchange(self.engines)

    # The controller's view

    def apply(
        self, updates: Sequence[Update], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        return self._writer.apply(updates, atomicity)

    def apply_rows(
        self, rows: NDArray[np.int64], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        return self._writer.apply_rows(rows, atomicity)

    def read(self, pattern: Entity) -> Iterator[Entity]:
        """See control.DataPlane."""
        return self._reader.read(pattern)

    def packet_out(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        """See control.DataPlane."""
        fields = self.p4info.packet_out
        if len(metadata) != len(fields):
            sentence = f"packet_out has {len(fields)} metadata fields, not {len(metadata)}"
            raise ControlError(Status.INVALID_ARGUMENT, sentence)
        frame = pack_header(fields, metadata) + payload
        if len(frame) > self.engines[0].largest_frame_bytes:
            raise ControlError(Status.INVALID_ARGUMENT, f"a packet of {len(payload)} bytes")
        self.engines[0].submit(self.cpu_port, frame, self.clock_ns())

    def on_packet_in(self, callback: Callable[[PacketIn], None] | None) -> None:
        """See control.DataPlane."""
        self._packet_in = callback

    def on_digest(self, callback: Callable[[DigestList], None] | None) -> None:
        """See control.DataPlane."""
        self._on_digest = callback

    def ack_digest(self, digest_id: int, list_id: int) -> None:
        """See control.DataPlane."""
        self._inventory.digests.acknowledge(digest_id, list_id)

    def on_idle_timeout(self, callback: Callable[[list[TableEntry]], None] | None) -> None:
        """See control.DataPlane."""
        self._on_idle = callback

    def set_port_up(self, port: int, *, up: bool) -> None:
        """See control.DataPlane."""
        with self.gate.write():
            for profile in self._inventory.profiles.values():
                profile.set_port_up(port, up=up)

    # Around the engines

    def deliver(self, frame: bytes) -> None:
        """A frame that left by the CPU port: hand it to the controller."""
        if self._packet_in is None:
            return
        size = -(-sum(f.width_bits for f in self.p4info.packet_in) // 8)
        metadata = unpack_header(self.p4info.packet_in, frame[:size])
        self._packet_in(PacketIn(frame[size:], metadata))

    def forward(self, engine: Engine, now_ns: int) -> None:
        """One round of an engine, on the engine's own thread; writes fall between rounds."""
        shared = len(self.engines) > 1
        with self.gate.forward(engine.number):
            if shared:
                self.exchange.take(engine)
            engine.run(now_ns)
            if shared:
                self.exchange.give(engine)
            if engine.ctl[Ctl.DIGESTS]:
                self._inventory.digests.add(engine.take_digests(), now_ns)

    def tend(self, now_ns: int) -> None:
        """What is not done per packet: digests that are due, entries that fell silent."""
        if self._on_digest is not None:
            for due in self._inventory.digests.due(now_ns):
                self._on_digest(due)
        if self._on_idle is not None:
            with self.gate.forward():
                silent = [entry for table in self.tables.values() for entry in table.silent()]
            if silent:
                self._on_idle(silent)

    def process(self, frames: Sequence[tuple[int, bytes]], now_ns: int) -> list[Sent]:
        """Frames in by port, packets out, for callers without real ports."""
        engine = self.engines[0]
        sent = []
        with self.gate.forward():
            for port, frame in frames:
                engine.receive(port, frame, now_ns)
            engine.run_all(now_ns)
            self._inventory.digests.add(engine.take_digests(), now_ns)
            for packet in engine.collect():
                if packet.port == self.cpu_port:
                    self.deliver(packet.data)
                sent.append(packet)
        self.tend(now_ns)
        return sent
