"""Between cells and P4Runtime's messages, by way of finsy's entities and the P4Info.

A meter is written by MODIFY whatever it held, and without a configuration to reset it (P4Runtime
9.3). An entry with the prefix length 0 has no match field at all (9.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from finsy import (
    P4MeterConfig,
    P4MeterEntry,
    P4MulticastGroupEntry,
    P4Schema,
    P4TableAction,
    P4TableEntry,
    P4TableMatch,
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
        self._prefix_tables = {
            table.alias
            for table in schema.tables
            if any(field.match_type is P4MatchType.LPM for field in table.match_fields)
        }

    def update(self, change: Change) -> p4r.Update:
        """The update that carries a change out."""
        kind = p4r.Update.MODIFY
        if change.new is None and not isinstance(change.cell, MeterCell):
            kind = p4r.Update.DELETE
        elif change.old is None and not isinstance(change.cell, MeterCell):
            kind = p4r.Update.INSERT
        entity = self._entity(change.cell, change.new)
        return p4r.Update(type=kind, entity=entity.encode(self.schema))

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

    def _entity(self, cell: Cell, content: Content | None) -> Writable:
        if isinstance(cell, MeterCell):
            config = _meter_config(content) if isinstance(content, Buckets) else None
            return P4MeterEntry(cell.meter, index=cell.number, config=config)
        if isinstance(cell, ReplicationList):
            members = content.members if isinstance(content, Replicas) else ()
            return P4MulticastGroupEntry(cell.number, replicas=members)
        keys = self._keys[cell.table]
        if isinstance(cell, PrefixEntry):
            match = P4TableMatch({keys[0]: (cell.address, cell.length_bits)})
        else:
            match = P4TableMatch(zip(keys, cell.match, strict=True))
        action = None
        if isinstance(content, Action):
            names = self._parameters[content.name]
            arguments = dict(zip(names, content.parameters, strict=True))
            action = P4TableAction(content.name, **arguments)
        return P4TableEntry(cell.table, match=match, action=action)

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


def _meter_config(buckets: Buckets) -> P4MeterConfig:
    return P4MeterConfig(
        cir=buckets.cir_bytes_per_s,
        cburst=buckets.cbs_bytes,
        pir=buckets.pir_bytes_per_s,
        pburst=buckets.pbs_bytes,
    )


def _member(replica: int | P4Replica | tuple[int, int]) -> tuple[int, int]:
    """Port and instance; finsy has a number for a replica of instance 0."""
    if isinstance(replica, int):
        return replica, 0
    assert isinstance(replica, P4Replica), "finsy decodes no pairs"
    return replica.port, replica.instance
