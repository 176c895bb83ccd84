"""The data plane that the P4Runtime server sees: every entity is a record of the control socket.

The C program holds all state and refuses what cannot be, so that there is one truth; only the
metadata that a controller attaches to entries and groups stays here. A plane that has not been
committed holds nothing and takes nothing: the pipeline behind it is the one that forwards.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.dataplane.entities import (
    ROW_ACTION,
    ROW_KIND,
    ROW_TABLE,
    Atomicity,
    CounterEntry,
    MeterEntry,
    MulticastGroup,
    TableEntry,
    Update,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dpdk import batches
from p4rsvp.dpdk.metadata import Metadata
from p4rsvp.dpdk.protocol import READ_REPLY, READ_REQUEST, Kind, MessageType
from p4rsvp.dpdk.records import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import DigestList, Entity, PacketIn
    from p4rsvp.dpdk.connection import Connection
    from p4rsvp.dpdk.packets import PacketChannel
    from p4rsvp.dpdk.records import Forms

_WHY: Final = {
    Status.INVALID_ARGUMENT: "the switch takes no such value",
    Status.NOT_FOUND: "there is none",
    Status.ALREADY_EXISTS: "there is one",
    Status.RESOURCE_EXHAUSTED: "there is no room for more",
    Status.FAILED_PRECONDITION: "it cannot be changed",
    Status.ABORTED: "another update of this write failed",
    Status.OUT_OF_RANGE: "behind the last cell, or more than it can hold",
    Status.UNIMPLEMENTED: "the switch has no such thing",
}


class DpdkPlane:
    """The program of a DPDK switch, seen from above."""

    def __init__(self, forms: Forms, connection: Connection, packets: PacketChannel) -> None:
        self.forms: Final = forms
        self._connection = connection
        self._packets = packets
        self._metadata = Metadata()
        self._one_at_a_time = threading.RLock()
        self.is_running = False

    def start(self) -> None:
        """Begin with nothing written."""
        with self._one_at_a_time:
            self._connection.ask(MessageType.CLEAR)
            self._metadata.clear()
            self.is_running = True

    # Writes

    def apply(
        self, updates: Sequence[Update], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        if not self.is_running:
            return [_not_running() for _ in updates]
        steps = [self._encode(update) for update in updates]
        sound = [step for step in steps if isinstance(step, bytes)]
        with self._one_at_a_time:
            if atomicity is Atomicity.CONTINUE_ON_ERROR:
                results = batches.write(self._connection, sound)
            elif len(sound) < len(steps):
                results = [Status.ABORTED] * len(sound)
            else:
                results = batches.write_all_or_none(self._connection, sound)
            return self._answers(updates, steps, results)

    def _encode(self, update: Update) -> bytes | ControlError:
        try:
            return self.forms.encode(update)
        except ControlError as refusal:
            return refusal

    def _answers(
        self,
        updates: Sequence[Update],
        steps: Sequence[bytes | ControlError],
        results: Sequence[int],
    ) -> list[ControlError | None]:
        told = iter(results)
        answers: list[ControlError | None] = []
        for update, step in zip(updates, steps, strict=True):
            result = 0 if isinstance(step, ControlError) else next(told)
            if isinstance(step, ControlError):
                answers.append(step)
            elif result:
                answers.append(self._fault(result, self._name(update.entity)))
            else:
                self._metadata.note(update)
                answers.append(None)
        return answers

    @staticmethod
    def _fault(result: int, what: str) -> ControlError:
        status = Status(result)
        return ControlError(status, f"{what}: {_WHY[status]}")

    def _name(self, entity: Entity) -> str:
        info = self.forms.info
        match entity:
            case TableEntry(table_id=number):
                return f"entry of table {info.tables[number].name}"
            case MeterEntry(meter_id=number, index=index):
                return f"meter {number:#x}, cell {index}"
            case CounterEntry(counter_id=number, index=index):
                return f"counter {number:#x}, cell {index}"
            case MulticastGroup(group_id=number):
                return f"multicast group {number}"
        raise AssertionError(entity)  # no other is encoded

    def apply_rows(
        self, rows: NDArray[np.int64], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """See control.DataPlane."""
        if not self.is_running:
            return [_not_running() for _ in rows]
        records: list[bytes] = []
        for run in _runs(rows):
            records += map(bytes, self.forms.encode_rows(run))
        with self._one_at_a_time:
            if atomicity is Atomicity.CONTINUE_ON_ERROR:
                results = batches.write(self._connection, records)
            else:
                results = batches.write_all_or_none(self._connection, records)
            if self._metadata:  # rows have none, and take away what was there
                for row, result in zip(rows.tolist(), results, strict=True):
                    if not result:
                        self._metadata.note(self.forms.update(row))
        if not any(results):
            return [None] * len(results)
        names = (f"entry of table {self.forms.tables[n].info.name}" for n in rows[:, ROW_TABLE])
        return [
            self._fault(result, name) if result else None
            for result, name in zip(results, names, strict=True)
        ]

    # Reads

    def read(self, pattern: Entity) -> Iterator[Entity]:
        """See control.DataPlane."""
        if not self.is_running:
            return
        match pattern:
            case TableEntry():
                yield from self._read_entries(pattern)
            case MeterEntry(meter_id=number, index=index):
                for one in self._chosen(self.forms.info.meters, number, "meter"):
                    yield from self._read_all(Kind.METER, one, index)
            case CounterEntry(counter_id=number, index=index):
                for one in self._chosen(self.forms.info.counters, number, "counter"):
                    yield from self._read_all(Kind.COUNTER, one, index)
            case MulticastGroup(group_id=number):
                yield from self._read_all(Kind.GROUP, number)

    def _read_entries(self, pattern: TableEntry) -> Iterator[Entity]:
        wanted = [pattern.table_id] if pattern.table_id else [*self.forms.tables]
        for number in wanted:
            form = self.forms.table(number)
            kind = Kind.DEFAULT if pattern.is_default else Kind.ENTRY
            if pattern.match and not pattern.is_default:
                form.pack_key(pattern.match)  # refuses what is no key
            for entry in self._read_all(kind, number):
                assert isinstance(entry, TableEntry)
                if pattern.match in {(), entry.match}:
                    yield entry

    @staticmethod
    def _chosen(objects: Mapping[int, object], number: int, what: str) -> list[int]:
        if number and number not in objects:
            raise ControlError(Status.NOT_FOUND, f"no {what} {number} in the P4Info")
        return [number] if number else [*objects]

    def _read_all(self, kind: Kind, number: int, index: int | None = None) -> Iterator[Entity]:
        """Every page of what there is, or one cell."""
        first, cells = (0, 0) if index is None else (index, 1)
        while True:
            request = READ_REQUEST.pack(kind, 0, 0, number, first, cells)
            answer = self._connection.ask(MessageType.READ, request, 1)
            if answer.result:
                raise self._fault(answer.result, f"{kind.name.lower()} {number:#x}")
            for one, of, body in split(answer.body[READ_REPLY.size :]):
                yield self._metadata.attach(self.forms.decode(one, of, body))
            first = READ_REPLY.unpack_from(answer.body)[0]
            if not first or index is not None:
                return

    # Packets, and what this switch has none of

    def packet_out(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        """See control.DataPlane."""
        if not self.is_running:
            raise _not_running()
        self._packets.send(payload, metadata)

    def on_packet_in(self, callback: Callable[[PacketIn], None] | None) -> None:
        """See control.DataPlane."""
        self._packets.callback = callback

    def on_digest(self, callback: Callable[[DigestList], None] | None) -> None:
        """See control.DataPlane; no program here has digests."""

    def ack_digest(self, digest_id: int, list_id: int) -> None:
        """See control.DataPlane; no program here has digests."""

    def on_idle_timeout(self, callback: Callable[[list[TableEntry]], None] | None) -> None:
        """See control.DataPlane; no table here has a timeout."""

    def set_port_up(self, port: int, *, up: bool) -> None:
        """See control.DataPlane; no program here has selectors."""


def _not_running() -> ControlError:
    what = "DPDK has one pipeline: a config that is saved takes nothing before it is committed"
    return ControlError(Status.FAILED_PRECONDITION, what)


def _runs(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows of one kind, table and action each."""
    if not len(rows):
        return []
    heads = rows[:, [ROW_KIND, ROW_TABLE, ROW_ACTION]]
    changes = np.flatnonzero((heads[1:] != heads[:-1]).any(axis=1)) + 1
    return np.split(rows, changes)
