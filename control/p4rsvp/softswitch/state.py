"""Meters, counters and registers as a controller configures and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from p4rsvp.dataplane.entities import (
    CounterData,
    CounterEntry,
    MeterConfig,
    MeterEntry,
    RegisterEntry,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch.codegen.places import COUNTER_WORDS, METER_WORDS
from p4rsvp.softswitch.codegen.values import limbs_for
from p4rsvp.softswitch.layout import MOST_WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from p4rsvp.dataplane.p4info import InfoObject
    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.ir.program import StateArray, Table

Workers: TypeAlias = "Callable[[], int]"  # how many engines there are by now

BILLION = 1_000_000_000
MAX_BURST = (
    1 << 62
) // BILLION  # tokens are byte-nanoseconds per second in 64 bits (kernels/meter.py)
MAX_RATE = 1 << 62
CONFIGURED = 1 << 16  # in a meter's `reach`, so that no configured meter looks unset


def meter_words(config: MeterConfig, now_ns: int) -> list[int]:
    """A meter with full buckets."""
    buckets = []
    reach = CONFIGURED
    for place, (rate, burst) in enumerate(
        ((config.cir, config.cburst), (config.pir, config.pburst))
    ):
        capacity = burst * BILLION
        shift = 63 if not rate else max(0, (-(-capacity // rate) - 1).bit_length())
        buckets += [rate, capacity, capacity]
        reach |= shift << 8 * place
    return [*buckets, now_ns, reach]


def check_config(config: MeterConfig, what: str) -> None:
    """Refuse what no token bucket can be."""
    for name, value in zip(config._fields, config, strict=True):
        limit = MAX_BURST if name.endswith("burst") else MAX_RATE
        if value < 0:
            raise ControlError(Status.INVALID_ARGUMENT, f"{what}: {name} is negative")
        if value > limit:
            raise ControlError(Status.OUT_OF_RANGE, f"{what}: {name} is above {limit}")
    if config.pir < config.cir:
        raise ControlError(Status.INVALID_ARGUMENT, f"{what}: pir is below cir")


def read_meter(mem: NDArray[np.uint64], at: int) -> MeterConfig | None:
    """The configuration of a meter, None where it is unset."""
    words = mem[at : at + METER_WORDS].tolist()
    if not words[7]:
        return None
    return MeterConfig(words[0], words[1] // BILLION, words[3], words[4] // BILLION)


def write_meter(mem: NDArray[np.uint64], at: int, config: MeterConfig | None, now_ns: int) -> None:
    """Configure or unset a meter."""
    words = [0] * METER_WORDS if config is None else meter_words(config, now_ns)
    mem[at : at + METER_WORDS] = words


class SharedCounters:
    """Cells of packets and bytes: each worker counts in its own copy, a reader sees the sum."""

    def __init__(self, mem: NDArray[np.uint64], base: int, cells: int, workers: Workers) -> None:
        share = COUNTER_WORDS * cells
        self._copies = mem[base : base + MOST_WORKERS * share].reshape(
            MOST_WORKERS, cells, COUNTER_WORDS
        )
        self._workers = workers

    def read(self, cells: range) -> list[list[int]]:
        """Packets and bytes of neighbouring cells."""
        used = self._copies[: self._workers(), cells.start : cells.stop]
        return used.sum(axis=0, dtype=np.uint64).tolist()  # type: ignore[no-any-return]  # numpy's

    def write(self, cell: int, data: CounterData) -> None:
        """Set one cell; nothing is forwarded meanwhile."""
        self._copies[1 : self._workers(), cell] = 0
        self._copies[0, cell] = data.packet_count, data.byte_count


class DirectState:
    """Direct counters and meters of one table, by entry handle."""

    def __init__(
        self,
        table: Table,
        place: TablePlace,
        mem: NDArray[np.uint64],
        clock_ns: Callable[[], int],
        workers: Workers,
    ) -> None:
        self.table = table
        self.place = place
        self.mem = mem
        self.clock_ns = clock_ns
        self.workers = workers

    @property
    def _counters(self) -> SharedCounters:
        return SharedCounters(self.mem, self.place.counters, self.table.size + 1, self.workers)

    def check(self, entry: TableEntry, name: str) -> None:
        """Refuse direct resources that the table does not have."""
        if entry.meter is not None:
            if not self.table.direct_meter:
                raise ControlError(Status.INVALID_ARGUMENT, f"table {name} has no direct meter")
            check_config(entry.meter, f"table {name}: direct meter")
        if entry.counter is not None and not self.table.direct_counter:
            raise ControlError(Status.INVALID_ARGUMENT, f"table {name} has no direct counter")

    def start(self, handle: int, entry: TableEntry) -> None:
        """A new entry: counters at zero and meters unset, unless it says otherwise."""
        if self.table.direct_counter:
            self.set_counter(handle, entry.counter or CounterData())
        if self.table.direct_meter:
            self.set_meter(handle, entry.meter)

    def change(self, handle: int, entry: TableEntry) -> None:
        """A modified entry keeps its counter unless it brings one; its meter is what it says."""
        if self.table.direct_counter and entry.counter is not None:
            self.set_counter(handle, entry.counter)
        if self.table.direct_meter:
            self.set_meter(handle, entry.meter)

    def set_counter(self, handle: int, data: CounterData) -> None:
        """Write a counter."""
        self._counters.write(handle, data)

    def set_meter(self, handle: int, config: MeterConfig | None) -> None:
        """Write a meter."""
        at = self.place.meters + METER_WORDS * handle
        write_meter(self.mem, at, config, self.clock_ns())

    def counter(self, handle: int) -> CounterData:
        """Read a counter."""
        ((packets, octets),) = self._counters.read(range(handle, handle + 1))
        return CounterData(octets, packets)

    def meter(self, handle: int) -> MeterConfig | None:
        """Read a meter's configuration."""
        return read_meter(self.mem, self.place.meters + METER_WORDS * handle)


