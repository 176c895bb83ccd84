"""The embedded switch: a P4 program, its state and packet engines, and the controller's view.

`Switch.load` reads P4Info and JSON, lays out the arena, generates the pipeline and installs what
the program fixes. It implements control.py's `DataPlane`. Packets go through engines (engine.py);
`process` is the whole of a switch for tests and simulations, and the port loop (loop.py) does the
same around real ports.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.softswitch import jit
from p4rsvp.softswitch.codegen.module import generate
from p4rsvp.softswitch.codegen.places import CRC_WORDS, is_large
from p4rsvp.softswitch.codegen.usage import runs_apart, table_actions
from p4rsvp.softswitch.digests import Digests
from p4rsvp.softswitch.engine import DEFAULT_SLOT_BYTES, Engine
from p4rsvp.softswitch.entities import (
    ROW_TABLE,
    ActionProfileGroup,
    ActionProfileMember,
    Atomicity,
    CloneSession,
    CounterEntry,
    DigestConfig,
    DirectCounterEntry,
    DirectMeterEntry,
    MeterEntry,
    MulticastGroup,
    PacketIn,
    RegisterEntry,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.softswitch.errors import ControlError, Status, Unsupported
from p4rsvp.softswitch.exchange import Exchange
from p4rsvp.softswitch.gate import Gate
from p4rsvp.softswitch.ir.loader import load_program
from p4rsvp.softswitch.layout import MOST_WORKERS, Ctl
from p4rsvp.softswitch.p4info import InfoAction, InfoField, InfoTable, P4Info, parse_p4info
from p4rsvp.softswitch.profiles import Profile
from p4rsvp.softswitch.replication import Replication
from p4rsvp.softswitch.state import (
    CounterArray,
    DirectState,
    MeterArray,
    RegisterArray,
    check_config,
)
from p4rsvp.softswitch.tables.control import TableControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from p4rsvp.softswitch.codegen.module import Generated
    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.engine import Sent
    from p4rsvp.softswitch.entities import DigestList, Entity
    from p4rsvp.softswitch.ir.program import Table
    from p4rsvp.softswitch.p4info import InfoObject

DEFAULT_CPU_PORT = 510
SCOUTED_ENTRIES = 8192  # with more, in large tables, packets are scouted (kernels/scout.py)
UPDATES_PER_TURN = 64  # made between two rounds of packets, so that no round waits for long


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
        self.program = generated.program
        self.p4info = p4info
        self.cpu_port = cpu_port
        self.slot_bytes = slot_bytes
        self.plain = plain
        self.clock_ns = clock_ns
        self._one_at_a_time = threading.RLock()  # of those who write or read; packets do not wait
        apart = runs_apart(self.program) and not (plain or jit.JIT_DISABLED)
        self.gate = Gate(apart=apart)
        self.mem = generated.places.arena.build()
        self._fill_crc_tables()
        self.replication = Replication(generated.places, self.mem)
        self.digests = Digests(self.program, p4info)
        self._digesting = threading.Lock()
        self.profiles = self._make_profiles()
        self.tables = self._make_tables()
        self._touched: set[TableControl] = set()  # written since the last flush
        self._large = {t: 0 for t in self.tables.values() if is_large(t.place)}  # their entries
        self._large_entries = 0
        self.meters = self._arrays(MeterArray, p4info.meters, self.program.meters)
        for meter in self.meters.values():
            meter.clock_ns = clock_ns
        self.counters = self._arrays(CounterArray, p4info.counters, self.program.counters)
        for counter in self.counters.values():
            counter.workers = self._workers
        self.registers = self._arrays(RegisterArray, p4info.registers, self.program.registers)
        self._packet_in: Callable[[PacketIn], None] | None = None
        self._on_digest: Callable[[DigestList], None] | None = None
        self._on_idle: Callable[[list[TableEntry]], None] | None = None
        self.engines: list[Engine] = []
        self.use_engines(1)

    @classmethod
    def load(cls, p4info_text: str, json_text: str, **options: Any) -> Switch:
        """Build a switch from the texts of both files; raises Unsupported or ValueError."""
        slot_bytes = options.get("slot_bytes", DEFAULT_SLOT_BYTES)
        generated = generate(load_program(json_text), slot_bytes)
        return cls(generated, parse_p4info(p4info_text), **options)

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

    def _workers(self) -> int:
        return len(self.engines)

    # Construction

    def _fill_crc_tables(self) -> None:
        for place, polynomial in (
            (self.generated.places.crc16, 0xA001),
            (self.generated.places.crc32, 0xEDB88320),
        ):
            self.mem[place : place + CRC_WORDS] = [_crc_word(i, polynomial) for i in range(256)]
        self.mem[self.generated.places.chance] = 1

    def _make_profiles(self) -> dict[int, Profile]:
        made = {}
        for info in self.p4info.profiles.values():
            users = [t for t in self.program.tables if t.profile == info.name]
            if not users:
                continue
            names = [[self.program.actions[i].name for i in t.action_ids] for t in users]
            if any(other != names[0] for other in names):
                raise Unsupported(f"action profile {info.name} of tables with different actions")
            place = self.generated.places.profiles[info.name]
            made[info.id] = Profile(self.program, info, self.p4info, users, place, self.mem)
        return made

    def _make_tables(self) -> dict[int, TableControl]:
        infos = {info.name: info for info in self.p4info.tables.values()}
        made = {}
        for table in self.program.tables:
            place = self.generated.places.tables[table.name]
            info = infos.get(table.name)
            if info is None:
                self._install_hidden(table, place)
                continue
            made[info.id] = TableControl(
                self.program,
                table,
                info,
                self.p4info,
                place,
                self.mem,
                self.profiles.get(info.profile_id),
                DirectState(table, place, self.mem, self.clock_ns, self._workers),
                self.clock_ns,
            )
        return made

    def _install_hidden(self, table: Table, place: TablePlace) -> None:
        """A table that the P4Info leaves out: it does what the program fixes, for ever."""
        actions = {i: self.program.actions[i] for i in table_actions(table)}
        private = P4Info(
            actions={
                i: InfoAction(i, a.name, tuple(map(_info_field, a.param_names, a.param_bits)))
                for i, a in actions.items()
            }
        )
        match = tuple(InfoField(i, k.name, k.width_bits) for i, k in enumerate(table.key))
        nobody: frozenset[int] = frozenset()
        info = InfoTable(
            id=0,
            name=table.name,
            match=match,
            default_only=nobody,
            table_only=nobody,
            action_ids=tuple(actions),
            const_default=True,
            const_entries=True,
            profile_id=0,
            size=table.size,
            idle_notify=False,
        )
        direct = DirectState(table, place, self.mem, self.clock_ns, self._workers)
        TableControl(
            self.program, table, info, private, place, self.mem, None, direct, self.clock_ns
        )

    def _arrays(self, kind: Any, infos: dict[int, InfoObject], arrays: Any) -> dict[int, Any]:
        places = self.generated.places
        bases = {**places.meters, **places.counters, **places.registers}
        return {
            number: kind(info, arrays[info.name], bases[info.name], self.mem)
            for number, info in infos.items()
            if info.name in arrays
        }

    # What a controller writes

    def apply(
        self, updates: Sequence[Update], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        with self._one_at_a_time:
            return self._apply(updates, atomicity)

    def _apply(self, updates: Sequence[Update], atomicity: Atomicity) -> list[ControlError | None]:
        answers: list[ControlError | None] = []
        undo: list[Update] = []
        turn = len(updates) if atomicity == Atomicity.DATAPLANE_ATOMIC else UPDATES_PER_TURN
        for start in range(0, len(updates), max(turn, 1)):
            with self.gate.write():
                for update in updates[start : start + turn]:
                    answers.append(self._try(update, undo))
                    if answers[-1] is not None and atomicity != Atomicity.CONTINUE_ON_ERROR:
                        self._roll_back(undo)
                        return _aborted(answers, len(updates))
                self._flush()
        return answers

    def apply_rows(
        self, rows: NDArray[np.int64], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        if atomicity != Atomicity.CONTINUE_ON_ERROR:
            updates = [self._table(row[ROW_TABLE]).update(row) for row in rows.tolist()]
            return self.apply(updates, atomicity)
        answers: list[ControlError | None] = []
        with self._one_at_a_time:
            for run in _runs(rows):
                answers += self._apply_run(self._table(int(run[0, ROW_TABLE])), run)
        return answers

    def _apply_run(self, table: TableControl, run: NDArray[np.int64]) -> list[ControlError | None]:
        with self.gate.write():
            made = table.write_rows(run)
            self._touched.add(table)
            self._flush()
        return self.apply([*map(table.update, run.tolist())]) if made is None else made

    def _try(self, update: Update, undo: list[Update]) -> ControlError | None:
        try:
            undo.extend(self._apply_one(update))
        except ControlError as refusal:
            return refusal
        return None

    def _roll_back(self, undo: list[Update]) -> None:
        for update in reversed(undo):
            self._apply_one(update)
        self._flush()

    def _flush(self) -> None:
        """Put what was collected into the arena, and scout if large tables have become full."""
        for table in self._touched:
            table.flush()
            if table in self._large and table.store is not None:
                count = len(table.store)
                self._large_entries += count - self._large[table]
                self._large[table] = count
        self._touched.clear()
        for engine in self.engines:
            engine.ctl[Ctl.SCOUTING] = self._large_entries > SCOUTED_ENTRIES

    def _apply_one(self, update: Update) -> list[Update]:
        """Make one change; answers the changes that undo it."""
        kind, entity = update
        if isinstance(entity, TableEntry):
            table = self._table(entity.table_id)
            self._touched.add(table)
            return [table.apply(kind, entity)]
        handler = _WRITERS.get(type(entity))
        if handler is None:
            raise ControlError(Status.UNIMPLEMENTED, f"no writing of {type(entity).__name__}")
        undo = handler(self, kind, entity)
        return undo if isinstance(undo, list) else [undo]

    def _table(self, table_id: int) -> TableControl:
        table = self.tables.get(table_id)
        if table is None:
            raise ControlError(Status.NOT_FOUND, f"no table {table_id} in the P4Info")
        return table

    def _object(self, objects: dict[int, Any], number: int, what: str) -> Any:
        found = objects.get(number)
        if found is None:
            raise ControlError(Status.NOT_FOUND, f"no {what} {number} in the P4Info")
        return found

    def _write_member(self, kind: UpdateType, entity: ActionProfileMember) -> Update:
        profile = self._object(self.profiles, entity.profile_id, "action profile")
        return profile.apply_member(kind, entity)  # type: ignore[no-any-return]  # _object is Any

    def _write_group(self, kind: UpdateType, entity: ActionProfileGroup) -> Update:
        profile = self._object(self.profiles, entity.profile_id, "action profile")
        return profile.apply_group(kind, entity)  # type: ignore[no-any-return]

    def _write_meter(self, kind: UpdateType, entity: MeterEntry) -> list[Update]:
        meter = self._object(self.meters, entity.meter_id, "meter")
        return meter.apply(kind, entity)  # type: ignore[no-any-return]

    def _write_counter(self, kind: UpdateType, entity: CounterEntry) -> list[Update]:
        counter = self._object(self.counters, entity.counter_id, "counter")
        return counter.apply(kind, entity)  # type: ignore[no-any-return]

    def _write_register(self, kind: UpdateType, entity: RegisterEntry) -> list[Update]:
        register = self._object(self.registers, entity.register_id, "register")
        return register.apply(kind, entity)  # type: ignore[no-any-return]

    def _write_direct_meter(self, kind: UpdateType, entity: DirectMeterEntry) -> Update:
        table, handle = self._direct(kind, entity.entry, "direct_meter")
        if entity.config is not None:
            check_config(entity.config, f"table {table.info.name}: direct meter")
        before = DirectMeterEntry(entity.entry, table.direct.meter(handle))
        table.direct.set_meter(handle, entity.config)
        return Update(UpdateType.MODIFY, before)

    def _write_direct_counter(self, kind: UpdateType, entity: DirectCounterEntry) -> Update:
        table, handle = self._direct(kind, entity.entry, "direct_counter")
        before = DirectCounterEntry(entity.entry, table.direct.counter(handle))
        table.direct.set_counter(handle, entity.data)
        return Update(UpdateType.MODIFY, before)

    def _direct(self, kind: UpdateType, entry: TableEntry, what: str) -> tuple[TableControl, int]:
        table = self._table(entry.table_id)
        if not getattr(table.table, what):
            sentence = f"table {table.info.name} has no {what.replace('_', ' ')}"
            raise ControlError(Status.INVALID_ARGUMENT, sentence)
        if kind != UpdateType.MODIFY:
            raise ControlError(Status.INVALID_ARGUMENT, "a direct resource can only be modified")
        return table, table.stored(entry).handle

    def _write_multicast(self, kind: UpdateType, entity: MulticastGroup) -> Update:
        return self.replication.apply_group(kind, entity)

    def _write_session(self, kind: UpdateType, entity: CloneSession) -> Update:
        return self.replication.apply_session(kind, entity)

    def _write_digest(self, kind: UpdateType, entity: DigestConfig) -> Update:
        with self._digesting:
            return self.digests.apply(kind, entity)

    # What it reads

    def read(self, pattern: Entity) -> Iterator[Entity]:
        """See control.DataPlane."""
        if isinstance(pattern, TableEntry):
            tables = [self._table(pattern.table_id)] if pattern.table_id else self.tables.values()
            for table in tables:
                with self._one_at_a_time:
                    found = list(table.read(pattern))
                yield from found
            return
        yield from _READERS[type(pattern)](self, pattern)

    def _read_members(self, pattern: ActionProfileMember) -> Iterator[Entity]:
        for profile in self._chosen(self.profiles, pattern.profile_id, "action profile"):
            yield from profile.read_members(pattern)

    def _read_groups(self, pattern: ActionProfileGroup) -> Iterator[Entity]:
        for profile in self._chosen(self.profiles, pattern.profile_id, "action profile"):
            yield from profile.read_groups(pattern)

    def _read_meters(self, pattern: MeterEntry) -> Iterator[Entity]:
        for meter in self._chosen(self.meters, pattern.meter_id, "meter"):
            yield from meter.read(pattern)

    def _read_counters(self, pattern: CounterEntry) -> Iterator[Entity]:
        for counter in self._chosen(self.counters, pattern.counter_id, "counter"):
            yield from counter.read(pattern)

    def _read_registers(self, pattern: RegisterEntry) -> Iterator[Entity]:
        for register in self._chosen(self.registers, pattern.register_id, "register"):
            yield from register.read(pattern)

    def _chosen(self, objects: dict[int, Any], number: int, what: str) -> list[Any]:
        return [self._object(objects, number, what)] if number else list(objects.values())

    def _read_direct_meters(self, pattern: DirectMeterEntry) -> Iterator[Entity]:
        for entry in self._entries_with(pattern.entry, "direct_meter"):
            yield DirectMeterEntry(entry, entry.meter)

    def _read_direct_counters(self, pattern: DirectCounterEntry) -> Iterator[Entity]:
        for entry in self._entries_with(pattern.entry, "direct_counter"):
            assert entry.counter is not None
            yield DirectCounterEntry(entry, entry.counter)

    def _entries_with(self, pattern: TableEntry, what: str) -> Iterator[TableEntry]:
        tables = [self._table(pattern.table_id)] if pattern.table_id else self.tables.values()
        for table in tables:
            if getattr(table.table, what):
                yield from table.read(pattern)

    def _read_multicast(self, pattern: MulticastGroup) -> Iterator[Entity]:
        yield from self.replication.read_groups(pattern)

    def _read_sessions(self, pattern: CloneSession) -> Iterator[Entity]:
        yield from self.replication.read_sessions(pattern)

    def _read_digests(self, pattern: DigestConfig) -> Iterator[Entity]:
        yield from self.digests.read(pattern)

    # What it exchanges

    def packet_out(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        """See control.DataPlane."""
        fields = self.p4info.packet_out
        if len(metadata) != len(fields):
            sentence = f"packet_out has {len(fields)} metadata fields, not {len(metadata)}"
            raise ControlError(Status.INVALID_ARGUMENT, sentence)
        frame = _pack_header(fields, metadata) + payload
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
        with self._digesting:
            self.digests.acknowledge(digest_id, list_id)

    def on_idle_timeout(self, callback: Callable[[list[TableEntry]], None] | None) -> None:
        """See control.DataPlane."""
        self._on_idle = callback

    def set_port_up(self, port: int, *, up: bool) -> None:
        """See control.DataPlane."""
        with self.gate.write():
            for profile in self.profiles.values():
                profile.set_port_up(port, up=up)

    # Around the engines

    def deliver(self, frame: bytes) -> None:
        """A frame that left by the CPU port: hand it to the controller."""
        if self._packet_in is None:
            return
        size = -(-sum(f.width_bits for f in self.p4info.packet_in) // 8)
        metadata = _unpack_header(self.p4info.packet_in, frame[:size])
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
                self._gather_digests(engine, now_ns)

    def _gather_digests(self, engine: Engine, now_ns: int) -> None:
        with self._digesting:
            self.digests.add(engine.take_digests(), now_ns)

    def tend(self, now_ns: int) -> None:
        """What is not done per packet: digests that are due, entries that fell silent."""
        if self._on_digest is not None:
            with self._digesting:
                lists = list(self.digests.due(now_ns))
            for due in lists:
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
            self._gather_digests(engine, now_ns)
            for packet in engine.collect():
                if packet.port == self.cpu_port:
                    self.deliver(packet.data)
                sent.append(packet)
        self.tend(now_ns)
        return sent


_WRITERS: dict[type, Any] = {
    ActionProfileMember: Switch._write_member,  # noqa: SLF001  # the class's own dispatch table
    ActionProfileGroup: Switch._write_group,  # noqa: SLF001
    MeterEntry: Switch._write_meter,  # noqa: SLF001
    DirectMeterEntry: Switch._write_direct_meter,  # noqa: SLF001
    CounterEntry: Switch._write_counter,  # noqa: SLF001
    DirectCounterEntry: Switch._write_direct_counter,  # noqa: SLF001
    RegisterEntry: Switch._write_register,  # noqa: SLF001
    MulticastGroup: Switch._write_multicast,  # noqa: SLF001
    CloneSession: Switch._write_session,  # noqa: SLF001
    DigestConfig: Switch._write_digest,  # noqa: SLF001
}
_READERS: dict[type, Any] = {
    ActionProfileMember: Switch._read_members,  # noqa: SLF001
    ActionProfileGroup: Switch._read_groups,  # noqa: SLF001
    MeterEntry: Switch._read_meters,  # noqa: SLF001
    DirectMeterEntry: Switch._read_direct_meters,  # noqa: SLF001
    CounterEntry: Switch._read_counters,  # noqa: SLF001
    DirectCounterEntry: Switch._read_direct_counters,  # noqa: SLF001
    RegisterEntry: Switch._read_registers,  # noqa: SLF001
    MulticastGroup: Switch._read_multicast,  # noqa: SLF001
    CloneSession: Switch._read_sessions,  # noqa: SLF001
    DigestConfig: Switch._read_digests,  # noqa: SLF001
}


def _runs(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rows of one table each, and no more than a turn's."""
    cuts = np.flatnonzero(np.diff(rows[:, ROW_TABLE])) + 1
    for run in np.split(rows, cuts) if len(rows) else ():
        for start in range(0, len(run), UPDATES_PER_TURN):
            yield run[start : start + UPDATES_PER_TURN]


