"""What a controller reads: every entity that fits a pattern, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.entities import (
    ActionProfileGroup,
    ActionProfileMember,
    CloneSession,
    CounterEntry,
    DigestConfig,
    DirectCounterEntry,
    DirectMeterEntry,
    MeterEntry,
    MulticastGroup,
    RegisterEntry,
    TableEntry,
    ValueSetEntry,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from p4rsvp.dataplane.entities import Entity
    from p4rsvp.softswitch.inventory import Inventory


class Reader:
    """Reads the objects of a program while its engines run."""

    def __init__(self, inventory: Inventory, one_at_a_time: threading.RLock) -> None:
        self._inventory = inventory
        self._one_at_a_time = one_at_a_time

    def read(self, pattern: Entity) -> Iterator[Entity]:
        """See control.DataPlane."""
        if isinstance(pattern, TableEntry):
            for table in self._inventory.tables_of(pattern):
                with self._one_at_a_time:
                    found = list(table.read(pattern))
                yield from found
            return
        yield from _READERS[type(pattern)](self, pattern)

    def _read_members(self, pattern: ActionProfileMember) -> Iterator[Entity]:
        for profile in self._chosen(self._inventory.profiles, pattern.profile_id, "action profile"):
            yield from profile.read_members(pattern)

    def _read_groups(self, pattern: ActionProfileGroup) -> Iterator[Entity]:
        for profile in self._chosen(self._inventory.profiles, pattern.profile_id, "action profile"):
            yield from profile.read_groups(pattern)

    def _read_meters(self, pattern: MeterEntry) -> Iterator[Entity]:
        for meter in self._chosen(self._inventory.meters, pattern.meter_id, "meter"):
            yield from meter.read(pattern)

    def _read_counters(self, pattern: CounterEntry) -> Iterator[Entity]:
        for counter in self._chosen(self._inventory.counters, pattern.counter_id, "counter"):
            yield from counter.read(pattern)

    def _read_registers(self, pattern: RegisterEntry) -> Iterator[Entity]:
        for register in self._chosen(self._inventory.registers, pattern.register_id, "register"):
            yield from register.read(pattern)

    def _read_value_sets(self, pattern: ValueSetEntry) -> Iterator[Entity]:
        for one in self._chosen(self._inventory.value_sets, pattern.value_set_id, "value set"):
            yield one.read()

    def _chosen(self, objects: dict[int, Any], number: int, what: str) -> list[Any]:
        return [self._inventory.find(objects, number, what)] if number else list(objects.values())

    def _read_direct_meters(self, pattern: DirectMeterEntry) -> Iterator[Entity]:
        for entry in self._entries_with(pattern.entry, "direct_meter"):
            yield DirectMeterEntry(entry, entry.meter)

    def _read_direct_counters(self, pattern: DirectCounterEntry) -> Iterator[Entity]:
        for entry in self._entries_with(pattern.entry, "direct_counter"):
            assert entry.counter is not None
            yield DirectCounterEntry(entry, entry.counter)

    def _entries_with(self, pattern: TableEntry, what: str) -> Iterator[TableEntry]:
        for table in self._inventory.tables_of(pattern):
            if getattr(table.table, what):
                yield from table.read(pattern)

    def _read_multicast(self, pattern: MulticastGroup) -> Iterator[Entity]:
        yield from self._inventory.replication.read_groups(pattern)

    def _read_sessions(self, pattern: CloneSession) -> Iterator[Entity]:
        yield from self._inventory.replication.read_sessions(pattern)

    def _read_digests(self, pattern: DigestConfig) -> Iterator[Entity]:
        yield from self._inventory.digests.read(pattern)


_READERS: dict[type, Any] = {
    ActionProfileMember: Reader._read_members,  # noqa: SLF001
    ActionProfileGroup: Reader._read_groups,  # noqa: SLF001
    MeterEntry: Reader._read_meters,  # noqa: SLF001
    DirectMeterEntry: Reader._read_direct_meters,  # noqa: SLF001
    CounterEntry: Reader._read_counters,  # noqa: SLF001
    DirectCounterEntry: Reader._read_direct_counters,  # noqa: SLF001
    RegisterEntry: Reader._read_registers,  # noqa: SLF001
    MulticastGroup: Reader._read_multicast,  # noqa: SLF001
    CloneSession: Reader._read_sessions,  # noqa: SLF001
    DigestConfig: Reader._read_digests,  # noqa: SLF001
    ValueSetEntry: Reader._read_value_sets,  # noqa: SLF001
}
