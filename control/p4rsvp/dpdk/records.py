"""Between entities and the records of the control socket, by the P4Info.

Values are big-endian, each in the fewest whole bytes that hold its width, in the order of the
P4Info. A prefix of length 0 is a match that is left out (P4Runtime 9.1.1). What a record cannot say
(priorities, timeouts, direct resources) no program that this switch runs can have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.dataplane.entities import (
    ROW_ACTION,
    ROW_KIND,
    ROW_TABLE,
    ROW_VALUES,
    Action,
    CounterData,
    CounterEntry,
    MeterConfig,
    MeterEntry,
    MulticastGroup,
    Replica,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.dataplane.matches import match_fault
from p4rsvp.dpdk.protocol import (
    COUNTER_CELL,
    METER_CELL,
    NUMBER,
    RECORD,
    REPLICA,
    REPLICAS_MAX,
    Kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import Entity, Match, MatchValue
    from p4rsvp.dataplane.p4info import InfoField, InfoTable, P4Info

WORD_MAX: Final = (1 << 64) - 1


def record(kind: Kind, operation: int, number: int, body: bytes) -> bytes:
    """A record with its header."""
    return RECORD.pack(RECORD.size + len(body), kind, operation, number) + body


def split(body: bytes) -> Iterator[tuple[Kind, int, bytes]]:
    """The records of a reply: kind, id, body."""
    at = 0
    while at < len(body):
        length, kind, _, number = RECORD.unpack_from(body, at)
        yield Kind(kind), number, body[at + RECORD.size : at + length]
        at += length


class Row:
    """Values one behind the other: a key, or the parameters of an action."""

    def __init__(self, fields: Sequence[InfoField]) -> None:
        self.fields: Final = tuple(fields)
        self.sizes: Final = tuple(-(-field.width_bits // 8) for field in fields)
        self.size: Final = sum(self.sizes)

    def pack(self, values: Iterable[int]) -> bytes:
        """Write values that are known to fit."""
        return b"".join([v.to_bytes(s, "big") for v, s in zip(values, self.sizes, strict=True)])

    def unpack(self, data: bytes) -> tuple[int, ...]:
        """Read them."""
        values, at = [], 0
        for size in self.sizes:
            values.append(int.from_bytes(data[at : at + size], "big"))
            at += size
        return tuple(values)

    def pack_columns(self, columns: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Write many rows at once, of values of at most 62 bits: a matrix, a field a column."""
        octets = columns.astype(">i8").view(np.uint8).reshape(len(columns), -1, 8)
        parts = [octets[:, place, 8 - size :] for place, size in enumerate(self.sizes)]
        return np.concatenate([octets[:, :0, 0], *parts], axis=1)  # perhaps of no fields at all


class TableForm:
    """One table: how its entries look."""

    def __init__(self, info: InfoTable, actions: dict[int, Row]) -> None:
        self.info: Final = info
        self.key: Final = Row(info.match)
        self.actions: Final = {number: actions[number] for number in info.action_ids}
        odd = [field.name for field in info.match if field.kind not in {"exact", "lpm"}]
        prefixes = [place for place, field in enumerate(info.match) if field.kind == "lpm"]
        if odd or len(prefixes) > 1:
            what = ", ".join(odd) or "a second prefix"
            raise Unsupported(f"table {info.name}: {what} is no exact field and no prefix")
        self.prefix: Final = prefixes[0] if prefixes else None

    def refuse(self, status: Status, what: str) -> ControlError:
        """A refusal that names the table."""
        return ControlError(status, f"table {self.info.name}: {what}")

    def pack_key(self, match: Match) -> bytes:
        """Write a key, once it is known to be sound."""
        if len(match) != len(self.info.match):
            what = f"{len(match)} match fields, not {len(self.info.match)}"
            raise self.refuse(Status.INVALID_ARGUMENT, what)
        for field, part in zip(self.info.match, match, strict=True):
            fault = match_fault(field.kind, field.width_bits, part)
            if fault is not None:
                raise self.refuse(fault[0], f"match field {field.name}: {fault[1]}")
        values = [_first(part) for part in match]
        if self.prefix is None:
            return self.key.pack(values)
        part = match[self.prefix]
        length = part[1] if isinstance(part, tuple) else 0
        return self.key.pack(values) + bytes([length])

    def pack_action(self, action: object, *, default: bool) -> bytes:
        """Write an action with its parameters, once they are known to be sound."""
        if not isinstance(action, Action):
            raise self.refuse(Status.INVALID_ARGUMENT, "an entry needs an action of its own")
        row = self.actions.get(action.action_id)
        if row is None:
            what = f"action {action.action_id} is not one of its actions"
            raise self.refuse(Status.INVALID_ARGUMENT, what)
        if action.action_id in (self.info.table_only if default else self.info.default_only):
            which = "the default action" if default else "an entry's action"
            what = f"action {action.action_id} cannot be {which}"
            raise self.refuse(Status.PERMISSION_DENIED, what)
        if len(action.params) != len(row.fields):
            what = f"action {action.action_id} takes {len(row.fields)} parameters"
            raise self.refuse(Status.INVALID_ARGUMENT, what)
        for field, value in zip(row.fields, action.params, strict=True):
            if not 0 <= value < 1 << field.width_bits:
                what = f"parameter {field.name} does not fit {field.width_bits} bits"
                raise self.refuse(Status.OUT_OF_RANGE, what)
        return NUMBER.pack(action.action_id) + row.pack(action.params)

    def unpack(self, body: bytes) -> TableEntry:
        """Read an entry."""
        size = self.key.size
        match: list[MatchValue] = [*self.key.unpack(body[:size])]
        if self.prefix is not None:
            length = body[size]
            size += 1
            value = match[self.prefix]
            assert isinstance(value, int)
            match[self.prefix] = (value, length) if length else None
        return TableEntry(self.info.id, tuple(match), self._unpack_action(body[size:]))

    def unpack_default(self, body: bytes) -> TableEntry:
        """Read a default entry."""
        constant = self.info.const_default
        action = self._unpack_action(body)
        return TableEntry(self.info.id, action=action, is_default=True, is_const=constant)

    def _unpack_action(self, data: bytes) -> Action:
        number = NUMBER.unpack_from(data)[0]
        return Action(number, self.actions[number].unpack(data[NUMBER.size :]))


