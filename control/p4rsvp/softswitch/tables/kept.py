"""Tables whose entries are kept as objects beside their rows.

The three kinds of them differ in how a row is found, and in nothing else: by the hash of a whole
key, by a tuple space of masks, or by a tree of prefixes.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.softswitch.kernels import tables as kernels
from p4rsvp.softswitch.tables.rows import key_packer
from p4rsvp.softswitch.tables.store import Key, Store, Stored, geometry, u64, view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.ir.program import Table


class KeptStore(Store):
    """Entries as objects, by their key."""

    def __init__(self, table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> None:
        super().__init__(table, place, mem)
        self._entries: dict[Key, Stored] = {}
        self._free: list[int] = []
        self._next_handle = 1

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: Key) -> Stored | None:
        return self._entries.get(key)

    def all(self) -> list[Stored]:
        return list(self._entries.values())

    def take_handle(self) -> int:
        if self._free:
            return self._free.pop()
        if self._next_handle > self.table.size:
            raise self.is_full()
        self._next_handle += 1
        return self._next_handle - 1

    def give_back(self, handle: int) -> None:
        self._free.append(handle)

    def insert(self, key: Key, stored: Stored) -> None:
        self._entries[key] = stored
        self.put(key, stored)

    def modify(self, key: Key, stored: Stored) -> None:
        self._entries[key] = stored
        self.put(key, stored)

    def delete(self, key: Key, stored: Stored) -> None:
        del self._entries[key]
        self.flush()
        self.remove(key, stored)
        self.give_back(stored.handle)

    @abstractmethod
    def put(self, key: Key, stored: Stored) -> None:
        """Make the row visible, at the latest with `flush`."""

    @abstractmethod
    def remove(self, key: Key, stored: Stored) -> None:
        """Take the row away."""

    def flush(self) -> None:
        """Nothing, where `put` collects nothing."""


class HashedStore(KeptStore):
    """Exact tables."""

    def __init__(self, table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> None:
        super().__init__(table, place, mem)
        self._packer = key_packer(table)
        self._masks = [k.mask for k in table.key]
        self._masked = any(mask is not None for mask in self._masks)
        self._pending: list[int] = []
        self._geometry = geometry(place)

    def key_words(self, key: Key) -> list[int]:
        """The words that tell this entry's row apart."""
        values: Any = key[0]
        if self._masked:
            values = [v if m is None else v & m for v, m in zip(values, self._masks, strict=True)]
        return self._packer.pack(values)

    def put(self, key: Key, stored: Stored) -> None:
        row = self.key_words(key) + stored.row
        self._pending += row
        self._pending += [0] * (self.place.stride - len(row))

    def flush(self) -> None:
        if self._pending:
            rows = np.array(self._pending, dtype=np.uint64)
            count = len(self._pending) // self.place.stride
            self._pending = []
            stride = u64(self.place.stride)
            kernels.put_rows(self.words, *self._geometry, view(rows), u64(count), stride)

    def remove(self, key: Key, stored: Stored) -> None:  # other kinds need it
        row = np.array(self.key_words(key), dtype=np.uint64)
        kernels.remove_row(self.words, *self._geometry, view(row))


@dataclass(slots=True)
class _Mask:
    """One tuple of the tuple space."""

    number: int
    words: list[int]
    entries: int = 0
    highest: int = 0


