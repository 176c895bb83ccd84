"""The switch as a router of the small network; says what became of the packets sent to it."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from finsy import P4MeterConfig, P4MeterEntry, P4MulticastGroupEntry, P4TableAction, P4TableEntry
from finsy import P4TableMatch as Match
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from p4rsvp.target.numbers import (
    REPLICATION_INTERFACE,
    REPLICATION_PORT,
    Colour,
    PuntReason,
    ServiceClass,
    Shape,
)
from packet.network import INTERFACES, MTU_BYTES, Interface
from packet.p4runtime import Controller, Punt
from packet.target import Target

COLLECT_TIMEOUT_S = 20.0
EXPEDITED = 46  # RFC 3246's DSCP
QUEUES = {
    ServiceClass.BEST_EFFORT: 0,
    ServiceClass.CONTROLLED_LOAD: 4,
    ServiceClass.GUARANTEED: 5,
    ServiceClass.NETWORK_CONTROL: 7,
}

# The last thing through the switch: a group that is replicated by way of the replication port to
# every port, at the lowest priority all the way, and a packet for the switch itself.
LAST = Interface(9, port=9)
LAST_GROUP = "239.255.255.255"
LAST_LISTS = (1, 2)
LAST_RESERVATION = 1


class Bucket(NamedTuple):
    """A meter's configuration; the peak is out of the way unless given."""

    rate_bytes_per_s: int
    burst_bytes: int
    peak_bytes_per_s: int = 10**9
    peak_burst_bytes: int = 10**6


@dataclass
class Outcome:
    """What a switch did with the packets that were sent to it."""

    frames: dict[int, list[bytes]] = field(default_factory=dict)
    punts: list[Punt] = field(default_factory=list)


def entry(table: str, match: Mapping[str, Any], action: str, **parameters: Any) -> P4TableEntry:
    """A table entry by the names of the P4Info."""
    return P4TableEntry(table, match=Match(match), action=P4TableAction(action, **parameters))


