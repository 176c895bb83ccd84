"""Routes, trees and links from wherever they come, and what follows for the engine and the switch.

Pure but for the `Forwarding` that it owns the routes of. A destination may be in the file and in
the kernel; the file's counts. A link's own prefix is nobody else's to route. What leads out of an
interface that is down does not count, and counts again when that comes up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple, TypeAlias, TypeVar

from p4rsvp.daemon.forwarding import DISCARD, Forwarding, Way, Wish, own_routes
from p4rsvp.daemon.router import RouterConfig, StaticRoute
from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.engine.events import Event, InterfaceChanged, Prefix, Route, RouteChanged
from p4rsvp.target import static
from p4rsvp.target.cells import PrefixEntry
from p4rsvp.target.interface import Interface
from p4rsvp.wire.address import Address


class Source(IntEnum):
    """Who says so; of several the lowest counts."""

    FILE = 0
    KERNEL = 1


class Tree(NamedTuple):
    """Where a group comes from (None: anywhere) and goes to."""

    incoming: int | None
    outgoing: tuple[int, ...]


TreeKey: TypeAlias = tuple[Address, Address | None]
_Key = TypeVar("_Key", Prefix, TreeKey)
_Value = TypeVar("_Value", Way, Tree)


@dataclass(slots=True)
class Update:
    """What a change asks for: of the switch first, then of the engine."""

    wishes: list[Wish] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class Rib:
    """All routes of a router."""

    def __init__(self, config: RouterConfig, forwarding: Forwarding) -> None:
        self._config = config
        self._forwarding = forwarding
        self._has_begun = False  # the switch's own state has been read and adopted
        self._routes: dict[Prefix, dict[Source, Way]] = {}
        self._told: dict[Prefix, Way] = {}
        self._trees: dict[TreeKey, dict[Source, Tree]] = {}
        self._told_trees: dict[TreeKey, Tree] = {}
        self._numbers: dict[TreeKey, int] = {}
        # Where hosts listen to a group, and to which source of it.
        self.listening: Callable[[Address, Address | None], tuple[int, ...]] = lambda *_: ()
        self._engine = {one.id: one for one in config.node.interfaces}
        self.links = dict(config.interfaces)  # those that are up
        self._connected = self._own_prefixes()

    def start(self) -> Update:
        """What the file says, before anything is heard."""
        update = Update(events=list(self._forwarding.own_routes()))
        for route in self._config.routes:
            self._set_route(update, Source.FILE, route.destination, _way(route))
        for tree in self._config.multicast_routes:
            self._set_tree(update, Source.FILE, *_tree(tree))
        return update

    def begin(self) -> Iterator[Wish]:
        """What of it the switch is to hold, once `Forwarding` has adopted what it holds."""
        self._has_begun = True
        yield from self._forwarding.begin()
        for destination, way in self._told.items():
            yield from self._forwarding.add(destination, way)

    def reload(self, config: RouterConfig) -> Update:
        """The file says something else now."""
        update = Update()
        old, self._config = self._config, config
        for one in config.node.interfaces:
            if self._engine.get(one.id) != one:
                self._engine[one.id] = one
                if one.id in self.links:
                    update.events.append(self._changed(one.id))
        routes = {one.destination: one for one in config.routes}
        for gone in {one.destination: None for one in old.routes}.keys() - routes.keys():
            self._set_route(update, Source.FILE, gone, None)
        for route in routes.values():
            self._set_route(update, Source.FILE, route.destination, _way(route))
        trees = dict(map(_tree, config.multicast_routes))
        for key in dict(map(_tree, old.multicast_routes)).keys() - trees.keys():
            self._set_tree(update, Source.FILE, key, None)
        for key, tree in trees.items():
            self._set_tree(update, Source.FILE, key, tree)
        return update

    def set_route(self, destination: Prefix, way: Way | None) -> Update:
        """The kernel has a route, or (None) has it no more."""
        update = Update()
        self._set_route(update, Source.KERNEL, destination, way)
        return update

    def set_tree(self, group: Address, source: Address | None, tree: Tree | None) -> Update:
        """The same for multicast."""
        update = Update()
        self._set_tree(update, Source.KERNEL, (group, source), tree)
        return update

    def listeners_changed(self, groups: Collection[Address]) -> Update:
        """Hosts have joined groups, or left them."""
        update = Update()
        for key in list(self._trees):
            if key[0] in groups:
                self._tell_tree(update, key)
        return update

    def set_link(self, number: int, networks: Iterable[Prefix] | None) -> Update:
        """A link is up with these addresses, or (None) down."""
        update = Update()
        before = self.links.pop(number, None)
        now = None
        if networks is not None:
            now = replace(self._config.interfaces[number], networks=tuple(networks))
            self.links[number] = now
        if now == before:
            return update
        self._connected = self._own_prefixes()
        if before is not None:
            self._leave(update, before, now)
        if now is not None:
            self._enter(update, now)
        update.events.append(self._changed(number))
        self._tell_by(update, number)
        return update

    # --- links ---

    def _leave(self, update: Update, before: Interface, now: Interface | None) -> None:
        if self._has_begun:
            update.wishes += self._forwarding.detach(before.number)
        kept = static.address_cells(now) if now else {}
        update.wishes += [(cell, None) for cell in static.address_cells(before) if cell not in kept]
        own = {one.destination for one in own_routes(now)} if now else set()
        update.events += [
            RouteChanged(one.destination, None)
            for one in own_routes(before)
            if one.destination not in own
        ]

    def _enter(self, update: Update, now: Interface) -> None:
        if self._has_begun:
            update.wishes += self._forwarding.attach(now)
        update.wishes += static.address_cells(now).items()
        update.events += own_routes(now)

    def _changed(self, number: int) -> InterfaceChanged:
        """What the engine is told of an interface."""
        link = self.links.get(number)
        if link is None:
            return InterfaceChanged(number, None)
        addresses = tuple(network.address for network in link.networks)
        return InterfaceChanged(number, replace(self._engine[number], addresses=addresses))

    def engine_interface(self, number: int) -> InterfaceConfig | None:
        """An interface as the engine has it."""
        return self._changed(number).config

    def _own_prefixes(self) -> set[PrefixEntry]:
        networks = (network for link in self.links.values() for network in link.networks)
        return {static.route_cell(network) for network in networks}

    def _tell_by(self, update: Update, number: int) -> None:
        """What may count again, or not any more, now that a link has changed."""
        for destination, sources in list(self._routes.items()):
            if any(way.interface == number for way in sources.values()):
                self._tell_route(update, destination)
        for key, trees in list(self._trees.items()):
            if any(number in tree.outgoing for tree in trees.values()):
                self._tell_tree(update, key)

    # --- routes ---

    def _set_route(
        self, update: Update, source: Source, destination: Prefix, way: Way | None
    ) -> None:
        _keep(self._routes, destination, source, way)
        self._tell_route(update, destination)

    def _tell_route(self, update: Update, destination: Prefix) -> None:
        now, before = self._best(destination), self._told.get(destination)
        if now == before:
            return
        if now is None:
            del self._told[destination]
            route = None
        else:
            self._told[destination] = now
            route = Route(() if now == DISCARD else (now.interface,))
        update.events.append(RouteChanged(destination, route))
        if self._has_begun:
            change = self._forwarding
            update.wishes += change.add(destination, now) if now else change.remove(destination)

    def _best(self, destination: Prefix) -> Way | None:
        if static.route_cell(destination) in self._connected:
            return None
        sources = self._routes.get(destination, {})
        usable = (
            sources[source]
            for source in sorted(sources)
            if sources[source] == DISCARD or sources[source].interface in self.links
        )
        return next(usable, None)

    # --- trees ---

    def _set_tree(self, update: Update, source: Source, key: TreeKey, tree: Tree | None) -> None:
        _keep(self._trees, key, source, tree)
        self._tell_tree(update, key)

    def _tell_tree(self, update: Update, key: TreeKey) -> None:
        now, before = self._best_tree(key), self._told_trees.get(key)
        if now == before:
            return
        group, source = key
        old = self._tree_cells(key, before) if before else {}
        if now is None:
            del self._told_trees[key]
            cells: static.Cells = {}
            del self._numbers[key]
        else:
            self._told_trees[key] = now
            cells = self._tree_cells(key, now)
        update.wishes += [(cell, None) for cell in old if cell not in cells]
        update.wishes += cells.items()
        route = Route(now.outgoing, now.incoming) if now else None
        update.events.append(RouteChanged(Prefix(group, 8 * len(group)), route, source))

    def _best_tree(self, key: TreeKey) -> Tree | None:
        sources = self._trees.get(key)
        if not sources:
            return None
        tree = sources[min(sources)]
        wanted = dict.fromkeys((*tree.outgoing, *self.listening(*key)))
        outgoing = tuple(n for n in wanted if n in self.links and n != tree.incoming)
        return Tree(tree.incoming, outgoing) if outgoing else None

    def _tree_cells(self, key: TreeKey, tree: Tree) -> static.Cells:
        if key not in self._numbers:
            taken = set(self._numbers.values())
            self._numbers[key] = next(n for n in range(len(taken) + 1) if n not in taken)
        members = [self._config.interfaces[number] for number in tree.outgoing]
        return static.tree_cells(self._numbers[key], *key, tree.incoming, members)


def _way(route: StaticRoute) -> Way:
    return Way(route.interface, route.via)


def _tree(event: RouteChanged) -> tuple[TreeKey, Tree]:
    assert event.route is not None, "the file withdraws nothing"
    key = event.destination.address, event.source
    return key, Tree(event.route.incoming, event.route.outgoing)


def _keep(
    table: dict[_Key, dict[Source, _Value]], key: _Key, source: Source, value: _Value | None
) -> None:
    """Note what a source says of a key; None: nothing any more."""
    sources = table.setdefault(key, {})
    if value is None:
        sources.pop(source, None)
    else:
        sources[source] = value
    if not sources:
        del table[key]
