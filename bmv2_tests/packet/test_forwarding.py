"""The switch as an IP router: routes, next hops, hop counts, link addresses, what it drops."""

import pytest
from scapy.packet import Packet, Raw

from p4rsvp.target.numbers import DropReason, drop_cell
from packet.frames import IP, Ether, arriving, ipv4, ipv6, leaving, udp
from packet.network import INTERFACES, host, host6
from packet.router import Router


def dropped(router: Router, reason: DropReason, port: int = 1) -> int:
    return router.controller.packets("drops", drop_cell(port, reason))


@pytest.mark.parametrize("ip", [ipv4(), ipv6()], ids=["IPv4", "IPv6"])
def test_a_packet_is_sent_to_the_next_hop_of_its_route(router: Router, ip: Packet) -> None:
    packet = ip / udp()
    assert router.pass_packets((1, arriving(1, packet))).frames == {2: [leaving(2, packet)]}


def test_the_longest_prefix_wins(router: Router) -> None:
    router.insert("ipv4_routes", {"destination": f"{host(2)}/32"}, "route", next_hop=3)
    packet = ipv4() / udp()
    assert router.pass_packets((1, arriving(1, packet))).frames == {3: [leaving(3, packet)]}


def test_dscp_and_ecn_of_an_unreserved_packet_are_left_alone(router: Router) -> None:
    packet = ipv4(tos=0xBB) / udp()
    assert router.pass_packets((1, arriving(1, packet))).frames == {2: [leaving(2, packet)]}


def test_a_packet_with_options_is_forwarded_with_them(router: Router) -> None:
    packet = ipv4(options=[Raw(bytes([7, 7, 4, 0, 0, 0, 0, 0]))]) / udp()
    assert router.pass_packets((1, arriving(1, packet))).frames == {2: [leaving(2, packet)]}


def test_a_tag_is_taken_off_and_put_on_as_the_interface_has_it(router: Router) -> None:
    onto, off = ipv4(1, 5) / udp(), ipv4(5, 1) / udp()
    outcome = router.pass_packets((1, arriving(1, onto)), (4, arriving(5, off)))
    assert outcome.frames == {4: [leaving(5, onto)], 1: [leaving(1, off)]}


def test_a_packet_can_leave_by_another_vlan_of_the_port_that_it_came_in_by(router: Router) -> None:
    packet = ipv4(4, 5) / udp()
    assert router.pass_packets((4, arriving(4, packet))).frames == {4: [leaving(5, packet)]}


def test_a_packet_as_big_as_the_interface_takes_is_forwarded(router: Router) -> None:
    packet = ipv4() / udp() / Raw(bytes(1500 - 28 - 42))
    assert packet.copy().__class__(bytes(packet)).len == 1500
    assert router.pass_packets((1, arriving(1, packet))).frames == {2: [leaving(2, packet)]}


def _frame(packet: Packet, *, dst: str = INTERFACES[1].mac) -> bytes:
    return bytes(Ether(src=INTERFACES[1].neighbour_mac, dst=dst) / packet)


def _cut(packet: Packet, length_bytes: int) -> bytes:
    return bytes(arriving(1, packet))[:length_bytes]


