"""A random world: entries, and frames that meet them, the same for every switch from one seed.

Addresses and ports come from small pools, so that filters, routes and packets meet often. Meters
are of three kinds, whose colour does not depend on time: green, yellow and red for ever. What does
depend on it is tested elsewhere, against an exact bucket (packet/test_time.py).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from random import Random
from typing import Any

from packet.frames import (
    AH,
    ESP,
    RSVP,
    RSVP_PATH,
    RSVP_RESV,
    TCP,
    ah,
    arriving,
    esp,
    ipv4,
    ipv6,
    router_alert,
    router_alert6,
    rsvp,
    udp,
)
from packet.network import INTERFACES
from packet.router import Bucket, Router
from scapy.layers.inet6 import IPv6ExtHdrDestOpt, IPv6ExtHdrFragment
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import Colour, ServiceClass, Shape

PORTS = (5000, 6000, 7000)
SPIS = (7, 0xDEADBEEF)
LABELS = (0, 0xABCDE)
PROTOCOLS = (6, 17)
HOSTS = range(2, 5)
V4_GROUPS = ("239.1.1.1", "239.1.1.2")
V6_GROUPS = ("ff0e::101", "ff0e::102")
PARTS_OF_NETWORKS = [
    part
    for number in INTERFACES
    for part in (
        f"10.0.{number}.128/25",
        f"10.0.{number}.4/30",
        f"10.0.{number}.4/32",
        f"2001:db8:{number}::2/127",
        f"2001:db8:{number}::3/128",
    )
]
ALWAYS: dict[Colour, Bucket | None] = {
    Colour.GREEN: None,
    Colour.YELLOW: Bucket(1, 1),
    Colour.RED: Bucket(1, 1, peak_bytes_per_s=1, peak_burst_bytes=1),
}
TTLS = (1, 2, 64, 64, 64, 64)
LONGEST_PAYLOAD_BYTES = 1600  # more than the MTU
DAMAGED_SHARE = 0.2
LAST = (ServiceClass.BEST_EFFORT, Colour.GREEN)  # what packet/router.py waits for goes by it
FILTERED_SHARE = 0.6  # of the frames are made to meet a filter, if there is one
Match = dict[str, Any]


@dataclass
class World:
    """What was added to the network: reservations by number, and what their filters match."""

    reservations: list[int] = field(default_factory=list)
    filters: dict[tuple[int, Shape, str], Match] = field(default_factory=dict)


def populate(router: Router, dice: Random) -> World:
    """Add the world's entries to the network."""
    world = World()
    for destination in dice.sample(PARTS_OF_NETWORKS, dice.randrange(4)):
        _add_route(router, dice, destination)
    for group in (*V4_GROUPS, *V6_GROUPS):
        if dice.random() < 0.8:
            _add_group(router, dice, group)
    for service_class, colour in itertools.product(ServiceClass, Colour):
        if (service_class, colour) != LAST and dice.random() < 0.2:
            _judge(router, dice, service_class, colour)
    for _ in range(dice.randrange(30)):
        _add_filter(router, dice, world)
    return world


def _add_route(router: Router, dice: Random, destination: str) -> None:
    """A route that differs from that of the network around it."""
    action: tuple[str, dict[str, Any]] = dice.choice(
        [("route", {"next_hop": dice.choice(list(INTERFACES))}), ("discard", {}), ("deliver", {})]
    )
    table = "ipv6_routes" if ":" in destination else "ipv4_routes"
    router.insert(table, {"destination": destination}, action[0], **action[1])


def _add_group(router: Router, dice: Random, group: str) -> None:
    members = dice.sample(list(INTERFACES), dice.randrange(1, len(INTERFACES)))
    lists = router.new_lists(members)
    family, bits = ("ipv6", 128) if ":" in group else ("ipv4", 32)
    reverse_path = dice.choice([0, 1, 2])
    if dice.random() < 0.4:
        match = {"group": group, "source": _source(dice, family)}
        router.insert(
            f"{family}_multicast_sources", match, "replicate", **lists, reverse_path=reverse_path
        )
    else:
        match = {"destination": f"{group}/{bits}"}
        router.insert(f"{family}_routes", match, "replicate", **lists, reverse_path=reverse_path)


def _judge(router: Router, dice: Random, service_class: ServiceClass, colour: Colour) -> None:
    action: tuple[str, dict[str, Any]] = dice.choice(
        [
            ("send", {"queue": dice.randrange(8)}),
            ("send_marked", {"queue": dice.randrange(8), "dscp": dice.randrange(64)}),
            ("demote", {}),
            ("demote_marked", {"dscp": dice.randrange(64)}),
            ("drop_excess", {}),
        ]
    )
    router.judge(service_class, colour, action[0], **action[1])


def _add_filter(router: Router, dice: Random, world: World) -> None:
    """A filter of any shape, for a reservation of its own or for one that is there."""
    shape = dice.choice(list(Shape))
    match = _match(dice, shape)
    interface = _way_to(dice, match["destination"])
    key = (interface, shape, str(sorted(match.items())))
    if key in world.filters:
        return
    world.filters[key] = match
    if world.reservations and dice.random() < 0.3:
        reservation = dice.choice(world.reservations)
    else:
        reservation = router.new_reservation(ALWAYS[dice.choice(list(Colour))])
        world.reservations.append(reservation)
    dscp = dice.randrange(64) if dice.random() < 0.3 else None
    service_class = dice.choice(list(ServiceClass))
    router.reserve(interface, shape, match, service_class, reservation=reservation, dscp=dscp)