def _first(part: MatchValue) -> int:
    if isinstance(part, tuple):
        return part[0]
    return part or 0


class Forms:
    """A program's tables, meters and counters; raises Unsupported for what the switch has not."""

    def __init__(self, info: P4Info) -> None:
        for what, some in (
            ("action profiles", info.profiles),
            ("direct counters", info.direct_counters),
            ("direct meters", info.direct_meters),
            ("registers", info.registers),
            ("digests", info.digests),
            ("value sets", info.value_sets),
        ):
            if some:
                raise Unsupported(f"{what}: DPDK runs no program with any")
        self.info: Final = info
        actions = {number: Row(action.params) for number, action in info.actions.items()}
        self.tables: Final = {n: TableForm(t, actions) for n, t in info.tables.items()}

    def table(self, number: int) -> TableForm:
        """A table by its id; raises ControlError where there is none."""
        form = self.tables.get(number)
        if form is None:
            raise ControlError(Status.NOT_FOUND, f"no table {number} in the P4Info")
        return form

    def encode(self, update: Update) -> bytes:
        """Write an update as a record; raises ControlError for what cannot be said."""
        kind, entity = update
        if isinstance(entity, TableEntry):
            return self._encode_entry(kind, entity)
        if isinstance(entity, MeterEntry):
            return _encode_meter(kind, entity)
        if isinstance(entity, CounterEntry):
            return _encode_counter(kind, entity)
        if isinstance(entity, MulticastGroup):
            return _encode_group(kind, entity)
        what = f"no writing of {type(entity).__name__}"
        raise ControlError(Status.UNIMPLEMENTED, what)

    def _encode_entry(self, kind: UpdateType, entry: TableEntry) -> bytes:
        form = self.table(entry.table_id)
        if entry.priority or entry.idle_timeout_ns or entry.meter or entry.counter:
            what = "no priorities, timeouts or direct resources"
            raise form.refuse(Status.INVALID_ARGUMENT, what)
        if entry.is_default:
            if entry.action is None:
                return record(Kind.DEFAULT, UpdateType.DELETE, entry.table_id, b"")
            action = form.pack_action(entry.action, default=True)
            return record(Kind.DEFAULT, kind, entry.table_id, action)
        key = form.pack_key(entry.match)
        if kind is not UpdateType.DELETE:
            key += form.pack_action(entry.action, default=False)
        return record(Kind.ENTRY, kind, entry.table_id, key)

    def encode_rows(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Write rows of one table, action and kind (DataPlane.apply_rows) as a matrix of bytes."""
        kind, table, number = (int(rows[0, column]) for column in (ROW_KIND, ROW_TABLE, ROW_ACTION))
        form = self.tables[table]
        behind_key = ROW_VALUES + len(form.info.match)
        parts = [form.key.pack_columns(rows[:, ROW_VALUES:behind_key])]
        if kind != UpdateType.DELETE:
            row = form.actions[number]
            action = np.frombuffer(NUMBER.pack(number), np.uint8)
            parts.append(np.broadcast_to(action, (len(rows), NUMBER.size)))
            parts.append(row.pack_columns(rows[:, behind_key : behind_key + len(row.fields)]))
        size = RECORD.size + sum(part.shape[1] for part in parts)
        head = np.frombuffer(RECORD.pack(size, Kind.ENTRY, kind, table), np.uint8)
        return np.concatenate([np.broadcast_to(head, (len(rows), RECORD.size)), *parts], axis=1)

    def update(self, row: Sequence[int]) -> Update:
        """What a row changes: which entry, and how, but not its action."""
        match = tuple(row[ROW_VALUES : ROW_VALUES + len(self.tables[row[ROW_TABLE]].info.match)])
        return Update(UpdateType(row[ROW_KIND]), TableEntry(row[ROW_TABLE], match))

    def decode(self, kind: Kind, number: int, body: bytes) -> Entity:
        """Read a record of a reply."""
        match kind:
            case Kind.ENTRY:
                return self.tables[number].unpack(body)
            case Kind.DEFAULT:
                return self.tables[number].unpack_default(body)
            case Kind.METER:
                index, is_set, *config = METER_CELL.unpack(body)
                return MeterEntry(number, index, MeterConfig(*config) if is_set else None)
            case Kind.COUNTER:
                index, _, packets, octets = COUNTER_CELL.unpack(body)
                return CounterEntry(number, index, CounterData(octets, packets))
            case Kind.GROUP:
                return MulticastGroup(number, tuple(map(Replica._make, REPLICA.iter_unpack(body))))


def _encode_meter(kind: UpdateType, entry: MeterEntry) -> bytes:
    index = _index(kind, entry.index)
    if entry.config is None:
        cell = METER_CELL.pack(index, 0, 0, 0, 0, 0)
        return record(Kind.METER, UpdateType.DELETE, entry.meter_id, cell)
    for name, value in zip(entry.config._fields, entry.config, strict=True):
        _check_word(value, name)
    cell = METER_CELL.pack(index, 1, *entry.config)
    return record(Kind.METER, kind, entry.meter_id, cell)


def _encode_counter(kind: UpdateType, entry: CounterEntry) -> bytes:
    for value in entry.data:
        _check_word(value, "a count")
    octets, packets = entry.data
    cell = COUNTER_CELL.pack(_index(kind, entry.index), 0, packets, octets)
    return record(Kind.COUNTER, kind, entry.counter_id, cell)


def _index(kind: UpdateType, index: int | None) -> int:
    if kind is not UpdateType.MODIFY:
        raise ControlError(Status.INVALID_ARGUMENT, "a cell can only be modified")
    if index is None:
        raise ControlError(Status.UNIMPLEMENTED, "all cells at once: DPDK takes them one by one")
    return index


def _check_word(value: int, what: str) -> None:
    if value < 0:
        raise ControlError(Status.INVALID_ARGUMENT, f"{what} is negative")
    if value > WORD_MAX:
        raise ControlError(Status.OUT_OF_RANGE, f"{what} is above {WORD_MAX}")


def _encode_group(kind: UpdateType, group: MulticastGroup) -> bytes:
    what = f"multicast group {group.group_id}"
    if not 0 < group.group_id < 1 << 32:
        raise ControlError(Status.INVALID_ARGUMENT, f"{what}: ids begin with 1")
    members = b"" if kind is UpdateType.DELETE else _pack_replicas(group, what)
    return record(Kind.GROUP, kind, group.group_id, members)


def _pack_replicas(group: MulticastGroup, what: str) -> bytes:
    if len(group.replicas) > REPLICAS_MAX:
        sentence = f"{what}: more than {REPLICAS_MAX} replicas"
        raise ControlError(Status.RESOURCE_EXHAUSTED, sentence)
    if len(set(group.replicas)) < len(group.replicas):
        raise ControlError(Status.INVALID_ARGUMENT, f"{what}: a replica stands twice")
    for port, instance in group.replicas:
        if not (0 <= port <= 0xFFFF and 0 <= instance <= 0xFFFF):
            sentence = f"{what}: port {port} or instance {instance} does not fit 16 bits"
            raise ControlError(Status.INVALID_ARGUMENT, sentence)
    return b"".join(REPLICA.pack(*replica) for replica in group.replicas)
