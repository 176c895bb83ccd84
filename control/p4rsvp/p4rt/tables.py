"""Table entries and their direct resources (9.1): TableEntry, DirectCounterEntry, DirectMeterEntry.

One `Table` is compiled per table of the P4Info. `write` is the path of 50,000 entries a second:
it touches each field of the message once, and leaves the wording of errors to the slow side.
"""

from __future__ import annotations

from typing import Final, NoReturn

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import CounterData, Match, MeterConfig, TableEntry, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.actions import ActionChoice, DecodeAction, TableActions
from p4rsvp.p4rt.amounts import Metering, decode_counter, encode_counter, no_colour_counters
from p4rsvp.p4rt.matches import Key
from p4rsvp.p4rt.queries import Query

_TERNARY_LIKE = frozenset({p4i.MatchField.TERNARY, p4i.MatchField.RANGE, p4i.MatchField.OPTIONAL})


class Table:
    """What one table takes and gives."""

    def __init__(
        self,
        table: p4i.Table,
        choice: ActionChoice,
        decode_action: DecodeAction,
        actions: TableActions,
        meter: Metering | None,
        *,
        counted: bool,
    ) -> None:
        self.table_id: Final = table.preamble.id
        self.what: Final = f"table {table.preamble.alias}"
        self.counted: Final = counted
        self.meter: Final = meter
        self._key = Key(self.what, table.match_fields)
        self._has_priority = any(f.match_type in _TERNARY_LIKE for f in table.match_fields)
        self._times_out = table.idle_timeout_behavior != p4i.Table.NO_TIMEOUT
        self._is_const = table.is_const_table
        self._const_default = table.const_default_action_id != 0
        self._is_indirect = table.implementation_id != 0
        self._choice = choice
        self._decode_action = decode_action
        self._actions = actions

    # --- writes ---

    def write(self, kind: UpdateType, message: p4r.TableEntry) -> TableEntry:
        """Read an INSERT, MODIFY or DELETE."""
        if message.is_const:
            self.refuse("is_const is set, and only the P4 program makes constant entries")
        if message.is_default_action:
            return self._write_default(kind, message)
        match, priority = self.key(message)
        if self._is_const:
            self._check_const(kind, message)
        if kind is UpdateType.DELETE:  # 9.1: all but the key is ignored, even nonsense
            return TableEntry(self.table_id, match, None, priority)
        if message.HasField("action"):
            action = self._decode_action(message.action)
        elif kind is UpdateType.INSERT:
            self.refuse("action is missing, and an INSERT needs one")
        else:
            action = None
        if message.HasField("meter_counter_data"):
            self._metering().check_counters(message.meter_counter_data)
        idle_timeout_ns = message.idle_timeout_ns
        if idle_timeout_ns or message.HasField("time_since_last_hit"):
            self._check_timeout(message)
        return TableEntry(
            self.table_id,
            match,
            action,
            priority,
            False,  # noqa: FBT003 (by position, as this is the hot path)
            False,  # noqa: FBT003
            message.metadata,
            idle_timeout_ns,
            self._decode_meter(message) if message.HasField("meter_config") else None,
            self._decode_counter(message) if message.HasField("counter_data") else None,
            None,
            message.controller_metadata,
        )

    def key(self, message: p4r.TableEntry) -> tuple[Match, int]:
        """Read what names an entry: match and priority."""
        if not self._key.fields:
            self.refuse("has no key, and so no entries but its default")
        priority = message.priority
        if (priority != 0) is not self._has_priority:
            self.refuse(
                "priority is 0, and entries with ternary, range or optional fields need one"
                if self._has_priority
                else f"priority is {priority}, and entries of exact or LPM fields have none"
            )
        return self._key.decode(message.match), priority

    def _write_default(self, kind: UpdateType, message: p4r.TableEntry) -> TableEntry:
        """9.1.3: the default entry always is; without an action it returns to the program's."""
        if kind is not UpdateType.MODIFY:
            self.refuse("the default entry always exists: only MODIFY is possible")
        self._check_default(message)
        if self._const_default:
            raise ControlError(
                Status.PERMISSION_DENIED, f"{self.what}: its default action is constant"
            )
        if not message.HasField("action"):
            return TableEntry(self.table_id, is_default=True)
        if self._is_indirect or message.action.WhichOneof("type") != "action":
            self.refuse("action: the default entry takes a plain action of a direct table only")
        return TableEntry(
            self.table_id,
            action=self._choice.decode_default(message.action.action),
            is_default=True,
            metadata=message.metadata,
            meter=self._decode_meter(message) if message.HasField("meter_config") else None,
            counter=self._decode_counter(message) if message.HasField("counter_data") else None,
            controller_metadata=message.controller_metadata,
        )

    def _check_default(self, message: p4r.TableEntry) -> None:
        if message.match:
            self.refuse("match is set together with is_default_action")
        if message.priority:
            self.refuse("priority is set together with is_default_action")
        if message.idle_timeout_ns or message.HasField("time_since_last_hit"):
            self.refuse("idle_timeout_ns: the default entry has no idle timeout")

    def _check_const(self, kind: UpdateType, message: p4r.TableEntry) -> None:
        """9.1.4: of constant entries, only the direct resources change."""
        if kind is not UpdateType.MODIFY or message.HasField("action"):
            raise ControlError(
                Status.PERMISSION_DENIED, f"{self.what}: its entries are constant in the P4 program"
            )

    def _check_timeout(self, message: p4r.TableEntry) -> None:
        if message.HasField("time_since_last_hit"):
            self.refuse("time_since_last_hit is for reads")
        if not self._times_out:
            self.refuse("idle_timeout_ns: the P4 program gives this table no idle timeout")
        if message.idle_timeout_ns < 0:
            self.refuse(f"idle_timeout_ns {message.idle_timeout_ns} is negative")

    def _metering(self) -> Metering:
        if self.meter is None:
            self.refuse("meter_config: the table has no direct meter")
        return self.meter

    def _decode_meter(self, message: p4r.TableEntry) -> MeterConfig:
        return self._metering().decode(message.meter_config)

    def _decode_counter(self, message: p4r.TableEntry) -> CounterData:
        if not self.counted:
            self.refuse("counter_data: the table has no direct counter")
        return decode_counter(message.counter_data, self.what)

    def refuse(self, why: str) -> NoReturn:
        """Refuse a malformed entry."""
        raise ControlError(Status.INVALID_ARGUMENT, f"{self.what}: {why}")

    # --- reads (9.1.6) ---

    def read(self, message: p4r.TableEntry) -> Query:
        """Read a request for entries of this table; what is set in it filters."""
        if message.HasField("time_since_last_hit") and not self._times_out:
            self.refuse("time_since_last_hit: the P4 program gives this table no idle timeout")
        if message.HasField("meter_counter_data"):
            raise no_colour_counters(self.what)
        pattern = self.pattern(message)
        action_id = message.action.action.action_id
        if message.HasField("action"):
            self._check_action_filter(message.action)
        metadata, cookie = message.metadata, message.controller_metadata

        def fits(entry: TableEntry) -> bool:
            return (
                (not action_id or getattr(entry.action, "action_id", None) == action_id)
                and (not metadata or entry.metadata == metadata)
                and (not cookie or entry.controller_metadata == cookie)
            )

        return Query(pattern, EntryWriter({self.table_id: self}, message).encode, fits)

    def pattern(self, message: p4r.TableEntry) -> TableEntry:
        """Read the part of a request that the data plane selects by."""
        if message.is_default_action:
            self._check_default(message)
            return TableEntry(self.table_id, is_default=True)
        if message.priority and not self._has_priority:
            self.refuse(f"priority is {message.priority}, and the entries here have none")
        match = self._key.decode(message.match) if message.match else ()
        return TableEntry(self.table_id, match, priority=message.priority)

    def _check_action_filter(self, action: p4r.TableAction) -> None:
        if action.WhichOneof("type") != "action" or action.action.params:
            self.refuse("action: a read can filter by action_id only")
        self._choice.check(action.action.action_id)

    def encode_key(self, entry: TableEntry, message: p4r.TableEntry) -> None:
        """Write what names an entry."""
        message.table_id = entry.table_id
        if entry.is_default:
            message.is_default_action = True
            return
        self._key.encode(entry.match, message)
        message.priority = entry.priority

    def encode(self, entry: TableEntry, message: p4r.TableEntry) -> None:
        """Write an entry without its direct resources."""
        self.encode_key(entry, message)
        if entry.action is not None:
            self._actions.encode(entry.action, message.action)
        message.metadata = entry.metadata
        message.controller_metadata = entry.controller_metadata
        message.idle_timeout_ns = entry.idle_timeout_ns
        message.is_const = entry.is_const


