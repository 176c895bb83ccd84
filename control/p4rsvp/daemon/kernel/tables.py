"""What the kernel's tables come to for our interfaces: facts in, changes out; pure.

Of the routes to a destination, the one with the lowest metric that can be used counts. A way can be
used if its device is one of our interfaces and its link is up. Of several such ways (ECMP) one is
chosen by rendezvous hashing: RSVP and the data have to take the same way, so a destination has one;
the choice depends on destination and ways only, so that it survives a restart, spreads over the
ways, and a way that goes moves only the destinations that it had. Weights are not looked at.

The kernel is silent where IPv4 routes vanish with a link or an address, so `must_read` then asks
for another reading of everything, as it does where a message does not fit what we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias
from zlib import crc32

from p4rsvp.daemon.forwarding import DISCARD, Way
from p4rsvp.daemon.kernel.facts import (
    Fact,
    Hop,
    KernelNeighbour,
    KernelRoute,
    KernelTree,
    Link,
    LinkAddress,
    Place,
)
from p4rsvp.engine.events import Prefix
from p4rsvp.wire.address import Address

# linux/rtnetlink.h: ICMP redirects are for hosts; the kernel's own routes follow from addresses.
_NEVER_FOLLOWED: Final = frozenset({1, 2})
MULTICAST_TABLE: Final = 253  # RT_TABLE_DEFAULT, where the kernel keeps its multicast cache

TreeKey: TypeAlias = tuple[Address, Address | None]


class RouteIs(NamedTuple):
    """The way to a destination now is this; None: there is none."""

    destination: Prefix
    way: Way | None


class TreeIs(NamedTuple):
    """A group now leaves by these interfaces; none: by no one's."""

    group: Address
    source: Address | None
    incoming: int | None
    outgoing: tuple[int, ...]


class LinkIs(NamedTuple):
    """An interface now is up or down, and has these addresses."""

    number: int
    is_up: bool
    networks: tuple[Prefix, ...]


class NeighbourIs(NamedTuple):
    """A neighbour has this link address."""

    number: int
    address: Address
    mac: bytes


Change: TypeAlias = LinkIs | RouteIs | TreeIs | NeighbourIs


@dataclass(frozen=True, slots=True)
class Rule:
    """Which of the kernel's routes count."""

    table: int
    protocols: frozenset[int] = frozenset()  # none: all that may be followed

    def takes(self, route: KernelRoute) -> bool:
        """Whether a route counts."""
        if route.table != self.table or route.protocol in _NEVER_FOLLOWED:
            return False
        return not self.protocols or route.protocol in self.protocols


@dataclass(slots=True)
class _Tables:
    """What the kernel holds, by its own numbers."""

    links: dict[int, Link] = field(default_factory=dict)
    addresses: dict[int, dict[Prefix, None]] = field(default_factory=dict)
    # destination -> metric -> the ways of each route, in the kernel's order
    routes: dict[Prefix, dict[int, list[tuple[Hop, ...]]]] = field(default_factory=dict)
    trees: dict[TreeKey, KernelTree] = field(default_factory=dict)


