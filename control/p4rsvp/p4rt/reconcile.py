"""RECONCILE_AND_COMMIT (14): carry the forwarding state of one program over into the next.

Everything that a controller could have written is read from the old data plane as messages and
written into the new one, which has nothing yet. What the new program does not take as it is cannot
be preserved, and the config is refused. What packets leave behind in meters (their tokens) is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finsy.proto import p4r

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.entities import Atomicity, TableEntry, Update, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import reads, writes
from p4rsvp.p4rt.schema import Schema

_ENTRY: Final = p4r.TableEntry(meter_config=p4r.MeterConfig(), counter_data=p4r.CounterData())
_BATCH: Final = 1000


def _default_entry() -> p4r.TableEntry:
    entry = p4r.TableEntry()
    entry.CopyFrom(_ENTRY)
    entry.is_default_action = True
    return entry


# In the order in which they refer to each other.
_EVERYTHING: Final = (
    p4r.Entity(action_profile_member=p4r.ActionProfileMember()),
    p4r.Entity(action_profile_group=p4r.ActionProfileGroup()),
    p4r.Entity(table_entry=_ENTRY),
    p4r.Entity(table_entry=_default_entry()),
    p4r.Entity(counter_entry=p4r.CounterEntry()),
    p4r.Entity(meter_entry=p4r.MeterEntry()),
    p4r.Entity(register_entry=p4r.RegisterEntry()),
    p4r.Entity(
        packet_replication_engine_entry=p4r.PacketReplicationEngineEntry(
            multicast_group_entry=p4r.MulticastGroupEntry()
        )
    ),
    p4r.Entity(
        packet_replication_engine_entry=p4r.PacketReplicationEngineEntry(
            clone_session_entry=p4r.CloneSessionEntry()
        )
    ),
    p4r.Entity(digest_entry=p4r.DigestEntry()),
    p4r.Entity(value_set_entry=p4r.ValueSetEntry()),
)
_CELLS: Final = frozenset({"counter_entry", "meter_entry", "register_entry", "value_set_entry"})


def carry_over(old: DataPlane, old_schema: Schema, new: DataPlane, new_schema: Schema) -> None:
    """Bring the new data plane to the state of the old one, or raise ControlError."""
    _clear(new)
    batch: list[p4r.Update] = []
    for update in _state(old, old_schema):
        batch.append(update)
        if len(batch) == _BATCH:
            _write(new, new_schema, batch)
            batch = []
    _write(new, new_schema, batch)


def _clear(plane: DataPlane) -> None:
    """Take out the entries that the new program brings but does not hold constant."""
    brought = [entry for entry in plane.read(TableEntry(0)) if isinstance(entry, TableEntry)]
    deletions = [
        Update(UpdateType.DELETE, TableEntry(e.table_id, e.match, priority=e.priority))
        for e in brought
        if not e.is_const
    ]
    for error in plane.apply(deletions):
        if error is not None:
            raise error


def _state(plane: DataPlane, schema: Schema) -> Iterator[p4r.Update]:
    """List what has been written into a data plane."""
    for request in _EVERYTHING:
        findings, outcome = reads.snapshot(plane, schema, [request])
        for error in filter(None, outcome):
            raise error
        for response in reads.messages(findings, _BATCH):
            for entity in response.entities:
                if (kind := _kind(entity)) is not None:
                    yield p4r.Update(type=kind, entity=entity)


def _kind(entity: p4r.Entity) -> p4r.Update.Type.ValueType | None:
    """Choose how an entity is brought in; None for what is there by itself."""
    which = str(entity.WhichOneof("entity"))
    if which in _CELLS:
        return p4r.Update.MODIFY if _is_set(entity) else None
    if which == "table_entry":
        if entity.table_entry.is_const:
            return None
        if entity.table_entry.is_default_action:
            return p4r.Update.MODIFY
    return p4r.Update.INSERT


def _is_set(entity: p4r.Entity) -> bool:
    """Tell whether a cell differs from one that nobody ever wrote."""
    if entity.HasField("meter_entry"):
        return entity.meter_entry.HasField("config")
    if entity.HasField("counter_entry"):
        data = entity.counter_entry.data
        return bool(data.byte_count or data.packet_count)
    if entity.HasField("value_set_entry"):
        return bool(entity.value_set_entry.members)
    value = entity.register_entry.data
    return value.bool or any(value.bitstring) or any(value.enum_value)


def _write(plane: DataPlane, schema: Schema, updates: list[p4r.Update]) -> None:
    for error in writes.apply(plane, schema, updates, Atomicity.CONTINUE_ON_ERROR):
        if error is not None:
            raise ControlError(
                Status.INVALID_ARGUMENT,
                f"the forwarding state cannot be preserved: {error.sentence}",
            )
