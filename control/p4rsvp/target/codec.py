"""Between cells and P4Runtime's messages, by the P4Info.

What is read comes by way of finsy's entities. What is written is filled in directly, in a quarter
of the time; a test holds it against finsy's.
A meter is written by MODIFY whatever it held, and without a configuration to reset it (P4Runtime
9.3). An entry with the prefix length 0 has no match field at all (9.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from finsy import (
    P4MeterEntry,
    P4MulticastGroupEntry,
    P4Schema,
    P4TableAction,
    P4TableEntry,
)
from finsy.p4entity import P4Replica
from finsy.p4schema import P4MatchType
from finsy.proto import p4r

from p4rsvp.target.cells import (
    Action,
    Buckets,
    Cell,
    Change,
    Content,
    Entry,
    MeterCell,
    PrefixEntry,
    Replicas,
    ReplicationList,
    State,
)

CLAIMS = frozenset({"reserve", "reserve_marked"})  # what a filter does
Writable: TypeAlias = P4TableEntry | P4MeterEntry | P4MulticastGroupEntry


class Codec:
    """The names of a P4Info, in its order."""

    def __init__(self, schema: P4Schema) -> None:
        self.schema = schema
        self._keys = {
            table.alias: tuple(field.alias for field in table.match_fields)
            for table in schema.tables
        }
        self._parameters = {
            action.alias: tuple(parameter.name for parameter in action.params)
            for action in schema.actions
        }
        # The same as numbers, to write with.
        self._tables = {
            table.alias: (table.id, tuple(field.id for field in table.match_fields))
            for table in schema.tables
        }
        self._actions = {
            action.alias: (action.id, tuple(parameter.id for parameter in action.params))
            for action in schema.actions
        }
        self._meters = {meter.alias: meter.id for meter in schema.meters}
        self._prefix_tables = {
            table.alias
            for table in schema.tables
            if any(field.match_type is P4MatchType.LPM for field in table.match_fields)
        }

    def update(self, change: Change) -> p4r.Update:
        """The update that carries a change out."""
        cell, _, content = change
        kind = p4r.Update.MODIFY
        if not isinstance(cell, MeterCell):
            if content is None:
                kind = p4r.Update.DELETE
            elif change.old is None:
                kind = p4r.Update.INSERT
        made = p4r.Update(type=kind)
        if isinstance(cell, MeterCell):
            self._fill_meter(made.entity.meter_entry, cell, content)
        elif isinstance(cell, ReplicationList):
            members = content.members if isinstance(content, Replicas) else ()
            entity = P4MulticastGroupEntry(cell.number, replicas=members).encode(self.schema)
            made.entity.CopyFrom(entity)
        else:
            self._fill_entry(made.entity.table_entry, cell, content)
        return made

    def _fill_meter(self, entry: p4r.MeterEntry, cell: MeterCell, content: Content | None) -> None:
        entry.meter_id = self._meters[cell.meter]
        entry.index.index = cell.number
        if isinstance(content, Buckets):
            config = entry.config
            config.cir, config.cburst, config.pir, config.pburst = content

    def _fill_entry(
        self, entry: p4r.TableEntry, cell: Entry | PrefixEntry, content: Content | None
    ) -> None:
        entry.table_id, fields = self._tables[cell.table]
        if isinstance(cell, Entry):
            for number, value in zip(fields, cell.match, strict=True):
                entry.match.add(field_id=number).exact.value = _octets(value)
        elif cell.length_bits:
            lpm = entry.match.add(field_id=fields[0]).lpm
            lpm.value, lpm.prefix_len = _octets(cell.address), cell.length_bits
        if isinstance(content, Action):
            action = entry.action.action
            action.action_id, parameters = self._actions[content.name]
            for number, value in zip(parameters, content.parameters, strict=True):
                action.params.add(param_id=number, value=_octets(value))

    def first_questions(self) -> list[Writable]:
        """What to ask for, to read all that a data plane holds but for the reservations' meters."""
        return [P4TableEntry(), P4MulticastGroupEntry(), P4MeterEntry("punt_meter")]

    def second_questions(self, found: State) -> list[Writable]:
        """The meters of what was found.

        One that no filter names means nothing, and all 131,071 of them take seconds to read.
        """
        claimed = {
            content.parameters[0]
            for content in found.values()
            if isinstance(content, Action) and content.name in CLAIMS
        }
        return [P4MeterEntry("reservation_meter", index=number) for number in sorted(claimed)]

    def cell(self, entity: Writable) -> tuple[Cell, Content] | None:
        """The cell that an entity stands for, and what is there; None: a meter at its default."""
        if isinstance(entity, P4TableEntry):
            return self._from_entry(entity)
        if isinstance(entity, P4MulticastGroupEntry):
            members = sorted(_member(one) for one in entity.replicas)
            return ReplicationList(entity.multicast_group_id), Replicas(tuple(members))
        config = entity.config
        if config is None:
            return None
        cell = MeterCell(entity.meter_id, entity.index or 0)
        return cell, Buckets(config.cir, config.cburst, config.pir, config.pburst)

    def _from_entry(self, entry: P4TableEntry) -> tuple[Cell, Content]:
        keys = self._keys[entry.table_id]
        found: Mapping[str, Any] = entry.match or {}
        cell: Cell
        if entry.table_id in self._prefix_tables:
            address, length_bits = found.get(keys[0], (0, 0))
            cell = PrefixEntry(entry.table_id, address, length_bits)
        else:
            cell = Entry(entry.table_id, tuple(int(found[key]) for key in keys))
        action = entry.action
        assert isinstance(action, P4TableAction), "no table of the program has an action profile"
        names = self._parameters[action.name]
        return cell, Action(action.name, tuple(int(action.args[name]) for name in names))


def _octets(value: int) -> bytes:
    """A number in its shortest form (P4Runtime 8.3)."""
    return value.to_bytes((value.bit_length() + 7) // 8 or 1)


def _member(replica: int | P4Replica | tuple[int, int]) -> tuple[int, int]:
    """Port and instance; finsy has a number for a replica of instance 0."""
    if isinstance(replica, int):
        return replica, 0
    assert isinstance(replica, P4Replica), "finsy decodes no pairs"
    return replica.port, replica.instance
