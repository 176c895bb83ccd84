"""Exact tables whose entries are nothing but key, action and parameters: the rows are the entries.

No object remembers such an entry. What the controller asks for is looked up in the arena as a
packet does it and read back out of the row's words, and a whole run of changes is one call of a
kernel (kernels/entries.py). Only entries with metadata, of which a row knows nothing, are kept
besides. Masked keys, wide values, direct resources, timeouts and action profiles make a table one
of the other kinds (kept.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from p4rsvp.dataplane.entities import ROW_VALUES, Action, TableEntry
from p4rsvp.softswitch.codegen.pipeline import ACTION_BITS, HANDLE_SHIFT
from p4rsvp.softswitch.codegen.places import pack_key
from p4rsvp.softswitch.kernels import entries as changes
from p4rsvp.softswitch.kernels import tables as kernels
from p4rsvp.softswitch.tables.rows import key_packer
from p4rsvp.softswitch.tables.store import Key, Store, Stored, geometry, u64, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from p4rsvp.softswitch.codegen.places import DataField, TablePlace
    from p4rsvp.softswitch.ir.program import Program, Table

WORD_BITS = 64
NUMBER_ONES = (1 << ACTION_BITS) - 1


class Choice(NamedTuple):
    """An action that entries can have: its id, its number in the table, where parameters lie."""

    action_id: int
    number: int
    places: list[DataField]


def is_plain(program: Program, table: Table) -> bool:
    """True where a row tells all that there is to an entry, each value within one word."""
    widths = [key.width_bits for key in table.key]
    for action_id in table.action_ids:
        widths += program.actions[action_id].param_bits
    has_more = table.profile or table.direct_counter or table.direct_meter or table.timeout
    return (
        table.kind == "exact"
        and table.entries is None
        and not has_more
        and all(key.mask is None for key in table.key)
        and all(width <= WORD_BITS for width in widths)
    )


class PlainStore(Store):
    """One such table."""

    def __init__(
        self,
        table: Table,
        place: TablePlace,
        mem: NDArray[np.uint64],
        table_id: int,
        choices: Sequence[Choice],
    ) -> None:
        super().__init__(table, place, mem)
        self._table_id = table_id
        self._choices = {
            choice.number: (choice.action_id, [(p.word, p.shift, _ones(p)) for p in choice.places])
            for choice in choices
        }
        self._fields = [limbs[0] for limbs in pack_key(table)[0]]
        self._packer = key_packer(table)
        self._pending: dict[Key, Stored] = {}
        self._noted: dict[Key, Stored] = {}  # what has metadata
        self._key = np.zeros(place.identity, dtype=np.uint64)
        self._key_words = view(self._key)
        self._packed: Key | None = None
        self._handles = np.zeros(2 + table.size, dtype=np.uint64)
        self._handles[1] = 1
        self._shape = np.array(_shape(table, place, self._fields, choices), dtype=np.uint64)
        self._arrays = view(self._shape), view(self._handles)
        self._geometry = geometry(place)
        self.write_rows(np.zeros((0, ROW_VALUES), dtype=np.int64))  # compiles, so that none waits

    def __len__(self) -> int:
        return int(self._handles[1] - self._handles[0]) - 1

    def take_handle(self) -> int:
        freed, unused = self._handles[:2].tolist()
        if freed:
            self._handles[0] = freed - 1
            return int(self._handles[2 + freed - 1])
        if unused > self.table.size:
            raise self.is_full()
        self._handles[1] = unused + 1
        return unused  # type: ignore[no-any-return]  # an int, as tolist makes it

    def give_back(self, handle: int) -> None:
        freed = int(self._handles[0])
        self._handles[2 + freed] = handle
        self._handles[0] = freed + 1

    def insert(self, key: Key, stored: Stored) -> None:
        self._pending[key] = stored
        if stored.entry.metadata or stored.entry.controller_metadata:
            self._noted[key] = stored

    def modify(self, key: Key, stored: Stored) -> None:
        self._noted.pop(key, None)
        self.insert(key, stored)

    def delete(self, key: Key, stored: Stored) -> None:
        self.flush()
        self._noted.pop(key, None)
        self._pack(key)
        kernels.remove_row(self.words, *self._geometry, self._key_words)
        self.give_back(stored.handle)

    def flush(self) -> None:
        if not self._pending:
            return
        stride = self.place.stride
        rows = np.zeros((len(self._pending), stride), dtype=np.uint64)
        for number, (key, stored) in enumerate(self._pending.items()):
            row = self._packer.pack(key[0]) + stored.row  # type: ignore[arg-type]  # exact: ints
            rows[number, : len(row)] = row
        self._pending.clear()
        count = u64(len(rows))
        kernels.put_rows(self.words, *self._geometry, view(rows.reshape(-1)), count, u64(stride))

    @property
    def takes_rows(self) -> bool:
        """True while no entry has what rows know nothing of."""
        return not self._noted

    def write_rows(self, rows: NDArray[np.int64]) -> list[int]:
        """Make sound changes in their order; answers what became of each."""
        self.flush()
        self._packed = None
        outcome = np.empty(len(rows), dtype=np.uint64)
        flat, width = view(rows.view(np.uint64).reshape(-1)), u64(rows.shape[1])
        counts = flat, width, u64(len(rows)), self._key_words, view(outcome)
        failed = changes.write_rows(self.words, *self._arrays, *counts)
        return outcome.tolist() if failed else []

    def find(self, key: Key) -> Stored | None:
        known = self._pending.get(key) or self._noted.get(key)
        if known is not None:
            return known
        self._pack(key)
        meta = changes.find_row(self.words, self._arrays[0], self._key_words)
        if not meta:
            return None
        words = self.mem[meta : meta + self.place.stride - self.place.identity].tolist()
        return self._stored(key, words)

    def all(self) -> list[Stored]:
        """Every entry, by handle."""
        self.flush()
        place, identity = self.place, self.place.identity
        rows = self.mem[place.base : place.base + place.capacity * place.stride]
        rows = rows.reshape(place.capacity, place.stride)
        rows = rows[rows[:, identity] != 0]
        rows = rows[np.argsort(rows[:, identity] >> np.uint64(HANDLE_SHIFT))]
        columns = [
            rows[:, field.word] >> np.uint64(field.shift) & np.uint64(_ones(field))
            for field in self._fields
        ]
        keys = zip(*(column.tolist() for column in columns), strict=True)
        return [
            self._noted.get((match, 0)) or self._stored((match, 0), words)
            for match, words in zip(keys, rows[:, identity:].tolist(), strict=True)
        ]

    def _pack(self, key: Key) -> None:
        """Put a key's words where kernels find them; a search and what follows it have one key."""
        if key is not self._packed:
            self._key[:] = self._packer.pack(key[0])  # type: ignore[arg-type]  # exact: ints
            self._packed = key

    def _stored(self, key: Key, words: list[int]) -> Stored:
        """The entry that a row's words behind its key are."""
        action_id, places = self._choices[words[0] & NUMBER_ONES]
        params = tuple([words[word] >> shift & ones for word, shift, ones in places])
        entry = TableEntry(self._table_id, key[0], Action(action_id, params))
        return Stored(entry, words[0] >> HANDLE_SHIFT, words)


def _ones(place: DataField) -> int:
    return (1 << place.width_bits) - 1


def _shape(
    table: Table, place: TablePlace, fields: Sequence[DataField], choices: Sequence[Choice]
) -> list[int]:
    """What kernels/entries.py has to know of a table."""
    head = [place.base, place.capacity - 1, place.stride, place.hashed, place.identity]
    shape = [*head, len(fields), table.size, len(choices)]
    for field in fields:
        shape += [field.word, field.shift]
    step = len(shape) + 4 * len(choices)
    for choice in choices:
        shape += [choice.action_id, choice.number, len(choice.places), step]
        step += 2 * len(choice.places)
    for choice in choices:
        for param in choice.places:
            shape += [param.word, param.shift]
    return shape
