"""What the controller gets and why, what it is spared, and what it sends."""

from typing import Any

import pytest
from scapy.layers.inet import ICMP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6MLReport,
    ICMPv6ND_NS,
    IPv6ExtHdrHopByHop,
    PadN,
)
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import (
    DropReason,
    PuntKind,
    PuntReason,
    ServiceClass,
    drop_cell,
    port_class_cell,
    punt_cell,
    punt_meter_cell,
)
from packet.frames import (
    RSVP,
    RSVP_PATH,
    RSVP_RESV,
    TCP,
    UDP,
    arriving,
    ipv4,
    ipv6,
    leaving,
    router_alert,
    router_alert6,
    rsvp,
    udp,
)
from packet.network import INTERFACES, VLAN_ID, host6
from packet.p4runtime import Punt
from packet.router import Bucket, Router

RSVP_PATH_TEAR = 5
RSVP_RESV_CONF = 7
RSVP_SREFRESH = 15
OWN = INTERFACES[1].ipv4
OWN6 = INTERFACES[1].ipv6


def alerted(message: int, **fields: Any) -> Packet:
    return ipv4(proto=RSVP, options=[router_alert()], **fields) / rsvp(message)


def alerted6(message: int) -> Packet:
    return ipv6(nh=0) / _next_is_rsvp(router_alert6()) / rsvp(message)


def _next_is_rsvp(header: Packet) -> Packet:
    header.nh = RSVP
    return header


PUNTED = {
    "Path": (alerted(RSVP_PATH), PuntReason.RSVP),
    "Path whose TTL ends here": (alerted(RSVP_PATH, ttl=1), PuntReason.RSVP),
    "Path to a group": (alerted(RSVP_PATH, dst="239.9.9.9"), PuntReason.RSVP),
    "Path without a router alert": (ipv4(proto=RSVP) / rsvp(RSVP_PATH), PuntReason.RSVP),
    "PathTear": (alerted(RSVP_PATH_TEAR), PuntReason.RSVP),
    "ResvConf": (alerted(RSVP_RESV_CONF), PuntReason.RSVP),
    "RSVP of any type with a router alert": (alerted(RSVP_SREFRESH), PuntReason.RSVP),
    "later fragment of a Path": (
        ipv4(proto=RSVP, frag=100, options=[router_alert()]) / Raw(bytes(64)),
        PuntReason.RSVP,
    ),
    "IPv6 Path": (alerted6(RSVP_PATH), PuntReason.RSVP),
    "IPv6 RSVP of any type with a router alert": (alerted6(RSVP_SREFRESH), PuntReason.RSVP),
    "IPv6 Path without a router alert": (ipv6(nh=RSVP) / rsvp(RSVP_PATH), PuntReason.RSVP),
    "IPv6 Path behind other options": (
        ipv6(nh=0)
        / IPv6ExtHdrHopByHop(nh=RSVP, options=[PadN(optdata=bytes(4))])
        / rsvp(RSVP_PATH),
        PuntReason.RSVP,
    ),
    "Resv to the switch": (ipv4(dst=OWN, proto=RSVP) / rsvp(RSVP_RESV), PuntReason.RSVP),
    "IPv6 Resv to the switch": (ipv6(dst=OWN6, nh=RSVP) / rsvp(RSVP_RESV), PuntReason.RSVP),
    "RSVP in UDP, Pu": (ipv4(dst=OWN) / UDP(dport=1698) / rsvp(RSVP_PATH), PuntReason.RSVP_UDP),
    "RSVP in UDP, Pu'": (ipv4(dst=OWN) / UDP(dport=1699) / rsvp(RSVP_PATH), PuntReason.RSVP_UDP),
    "RSVP in UDP to the group of all routers with RSVP": (
        ipv4(dst="224.0.0.14", ttl=1) / UDP(dport=1698) / rsvp(RSVP_PATH),
        PuntReason.RSVP_UDP,
    ),
    "IGMP report": (
        ipv4(dst="239.1.1.1", proto=2, ttl=1) / Raw(bytes(8)),
        PuntReason.GROUP_MEMBERSHIP,
    ),
    "MLD report": (
        ipv6(dst="ff02::16", hlim=1, nh=0) / router_alert6(0) / ICMPv6MLReport(),
        PuntReason.GROUP_MEMBERSHIP,
    ),
    "neighbour solicitation": (
        ipv6(dst="ff02::1:ff00:1", hlim=255) / ICMPv6ND_NS(tgt=OWN6),
        PuntReason.NEIGHBOUR,
    ),
    "ping of the switch": (ipv4(dst=OWN) / ICMP(), PuntReason.ICMP),
    "IPv6 ping of the switch": (ipv6(dst=OWN6) / ICMPv6EchoRequest(), PuntReason.ICMP),
    "TCP to the switch": (ipv4(dst=OWN) / TCP(dport=179), PuntReason.LOCAL),
    "packet to the switch whose TTL ends here": (ipv4(dst=OWN, ttl=1) / ICMP(), PuntReason.ICMP),
    "TTL 1 in transit": (ipv4(ttl=1) / udp(), PuntReason.HOP_LIMIT),
    "TTL 0 in transit": (ipv4(ttl=0) / udp(), PuntReason.HOP_LIMIT),
    "hop limit 1 in transit": (ipv6(hlim=1) / udp(), PuntReason.HOP_LIMIT),
    "too big": (ipv4() / udp() / Raw(bytes(1501 - 20 - 50)), PuntReason.TOO_BIG),
    "IPv6 too big": (ipv6() / udp() / Raw(bytes(1501 - 40 - 50)), PuntReason.TOO_BIG),
}


