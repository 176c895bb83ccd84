"""Which packets a filter claims: every shape, what it does not look at, and which of two wins.

A reservation here carries a DSCP of its own, so that a packet shows by its DSCP who claimed it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from scapy.layers.inet6 import (
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
)
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import Shape
from packet.frames import AH, ESP, IP, TCP, ah, arriving, esp, ipv4, ipv6, udp
from packet.network import host, host6
from packet.router import Router

UNCLAIMED = 0
CLAIMED = 10
LABEL = 0xABCDE


def dscp_behind(router: Router, packet: Packet, port: int = 2) -> int:
    """Send one packet from interface 1; the DSCP that it leaves with."""
    (frame,) = router.pass_packets((1, arriving(1, packet))).frames[port]
    if IP in packet:
        return frame[15] >> 2
    return (frame[14] << 4 | frame[15] >> 4) >> 2 & 0x3F


class Case(NamedTuple):
    """One shape: a filter, a packet that it claims, and packets that differ in what it looks at."""

    match: Mapping[str, Any]
    claimed: Packet
    strangers: Mapping[str, Packet]


V4 = {"destination": host(2), "source": host(1)}
V6 = {"destination": host6(2), "source": host6(1)}
OTHER_SOURCE: dict[str, Any] = {"src": "10.0.1.3"}
OTHER_SOURCE6: dict[str, Any] = {"src": "2001:db8:1::3"}
TCP_SEGMENT = TCP(sport=5000, dport=6000)


def _without_source(match: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in match.items() if name != "source"}


CASES = {
    Shape.IPV4_FIVE_TUPLE: Case(
        {**V4, "protocol": 17, "destination_port": 6000, "source_port": 5000},
        ipv4() / udp(),
        {
            "destination": ipv4(dst="10.0.2.3") / udp(),
            "source": ipv4(**OTHER_SOURCE) / udp(),
            "protocol": ipv4() / TCP_SEGMENT,
            "source port": ipv4() / udp(sport=5001),
            "destination port": ipv4() / udp(dport=6001),
        },
    ),
    Shape.IPV4_SPI: Case(
        {**V4, "protocol": ESP, "spi": 0xDEADBEEF},
        ipv4(proto=ESP) / esp(0xDEADBEEF),
        {
            "destination": ipv4(dst="10.0.2.3", proto=ESP) / esp(0xDEADBEEF),
            "source": ipv4(proto=ESP, **OTHER_SOURCE) / esp(0xDEADBEEF),
            "protocol": ipv4(proto=AH) / ah(0xDEADBEEF),
            "SPI": ipv4(proto=ESP) / esp(0xDEADBEEE),
        },
    ),
    Shape.IPV4_NO_SOURCE_PORT: Case(
        {**V4, "protocol": 17, "destination_port": 6000},
        ipv4() / udp(sport=1),
        {
            "source": ipv4(**OTHER_SOURCE) / udp(),
            "protocol": ipv4() / TCP_SEGMENT,
            "destination port": ipv4() / udp(dport=6001),
        },
    ),
    Shape.IPV4_ANY_SOURCE: Case(
        {**_without_source(V4), "protocol": 17, "destination_port": 6000},
        ipv4(**OTHER_SOURCE) / udp(sport=1),
        {
            "destination": ipv4(dst="10.0.2.3") / udp(),
            "protocol": ipv4() / TCP_SEGMENT,
            "destination port": ipv4() / udp(dport=6001),
        },
    ),
    Shape.IPV4_NO_PORTS: Case(
        {**V4, "protocol": 17},
        ipv4() / udp(1, 2),
        {
            "destination": ipv4(dst="10.0.2.3") / udp(),
            "source": ipv4(**OTHER_SOURCE) / udp(),
            "protocol": ipv4() / TCP_SEGMENT,
        },
    ),
    Shape.IPV4_ANY_SOURCE_NO_PORTS: Case(
        {**_without_source(V4), "protocol": 89},
        ipv4(proto=89, **OTHER_SOURCE) / Raw(bytes(20)),
        {
            "destination": ipv4(dst="10.0.2.3", proto=89) / Raw(bytes(20)),
            "protocol": ipv4(proto=90) / Raw(bytes(20)),
        },
    ),
    Shape.IPV6_FIVE_TUPLE: Case(
        {**V6, "protocol": 17, "destination_port": 6000, "source_port": 5000},
        ipv6() / udp(),
        {
            "destination": ipv6(dst="2001:db8:2::3") / udp(),
            "source": ipv6(**OTHER_SOURCE6) / udp(),
            "protocol": ipv6() / TCP_SEGMENT,
            "source port": ipv6() / udp(sport=5001),
            "destination port": ipv6() / udp(dport=6001),
        },
    ),
    Shape.IPV6_SPI: Case(
        {**V6, "protocol": AH, "spi": 0xDEADBEEF},
        ipv6(nh=AH) / ah(0xDEADBEEF),
        {
            "source": ipv6(nh=AH, **OTHER_SOURCE6) / ah(0xDEADBEEF),
            "protocol": ipv6(nh=ESP) / esp(0xDEADBEEF),
            "SPI": ipv6(nh=AH) / ah(0xDEADBEEE),
        },
    ),
    Shape.IPV6_FLOW_LABEL: Case(
        {**V6, "flow_label": LABEL},
        ipv6(fl=LABEL, nh=59),
        {
            "destination": ipv6(dst="2001:db8:2::3", fl=LABEL) / udp(),
            "source": ipv6(fl=LABEL, **OTHER_SOURCE6) / udp(),
            "flow label": ipv6(fl=LABEL - 1) / udp(),
        },
    ),
    Shape.IPV6_NO_SOURCE_PORT: Case(
        {**V6, "protocol": 17, "destination_port": 6000},
        ipv6() / udp(sport=1),
        {
            "source": ipv6(**OTHER_SOURCE6) / udp(),
            "destination port": ipv6() / udp(dport=6001),
        },
    ),
    Shape.IPV6_ANY_SOURCE: Case(
        {**_without_source(V6), "protocol": 17, "destination_port": 6000},
        ipv6(**OTHER_SOURCE6) / udp(sport=1),
        {
            "destination": ipv6(dst="2001:db8:2::3") / udp(),
            "destination port": ipv6() / udp(dport=6001),
        },
    ),
    Shape.IPV6_NO_PORTS: Case(
        {**V6, "protocol": 17},
        ipv6() / udp(1, 2),
        {
            "source": ipv6(**OTHER_SOURCE6) / udp(),
            "protocol": ipv6() / TCP_SEGMENT,
        },
    ),
    Shape.IPV6_ANY_SOURCE_NO_PORTS: Case(
        {**_without_source(V6), "protocol": 89},
        ipv6(nh=89, **OTHER_SOURCE6) / Raw(bytes(20)),
        {
            "destination": ipv6(dst="2001:db8:2::3", nh=89) / Raw(bytes(20)),
            "protocol": ipv6(nh=90) / Raw(bytes(20)),
        },
    ),
}
# The order in which filters of these shapes are asked for a UDP packet with a flow label.
IPV4_ORDER = (
    Shape.IPV4_FIVE_TUPLE,
    Shape.IPV4_NO_SOURCE_PORT,
    Shape.IPV4_ANY_SOURCE,
    Shape.IPV4_NO_PORTS,
    Shape.IPV4_ANY_SOURCE_NO_PORTS,
)
IPV6_ORDER = (
    Shape.IPV6_FIVE_TUPLE,
    Shape.IPV6_FLOW_LABEL,
    Shape.IPV6_NO_SOURCE_PORT,
    Shape.IPV6_ANY_SOURCE,
    Shape.IPV6_NO_PORTS,
    Shape.IPV6_ANY_SOURCE_NO_PORTS,
)
NAMES = {shape: str(shape.name).lower() for shape in CASES}


def test_every_shape_is_tested() -> None:
    assert set(CASES) == set(Shape)


@pytest.mark.rfc("2205", "1.2")
@pytest.mark.parametrize("shape", CASES, ids=NAMES.values())
def test_a_filter_claims_its_packets(router: Router, shape: Shape) -> None:
    case = CASES[shape]
    router.reserve(2, shape, case.match, dscp=CLAIMED)
    assert dscp_behind(router, case.claimed) == CLAIMED


@pytest.mark.rfc("2205", "1.2")
@pytest.mark.parametrize(
    ("shape", "difference"),
    [(shape, difference) for shape, case in CASES.items() for difference in case.strangers],
    ids=lambda value: NAMES[value] if isinstance(value, Shape) else value,
)
def test_a_filter_leaves_packets_alone_that_differ(
    router: Router, shape: Shape, difference: str
) -> None:
    case = CASES[shape]
    router.reserve(2, shape, case.match, dscp=CLAIMED)
    assert dscp_behind(router, case.strangers[difference]) == UNCLAIMED


@pytest.mark.parametrize("shape", CASES, ids=NAMES.values())
def test_a_reservation_holds_on_its_own_interface_only(router: Router, shape: Shape) -> None:
    case = CASES[shape]
    router.reserve(4, shape, case.match, dscp=CLAIMED)
    router.name_shapes(2, shape)
    assert dscp_behind(router, case.claimed) == UNCLAIMED


@pytest.mark.parametrize("shape", CASES, ids=NAMES.values())
def test_a_shape_that_the_interface_does_not_name_is_not_asked(
    router: Router, shape: Shape
) -> None:
    case = CASES[shape]
    router.reserve(2, shape, case.match, dscp=CLAIMED)
    router.name_shapes(2, ~shape)
    assert dscp_behind(router, case.claimed) == UNCLAIMED


@pytest.mark.parametrize(
    ("order", "packet"),
    [(IPV4_ORDER, ipv4() / udp()), (IPV6_ORDER, ipv6(fl=LABEL) / udp())],
    ids=["IPv4", "IPv6"],
)
def test_the_most_specific_filter_wins(
    router: Router, order: tuple[Shape, ...], packet: Packet
) -> None:
    for dscp, shape in reversed(list(enumerate(order, start=CLAIMED))):
        match = {**CASES[shape].match}
        if "protocol" in match:
            match["protocol"] = 17
        router.reserve(2, shape, match, dscp=dscp)
        assert dscp_behind(router, packet) == dscp


@pytest.mark.rfc("2207", "4.1")
@pytest.mark.parametrize(
    ("shape", "protocol", "packet"),
    [
        (Shape.IPV4_SPI, ESP, ipv4(proto=ESP) / esp(77)),
        (Shape.IPV4_SPI, AH, ipv4(proto=AH) / ah(77)),
        (Shape.IPV6_SPI, ESP, ipv6(nh=ESP) / esp(77)),
        (Shape.IPV6_SPI, AH, ipv6(nh=AH) / ah(77)),
    ],
    ids=["IPv4 ESP", "IPv4 AH", "IPv6 ESP", "IPv6 AH"],
)
def test_the_spi_is_found_where_its_protocol_has_it(
    router: Router, shape: Shape, protocol: int, packet: Packet
) -> None:
    addresses = V4 if shape == Shape.IPV4_SPI else V6
    router.reserve(2, shape, {**addresses, "protocol": protocol, "spi": 77}, dscp=CLAIMED)
    assert dscp_behind(router, packet) == CLAIMED


FIVE_TUPLE = CASES[Shape.IPV4_FIVE_TUPLE].match
FIVE_TUPLE6 = CASES[Shape.IPV6_FIVE_TUPLE].match
MARKED_PORTS = bytes(udp())[:4]  # payload of a later fragment that looks like the ports of the flow


def test_the_first_fragment_has_its_ports(router: Router) -> None:
    router.reserve(2, Shape.IPV4_FIVE_TUPLE, FIVE_TUPLE, dscp=CLAIMED)
    assert dscp_behind(router, ipv4(flags="MF") / udp()) == CLAIMED


@pytest.mark.rfc("2205", "1.2")
def test_a_later_fragment_matches_no_filter_with_ports(router: Router) -> None:
    router.reserve(2, Shape.IPV4_FIVE_TUPLE, FIVE_TUPLE, dscp=CLAIMED)
    fragment = ipv4(frag=185, proto=17) / Raw(MARKED_PORTS + bytes(60))
    assert dscp_behind(router, fragment) == UNCLAIMED


def test_a_later_fragment_matches_a_filter_without_ports(router: Router) -> None:
    router.reserve(2, Shape.IPV4_NO_PORTS, {**V4, "protocol": 17}, dscp=CLAIMED)
    fragment = ipv4(frag=185, proto=17) / Raw(MARKED_PORTS + bytes(60))
    assert dscp_behind(router, fragment) == CLAIMED


@pytest.mark.rfc("2207", "4.1")
def test_a_later_fragment_has_no_spi(router: Router) -> None:
    router.reserve(2, Shape.IPV4_SPI, {**V4, "protocol": ESP, "spi": 77}, dscp=CLAIMED)
    assert dscp_behind(router, ipv4(proto=ESP, frag=185) / esp(77)) == UNCLAIMED


def test_a_later_ipv6_fragment_matches_no_filter_with_ports(router: Router) -> None:
    router.reserve(2, Shape.IPV6_FIVE_TUPLE, FIVE_TUPLE6, dscp=CLAIMED)
    fragment = ipv6() / IPv6ExtHdrFragment(offset=185, nh=17) / Raw(MARKED_PORTS + bytes(60))
    assert dscp_behind(router, fragment) == UNCLAIMED


def test_a_later_ipv6_fragment_matches_its_flow_label(router: Router) -> None:
    router.reserve(2, Shape.IPV6_FLOW_LABEL, {**V6, "flow_label": LABEL}, dscp=CLAIMED)
    fragment = ipv6(fl=LABEL) / IPv6ExtHdrFragment(offset=185, nh=17) / Raw(bytes(64))
    assert dscp_behind(router, fragment) == CLAIMED


EXTENSIONS = {
    "hop-by-hop": IPv6ExtHdrHopByHop(),
    "destination": IPv6ExtHdrDestOpt(),
    "routing": IPv6ExtHdrRouting(addresses=["2001:db8::9"]),
    "first fragment": IPv6ExtHdrFragment(offset=0, m=1),
    "hop-by-hop, routing, destination": IPv6ExtHdrHopByHop()
    / IPv6ExtHdrRouting(addresses=["2001:db8::9"])
    / IPv6ExtHdrDestOpt(),
    "hop-by-hop, routing, first fragment": IPv6ExtHdrHopByHop()
    / IPv6ExtHdrRouting(addresses=["2001:db8::9"])
    / IPv6ExtHdrFragment(offset=0, m=1),
    "64 bytes of options": IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(60))]),
}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_ports_are_found_behind_extension_headers(router: Router, name: str) -> None:
    router.reserve(2, Shape.IPV6_FIVE_TUPLE, FIVE_TUPLE6, dscp=CLAIMED)
    assert dscp_behind(router, ipv6() / EXTENSIONS[name] / udp()) == CLAIMED


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extension_headers_are_forwarded_as_they_came(router: Router, name: str) -> None:
    packet = ipv6() / EXTENSIONS[name] / udp()
    (frame,) = router.pass_packets((1, arriving(1, packet))).frames[2]
    assert frame[54:] == bytes(packet)[40:]


@pytest.mark.parametrize(
    "headers",
    [
        IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(68))]),
        IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrDestOpt() / IPv6ExtHdrDestOpt(),
    ],
    ids=["a header of 72 bytes", "four headers"],
)
def test_what_is_behind_more_headers_than_can_be_read_is_forwarded_unclaimed(
    router: Router, headers: Packet
) -> None:
    router.reserve(2, Shape.IPV6_FIVE_TUPLE, FIVE_TUPLE6, dscp=CLAIMED)
    assert dscp_behind(router, ipv6() / headers / udp()) == UNCLAIMED


def test_ports_are_found_behind_ipv4_options(router: Router) -> None:
    router.reserve(2, Shape.IPV4_FIVE_TUPLE, FIVE_TUPLE, dscp=CLAIMED)
    packet = ipv4(options=[Raw(bytes([1] * 40))]) / udp()
    assert dscp_behind(router, packet) == CLAIMED


@pytest.mark.rfc("2205", "3.2")
@pytest.mark.parametrize("protocol", [6, 17, 33, 132, 136])
def test_all_protocols_with_ports_have_them_in_one_place(router: Router, protocol: int) -> None:
    router.reserve(2, Shape.IPV4_FIVE_TUPLE, {**FIVE_TUPLE, "protocol": protocol}, dscp=CLAIMED)
    packet = ipv4(proto=protocol) / Raw(bytes(udp()))
    assert dscp_behind(router, packet) == CLAIMED
