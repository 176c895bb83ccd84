"""The routing interface of RFC 2205 3.11.3, answered from what RouteChanged events have said.

Longest prefix first; for multicast a route of the very source before one of any. Routes come as
events so that a recorded run holds all that it needs. Which next hop the data takes is the data
plane's business.
"""

from __future__ import annotations

from p4rsvp.engine.events import Route, RouteChanged
from p4rsvp.wire.address import Address


class Routes:
    """What routing has told us."""

    def __init__(self) -> None:
        # (address bytes, source) -> prefix length, longest first -> prefix as a number -> route
        self._tables: dict[tuple[int, Address | None], dict[int, dict[int, Route]]] = {}

    def change(self, event: RouteChanged) -> None:
        """Take note of a route, or of its end."""
        address, length_bits = event.destination
        table = self._tables.setdefault((len(address), event.source), {})
        prefixes = table.get(length_bits)
        if prefixes is None:
            prefixes = table[length_bits] = {}
            table = dict(sorted(table.items(), reverse=True))
            self._tables[len(address), event.source] = table
        number = _prefix(address, length_bits)
        if event.route is not None:
            prefixes[number] = event.route
            return
        prefixes.pop(number, None)
        if not prefixes:
            del table[length_bits]
        if not table:
            del self._tables[len(address), event.source]

    def lookup(self, destination: Address, source: Address | None = None) -> Route | None:
        """The route of data from `source` to `destination`."""
        if source is not None:
            exact = self._longest((len(destination), source), destination)
            if exact is not None:
                return exact
        return self._longest((len(destination), None), destination)

    def _longest(self, key: tuple[int, Address | None], destination: Address) -> Route | None:
        table = self._tables.get(key)
        if table is None:
            return None
        number, address_bits = int.from_bytes(destination), 8 * len(destination)
        for length_bits, prefixes in table.items():
            route = prefixes.get(number >> address_bits - length_bits)
            if route is not None:
                return route
        return None


def covers(prefix: tuple[Address, int], address: Address) -> bool:
    """Whether the prefix holds the address."""
    network, length_bits = prefix
    return len(network) == len(address) and _prefix(network, length_bits) == _prefix(
        address, length_bits
    )


def _prefix(address: Address, length_bits: int) -> int:
    return int.from_bytes(address) >> (8 * len(address) - length_bits)
