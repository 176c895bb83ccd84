"""The P4Info as the switch uses it: ids and names of everything that a controller may name.

Parsed with the protobuf stubs that finsy ships. Order matters: match fields and action parameters
stand in the P4Info's order, which p4c makes the order of the JSON's keys and runtime data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finsy.proto.p4.config.v1 import p4info_pb2
from google.protobuf import text_format

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class InfoField:
    """A match field, action parameter or packet metadata field."""

    id: int
    name: str
    width_bits: int
    kind: str = "exact"  # of match fields


@dataclass(frozen=True, slots=True)
class InfoAction:
    """An action."""

    id: int
    name: str
    params: tuple[InfoField, ...]


@dataclass(frozen=True, slots=True)
class InfoTable:
    """A table."""

    id: int
    name: str
    match: tuple[InfoField, ...]
    default_only: frozenset[int]  # actions that no entry may have
    table_only: frozenset[int]  # actions that the default may not be
    action_ids: tuple[int, ...]
    const_default: bool
    const_entries: bool
    profile_id: int
    size: int
    idle_notify: bool


@dataclass(frozen=True, slots=True)
class InfoObject:
    """Counters, meters, registers, profiles and digests: an id, a name, a size."""

    id: int
    name: str
    size: int = 0
    with_selector: bool = False
    max_group_size: int = 0
    table_ids: tuple[int, ...] = ()
    on_wire: bool = False  # of meters: a byte is one on the wire (@bytes_on["wire"])


@dataclass(frozen=True, slots=True)
class InfoValueSet:
    """A value set of the parser, with the fields of its key."""

    id: int
    name: str
    size: int
    match: tuple[InfoField, ...]


@dataclass(slots=True)
class P4Info:
    """The whole of it, by id."""

    tables: dict[int, InfoTable] = field(default_factory=dict)
    actions: dict[int, InfoAction] = field(default_factory=dict)
    profiles: dict[int, InfoObject] = field(default_factory=dict)
    counters: dict[int, InfoObject] = field(default_factory=dict)
    meters: dict[int, InfoObject] = field(default_factory=dict)
    direct_counters: dict[int, InfoObject] = field(default_factory=dict)
    direct_meters: dict[int, InfoObject] = field(default_factory=dict)
    registers: dict[int, InfoObject] = field(default_factory=dict)
    digests: dict[int, InfoObject] = field(default_factory=dict)
    value_sets: dict[int, InfoValueSet] = field(default_factory=dict)
    packet_in: tuple[InfoField, ...] = ()
    packet_out: tuple[InfoField, ...] = ()


def parse_p4info(text: str) -> P4Info:
    """Read a P4Info in protobuf's text format; raises ValueError where it is none."""
    message = p4info_pb2.P4Info()
    try:
        text_format.Parse(text, message)
    except text_format.ParseError as fault:
        raise ValueError(f"not a P4Info: {fault}") from fault
    return read_p4info(message)


def read_p4info(message: p4info_pb2.P4Info) -> P4Info:
    """Read a P4Info message, as SetForwardingPipelineConfig brings it."""
    info = P4Info()
    for action in message.actions:
        params = tuple(InfoField(p.id, p.name, p.bitwidth) for p in action.params)
        info.actions[action.preamble.id] = InfoAction(
            action.preamble.id, action.preamble.name, params
        )
    for table in message.tables:
        info.tables[table.preamble.id] = _table(table)
    for profile in message.action_profiles:
        info.profiles[profile.preamble.id] = InfoObject(
            profile.preamble.id,
            profile.preamble.name,
            profile.size,
            profile.with_selector,
            profile.max_group_size,
            tuple(profile.table_ids),
        )
    info.counters = _objects(message.counters)
    info.meters = _objects(message.meters)
    info.registers = _objects(message.registers)
    info.direct_counters = _objects(message.direct_counters)
    info.direct_meters = _objects(message.direct_meters)
    info.digests = _objects(message.digests)
    info.value_sets = {v.preamble.id: _value_set(v) for v in message.value_sets}
    for header in message.controller_packet_metadata:
        fields = tuple(InfoField(m.id, m.name, m.bitwidth) for m in header.metadata)
        if header.preamble.name == "packet_in":
            info.packet_in = fields
        else:
            info.packet_out = fields
    return info


def _objects(messages: Iterable[object]) -> dict[int, InfoObject]:
    found = {}
    for message in messages:
        preamble = message.preamble  # type: ignore[attr-defined]  # all these messages have one
        table = getattr(message, "direct_table_id", 0)
        found[preamble.id] = InfoObject(
            preamble.id,
            preamble.name,
            getattr(message, "size", 0),
            table_ids=(table,) if table else (),
            on_wire=_on_wire(preamble),
        )
    return found


def _on_wire(preamble: p4info_pb2.Preamble) -> bool:
    """What our program says of its meters; other switches read over it."""
    values = [
        expression.string_value
        for annotation in preamble.structured_annotations
        if annotation.name == "bytes_on"
        for expression in annotation.expression_list.expressions
    ]
    if values not in ([], ["wire"]):
        raise ValueError(f'{preamble.name}: @bytes_on[...] can be "wire", not {values}')
    return bool(values)


def _value_set(given: p4info_pb2.ValueSet) -> InfoValueSet:
    return InfoValueSet(
        id=given.preamble.id,
        name=given.preamble.name,
        size=given.size,
        match=tuple(InfoField(m.id, m.name, m.bitwidth, _kind(m)) for m in given.match),
    )


def _kind(field: p4info_pb2.MatchField) -> str:
    return p4info_pb2.MatchField.MatchType.Name(field.match_type).lower()


def _table(table: p4info_pb2.Table) -> InfoTable:
    refs = table.action_refs
    return InfoTable(
        id=table.preamble.id,
        name=table.preamble.name,
        match=tuple(InfoField(m.id, m.name, m.bitwidth, _kind(m)) for m in table.match_fields),
        default_only=frozenset(r.id for r in refs if r.scope == p4info_pb2.ActionRef.DEFAULT_ONLY),
        table_only=frozenset(r.id for r in refs if r.scope == p4info_pb2.ActionRef.TABLE_ONLY),
        action_ids=tuple(r.id for r in refs),
        const_default=table.const_default_action_id != 0,
        const_entries=table.is_const_table,
        profile_id=table.implementation_id,
        size=table.size,
        idle_notify=table.idle_timeout_behavior == p4info_pb2.Table.NOTIFY_CONTROL,
    )