def _aborted(answers: list[ControlError | None], count: int) -> list[ControlError | None]:
    """Of a write that was rolled back: the fault where it was, ABORTED elsewhere."""
    aborted = ControlError(Status.ABORTED, "another update of this write failed")
    known: list[ControlError | None] = [answer or aborted for answer in answers]
    return known + [aborted] * (count - len(answers))


def _info_field(name: str, width_bits: int) -> InfoField:
    return InfoField(0, name, width_bits)


def _crc_word(byte: int, polynomial: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (polynomial if byte & 1 else 0)
    return byte


def _pack_header(fields: Sequence[InfoField], values: Sequence[int]) -> bytes:
    """A controller header's bytes; fields follow one another without gaps."""
    bits, total = 0, 0
    for info, value in zip(fields, values, strict=True):
        if not 0 <= value < 1 << info.width_bits:
            sentence = f"packet_out metadata {info.name} does not fit {info.width_bits} bits"
            raise ControlError(Status.OUT_OF_RANGE, sentence)
        bits = bits << info.width_bits | value
        total += info.width_bits
    size = -(-total // 8)
    return (bits << (8 * size - total)).to_bytes(size, "big")


def _unpack_header(fields: Sequence[InfoField], data: bytes) -> tuple[int, ...]:
    total = sum(f.width_bits for f in fields)
    bits = int.from_bytes(data, "big") >> max(0, 8 * len(data) - total)
    values = []
    for info in reversed(fields):
        values.append(bits & ((1 << info.width_bits) - 1))
        bits >>= info.width_bits
    return tuple(reversed(values))
