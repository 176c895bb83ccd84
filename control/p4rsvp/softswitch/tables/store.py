"""One table as the control plane holds it, over the place in the arena where the kernels find it.

A `Store` knows entries by their key, gives each a handle for its lifetime, and turns it into a
row. What is written is collected and put into the arena by one kernel call (`flush`), since a call
costs as much as several rows. Some keep their entries as objects (kept.py), others read them back
out of the rows (plain.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch import jit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import Match, TableEntry
    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.ir.program import Table

Key = tuple["Match", int]  # match and priority: what tells entries apart


@dataclass(slots=True)
class Stored:
    """An entry, the handle that it has while it lives, and what its action is made of."""

    entry: TableEntry
    handle: int
    row: list[int]  # meta and data
    reported_ns: int = 0  # when it was last reported as idle


class Store(ABC):
    """Entries of one table, by their key."""

    def __init__(self, table: Table, place: TablePlace, mem: NDArray[np.uint64]) -> None:
        self.table = table
        self.place = place
        self.mem = mem
        self.words = view(mem)

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def find(self, key: Key) -> Stored | None:
        """The entry with this key."""

    @abstractmethod
    def all(self) -> list[Stored]:
        """Every entry."""

    @abstractmethod
    def take_handle(self) -> int:
        """A number from 1 to the table's size."""

    @abstractmethod
    def give_back(self, handle: int) -> None:
        """A handle that is no longer anybody's."""

    @abstractmethod
    def insert(self, key: Key, stored: Stored) -> None:
        """Add an entry that is not there."""

    @abstractmethod
    def modify(self, key: Key, stored: Stored) -> None:
        """Replace an entry that is there; the handle stays."""

    @abstractmethod
    def delete(self, key: Key, stored: Stored) -> None:
        """Remove an entry that is there."""

    @abstractmethod
    def flush(self) -> None:
        """Write what has been collected."""

    def is_full(self) -> ControlError:
        """The refusal of one entry too many."""
        sentence = f"table {self.table.name} holds {self.table.size} entries and is full"
        return ControlError(Status.RESOURCE_EXHAUSTED, sentence)


def u64(value: int) -> Any:
    """A number as kernels take it."""
    return jit.u64(value)


def view(array: NDArray[np.uint64]) -> Any:
    """An array as kernels take it."""
    return jit.view(array, plain=jit.JIT_DISABLED)


def geometry(place: TablePlace) -> tuple[Any, Any, Any, Any, Any]:
    """What kernels have to know of a hashed table."""
    identity = u64(place.identity)
    return u64(place.base), u64(place.capacity - 1), u64(place.stride), u64(place.hashed), identity
