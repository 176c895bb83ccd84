"""Routes and next hops, as the engine, the switch and our own packets need them: pure.

What is on a link is resolved one address at a time: the link's prefix leads to the next hop
`RESOLVE`, which gives packets to us, and each neighbour that is found gets a route and a next hop
of its own. A route by a neighbour leads to that neighbour's next hop, found or not.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from p4rsvp.daemon.neighbours import Neighbour
from p4rsvp.engine.events import Prefix, Route, RouteChanged
from p4rsvp.engine.routes import covers
from p4rsvp.target import static
from p4rsvp.target.cells import Action, Cell, Content, PrefixEntry, State
from p4rsvp.target.interface import Interface
from p4rsvp.wire.address import Address

_VERSIONS = {4: 4, 16: 6}  # by the bytes of an address
RESOLVE = 1  # the next hop of whoever has not been found
NEXT_HOPS = 16_383  # docs/dataplane.md, Sizes

Wish = tuple[Cell, Content | None]


class Way(NamedTuple):
    """Where a packet goes: out of an interface, to a neighbour or (None) to its destination."""

    interface: int
    via: Address | None


# The way of what a route discards: by no interface, since they are numbered from 1.
DISCARD = Way(0, None)


class Forwarding:
    """The unicast routes of a router."""

    def __init__(self, interfaces: Iterable[Interface]) -> None:
        self._interfaces = {one.number: one for one in interfaces}
        # By version and prefix length: prefix as a number -> way; and the same, longest first.
        self._routes: dict[tuple[int, int], dict[int, Way]] = {}
        self._by_length: dict[int, list[tuple[int, dict[int, Way]]]] = {4: [], 6: []}
        self._gateways: dict[Neighbour, int] = {}  # how many routes go by a neighbour
        self._found: dict[Neighbour, bytes] = {}
        self._numbers: dict[Neighbour, int] = {}
        self._free: list[int] = []
        self._used = RESOLVE

    def adopt(self, actual: State) -> Iterator[tuple[Neighbour, bytes]]:
        """Know again whom a switch can reach already, before anything else; tells them."""
        for cell, content in actual.items():
            if not isinstance(cell, PrefixEntry) or not isinstance(content, Action):
                continue
            size = cell.length_bits // 8
            if content.name != "route" or cell.table != f"ipv{_VERSIONS.get(size)}_routes":
                continue
            (number,) = content.parameters
            reach = actual.get(static.next_hop_cell(number))
            if not isinstance(reach, Action) or reach.name != "reach":
                continue
            interface, mac = reach.parameters
            neighbour = Neighbour(interface, Address(cell.address.to_bytes(size)))
            if interface in self._interfaces and self.on_link(interface, neighbour.address):
                self._numbers[neighbour] = number
                self._found[neighbour] = mac.to_bytes(6)
                yield neighbour, mac.to_bytes(6)
        taken = set(self._numbers.values())
        self._used = max(taken, default=RESOLVE)
        self._free = [one for one in range(RESOLVE + 1, self._used) if one not in taken]

    def begin(self) -> Iterator[Wish]:
        """What stands before there is any route: the links themselves."""
        yield static.next_hop_cell(RESOLVE), static.RESOLVE
        for interface in self._interfaces.values():
            yield from self._attach(interface)
        for neighbour, mac in self._found.items():
            yield from self.found(neighbour, mac)

    def _attach(self, interface: Interface) -> Iterator[Wish]:
        for network in interface.networks:
            self._table(network)[_number(network)] = Way(interface.number, None)
            yield static.route_cell(network), static.route(RESOLVE)

    def attach(self, interface: Interface) -> Iterator[Wish]:
        """A link comes up, with these addresses."""
        self._interfaces[interface.number] = interface
        yield from self._attach(interface)

    def detach(self, number: int) -> Iterator[Wish]:
        """A link goes; whose neighbours have been lost before."""
        interface = self._interfaces.pop(number)
        for network in interface.networks:
            table = self._table(network)
            if table.get(_number(network)) == Way(number, None):
                del table[_number(network)]
                yield static.route_cell(network), None

    def own_routes(self) -> Iterator[RouteChanged]:
        """What the engine is told of the links and of our addresses."""
        for interface in self._interfaces.values():
            yield from own_routes(interface)

    def add(self, destination: Prefix, way: Way) -> Iterator[Wish]:
        """A route, in the place of what was there."""
        yield from self._leave(self._table(destination).get(_number(destination)))
        self._table(destination)[_number(destination)] = way
        if way == DISCARD:
            yield static.route_cell(destination), static.DISCARD
            return
        number = RESOLVE
        if way.via is not None:
            gateway = Neighbour(way.interface, way.via)
            self._gateways[gateway] = self._gateways.get(gateway, 0) + 1
            number, wishes = self._next_hop(gateway)
            yield from wishes
        yield static.route_cell(destination), static.route(number)

    def remove(self, destination: Prefix) -> Iterator[Wish]:
        """No such route any more."""
        way = self._table(destination).pop(_number(destination), None)
        if way is not None:
            yield static.route_cell(destination), None
            yield from self._leave(way)

    def gateways(self) -> Iterable[Neighbour]:
        """Neighbours that routes go by."""
        return self._gateways.keys()

    def found(self, neighbour: Neighbour, mac: bytes) -> Iterator[Wish]:
        """A neighbour has been found, or has moved."""
        self._found[neighbour] = mac
        number, wishes = self._next_hop(neighbour)
        yield from wishes
        if number != RESOLVE:
            yield static.next_hop_cell(number), static.reach(neighbour.interface, mac)
            if not neighbour.address.is_link_local:  # which may be on several links
                yield static.host_cell(neighbour.address), static.route(number)

    def lost(self, neighbour: Neighbour) -> Iterator[Wish]:
        """A neighbour answers no more."""
        if self._found.pop(neighbour, None) is None:
            return
        if not neighbour.address.is_link_local:
            yield static.host_cell(neighbour.address), None
        if neighbour in self._gateways:
            yield static.next_hop_cell(self._numbers[neighbour]), static.RESOLVE
        else:
            yield from self._release(neighbour)

    def on_link(self, interface: int, address: Address) -> bool:
        """Whether an address belongs to the link of an interface, and is not ours."""
        if address.is_link_local:
            return True
        networks = self._interfaces[interface].networks
        return any(covers(one, address) and one.address != address for one in networks)

    def way_of(self, destination: Address) -> Way | None:
        """The way of a packet of our own, or of one that the switch could not resolve."""
        bits, number = 8 * len(destination), int.from_bytes(destination)
        for length, table in self._by_length[destination.version]:
            way = table.get(number >> bits - length)
            if way is not None:
                return way
        return None

    def next_hop(self, interface: int, destination: Address) -> Neighbour:
        """Who is to get a packet of ours that leaves by this interface."""
        way = None if self.on_link(interface, destination) else self.way_of(destination)
        if way is None or way.via is None or way.interface != interface:
            return Neighbour(interface, destination)
        return Neighbour(interface, way.via)

    def _table(self, prefix: Prefix) -> dict[int, Way]:
        key = version, length_bits = prefix.address.version, prefix.length_bits
        table = self._routes.get(key)
        if table is None:
            table = self._routes[key] = {}
            insort(self._by_length[version], (length_bits, table), key=lambda one: -one[0])
        return table

    def _leave(self, way: Way | None) -> Iterator[Wish]:
        """A route does not go by its neighbour any more."""
        if way is None or way.via is None:
            return
        gateway = Neighbour(way.interface, way.via)
        self._gateways[gateway] -= 1
        if not self._gateways[gateway]:
            del self._gateways[gateway]
            if gateway not in self._found:
                yield from self._release(gateway)

    def _next_hop(self, neighbour: Neighbour) -> tuple[int, list[Wish]]:
        """The number of a neighbour's next hop, and what is to be written for a new one."""
        known = self._numbers.get(neighbour)
        if known is not None:
            return known, []
        if not self._free and self._used == NEXT_HOPS:
            return RESOLVE, []  # packets come to us, and we send them on
        if self._free:
            number = self._free.pop()
        else:
            self._used += 1
            number = self._used
        self._numbers[neighbour] = number
        return number, [(static.next_hop_cell(number), static.RESOLVE)]

    def _release(self, neighbour: Neighbour) -> Iterator[Wish]:
        number = self._numbers.pop(neighbour, None)
        if number is not None:
            self._free.append(number)
            yield static.next_hop_cell(number), None


def own_routes(interface: Interface) -> Iterator[RouteChanged]:
    """What the engine is told of a link and of our addresses on it."""
    for network in interface.networks:
        yield RouteChanged(network, Route((interface.number,)))
        host = Prefix(network.address, 8 * len(network.address))
        yield RouteChanged(host, Route((), local=True))


def _number(prefix: Prefix) -> int:
    address, length_bits = prefix
    return int.from_bytes(address) >> 8 * len(address) - length_bits
