"""Everything that a controller can name in one program, on the arena that the pipeline reads.

Built once from the P4Info and the layout: tables, action profiles, meters, counters, registers, the
parser's value sets, the replication engine and digests. What the P4Info leaves out and the program
fixes is installed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.dataplane.p4info import InfoAction, InfoField, InfoTable, P4Info
from p4rsvp.softswitch.codegen.places import CRC_WORDS
from p4rsvp.softswitch.codegen.usage import table_actions
from p4rsvp.softswitch.digests import Digests
from p4rsvp.softswitch.profiles import Profile
from p4rsvp.softswitch.replication import Replication
from p4rsvp.softswitch.state import CounterArray, DirectState, MeterArray, RegisterArray
from p4rsvp.softswitch.tables.control import TableControl
from p4rsvp.softswitch.valuesets import ValueSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from p4rsvp.dataplane.entities import TableEntry
    from p4rsvp.softswitch.codegen.module import Generated
    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.ir.program import Table
    from p4rsvp.softswitch.state import Workers


class Inventory:
    """The objects of one program, by their ids in the P4Info."""

    def __init__(
        self,
        generated: Generated,
        p4info: P4Info,
        clock_ns: Callable[[], int],
        workers: Workers,
    ) -> None:
        self.generated = generated
        self.program = generated.program
        self.p4info = p4info
        self.clock_ns = clock_ns
        self.workers = workers
        self.mem = generated.places.arena.build()
        self._fill_crc_tables()
        self.replication = Replication(generated.places, self.mem)
        self.digests = Digests(self.program, p4info)
        self.profiles = self._make_profiles()
        self.tables = self._make_tables()
        self.meters = self._arrays(MeterArray, p4info.meters, self.program.meters)
        for meter in self.meters.values():
            meter.clock_ns = clock_ns
        self.counters = self._arrays(CounterArray, p4info.counters, self.program.counters)
        for counter in self.counters.values():
            counter.workers = workers
        self.registers = self._arrays(RegisterArray, p4info.registers, self.program.registers)
        self.value_sets = self._arrays(ValueSet, p4info.value_sets, self.program.value_sets)

    def table(self, table_id: int) -> TableControl:
        """A table by its id; raises ControlError where there is none."""
        table = self.tables.get(table_id)
        if table is None:
            raise ControlError(Status.NOT_FOUND, f"no table {table_id} in the P4Info")
        return table

    def tables_of(self, pattern: TableEntry) -> Iterator[TableControl]:
        """The table that a pattern names, or all."""
        if pattern.table_id:
            yield self.table(pattern.table_id)
        else:
            yield from self.tables.values()

    @staticmethod
    def find(objects: dict[int, Any], number: int, what: str) -> Any:
        """One of the objects of a kind; raises ControlError where there is none."""
        found = objects.get(number)
        if found is None:
            raise ControlError(Status.NOT_FOUND, f"no {what} {number} in the P4Info")
        return found

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
                DirectState(table, place, self.mem, self.clock_ns, self.workers),
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
        direct = DirectState(table, place, self.mem, self.clock_ns, self.workers)
        TableControl(
            self.program, table, info, private, place, self.mem, None, direct, self.clock_ns
        )

    def _arrays(self, kind: Any, infos: Mapping[int, Any], arrays: Any) -> dict[int, Any]:
        places = self.generated.places
        bases = {**places.meters, **places.counters, **places.registers, **places.value_sets}
        return {
            number: kind(info, arrays[info.name], bases[info.name], self.mem)
            for number, info in infos.items()
            if info.name in arrays
        }


def _info_field(name: str, width_bits: int) -> InfoField:
    return InfoField(0, name, width_bits)


def _crc_word(byte: int, polynomial: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (polynomial if byte & 1 else 0)
    return byte