class EntryWriter:
    """Writes entries with those direct resources that a request asks for by setting them."""

    def __init__(self, tables: dict[int, Table], asked: p4r.TableEntry) -> None:
        self._tables = tables
        self._meter = asked.HasField("meter_config")
        self._counter = asked.HasField("counter_data")
        self._hit = asked.HasField("time_since_last_hit")

    def encode(self, entry: TableEntry, entity: p4r.Entity) -> None:
        """Write an entry."""
        message = entity.table_entry
        self._tables[entry.table_id].encode(entry, message)
        if self._meter and entry.meter is not None:
            Metering.encode(entry.meter, message.meter_config)
        if self._counter and entry.counter is not None:
            encode_counter(entry.counter, message.counter_data)
        if self._hit and entry.idle_ns is not None:
            message.time_since_last_hit.elapsed_ns = entry.idle_ns


class Tables:
    """All tables of a program: the codec of TableEntry."""

    def __init__(self, tables: dict[int, Table]) -> None:
        self.by_id: Final = tables

    def write(self, kind: UpdateType, message: p4r.TableEntry) -> TableEntry:
        """Read an update of an entry."""
        table = self.by_id.get(message.table_id)
        if table is None:
            raise unknown(message.table_id)
        return table.write(kind, message)

    def read(self, message: p4r.TableEntry) -> Query:
        """Read a request; table_id 0 asks for all tables and can filter by nothing else."""
        if message.table_id:
            return self.find(message.table_id).read(message)
        if message.match or message.priority or message.metadata or message.HasField("action"):
            raise ControlError(
                Status.INVALID_ARGUMENT, "table_id is 0, and then nothing else can filter"
            )
        pattern = TableEntry(0, is_default=message.is_default_action)
        return Query(pattern, EntryWriter(self.by_id, message).encode)

    def find(self, table_id: int) -> Table:
        """Find a table by its id."""
        table = self.by_id.get(table_id)
        if table is None:
            raise unknown(table_id)
        return table


def unknown(table_id: int) -> ControlError:
    """Refuse an id that names no table."""
    return ControlError(Status.INVALID_ARGUMENT, f"table_id {table_id} is not in the P4Info")