class Router:
    """One switch with the program and the network; tests add to it and take away again."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.controller = Controller(target.grpc_address, target.program)
        self._undo: list[Any] = []
        self._shapes: defaultdict[int, Shape] = defaultdict(lambda: Shape(0))
        self._reservations = itertools.count(LAST_RESERVATION + 1)
        self._lists = itertools.count(LAST_LISTS[1] + 1)
        self._build_network()
        self._build_last()
        self._undo.clear()

    def close(self) -> None:
        """Leave the switch."""
        self.controller.close()

    def reset(self) -> None:
        """Take away what a test added, newest first."""
        self.controller.write(self._undo[::-1])
        self._undo.clear()
        for interface in [number for number, shapes in self._shapes.items() if shapes]:
            self.name_shapes(interface, Shape(0))

    def insert(self, table: str, match: Mapping[str, Any], action: str, **parameters: Any) -> None:
        """Insert an entry until the end of the test."""
        self.controller.write([+entry(table, match, action, **parameters)])
        self._undo.append(-entry(table, match, action, **parameters))

    def judge(
        self, service_class: ServiceClass, colour: Colour, action: str, **parameters: Any
    ) -> None:
        """Replace one verdict until the end of the test."""
        self.controller.write([~_verdict(service_class, colour, action, **parameters)])
        self._undo.append(~_policy()[service_class, colour])

    def meter(self, meter: str, cell: int, bucket: Bucket) -> None:
        """Configure one meter until the end of the test."""
        config = P4MeterConfig(
            cir=bucket.rate_bytes_per_s,
            cburst=bucket.burst_bytes,
            pir=bucket.peak_bytes_per_s,
            pburst=bucket.peak_burst_bytes,
        )
        self.controller.write([P4MeterEntry(meter, index=cell, config=config)])
        self._undo.append(P4MeterEntry(meter, index=cell))

    def bucket_of(self, *frames_bytes: int) -> Bucket:
        """A bucket that lets just these frames through, and is never filled again."""
        return Bucket(0, burst_bytes=sum(map(self.target.counts, frames_bytes)))

    def name_shapes(self, interface: int, shapes: Shape) -> None:
        """Say which shapes of filters an interface has."""
        self._shapes[interface] = shapes
        self.controller.write([~_departure(interface, shapes)])

    def new_reservation(self, bucket: Bucket | None = None) -> int:
        """A reservation that no filter names yet; without a bucket all of it conforms."""
        reservation = next(self._reservations)
        if bucket:
            self.meter("reservation_meter", reservation, bucket)
        return reservation

    def reserve(  # one argument for each thing that a filter says
        self,
        interface: int,
        shape: Shape,
        match: Mapping[str, Any],
        service_class: int = ServiceClass.CONTROLLED_LOAD,
        *,
        reservation: int | None = None,
        dscp: int | None = None,
    ) -> int:
        """Let this filter of an interface name a reservation, a new one unless given."""
        number = self.new_reservation() if reservation is None else reservation
        parameters = {"reservation": number, "service_class": int(service_class)}
        action = "reserve"
        if dscp is not None:
            action, parameters["dscp"] = "reserve_marked", dscp
        table = str(shape.name).lower()
        self.insert(table, {"interface": interface, **match}, action, **parameters)
        self.name_shapes(interface, self._shapes[interface] | shape)
        return number

    def new_lists(self, members: Iterable[int]) -> dict[str, int]:
        """Two replication lists of these interfaces, as the action `replicate` takes them."""
        direct, policed = next(self._lists), next(self._lists)
        self._add_lists(direct, policed, members)
        return {"group": direct, "policed_group": policed}

    def pass_packets(self, *arrivals: tuple[int, Packet | bytes]) -> Outcome:
        """Send frames into ports, and wait until the switch has done all that it will do."""
        for port, frame in arrivals:
            self.target.inject(port, bytes(frame))
        most = max(Counter(port for port, _ in arrivals).values(), default=0)
        return self._until_last(Outcome(), most)

    def packet_out(self, port: int, frame: bytes, service_class: ServiceClass) -> Outcome:
        """Let the controller send a frame, and wait as pass_packets does."""
        marker = bytes(Ether(src=LAST.mac, dst=LAST.neighbour_mac, type=0x88B5))
        self.controller.send(port, frame, service_class)
        self.controller.send(LAST.port, marker, ServiceClass.BEST_EFFORT)
        outcome = Outcome()
        self._collect(outcome, marker, copies=1)
        return self._until_last(outcome, most=1)

    def _until_last(self, outcome: Outcome, most: int) -> Outcome:
        """Nothing can be behind the last packet: it waits in the lowest queues everywhere.

        Where ports take turns on the way to the controller, the last port has one turn more than
        any other has packets.
        """
        group = Ether(src=LAST.neighbour_mac, dst="01:00:5e:7f:ff:ff")
        replicated = bytes(group / IP(src="10.0.9.2", dst=LAST_GROUP, ttl=9) / UDP())
        delivered = bytes(Ether(dst=LAST.mac) / IP(src="10.0.9.2", dst=LAST.ipv4) / UDP(chksum=0))
        self.target.inject(LAST.port, replicated)
        turns = most + 1 if self.target.punts_take_turns else 1
        for _ in range(turns):
            self.target.inject(LAST.port, delivered)
        self._collect(outcome, replicated, copies=len(INTERFACES))
        while turns:
            punt = self.controller.next_punt()
            if punt.port != LAST.port:
                outcome.punts.append(punt)
                continue
            assert punt.reason == PuntReason.LOCAL
            turns -= 1
        return outcome

    def _collect(self, outcome: Outcome, last: bytes, *, copies: int) -> None:
        """Take frames until that many begin with the link destination of the last."""
        while copies:
            sent = self.target.collect(COLLECT_TIMEOUT_S)
            if sent.frame[:6] == last[:6]:
                copies -= 1
            else:
                outcome.frames.setdefault(sent.port, []).append(sent.frame)

    def _build_network(self) -> None:
        for interface in INTERFACES.values():
            number = interface.number
            self._add_interface(interface)
            self.controller.write(
                [
                    +entry(
                        "next_hops",
                        {"next_hop": number},
                        "reach",
                        interface=number,
                        mac=interface.neighbour_mac,
                    ),
                    +_route("ipv4_routes", interface.ipv4_prefix, "route", next_hop=number),
                    +_route("ipv6_routes", interface.ipv6_prefix, "route", next_hop=number),
                    +_route("ipv4_routes", f"{interface.ipv4}/32", "deliver"),
                    +_route("ipv6_routes", f"{interface.ipv6}/128", "deliver"),
                ]
            )
        self.controller.write(
            [
                +_departure(REPLICATION_INTERFACE, Shape(0)),
                *(+verdict for verdict in _policy().values()),
            ]
        )

    def _build_last(self) -> None:
        self._add_interface(LAST)
        self._add_lists(*LAST_LISTS, INTERFACES)
        group = dict(zip(("group", "policed_group"), LAST_LISTS, strict=True))
        self.controller.write(
            [
                +_route("ipv4_routes", f"{LAST.ipv4}/32", "deliver"),
                +_route("ipv4_routes", f"{LAST_GROUP}/32", "replicate", **group, reverse_path=9),
                +entry(
                    "ipv4_any_source_no_ports",
                    {
                        "interface": REPLICATION_INTERFACE,
                        "destination": LAST_GROUP,
                        "protocol": 17,
                    },
                    "reserve",
                    reservation=LAST_RESERVATION,
                    service_class=int(ServiceClass.BEST_EFFORT),
                ),
                ~_departure(REPLICATION_INTERFACE, Shape(0)),
            ]
        )

    def _add_interface(self, interface: Interface) -> None:
        self.controller.write(
            [
                +entry(
                    "interfaces",
                    {"port": interface.port, "vlan_id": interface.vlan_id},
                    "admit",
                    interface=interface.number,
                    mac=interface.mac,
                    rsvp=int(interface.rsvp),
                ),
                +_departure(interface.number, Shape(0)),
                +entry(
                    "replica_interfaces",
                    {"interface": interface.number},
                    "leave_as_replica",
                    mac=interface.mac,
                    vlan_id=interface.vlan_id,
                    mtu_bytes=MTU_BYTES,
                ),
            ]
        )

    def _add_lists(self, direct: int, policed: int, members: Iterable[int]) -> None:
        lists = {
            direct: [(INTERFACES[number].port, number) for number in members],
            policed: [(REPLICATION_PORT, number) for number in members],
        }
        for group, replicas in lists.items():
            self.controller.write([+P4MulticastGroupEntry(group, replicas=replicas)])
            self._undo.append(-P4MulticastGroupEntry(group, replicas=replicas))


def _route(table: str, destination: str, action: str, **parameters: Any) -> P4TableEntry:
    return entry(table, {"destination": destination}, action, **parameters)


def _departure(number: int, shapes: Shape) -> P4TableEntry:
    """An outgoing interface; the replication port, which is one, has the last packet's shape."""
    if number == REPLICATION_INTERFACE:
        interface = Interface(number, port=REPLICATION_PORT)
        return _leave(
            interface,
            mac="00:00:00:00:00:00",
            mtu_bytes=65_535,
            shapes=shapes | Shape.IPV4_ANY_SOURCE_NO_PORTS,
        )
    interface = LAST if number == LAST.number else INTERFACES[number]
    return _leave(interface, mac=interface.mac, mtu_bytes=MTU_BYTES, shapes=shapes)


