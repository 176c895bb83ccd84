"""What the data plane holds whether anything is reserved or not, as cells: pure functions.

Interfaces, verdicts, punt limits, own addresses, next hops, routes and groups (docs/dataplane.md).
How packets leave by an interface is the planner's, since the shapes of its filters stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from p4rsvp.engine.events import Prefix
from p4rsvp.target.cells import (
    Action,
    Buckets,
    Cell,
    Content,
    Entry,
    MeterCell,
    PrefixEntry,
    Replicas,
    ReplicationList,
)
from p4rsvp.target.interface import Interface
from p4rsvp.target.numbers import (
    QUEUE_BEST_EFFORT,
    QUEUE_NETWORK_CONTROL,
    REPLICATION_PORT,
    Colour,
    PuntKind,
    ServiceClass,
    punt_meter_cell,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.encap import GROUP_V4, GROUP_V6

Cells: TypeAlias = dict[Cell, Content]

DELIVER = Action("deliver")
RESOLVE = Action("resolve")
DISCARD = Action("discard")

# RFC 2815's numbers for the classes, which a VLAN tag carries as its priority.
QUEUES = {
    ServiceClass.BEST_EFFORT: QUEUE_BEST_EFFORT,
    ServiceClass.CONTROLLED_LOAD: 4,
    ServiceClass.GUARANTEED: 5,
    ServiceClass.NETWORK_CONTROL: QUEUE_NETWORK_CONTROL,
}

_SHORTEST_BURST = 10  # packets: what one neighbour may well say at once
_BURSTS_PER_S = 10


def interface_cells(interface: Interface) -> Cells:
    """How packets come in by an interface, and how replicas leave by it."""
    mac = int.from_bytes(interface.mac)
    admit = Action("admit", (interface.number, mac, int(interface.rsvp)))
    leave = Action("leave_as_replica", (mac, interface.vlan_id, interface.mtu_bytes))
    return {
        Entry("interfaces", (interface.port, interface.vlan_id)): admit,
        Entry("replica_interfaces", (interface.number,)): leave,
    }


def address_cells(interface: Interface) -> Cells:
    """What is addressed to the switch: its own addresses, and RSVP's group (RFC 2205 C)."""
    own: list[Address] = [network.address for network in interface.networks]
    if interface.udp_encapsulation:
        own += [GROUP_V4, GROUP_V6]
    return {host_cell(address): DELIVER for address in own}


def verdict_cells() -> Cells:
    """Conforming packets into the queue of their class; excess is best effort (RFC 2211)."""
    cells: Cells = {}
    for service_class, queue in QUEUES.items():
        green, *others = Colour
        cells[Entry("verdicts", (service_class, green))] = Action("send", (queue,))
        for colour in others:
            cells[Entry("verdicts", (service_class, colour))] = Action("demote")
    return cells


def punt_cells(ports: Iterable[int], limits_per_s: Mapping[PuntKind, int]) -> Cells:
    """How many packets a port may send to the controller, so that a flood starves nobody."""
    cells: Cells = {}
    for port in ports:
        for kind, rate in limits_per_s.items():
            burst = max(rate // _BURSTS_PER_S, _SHORTEST_BURST)
            cells[MeterCell("punt_meter", punt_meter_cell(port, kind))] = Buckets(
                rate, burst, rate, burst
            )
    return cells


def next_hop_cell(number: int) -> Entry:
    """Where a next hop stands."""
    return Entry("next_hops", (number,))


def reach(interface: int, mac: bytes) -> Action:
    """A next hop whose link address is known."""
    return Action("reach", (interface, int.from_bytes(mac)))


def host_cell(address: Address) -> PrefixEntry:
    """Where the route of one address stands."""
    return route_cell(Prefix(address, 8 * len(address)))


def route_cell(prefix: Prefix) -> PrefixEntry:
    """Where a route stands."""
    address, length_bits = prefix
    host_bits = 8 * len(address) - length_bits
    number = int.from_bytes(address) >> host_bits << host_bits
    return PrefixEntry(f"ipv{address.version}_routes", number, length_bits)


def route(next_hop: int) -> Action:
    """A route by a next hop."""
    return Action("route", (next_hop,))


def tree_cells(
    number: int,
    group: Address,
    source: Address | None,
    incoming: int | None,
    members: Iterable[Interface],
) -> Cells:
    """A group's two replication lists, and what leads to them; trees are numbered from 0."""
    interfaces = list(members)
    direct, policed = 2 * number + 1, 2 * number + 2
    straight = sorted((one.port, one.number) for one in interfaces)
    through = sorted((REPLICATION_PORT, one.number) for one in interfaces)
    replicate = Action("replicate", (direct, policed, incoming or 0))
    cells: Cells = {
        ReplicationList(direct): Replicas(tuple(straight)),
        ReplicationList(policed): Replicas(tuple(through)),
    }
    if source is None:
        cells[host_cell(group)] = replicate
    else:
        table = f"ipv{group.version}_multicast_sources"
        cells[Entry(table, (int.from_bytes(group), int.from_bytes(source)))] = replicate
    return cells
