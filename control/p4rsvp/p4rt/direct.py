"""Direct resources by themselves (9.3.1, 9.4.1): DirectCounterEntry and DirectMeterEntry.

Their table entry is named by its key; whatever else is set in it is ignored.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from finsy.proto import p4r

from p4rsvp.dataplane.entities import (
    DirectCounterEntry,
    DirectMeterEntry,
    TableEntry,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.amounts import Metering, decode_counter, encode_counter, no_colour_counters
from p4rsvp.p4rt.queries import Query, Untouched, only_modify
from p4rsvp.p4rt.tables import Table, Tables


class _Direct(ABC):
    """What both share: finding the table entry."""

    kind = ""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @abstractmethod
    def _has(self, table: Table) -> bool:
        """Whether a table has such a resource."""

    def _table(self, message: p4r.DirectCounterEntry | p4r.DirectMeterEntry) -> Table:
        if not message.HasField("table_entry"):
            raise ControlError(
                Status.INVALID_ARGUMENT, f"direct_{self.kind}_entry: table_entry is missing"
            )
        table = self._tables.find(message.table_entry.table_id)
        if not self._has(table):
            table.refuse(f"it has no direct {self.kind}")
        return table

    def _entry(self, table: Table, message: p4r.TableEntry) -> TableEntry:
        """Name one entry, to write."""
        if message.is_default_action:
            return table.pattern(message)
        match, priority = table.key(message)
        return TableEntry(table.table_id, match, priority=priority)

    def _pattern(
        self, message: p4r.DirectCounterEntry | p4r.DirectMeterEntry
    ) -> tuple[TableEntry, str]:
        """Name one entry or many, to read; one that is named has to exist."""
        entry = message.table_entry
        if not entry.table_id and not entry.match:
            return TableEntry(0, is_default=entry.is_default_action), ""
        pattern = self._table(message).pattern(entry)
        return pattern, f"direct_{self.kind}_entry: no such table entry" if entry.match else ""


class DirectCounters(_Direct):
    """The codec of DirectCounterEntry."""

    kind = "counter"

    def _has(self, table: Table) -> bool:
        return table.counted

    def write(
        self, kind: UpdateType, message: p4r.DirectCounterEntry
    ) -> DirectCounterEntry | Untouched:
        """Read an update; without data it changes nothing."""
        table = self._table(message)
        only_modify(kind, f"{table.what}, direct counter")
        entry = self._entry(table, message.table_entry)
        if not message.HasField("data"):
            missing = f"{table.what}: no such table entry"
            return Untouched(Query(DirectCounterEntry(entry), self.encode, missing=missing))
        return DirectCounterEntry(entry, decode_counter(message.data, table.what))

    def read(self, message: p4r.DirectCounterEntry) -> Query:
        """Read a request."""
        pattern, missing = self._pattern(message)
        return Query(DirectCounterEntry(pattern), self.encode, missing=missing)

    def encode(self, counter: DirectCounterEntry, entity: p4r.Entity) -> None:
        """Write a counter with the key of its entry."""
        message = entity.direct_counter_entry
        table = self._tables.by_id[counter.entry.table_id]
        table.encode_key(counter.entry, message.table_entry)
        encode_counter(counter.data, message.data)


class DirectMeters(_Direct):
    """The codec of DirectMeterEntry."""

    kind = "meter"

    def _has(self, table: Table) -> bool:
        return table.meter is not None

    def write(self, kind: UpdateType, message: p4r.DirectMeterEntry) -> DirectMeterEntry:
        """Read an update; without a configuration the meter returns to always green."""
        table = self._table(message)
        assert table.meter is not None
        only_modify(kind, f"{table.what}, direct meter")
        if message.HasField("counter_data"):
            table.meter.check_counters(message.counter_data)
        config = table.meter.decode(message.config) if message.HasField("config") else None
        return DirectMeterEntry(self._entry(table, message.table_entry), config)

    def read(self, message: p4r.DirectMeterEntry) -> Query:
        """Read a request."""
        if message.HasField("counter_data"):
            raise no_colour_counters("direct_meter_entry")
        pattern, missing = self._pattern(message)
        return Query(DirectMeterEntry(pattern), self.encode, missing=missing)

    def encode(self, meter: DirectMeterEntry, entity: p4r.Entity) -> None:
        """Write a meter with the key of its entry."""
        message = entity.direct_meter_entry
        table = self._tables.by_id[meter.entry.table_id]
        table.encode_key(meter.entry, message.table_entry)
        if meter.config is not None:
            Metering.encode(meter.config, message.config)