def _leave(interface: Interface, *, mac: str, mtu_bytes: int, shapes: Shape) -> P4TableEntry:
    return entry(
        "outgoing_interfaces",
        {"interface": interface.number},
        "leave",
        port=interface.port,
        mac=mac,
        vlan_id=interface.vlan_id,
        mtu_bytes=mtu_bytes,
        shapes=int(shapes),
    )


def _verdict(
    service_class: ServiceClass, colour: Colour, action: str, **parameters: Any
) -> P4TableEntry:
    match = {"service_class": int(service_class), "colour": int(colour)}
    return entry("verdicts", match, action, **parameters)


def _policy() -> dict[tuple[ServiceClass, Colour], P4TableEntry]:
    """The policy of the tests: excess is demoted, and guaranteed service is marked."""
    policy = {
        (service_class, Colour.GREEN): _verdict(service_class, Colour.GREEN, "send", queue=queue)
        for service_class, queue in QUEUES.items()
    }
    for colour in (Colour.YELLOW, Colour.RED):
        for service_class in QUEUES:
            policy[service_class, colour] = _verdict(service_class, colour, "demote")
        policy[ServiceClass.GUARANTEED, colour] = _verdict(
            ServiceClass.GUARANTEED, colour, "demote_marked", dscp=0
        )
    policy[ServiceClass.GUARANTEED, Colour.GREEN] = _verdict(
        ServiceClass.GUARANTEED, Colour.GREEN, "send_marked", queue=5, dscp=EXPEDITED
    )
    return policy