@pytest.mark.rfc("2113", "2.2")
@pytest.mark.rfc("2711", "2.2")
@pytest.mark.rfc("2205", "C")
@pytest.mark.rfc("2205", "3.11.5")
@pytest.mark.parametrize("name", PUNTED)
def test_the_controller_gets_it_as_it_came(router: Router, name: str) -> None:
    packet, reason = PUNTED[name]
    router.insert("ipv4_routes", {"destination": "224.0.0.14/32"}, "deliver")
    frame = bytes(arriving(1, packet))
    before = router.controller.packets("punts", punt_cell(1, reason))
    outcome = router.pass_packets((1, frame))
    assert outcome.punts == [Punt(1, 1, reason, frame)]
    assert outcome.frames == {}
    assert router.controller.packets("punts", punt_cell(1, reason)) == before + 1


@pytest.mark.parametrize("destination", ["ff:ff:ff:ff:ff:ff", INTERFACES[1].mac])
def test_arp_is_punted(router: Router, destination: str) -> None:
    frame = bytes(Ether(src=INTERFACES[1].neighbour_mac, dst=destination) / ARP(pdst=OWN))
    assert router.pass_packets((1, frame)).punts == [Punt(1, 1, PuntReason.ARP, frame)]


def test_a_punt_names_the_vlan_that_it_came_in_by(router: Router) -> None:
    link = Ether(src=INTERFACES[5].neighbour_mac, dst="ff:ff:ff:ff:ff:ff")
    frame = bytes(link / Dot1Q(vlan=VLAN_ID) / ARP(pdst=INTERFACES[5].ipv4))
    assert router.pass_packets((4, frame)).punts == [Punt(4, 5, PuntReason.ARP, frame)]


def test_a_next_hop_without_a_link_address_is_to_be_resolved(router: Router) -> None:
    router.insert("next_hops", {"next_hop": 77}, "resolve")
    router.insert("ipv4_routes", {"destination": "10.0.2.77/32"}, "route", next_hop=77)
    frame = bytes(arriving(1, ipv4(dst="10.0.2.77") / udp()))
    punts = router.pass_packets((1, frame)).punts
    assert punts == [Punt(1, 1, PuntReason.NO_NEIGHBOUR, frame)]


FORWARDED = {
    "Resv to another hop": ipv4(proto=RSVP) / rsvp(RSVP_RESV),
    "IPv6 Resv to another hop": ipv6(nh=RSVP) / rsvp(RSVP_RESV),
    "router alert of another protocol": ipv4(options=[router_alert()]) / udp(),
    "UDP to RSVP's port of another host": ipv4() / udp(dport=1698),
    "ping of another host": ipv4() / ICMP(),
    "IPv6 ping of another host": ipv6() / ICMPv6EchoRequest(),
    "neighbour discovery that crossed a router": ipv6(hlim=254) / ICMPv6ND_NS(tgt=host6(2)),
}


@pytest.mark.parametrize("name", FORWARDED)
def test_what_is_for_others_is_forwarded(router: Router, name: str) -> None:
    packet = FORWARDED[name]
    outcome = router.pass_packets((1, arriving(1, packet)))
    assert (outcome.frames, outcome.punts) == ({2: [leaving(2, packet)]}, [])


