"""What a switch still holds of reservations that nobody here knows: of a controller that has gone.

A reserved flow keeps its guarantee while its controller restarts (design, Targets): filters and
meters that are found at the beginning stay as they are. When neighbours refresh their requests, a
filter passes to the reservation that is made anew; what nobody has asked for after a lifetime goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from p4rsvp.target.cells import Action, Buckets, Cell, Content, Entry, MeterCell, State
from p4rsvp.target.numbers import Shape
from p4rsvp.target.order import FILTER_TABLES


class Orphans:
    """Filters that were found, and the reservations that they name."""

    def __init__(self) -> None:
        self.indices: set[int] = set()  # not to be given out
        self._filters: dict[Entry, Action] = {}
        self._meters: dict[MeterCell, Buckets] = {}

    def adopt(self, actual: State, interfaces: frozenset[int]) -> None:
        """Take what is there of these interfaces."""
        for cell, content in actual.items():
            is_filter = isinstance(cell, Entry) and cell.table in FILTER_TABLES
            if is_filter and isinstance(content, Action) and content.parameters:
                assert isinstance(cell, Entry)
                if cell.match[0] in interfaces:
                    self._filters[cell] = content
                    self.indices.add(content.parameters[0])
        for index in self.indices:
            meter = MeterCell("reservation_meter", index)
            buckets = actual.get(meter)
            if isinstance(buckets, Buckets):
                self._meters[meter] = buckets

    def cells(self) -> dict[Cell, Content]:
        """All of them."""
        cells: dict[Cell, Content] = {}
        cells.update(self._meters.items())
        cells.update(self._filters.items())
        return cells

    def shapes(self) -> Iterator[tuple[int, Shape]]:
        """Interface and shape of each filter."""
        return (place_of(entry) for entry in self._filters)

    def claim(self, entry: Entry) -> bool:
        """A filter belongs to somebody again; whether it was an orphan."""
        return self._filters.pop(entry, None) is not None

    def clear(self) -> None:
        """None is left; their indices are not free before the switch has let go of them."""
        self._filters.clear()
        self._meters.clear()


def place_of(entry: Entry) -> tuple[int, Shape]:
    """The interface that a filter is on, and its shape."""
    return entry.match[0], Shape[entry.table.upper()]