class _Array:
    """What indirect arrays share: indices, and that they can only be modified."""

    def __init__(
        self, info: InfoObject, array: StateArray, base: int, mem: NDArray[np.uint64]
    ) -> None:
        self.info = info
        self.array = array
        self.base = base
        self.mem = mem

    def indices(self, index: int | None) -> range:
        """The cells that an index means."""
        if index is None:
            return range(self.array.size)
        if not 0 <= index < self.array.size:
            sentence = f"{self.info.name}: index {index} is not below {self.array.size}"
            raise ControlError(Status.OUT_OF_RANGE, sentence)
        return range(index, index + 1)

    def only_modify(self, kind: UpdateType) -> None:
        """Refuse INSERT and DELETE."""
        if kind != UpdateType.MODIFY:
            raise ControlError(Status.INVALID_ARGUMENT, f"{self.info.name} can only be modified")


class MeterArray(_Array):
    """An indirect meter."""

    clock_ns: Callable[[], int]

    def apply(self, kind: UpdateType, entry: MeterEntry) -> list[Update]:
        """Configure one cell, or all; answers what undoes it."""
        self.only_modify(kind)
        if entry.config is not None:
            check_config(entry.config, self.info.name)
        cells = self.indices(entry.index)
        undo = [Update(UpdateType.MODIFY, before) for before in self.read(entry)]
        for index in cells:
            at = self.base + METER_WORDS * index
            write_meter(self.mem, at, entry.config, self.clock_ns())
        return undo

    def read(self, pattern: MeterEntry) -> Iterator[MeterEntry]:
        """The cells that fit."""
        for index in self.indices(pattern.index):
            config = read_meter(self.mem, self.base + METER_WORDS * index)
            yield MeterEntry(self.info.id, index, config)


class CounterArray(_Array):
    """An indirect counter."""

    workers: Workers

    @property
    def _cells(self) -> SharedCounters:
        return SharedCounters(self.mem, self.base, self.array.size, self.workers)

    def apply(self, kind: UpdateType, entry: CounterEntry) -> list[Update]:
        """Set one cell, or all."""
        self.only_modify(kind)
        cells = self.indices(entry.index)
        undo = [Update(UpdateType.MODIFY, before) for before in self.read(entry)]
        for index in cells:
            self._cells.write(index, entry.data)
        return undo

    def read(self, pattern: CounterEntry) -> Iterator[CounterEntry]:
        """The cells that fit."""
        cells = self.indices(pattern.index)
        for index, (packets, octets) in zip(cells, self._cells.read(cells), strict=True):
            yield CounterEntry(self.info.id, index, CounterData(octets, packets))


class RegisterArray(_Array):
    """A register."""

    def apply(self, kind: UpdateType, entry: RegisterEntry) -> list[Update]:
        """Set one cell, or all."""
        self.only_modify(kind)
        width = self.array.width_bits
        if not 0 <= entry.value < 1 << width:
            sentence = f"{self.info.name}: the value does not fit {width} bits"
            raise ControlError(Status.OUT_OF_RANGE, sentence)
        cells = self.indices(entry.index)
        undo = [Update(UpdateType.MODIFY, before) for before in self.read(entry)]
        count = limbs_for(width)
        words = [(entry.value >> 64 * limb) & ((1 << 64) - 1) for limb in range(count)]
        for index in cells:
            at = self.base + count * index
            self.mem[at : at + count] = words
        return undo

    def read(self, pattern: RegisterEntry) -> Iterator[RegisterEntry]:
        """The cells that fit."""
        count = limbs_for(self.array.width_bits)
        for index in self.indices(pattern.index):
            at = self.base + count * index
            words = self.mem[at : at + count].tolist()
            value = sum(word << 64 * limb for limb, word in enumerate(words))
            yield RegisterEntry(self.info.id, index, value)