def _way_to(dice: Random, destination: str) -> int:
    """The interface towards a host, mostly; any for a group."""
    for number, interface in INTERFACES.items():
        if (
            destination.startswith((interface.ipv4[:-1], interface.ipv6[:-1]))
            and dice.random() < 0.9
        ):
            return number
    return dice.choice(list(INTERFACES))


def _match(dice: Random, shape: Shape) -> Match:
    """The fields that a shape looks at, but for the interface."""
    name = str(shape.name).lower()
    family = name[:4]
    match: Match = {"destination": _destination(dice, family)}
    if name.endswith("spi"):
        match |= {"protocol": dice.choice((ESP, AH)), "spi": dice.choice(SPIS)}
    elif name.endswith("flow_label"):
        match |= {"flow_label": dice.choice(LABELS)}
    else:
        match |= {"protocol": dice.choice(PROTOCOLS)}
        if "no_ports" not in name:
            match |= {"destination_port": dice.choice(PORTS)}
    if "any_source" not in name:
        match |= {"source": _source(dice, family)}
    if name.endswith("five_tuple"):
        match |= {"source_port": dice.choice(PORTS)}
    return match


def _source(dice: Random, family: str) -> str:
    number, which = dice.choice((1, 2)), dice.choice(HOSTS)
    return f"10.0.{number}.{which}" if family == "ipv4" else f"2001:db8:{number}::{which}"


def _destination(dice: Random, family: str) -> str:
    groups = V4_GROUPS if family == "ipv4" else V6_GROUPS
    if dice.random() < 0.3:
        return dice.choice(groups)
    number, which = dice.choice(list(INTERFACES)), dice.choice(HOSTS)
    return f"10.0.{number}.{which}" if family == "ipv4" else f"2001:db8:{number}::{which}"


def arrival(dice: Random, world: World) -> tuple[int, bytes]:
    """A port, and a frame for it: well-formed or damaged, of a kind that the program looks at."""
    number = dice.choice(list(INTERFACES))
    wanted: Match = {}
    if world.filters and dice.random() < FILTERED_SHARE:
        wanted = dice.choice(list(world.filters.values()))
    is_ipv6 = ":" in wanted["destination"] if wanted else dice.random() < 0.5
    frame = bytes(arriving(number, _ipv6(dice, wanted) if is_ipv6 else _ipv4(dice, wanted)))
    if dice.random() < DAMAGED_SHARE:
        frame = _damaged(dice, frame)
    return INTERFACES[number].port, frame


def _ipv4(dice: Random, wanted: Match) -> Packet:
    header = {
        "src": wanted.get("source", _source(dice, "ipv4")),
        "dst": wanted.get("destination", _destination(dice, "ipv4")),
        "ttl": dice.choice(TTLS),
        "tos": dice.randrange(256),
        "options": dice.choice([[], [], [router_alert()], [Raw(bytes(8))]]),
        "frag": dice.choice((0, 0, 0, 20)),
    }
    protocol, transport = _transport(dice, wanted)
    return ipv4(**header, proto=protocol) / transport


def _ipv6(dice: Random, wanted: Match) -> Packet:
    header = {
        "src": wanted.get("source", _source(dice, "ipv6")),
        "dst": wanted.get("destination", _destination(dice, "ipv6")),
        "hlim": dice.choice(TTLS),
        "tc": dice.randrange(256),
        "fl": wanted.get("flow_label", dice.choice(LABELS)),
    }
    protocol, transport = _transport(dice, wanted)
    extension = dice.choice(
        [
            None,
            None,
            router_alert6(dice.choice((1, 5))),
            IPv6ExtHdrDestOpt(),
            IPv6ExtHdrFragment(m=1, offset=dice.choice((0, 5))),
        ]
    )
    if extension is None:
        return ipv6(**header, nh=protocol) / transport
    extension.nh = protocol
    return ipv6(**header) / extension / transport


def _transport(dice: Random, wanted: Match) -> tuple[int, Packet]:
    """What is behind the IP header, and its protocol number."""
    sport = wanted.get("source_port", dice.choice(PORTS))
    dport = wanted.get("destination_port", dice.choice(PORTS))
    spi = wanted.get("spi", dice.choice(SPIS))
    long = Raw(bytes(dice.choice((0, 100, LONGEST_PAYLOAD_BYTES))))
    choices = [
        (17, udp(sport, dport)),
        (17, udp(sport, dport) / long),
        (6, TCP(sport=sport, dport=dport, chksum=0) / Raw(bytes(9))),
        (ESP, esp(spi)),
        (AH, ah(spi)),
        (RSVP, rsvp(dice.choice((RSVP_PATH, RSVP_RESV)))),
        (1, Raw(bytes([dice.choice((0, 8)), 0, 0, 0]))),
    ]
    return dice.choice([one for one in choices if one[0] == wanted.get("protocol", one[0])])


def _damaged(dice: Random, frame: bytes) -> bytes:
    """The frame with up to three bytes changed behind its addresses, and perhaps cut short."""
    changed = bytearray(frame)
    for _ in range(dice.randrange(4)):
        changed[dice.randrange(12, len(changed))] = dice.randrange(256)
    end = dice.randrange(1, len(changed)) if dice.random() < 0.3 else len(changed)
    return bytes(changed[:end])
