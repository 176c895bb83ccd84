"""Which way packets go in a lab: the routes of every router's file, by shortest paths.

Unicast routes lead to every link's network; multicast routes are source trees from each sender of a
group to its members. A link that is down takes no part, and a metric makes one longer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from p4rsvp.engine.events import Prefix, Route
from p4rsvp.lab.topology import Group, Kind, Topology
from p4rsvp.sim import routing
from p4rsvp.sim import topology as graph
from p4rsvp.wire.address import Address


@dataclass(frozen=True, slots=True)
class Way:
    """A unicast route of one router."""

    destination: Prefix  # a link's network
    interface: int
    via: Address


@dataclass(frozen=True, slots=True)
class Tree:
    """A multicast route of one router."""

    group: Address
    source: Address
    incoming: int
    outgoing: tuple[int, ...]


@dataclass(slots=True)
class RouterRoutes:
    """All routes of one router, but those of its own links."""

    ways: list[Way] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)


def routes(
    topology: Topology, *, down: Collection[str] = (), metrics: Mapping[str, int] | None = None
) -> dict[str, RouterRoutes]:
    """The routes of every router; links are named as the topology names them."""
    machines = _graph(topology, down, metrics or {})
    found = {name: RouterRoutes() for name in topology.routers}
    for link in topology.links.values():
        if link.name not in down:
            _to_network(topology, machines, link.name, found)
    for group in topology.groups:
        for sender in group.senders:
            _tree(topology, machines, group, sender, found)
    return found


def _graph(topology: Topology, down: Collection[str], metrics: Mapping[str, int]) -> graph.Topology:
    kinds = {Kind.HOST: graph.Kind.HOST, Kind.ROUTER: graph.Kind.ROUTER}
    made = graph.Topology()
    for name, kind in topology.kinds.items():
        made.add_machine(name, kinds[kind])
    for link in topology.links.values():
        ends = tuple(graph.Attachment(end.node, end.number) for end in link.ends)
        segment = graph.Segment(link.name, ends)
        made.metrics[link.name] = metrics.get(link.name, 1)
        if link.name not in down:
            for end in ends:
                made.places[end.machine][end.interface] = segment
    return made


def _to_network(
    topology: Topology, machines: graph.Topology, name: str, found: dict[str, RouterRoutes]
) -> None:
    """Routes to a link: towards whichever of its ends is nearer."""
    link = topology.links[name]
    towards = {end.node: routing.tree(machines, end.node) for end in link.ends}
    for router in topology.routers:
        steps = [(_distance(machines, tree, router), tree.get(router)) for tree in towards.values()]
        if router in towards:
            continue  # on the link itself
        known = [(distance, step) for distance, step in steps if step is not None]
        if not known:
            continue
        _, step = min(known, key=lambda one: one[0])
        neighbour = topology.places(step.neighbour.machine)[step.neighbour.interface - 1].end
        for network in link.ends[0].addresses:
            prefix = _network(network)
            via = neighbour.address(network.address.version)
            found[router].ways.append(Way(prefix, step.interface, via))


def _distance(machines: graph.Topology, tree: routing.Tree, node: str) -> int:
    """How far a node is from the root of a tree."""
    total = 0
    while node in tree:
        step = tree[node]
        total += machines.metrics[machines.places[node][step.interface].name]
        node = step.neighbour.machine
    return total


def _network(inside: Prefix) -> Prefix:
    """The network of an address in it."""
    address, length_bits = inside
    free_bits = 8 * len(address) - length_bits
    number = int.from_bytes(address) >> free_bits << free_bits
    return Prefix(Address(number.to_bytes(len(address))), length_bits)


def _tree(
    topology: Topology,
    machines: graph.Topology,
    group: Group,
    sender: str,
    found: dict[str, RouterRoutes],
) -> None:
    members = set(group.members) - {sender}
    made: dict[str, Route] = routing.multicast(routing.tree(machines, sender), sender, members)
    source = topology.address(sender, group.address.version)
    for router in topology.routers:
        route = made.get(router)
        if route is not None and route.outgoing and route.incoming is not None:
            found[router].trees.append(Tree(group.address, source, route.incoming, route.outgoing))