UNFORWARDED = {
    "wrong header checksum": (bytes(arriving(1, ipv4(chksum=1) / udp())), DropReason.DAMAGED),
    "wrong checksum over options": (
        bytes(arriving(1, ipv4(chksum=1, options=[Raw(bytes(4))]) / udp())),
        DropReason.DAMAGED,
    ),
    "Ethernet header cut short": (bytes(5), DropReason.DAMAGED),
    "IPv4 header cut short": (_cut(ipv4() / udp(), 14 + 19), DropReason.DAMAGED),
    "IPv4 options cut short": (
        _cut(ipv4(options=[Raw(bytes(8))]) / udp(), 14 + 24),
        DropReason.DAMAGED,
    ),
    "IPv6 header cut short": (_cut(ipv6() / udp(), 14 + 39), DropReason.DAMAGED),
    "UDP header cut short": (_cut(ipv4() / udp(), 14 + 23), DropReason.DAMAGED),
    "IP version 5": (bytes(arriving(1, ipv4(version=5) / udp())), DropReason.MALFORMED),
    "IPv6 that says version 4": (
        bytes(arriving(1, ipv6(version=4) / udp())),
        DropReason.MALFORMED,
    ),
    "header length 4": (bytes(arriving(1, ipv4(ihl=4) / udp())), DropReason.MALFORMED),
    "total length below the header's": (
        bytes(arriving(1, ipv4(len=19) / udp())),
        DropReason.MALFORMED,
    ),
    "IPv6 that overflows an IP length": (
        bytes(arriving(1, ipv6(plen=65_500) / udp())),
        DropReason.MALFORMED,
    ),
    "group as source": (bytes(arriving(1, ipv4(src="224.1.1.1") / udp())), DropReason.MALFORMED),
    "loopback as source": (bytes(arriving(1, ipv4(src="127.0.0.1") / udp())), DropReason.MALFORMED),
    "IPv6 group as source": (bytes(arriving(1, ipv6(src="ff0e::1") / udp())), DropReason.MALFORMED),
    "another station's link address": (
        _frame(ipv4() / udp(), dst="02:00:00:00:00:99"),
        DropReason.NOT_FOR_US,
    ),
    "unicast as link broadcast": (
        _frame(ipv4() / udp(), dst="ff:ff:ff:ff:ff:ff"),
        DropReason.NOT_FOR_US,
    ),
    "not IP": (
        bytes(Ether(dst=INTERFACES[1].mac, type=0x88CC) / Raw(bytes(46))),
        DropReason.NOT_IP,
    ),
    "a VLAN without an interface": (
        bytes(arriving(1, IP()))[:12] + bytes.fromhex("8100012c0800") + bytes(ipv4() / udp()),
        DropReason.NO_INTERFACE,
    ),
    "no route": (bytes(arriving(1, ipv4(dst="192.0.2.1") / udp())), DropReason.NO_ROUTE),
    "no IPv6 route": (bytes(arriving(1, ipv6(dst="2001:db9::1") / udp())), DropReason.NO_ROUTE),
}


@pytest.mark.parametrize("name", UNFORWARDED)
def test_what_must_not_be_forwarded_is_dropped_and_counted(router: Router, name: str) -> None:
    frame, reason = UNFORWARDED[name]
    before = dropped(router, reason)
    outcome = router.pass_packets((1, frame))
    assert (outcome.frames, outcome.punts) == ({}, [])
    assert dropped(router, reason) == before + 1


def test_a_group_packet_in_a_frame_for_one_station_is_dropped(router: Router) -> None:
    lists = router.new_lists([2])
    router.insert(
        "ipv4_routes", {"destination": "239.1.1.1/32"}, "replicate", **lists, reverse_path=1
    )
    before = dropped(router, DropReason.NOT_FOR_US)
    assert router.pass_packets((1, _frame(ipv4(dst="239.1.1.1") / udp()))).frames == {}
    assert dropped(router, DropReason.NOT_FOR_US) == before + 1


def test_a_route_may_discard(router: Router) -> None:
    router.insert("ipv4_routes", {"destination": "192.0.2.0/24"}, "discard")
    before = dropped(router, DropReason.DISCARDED)
    outcome = router.pass_packets((1, arriving(1, ipv4(dst="192.0.2.1") / udp())))
    assert outcome.frames == {}
    assert dropped(router, DropReason.DISCARDED) == before + 1


def test_a_route_to_a_next_hop_that_is_not_there_drops(router: Router) -> None:
    router.insert("ipv4_routes", {"destination": "192.0.2.0/24"}, "route", next_hop=77)
    before = dropped(router, DropReason.NO_NEXT_HOP)
    assert router.pass_packets((1, arriving(1, ipv4(dst="192.0.2.1") / udp()))).frames == {}
    assert dropped(router, DropReason.NO_NEXT_HOP) == before + 1


def test_a_next_hop_on_an_interface_that_is_not_there_drops(router: Router) -> None:
    router.insert("next_hops", {"next_hop": 77}, "reach", interface=77, mac="02:00:00:00:4d:02")
    router.insert("ipv6_routes", {"destination": f"{host6(2)}/128"}, "route", next_hop=77)
    before = dropped(router, DropReason.NO_DEPARTURE)
    assert router.pass_packets((1, arriving(1, ipv6() / udp()))).frames == {}
    assert dropped(router, DropReason.NO_DEPARTURE) == before + 1