class TernaryStore(HashedStore):
    """Ternary, range and optional tables, and longest prefixes beside exact fields."""

    def __init__(self, table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> None:
        super().__init__(table, place, mem)
        self._spaces: dict[tuple[int, ...], _Mask] = {}
        self._numbers: list[int] = []
        self._kinds = [(k.kind, k.width_bits) for k in table.key]
        self._by_prefix = all(k.kind in {"exact", "lpm"} for k in table.key)

    def _parts(self, key: Key) -> tuple[list[int], list[int], list[int], int]:
        """Values, masks, range bounds and priority."""
        values, masks, bounds = [], [], []
        priority = key[1]
        for (kind, width), part in zip(self._kinds, key[0], strict=True):
            ones = (1 << width) - 1
            if kind == "range":
                bounds += [0, ones] if part is None else list(part)  # type: ignore[arg-type]
                continue
            value, mask = _value_and_mask(kind, width, part)
            if self._by_prefix and kind == "lpm":
                priority = mask.bit_count() + 1
            values.append(value & mask)
            masks.append(mask)
        return values, masks, bounds, priority

    def key_words(self, key: Key) -> list[int]:
        values, masks, bounds, priority = self._parts(key)
        space = self._spaces[tuple(masks)]
        return [*self._packer.pack(values), space.number, priority, *bounds]

    def insert(self, key: Key, stored: Stored) -> None:
        _, masks, _, priority = self._parts(key)
        space = self._spaces.get(tuple(masks))
        if space is None:
            number = self._numbers.pop() if self._numbers else len(self._spaces)
            space = _Mask(number, self._packer.pack(masks))
            self._spaces[tuple(masks)] = space
        space.entries += 1
        super().insert(key, stored)
        if priority > space.highest or space.entries == 1:
            space.highest = max(space.highest, priority)
            self._publish()

    def remove(self, key: Key, stored: Stored) -> None:
        super().remove(key, stored)
        masks = tuple(self._parts(key)[1])
        space = self._spaces[masks]
        space.entries -= 1
        if not space.entries:
            del self._spaces[masks]
            self._numbers.append(space.number)
            self._publish()

    def _publish(self) -> None:
        """Write the list of masks, highest priority first."""
        order = sorted(self._spaces.values(), key=lambda space: -space.highest)
        words = [len(order)]
        for space in order:
            words += [space.highest, space.number, *space.words]
        at = self.place.groups
        self.mem[at : at + len(words)] = np.array(words, dtype=np.uint64)


def _value_and_mask(kind: str, width: int, part: Any) -> tuple[int, int]:
    """A match value of any kind but range, as value and mask."""
    ones = (1 << width) - 1
    if part is None:
        return 0, 0
    if kind == "ternary":
        return part  # type: ignore[no-any-return]  # a pair, checked before it came here
    if kind == "lpm":
        value, length = part
        return value, ones ^ (ones >> length)
    return part, ones


class PrefixStore(KeptStore):
    """Tables with one longest-prefix field."""

    def __init__(self, table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> None:
        super().__init__(table, place, mem)
        self._width = table.key[0].width_bits
        self._lengths: dict[int, int] = {}  # prefix length -> how many routes
        self._stack = view(np.zeros(64, dtype=np.uint64))
        self._pool = u64(place.pool)
        self._root = u64(place.root)
        mem[place.pool + 1] = place.pool + 3

    def _prefix(self, key: Key) -> tuple[int, int]:
        part: Any = key[0][0]
        return (0, 0) if part is None else part

    def _words(self, value: int) -> tuple[Any, Any]:
        """A left-aligned key."""
        bits = 64 * self.place.key_words
        aligned = value << (bits - self._width)
        if bits == 64:
            return u64(aligned), u64(0)
        return u64(aligned >> 64), u64(aligned & ((1 << 64) - 1))

    def _row_place(self, handle: int) -> int:
        return self.place.base + handle * self.place.stride

    def put(self, key: Key, stored: Stored) -> None:
        at = self._row_place(stored.handle)
        self.mem[at : at + len(stored.row)] = np.array(stored.row, dtype=np.uint64)
        value, length = self._prefix(key)
        self._lengths.setdefault(length, 0)
        self._lengths[length] += 1
        self._point(value, length, self._leaf(length, stored.handle))

    def modify(self, key: Key, stored: Stored) -> None:
        self._entries[key] = stored
        at = self._row_place(stored.handle)
        self.mem[at : at + len(stored.row)] = np.array(stored.row, dtype=np.uint64)

    def _leaf(self, length: int, handle: int) -> int:
        return (length + 1) << 56 | self._row_place(handle)

    def _point(self, value: int, length: int, leaf: int) -> None:
        high, low = self._words(value)
        args = (self._pool, self._root, high, low, u64(length), u64(leaf), self._stack)
        kernels.set_prefix(self.words, *args)

    def remove(self, key: Key, stored: Stored) -> None:  # other kinds need it
        value, length = self._prefix(key)
        self._lengths[length] -= 1
        if not self._lengths[length]:
            del self._lengths[length]
        self._point(value, length, self._covering(value, length))
        high, low = self._words(value)
        kernels.prune_prefix(self.words, self._pool, self._root, high, low, self._stack)

    def _covering(self, value: int, length: int) -> int:
        """The leaf of the next shorter prefix that has a route, or 0."""
        for shorter in sorted(self._lengths, reverse=True):
            if shorter >= length:
                continue
            cut = value >> (self._width - shorter) << (self._width - shorter) if shorter else 0
            found = self._entries.get((((cut, shorter),), 0))
            if found is None and shorter == 0:
                found = self._entries.get(((None,), 0))
            if found is not None:
                return self._leaf(shorter, found.handle)
        return 0


_KINDS: dict[str, type[KeptStore]] = {
    "exact": HashedStore,
    "ternary": TernaryStore,
    "lpm": PrefixStore,
}


def make_store(table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> KeptStore:
    """The store of objects that fits a table's kind."""
    return _KINDS[table.kind](table, place, mem)