@pytest.mark.rfc("2205", "2.9")
@pytest.mark.parametrize(
    "packet",
    [
        ipv4(3, 2, proto=RSVP, options=[router_alert()]) / rsvp(RSVP_PATH),
        ipv6(3, 2, nh=0) / _next_is_rsvp(router_alert6()) / rsvp(RSVP_PATH),
    ],
    ids=["IPv4", "IPv6"],
)
def test_where_rsvp_is_off_its_messages_are_plain_ip(router: Router, packet: Packet) -> None:
    outcome = router.pass_packets((3, arriving(3, packet)))
    assert (outcome.frames, outcome.punts) == ({2: [leaving(2, packet)]}, [])


@pytest.mark.parametrize(
    "packet",
    [
        ipv4(3, dst=OWN, proto=RSVP) / rsvp(RSVP_RESV),
        ipv4(3, dst=OWN) / UDP(dport=1698) / rsvp(RSVP_PATH),
    ],
    ids=["raw", "UDP"],
)
def test_where_rsvp_is_off_the_switch_knows_none_of_it(router: Router, packet: Packet) -> None:
    frame = bytes(arriving(3, packet))
    assert router.pass_packets((3, frame)).punts == [Punt(3, 3, PuntReason.LOCAL, frame)]


def limited(router: Router, port: int, kind: PuntKind, packets: int) -> None:
    bucket = Bucket(0, packets, peak_bytes_per_s=0, peak_burst_bytes=packets)
    router.meter("punt_meter", punt_meter_cell(port, kind), bucket)


PING = (1, arriving(1, ipv4(dst=OWN) / ICMP()))
PATH = (1, arriving(1, alerted(RSVP_PATH)))
REQUEST = (1, Ether(src=INTERFACES[1].neighbour_mac, dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=OWN))


def test_a_port_causes_no_more_punts_than_it_may(router: Router) -> None:
    limited(router, 1, PuntKind.OTHER, 3)
    before = router.controller.packets("drops", drop_cell(1, DropReason.PUNT_LIMIT))
    assert len(router.pass_packets(*[PING] * 10).punts) == 3
    assert router.controller.packets("drops", drop_cell(1, DropReason.PUNT_LIMIT)) == before + 7


@pytest.mark.parametrize(
    ("kind", "arrival"),
    [(PuntKind.RSVP, PATH), (PuntKind.LINK, REQUEST), (PuntKind.OTHER, PING)],
    ids=["RSVP", "LINK", "OTHER"],
)
def test_each_kind_of_punt_has_its_limit(
    router: Router, kind: PuntKind, arrival: tuple[int, Packet]
) -> None:
    limited(router, 1, kind, 1)
    outcome = router.pass_packets(*[arrival] * 4)
    assert len(outcome.punts) == 1


@pytest.mark.rfc("6398", "5")
def test_a_flood_of_pings_keeps_no_path_message_away(router: Router) -> None:
    limited(router, 1, PuntKind.OTHER, 1)
    punts = router.pass_packets(*[PING] * 20, PATH, REQUEST, *[PING] * 20).punts
    reasons = sorted(punt.reason for punt in punts)
    assert reasons == [PuntReason.RSVP, PuntReason.ARP, PuntReason.ICMP]


def test_a_flood_on_one_port_limits_no_other(router: Router) -> None:
    limited(router, 1, PuntKind.OTHER, 1)
    other = (2, arriving(2, ipv4(2, dst=INTERFACES[2].ipv4) / ICMP()))
    punts = router.pass_packets(*[PING] * 20, *[other] * 5).punts
    assert [punt.port for punt in punts].count(2) == 5


@pytest.mark.rfc("2205", "3.11.5")
@pytest.mark.parametrize("service_class", list(ServiceClass))
def test_a_frame_of_the_controller_leaves_by_its_port_as_it_is(
    router: Router, service_class: ServiceClass
) -> None:
    frame = bytes(Ether(dst=INTERFACES[2].neighbour_mac) / ipv4(ttl=1) / udp())
    before = router.controller.packets("port_traffic", port_class_cell(2, service_class))
    assert router.packet_out(2, frame, service_class).frames == {2: [frame]}
    counted = router.controller.packets("port_traffic", port_class_cell(2, service_class)) - before
    assert counted == 1 + (service_class == ServiceClass.BEST_EFFORT)  # the last packet is one


def test_a_frame_of_the_controller_need_not_be_ip(router: Router) -> None:
    frame = bytes.fromhex("0180c200000e02000000000188cc") + bytes(20)
    outcome = router.packet_out(3, frame, ServiceClass.NETWORK_CONTROL)
    assert (outcome.frames, outcome.punts) == ({3: [frame]}, [])
