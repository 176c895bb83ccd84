"""In which order changes are written, so that no packet meets a half-made reservation or route.

What is referred to is there before what refers to it, and goes after it: meters, filters, shapes;
next hops, routes, interfaces. For a group, the filters of its outgoing interfaces stand around
those of the replication port (docs/dataplane.md, Reservations). P4Runtime lets a server carry out a
batch in any order; bmv2 and the embedded switch keep the order of the batch.
"""

from __future__ import annotations

from p4rsvp.target.cells import Action, Change, Entry, PrefixEntry
from p4rsvp.target.numbers import REPLICATION_INTERFACE, Shape

FILTER_TABLES = frozenset(shape.name.lower() for shape in Shape if shape.name)

_BASE, _CLOSING, _FILTER, _GROUP_FILTER, _OPENING = range(5)
# Where a table stands among what is added; what is removed goes in the opposite order.
_RANKS = {
    "next_hops": 5,
    "ipv4_routes": 6,
    "ipv6_routes": 6,
    "ipv4_multicast_sources": 6,
    "ipv6_multicast_sources": 6,
    "interfaces": 7,
}
_LAST = 2 * max(_RANKS.values()) + 1


def turn(change: Change) -> int:
    """When to write a change, among those of its batch."""
    cell, old, new = change
    if isinstance(cell, Entry) and cell.table in FILTER_TABLES:
        rank = _GROUP_FILTER if cell.match[0] == REPLICATION_INTERFACE else _FILTER
    elif isinstance(cell, Entry) and cell.table == "outgoing_interfaces":
        closes = new is None or _names_fewer(old, new)
        return _LAST - _CLOSING if closes else _OPENING
    elif isinstance(cell, Entry | PrefixEntry):
        rank = _RANKS.get(cell.table, _BASE)
    else:
        rank = _BASE
    return rank if new is not None else _LAST - rank


def _names_fewer(old: object, new: object) -> bool:
    """Whether an outgoing interface only loses shapes: it waits until their filters are gone."""
    if not isinstance(old, Action) or not isinstance(new, Action):
        return False
    before, after = old.parameters[-1], new.parameters[-1]
    return bool(before & ~after) and not after & ~before
