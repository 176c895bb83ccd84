"""Rows of unsigned values, each named by an id of the P4Info and each given exactly once.

Action parameters (9.1.2) and the metadata of packets to and from the controller (16.1) are such
rows. They arrive in any order and leave in the P4Info's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter, rshift
from typing import Any, Final, Protocol

from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.p4rt import bytestrings


class Column(Protocol):
    """What the P4Info says of one value."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def bitwidth(self) -> int: ...


class Items(Protocol):
    """A repeated field of id and value."""

    def add(self, **fields: int | bytes) -> object: ...


class Row:
    """The values of one action or packet header; `id_name` is the attribute that holds the id."""

    def __init__(self, what: str, columns: Sequence[Column], id_name: str) -> None:
        for column in columns:
            if not column.bitwidth:
                raise Unsupported(f"{what}, {column.name}: values translated to strings")
        self.ids: Final = tuple(column.id for column in columns)
        self._ids = list(self.ids)
        self._what = what
        self._bitwidths = tuple(column.bitwidth for column in columns)
        self._id_name = id_name
        self._id_of = attrgetter(id_name)
        self._columns = {
            column.id: (place, column.bitwidth, f"{what}, {column.name}")
            for place, column in enumerate(columns)
        }

    def decode(self, given: Iterable[Any]) -> tuple[int, ...]:
        """Read a row; a sound one in the order of the P4Info by whole lists."""
        id_of = self._id_of
        ids, strings = [], []
        for item in given:
            ids.append(id_of(item))
            strings.append(item.value)
        values = tuple(map(int.from_bytes, strings))
        if ids == self._ids and all(strings) and not any(map(rshift, values, self._bitwidths)):
            return values
        return self._decode_any(given)

    def _decode_any(self, items: Iterable[Any]) -> tuple[int, ...]:
        row: list[int | None] = [None] * len(self.ids)
        for item in items:
            found = self._columns.get(self._id_of(item))
            if found is None:
                raise self._malformed(f"no value has {self._id_name} {self._id_of(item)}")
            place, bitwidth, what = found
            if row[place] is not None:
                raise ControlError(Status.INVALID_ARGUMENT, f"{what} is given twice")
            string = item.value
            row[place] = value = int.from_bytes(string)
            if not string or value >> bitwidth:
                raise bytestrings.misfit(string, bitwidth, what)
        if None in row:
            missing = self._columns[self.ids[row.index(None)]][2]
            raise ControlError(Status.INVALID_ARGUMENT, f"{missing} is missing")
        return tuple(row)  # type: ignore[arg-type]  # no None is left in it

    def encode(self, values: Sequence[int], items: Items) -> None:
        """Append a row to a repeated field."""
        for column_id, value in zip(self.ids, values, strict=True):
            fields: dict[str, int | bytes] = {self._id_name: column_id}
            items.add(value=bytestrings.encode(value), **fields)

    def _malformed(self, why: str) -> ControlError:
        return ControlError(Status.INVALID_ARGUMENT, f"{self._what}: {why}")
