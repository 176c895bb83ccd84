"""Routes from the topology, by shortest paths: what an IGP and multicast routing come to.

Unicast: towards every machine, one next hop. Multicast: source trees, of which each router knows
the interface that data comes in by, and those that lead to members. A segment has one forwarder for
each tree, so that a LAN gets one copy.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

from p4rsvp.engine.events import Route
from p4rsvp.sim.topology import Attachment, Kind, Segment, Topology


class Step(NamedTuple):
    """How a machine reaches the root of a tree: by which interface, to which neighbour."""

    interface: int
    neighbour: Attachment


Tree = dict[str, Step]


def tree(topology: Topology, root: str) -> Tree:
    """Shortest paths from every machine to the root; ties go to the name that sorts first."""
    steps: Tree = {}
    distances = {root: 0}
    queue: list[tuple[int, str]] = [(0, root)]
    taken: set[str] = set()
    while queue:
        distance, machine = heappop(queue)
        if distance > distances[machine]:
            continue
        if machine != root and topology.kinds[machine] is Kind.HOST:
            continue  # hosts do not forward
        for interface, segment in topology.places[machine].items():
            if segment.name in taken:
                continue
            taken.add(segment.name)  # this machine is its forwarder
            beyond = distance + topology.metrics[segment.name]
            for other in _others(segment, machine):
                if beyond < distances.get(other.machine, beyond + 1):
                    distances[other.machine] = beyond
                    steps[other.machine] = Step(other.interface, Attachment(machine, interface))
                    heappush(queue, (beyond, other.machine))
    return steps


def _others(segment: Segment, machine: str) -> list[Attachment]:
    return [a for a in segment.attachments if a.machine != machine]


def unicast(topology: Topology) -> dict[str, Tree]:
    """For each destination, how every other machine reaches it."""
    return {name: tree(topology, name) for name in topology.kinds}


def multicast(from_source: Tree, source: str, members: set[str]) -> dict[str, Route]:
    """The routes of one source's data to one group, by machine."""
    outgoing: dict[str, set[int]] = {name: set() for name in [source, *from_source]}
    for member in members:
        here = member
        while here != source and here in from_source:
            step = from_source[here]
            outgoing[step.neighbour.machine].add(step.neighbour.interface)
            here = step.neighbour.machine
    return {
        name: Route(
            tuple(sorted(interfaces)),
            None if name == source else from_source[name].interface,
            local=name in members,
        )
        for name, interfaces in outgoing.items()
    }
