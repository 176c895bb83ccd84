"""What a controller writes: batches of updates, in turns between rounds of packets.

An update is checked whole before it changes anything and answers with what undoes it, so that a
write can be rolled back. One writer at a time; packets wait for a turn of it and not for the whole.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.entities import (
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
    RegisterEntry,
    TableEntry,
    Update,
    UpdateType,
    ValueSetEntry,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch.codegen.places import is_large
from p4rsvp.softswitch.layout import Ctl
from p4rsvp.softswitch.state import check_config

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.softswitch.engine import Engine
    from p4rsvp.softswitch.gate import Gate
    from p4rsvp.softswitch.inventory import Inventory
    from p4rsvp.softswitch.tables.control import TableControl

SCOUTED_ENTRIES = 8192  # with more, in large tables, packets are scouted (kernels/scout.py)
UPDATES_PER_TURN = 64  # made between two rounds of packets, so that no round waits for long


class Writer:
    """Changes the objects of a program while its engines run."""

    def __init__(
        self,
        inventory: Inventory,
        gate: Gate,
        engines: Sequence[Engine],
        one_at_a_time: threading.RLock,
    ) -> None:
        self._inventory = inventory
        self._gate = gate
        self._engines = engines
        self._one_at_a_time = one_at_a_time
        self._touched: set[TableControl] = set()  # written since the last flush
        large = (t for t in inventory.tables.values() if is_large(t.place))
        self._large = dict.fromkeys(large, 0)  # their entries
        self._large_entries = 0

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
            with self._gate.write():
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
            updates = [self._inventory.table(row[ROW_TABLE]).update(row) for row in rows.tolist()]
            return self.apply(updates, atomicity)
        answers: list[ControlError | None] = []
        with self._one_at_a_time:
            for run in _runs(rows):
                answers += self._apply_run(self._inventory.table(int(run[0, ROW_TABLE])), run)
        return answers

    def _apply_run(self, table: TableControl, run: NDArray[np.int64]) -> list[ControlError | None]:
        with self._gate.write():
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
        for engine in self._engines:
            engine.ctl[Ctl.SCOUTING] = self._large_entries > SCOUTED_ENTRIES

    def _apply_one(self, update: Update) -> list[Update]:
        """Make one change; answers the changes that undo it."""
        kind, entity = update
        if isinstance(entity, TableEntry):
            table = self._inventory.table(entity.table_id)
            self._touched.add(table)
            return [table.apply(kind, entity)]
        handler = _WRITERS.get(type(entity))
        if handler is None:
            raise ControlError(Status.UNIMPLEMENTED, f"no writing of {type(entity).__name__}")
        undo = handler(self, kind, entity)
        return undo if isinstance(undo, list) else [undo]

    def _write_member(self, kind: UpdateType, entity: ActionProfileMember) -> Any:
        return self._profile(entity.profile_id).apply_member(kind, entity)

    def _write_group(self, kind: UpdateType, entity: ActionProfileGroup) -> Any:
        return self._profile(entity.profile_id).apply_group(kind, entity)

    def _profile(self, profile_id: int) -> Any:
        return self._inventory.find(self._inventory.profiles, profile_id, "action profile")

    def _write_meter(self, kind: UpdateType, entity: MeterEntry) -> Any:
        meters = self._inventory.meters
        return self._inventory.find(meters, entity.meter_id, "meter").apply(kind, entity)

    def _write_counter(self, kind: UpdateType, entity: CounterEntry) -> Any:
        counters = self._inventory.counters
        return self._inventory.find(counters, entity.counter_id, "counter").apply(kind, entity)

    def _write_register(self, kind: UpdateType, entity: RegisterEntry) -> Any:
        registers = self._inventory.registers
        return self._inventory.find(registers, entity.register_id, "register").apply(kind, entity)

    def _write_value_set(self, kind: UpdateType, entity: ValueSetEntry) -> Any:
        found = self._inventory.value_sets
        return self._inventory.find(found, entity.value_set_id, "value set").apply(kind, entity)

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
        table = self._inventory.table(entry.table_id)
        if not getattr(table.table, what):
            sentence = f"table {table.info.name} has no {what.replace('_', ' ')}"
            raise ControlError(Status.INVALID_ARGUMENT, sentence)
        if kind != UpdateType.MODIFY:
            raise ControlError(Status.INVALID_ARGUMENT, "a direct resource can only be modified")
        return table, table.stored(entry).handle

    def _write_multicast(self, kind: UpdateType, entity: MulticastGroup) -> Update:
        return self._inventory.replication.apply_group(kind, entity)

    def _write_session(self, kind: UpdateType, entity: CloneSession) -> Update:
        return self._inventory.replication.apply_session(kind, entity)

    def _write_digest(self, kind: UpdateType, entity: DigestConfig) -> Update:
        return self._inventory.digests.apply(kind, entity)


_WRITERS: dict[type, Any] = {
    ActionProfileMember: Writer._write_member,  # noqa: SLF001  # the class's own dispatch table
    ActionProfileGroup: Writer._write_group,  # noqa: SLF001
    MeterEntry: Writer._write_meter,  # noqa: SLF001
    DirectMeterEntry: Writer._write_direct_meter,  # noqa: SLF001
    CounterEntry: Writer._write_counter,  # noqa: SLF001
    DirectCounterEntry: Writer._write_direct_counter,  # noqa: SLF001
    RegisterEntry: Writer._write_register,  # noqa: SLF001
    MulticastGroup: Writer._write_multicast,  # noqa: SLF001
    CloneSession: Writer._write_session,  # noqa: SLF001
    DigestConfig: Writer._write_digest,  # noqa: SLF001
    ValueSetEntry: Writer._write_value_set,  # noqa: SLF001
}


def _runs(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rows of one table each, and no more than a turn's."""
    first = 0
    for _, same in groupby(rows[:, ROW_TABLE].tolist()):
        behind = first + len(list(same))
        for start in range(first, behind, UPDATES_PER_TURN):
            yield rows[start : min(start + UPDATES_PER_TURN, behind)]
        first = behind


def _aborted(answers: list[ControlError | None], count: int) -> list[ControlError | None]:
    """Of a write that was rolled back: the fault where it was, ABORTED elsewhere."""
    aborted = ControlError(Status.ABORTED, "another update of this write failed")
    known: list[ControlError | None] = [answer or aborted for answer in answers]
    return known + [aborted] * (count - len(answers))
