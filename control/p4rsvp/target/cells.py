"""What a data plane holds, as plain cells: table entries and meters, with their contents.

The vocabulary of what plans a data plane (plan.py, static.py). Tables, actions and meters go by
their names in the P4Info, match fields and parameters stand in its order, all as integers. A state
of a data plane is a mapping from cells to contents; what differs between two states is a list of
changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class Entry(NamedTuple):
    """A place in a table of exact matches."""

    table: str
    match: tuple[int, ...]


class PrefixEntry(NamedTuple):
    """A place in a table of longest prefixes."""

    table: str
    address: int
    length_bits: int


class ReplicationList(NamedTuple):
    """A multicast group of the packet replication engine."""

    number: int


class Action(NamedTuple):
    """What an entry does."""

    name: str
    parameters: tuple[int, ...] = ()


class MeterCell(NamedTuple):
    """One meter of an array."""

    meter: str
    number: int  # the index in the array


class Buckets(NamedTuple):
    """A meter's configuration, in bytes per second and bytes; packets, where it counts those."""

    cir_bytes_per_s: int
    cbs_bytes: int
    pir_bytes_per_s: int
    pbs_bytes: int

    def larger(self, other: Buckets) -> Buckets:
        """Let through whatever one of the two lets through."""
        return Buckets(*map(max, self, other))


class Replicas(NamedTuple):
    """Where the packets of a replication list go."""

    members: tuple[tuple[int, int], ...]  # port and instance, sorted


Cell: TypeAlias = Entry | PrefixEntry | MeterCell | ReplicationList
Content: TypeAlias = Action | Buckets | Replicas
State: TypeAlias = Mapping[Cell, Content]


class Change(NamedTuple):
    """One cell, what it holds, and what it is to hold; None: nothing, or the default."""

    cell: Cell
    old: Content | None
    new: Content | None


def difference(actual: State, desired: State) -> list[Change]:
    """What makes the desired state of the actual one, in no particular order."""
    changes = [
        Change(cell, actual.get(cell), content)
        for cell, content in desired.items()
        if actual.get(cell) != content
    ]
    changes += [
        Change(cell, content, None) for cell, content in actual.items() if cell not in desired
    ]
    return changes
