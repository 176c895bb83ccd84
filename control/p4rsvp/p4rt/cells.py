"""Arrays that the program indexes: counters, meters (9.3, 9.4) and registers (9.7).

Cells always exist, so an update is a MODIFY; without an index it sets every cell, as a read without
one reads every cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from finsy.proto import p4i, p4r, p4t

from p4rsvp.dataplane.entities import CounterEntry, MeterEntry, RegisterEntry, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.amounts import (
    Metering,
    decode_counter,
    encode_colours,
    encode_counter,
    no_colour_counters,
)
from p4rsvp.p4rt.p4data import Scalar
from p4rsvp.p4rt.queries import Query, Untouched, lookup, only_modify


class _Array:
    """The name and the bounds of one array."""

    def __init__(self, preamble: p4i.Preamble, size: int, kind: str) -> None:
        self.what: Final = f"{kind} {preamble.alias}"
        self._size = size

    def index(self, message: p4r.CounterEntry | p4r.MeterEntry | p4r.RegisterEntry) -> int | None:
        """Read an index; None is every cell."""
        if not message.HasField("index"):
            return None
        index = message.index.index
        if index < 0:
            raise ControlError(Status.INVALID_ARGUMENT, f"{self.what}: index {index} is negative")
        if index >= self._size:
            raise ControlError(
                Status.OUT_OF_RANGE, f"{self.what}: index {index} is not below {self._size}"
            )
        return index


class Counters:
    """The codec of CounterEntry."""

    def __init__(self, counters: Iterable[p4i.Counter]) -> None:
        self._arrays = {c.preamble.id: _Array(c.preamble, c.size, "counter") for c in counters}

    def write(self, kind: UpdateType, message: p4r.CounterEntry) -> CounterEntry | Untouched:
        """Read an update; without data it changes nothing (9.3.2)."""
        array = lookup(self._arrays, message.counter_id, "counter_id")
        only_modify(kind, array.what)
        index = array.index(message)
        if not message.HasField("data"):
            return Untouched(self.read(message))
        data = decode_counter(message.data, array.what)
        return CounterEntry(message.counter_id, index, data)

    def read(self, message: p4r.CounterEntry) -> Query:
        """Read a request for cells."""
        if not message.counter_id:
            return Query(CounterEntry(0), self.encode)
        array = lookup(self._arrays, message.counter_id, "counter_id")
        return Query(CounterEntry(message.counter_id, array.index(message)), self.encode)

    @staticmethod
    def encode(entry: CounterEntry, entity: p4r.Entity) -> None:
        """Write a cell."""
        message = entity.counter_entry
        message.counter_id = entry.counter_id
        message.index.index = entry.index or 0
        encode_counter(entry.data, message.data)


class Meters:
    """The codec of MeterEntry."""

    def __init__(self, meters: Iterable[p4i.Meter]) -> None:
        meters = list(meters)
        self._arrays = {m.preamble.id: _Array(m.preamble, m.size, "meter") for m in meters}
        self._metering = {
            m.preamble.id: Metering(m.spec, f"meter {m.preamble.alias}") for m in meters
        }

    def write(self, kind: UpdateType, message: p4r.MeterEntry) -> MeterEntry:
        """Read an update; without a configuration the meter returns to always green."""
        array = lookup(self._arrays, message.meter_id, "meter_id")
        only_modify(kind, array.what)
        metering = self._metering[message.meter_id]
        if message.HasField("counter_data"):
            metering.check_counters(message.counter_data)
        config = metering.decode(message.config) if message.HasField("config") else None
        return MeterEntry(message.meter_id, array.index(message), config)

    def read(self, message: p4r.MeterEntry) -> Query:
        """Read a request for cells."""
        pattern = MeterEntry(0)
        if message.meter_id:
            array = lookup(self._arrays, message.meter_id, "meter_id")
            pattern = MeterEntry(message.meter_id, array.index(message))
        if message.HasField("counter_data"):
            return Query(pattern, self.encode_counted, demand=self._demand_counters)
        return Query(pattern, self.encode)

    def _demand_counters(self, entry: MeterEntry) -> None:
        if entry.counters is None:
            raise no_colour_counters(self._arrays[entry.meter_id].what)

    @staticmethod
    def encode(entry: MeterEntry, entity: p4r.Entity) -> None:
        """Write a cell."""
        message = entity.meter_entry
        message.meter_id = entry.meter_id
        message.index.index = entry.index or 0
        if entry.config is not None:
            Metering.encode(entry.config, message.config)

    def encode_counted(self, entry: MeterEntry, entity: p4r.Entity) -> None:
        """Write a cell with its counters by colour."""
        assert entry.counters is not None, "they were demanded"
        self.encode(entry, entity)
        encode_colours(entry.counters, entity.meter_entry.counter_data)


class Registers:
    """The codec of RegisterEntry; a cell holds one number."""

    def __init__(self, registers: Iterable[p4i.Register], types: p4t.P4TypeInfo) -> None:
        registers = list(registers)
        self._arrays = {r.preamble.id: _Array(r.preamble, r.size, "register") for r in registers}
        self._types = {
            r.preamble.id: Scalar(r.type_spec, types, f"register {r.preamble.alias}")
            for r in registers
        }

    def write(self, kind: UpdateType, message: p4r.RegisterEntry) -> RegisterEntry:
        """Read an update."""
        array = lookup(self._arrays, message.register_id, "register_id")
        only_modify(kind, array.what)
        index = array.index(message)
        value = self._types[message.register_id].decode(message.data)
        return RegisterEntry(message.register_id, index, value)

    def read(self, message: p4r.RegisterEntry) -> Query:
        """Read a request for cells."""
        if not message.register_id:
            return Query(RegisterEntry(0), self.encode)
        array = lookup(self._arrays, message.register_id, "register_id")
        return Query(RegisterEntry(message.register_id, array.index(message)), self.encode)

    def encode(self, entry: RegisterEntry, entity: p4r.Entity) -> None:
        """Write a cell."""
        message = entity.register_entry
        message.register_id = entry.register_id
        message.index.index = entry.index or 0
        self._types[entry.register_id].encode(entry.value, message.data)
