"""Addresses, routes and rates of a network, from its links. Pure: it sees names and numbers only.

Link n of the network, which Mininet sorts by name, is 10.0.n.0/24; its ends are .1 and .2, a router
before a host, else in the order in which the link names them. Routes are the shortest paths, by the
number of links.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

DEFAULT_RATE_BITS_PER_S = 1e9


@dataclass(frozen=True)
class End:
    """An interface."""

    node: str
    device: str
    port: int
    mac: str
    address: str


@dataclass(frozen=True)
class Wire:
    """A link, as its two ends see it."""

    network: str
    rate_bits_per_s: float
    ends: tuple[End, End]

    def near(self, node: str) -> End:
        """The end at a node."""
        return self.ends[0] if self.ends[0].node == node else self.ends[1]

    def far(self, node: str) -> End:
        """The other one."""
        return self.ends[1] if self.ends[0].node == node else self.ends[0]


def of_node(wires: list[Wire], node: str) -> list[Wire]:
    """The links of a node."""
    return [wire for wire in wires if node in {end.node for end in wire.ends}]


def routes(wires: list[Wire], routers: set[str], router: str) -> dict[str, Wire]:
    """For each network that is not on a link of this router: the link towards it."""
    first: dict[str, Wire] = {}
    waiting: deque[tuple[str, Wire]] = deque()
    seen = {router}
    own = of_node(wires, router)
    for wire in own:
        waiting.append((wire.far(router).node, wire))
    while waiting:
        node, way = waiting.popleft()
        if node in seen or node not in routers:
            continue
        seen.add(node)
        for wire in of_node(wires, node):
            if wire not in own:
                first.setdefault(wire.network, way)
            waiting.append((wire.far(node).node, way))
    return first