class KernelTables:
    """The kernel's tables, and what has been told of them."""

    def __init__(self, devices: Mapping[str, int], rule: Rule) -> None:
        """Follow the tables for these interfaces: names of devices -> our numbers."""
        self.must_read = True
        self._devices = devices
        self._rule = rule
        self._tables = _Tables()
        self._told_links: dict[int, LinkIs] = {}
        self._told_routes: dict[Prefix, Way] = {}
        self._told_trees: dict[TreeKey, TreeIs] = {}

    def replace(self, facts: Iterable[Fact]) -> list[Change]:
        """All has been read: this is what there is, and nothing else."""
        self.must_read = False
        self._tables = _Tables()
        neighbours: list[KernelNeighbour] = []
        for fact in facts:
            if isinstance(fact, KernelNeighbour):
                neighbours.append(fact)
            self._take(fact)
        return [*self._differences(), *self._neighbours(neighbours)]

    def take(self, facts: Iterable[Fact]) -> list[Change]:
        """Something has changed."""
        destinations: dict[Prefix, None] = {}
        neighbours: list[KernelNeighbour] = []
        links, trees = False, False
        for fact in facts:
            match fact:
                case KernelNeighbour():
                    neighbours.append(fact)
                case KernelRoute():
                    destinations[fact.destination] = None
                case KernelTree():
                    trees = True
                case Link() | LinkAddress():
                    links |= self._is_ours(fact)
            self._take(fact)
        if links:
            return [*self._differences(), *self._neighbours(neighbours)]
        told_trees = self._trees() if trees else ()
        return [*self._routes(destinations), *told_trees, *self._neighbours(neighbours)]

    def _is_ours(self, fact: Link | LinkAddress) -> bool:
        """Whether it concerns one of our interfaces, under its present name or its last."""
        known = self._tables.links.get(fact.device_index)
        names = {known.device if known else "", fact.device if isinstance(fact, Link) else ""}
        return not names.isdisjoint(self._devices)

    # --- what there is ---

    def _take(self, fact: Fact) -> None:
        match fact:
            case Link():
                self._take_link(fact)
            case LinkAddress():
                self._take_address(fact)
            case KernelRoute():
                if self._rule.takes(fact):
                    self._take_route(fact)
            case KernelTree():
                self._take_tree(fact)

    def _take_link(self, link: Link) -> None:
        before = self._tables.links.pop(link.device_index, None)
        if before is not None and before.is_up and (link.is_gone or not link.is_up):
            self.must_read = True
        if not link.is_gone:
            self._tables.links[link.device_index] = link

    def _take_address(self, one: LinkAddress) -> None:
        addresses = self._tables.addresses.setdefault(one.device_index, {})
        if not one.is_gone:
            addresses[one.network] = None
        elif addresses.pop(one.network, self) is None:
            self.must_read = True

    def _take_route(self, route: KernelRoute) -> None:
        metrics = self._tables.routes.setdefault(route.destination, {})
        known = metrics.get(route.metric, [])
        if len(route.destination.address) == 4:
            known = self._changed(known, route)
        else:
            known = self._changed_ipv6(known, route)
        if known:
            metrics[route.metric] = known
        else:
            metrics.pop(route.metric, None)
        if not metrics:
            del self._tables.routes[route.destination]

    def _changed(self, known: list[tuple[Hop, ...]], route: KernelRoute) -> list[tuple[Hop, ...]]:
        """IPv4: routes of one destination and metric are a list, of which the first is used."""
        if route.is_gone:
            if route.hops not in known:
                self.must_read = True
                return known
            place = known.index(route.hops)
            return known[:place] + known[place + 1 :]
        if route.place is Place.LAST:
            return [*known, route.hops]
        return [route.hops, *known[route.place is Place.INSTEAD :]]

    def _changed_ipv6(
        self, known: list[tuple[Hop, ...]], route: KernelRoute
    ) -> list[tuple[Hop, ...]]:
        """IPv6: what is new is told with all its ways, what goes way by way."""
        if route.is_gone:
            gone = set(route.hops)
            left = [tuple(hop for hop in hops if hop not in gone) for hops in known if hops]
            left = [hops for hops in left if hops]
            if gone and left == known:
                self.must_read = True
            return left
        if route.place is Place.INSTEAD:
            return [route.hops]
        more = set(route.hops)
        return [*(hops for hops in known if not more.issuperset(hops)), route.hops]

    def _take_tree(self, tree: KernelTree) -> None:
        if tree.table not in {MULTICAST_TABLE, self._rule.table}:
            return
        if tree.is_gone:
            self._tables.trees.pop((tree.group, tree.source), None)
        else:
            self._tables.trees[tree.group, tree.source] = tree

    # --- what it comes to ---

    def _differences(self) -> Iterator[Change]:
        """All that is not as it was told last; links that go down come last, others first."""
        links = list(self._links())
        yield from (one for one in links if one.is_up)
        yield from self._routes({**self._told_routes, **self._tables.routes})
        yield from self._trees()
        yield from (one for one in links if not one.is_up)

    def _links(self) -> Iterator[LinkIs]:
        """An interface whose device is not there is down."""
        indices = {one.device: one for one in self._tables.links.values()}
        for device, number in self._devices.items():
            link = indices.get(device)
            networks = self._tables.addresses.get(link.device_index, {}) if link else {}
            now = LinkIs(number, link is not None and link.is_up, tuple(sorted(networks)))
            if self._told_links.get(number) != now:
                self._told_links[number] = now
                yield now

    def _routes(self, destinations: Iterable[Prefix]) -> Iterator[RouteIs]:
        for destination in destinations:
            way = self._way(destination)
            if way == self._told_routes.get(destination):
                continue
            if way is None:
                del self._told_routes[destination]
            else:
                self._told_routes[destination] = way
            yield RouteIs(destination, way)

    def _way(self, destination: Prefix) -> Way | None:
        metrics = self._tables.routes.get(destination, {})
        for metric in sorted(metrics):
            for hops in metrics[metric]:
                if not hops:
                    return DISCARD
                ways = [way for hop in hops if (way := self._usable(hop)) is not None]
                if ways:
                    return chosen(destination, ways)
        return None

    def _usable(self, hop: Hop) -> Way | None:
        number = self._number(hop.device_index)
        return None if number is None else Way(number, hop.via)

    def _number(self, index: int | None) -> int | None:
        """Which of our interfaces a device is, if its link is up."""
        link = None if index is None else self._tables.links.get(index)
        return self._devices.get(link.device) if link is not None and link.is_up else None

    def _trees(self) -> Iterator[TreeIs]:
        for key in {**self._told_trees, **self._tables.trees}:
            now = self._tree(key)
            if now == self._told_trees.get(key, TreeIs(*key, None, ())):
                continue
            if now.outgoing:
                self._told_trees[key] = now
            else:
                del self._told_trees[key]
            yield now

    def _tree(self, key: TreeKey) -> TreeIs:
        tree = self._tables.trees.get(key)
        incoming = self._number(tree.incoming) if tree else None
        numbers = {self._number(index) for index in tree.outgoing} if tree else set()
        outgoing = tuple(sorted(number for number in numbers if number is not None))
        # A group that comes in by a device that is none of ours is none of ours.
        if tree is None or (tree.incoming is not None and incoming is None) or not outgoing:
            return TreeIs(*key, None, ())
        return TreeIs(*key, incoming, outgoing)

    def _neighbours(self, facts: Iterable[KernelNeighbour]) -> Iterator[NeighbourIs]:
        for fact in facts:
            number = self._number(fact.device_index)
            if number is not None:
                yield NeighbourIs(number, fact.address, fact.mac)


def chosen(destination: Prefix, ways: Iterable[Way]) -> Way:
    """The way that a destination takes, of several (highest random weight)."""
    address, length_bits = destination
    key = address + length_bits.to_bytes(2)

    def weight(way: Way) -> tuple[int, int, bytes]:
        via = way.via or b""
        return crc32(key + way.interface.to_bytes(4) + via), way.interface, via

    return max(ways, key=weight)
