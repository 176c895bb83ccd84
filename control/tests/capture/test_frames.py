from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import IP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import (
    HBHOptUnknown,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    RouterAlert,
)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import CookedLinux, CookedLinuxV2, Dot1AD, Dot1Q, Ether, Loopback
from scapy.layers.ppp import HDLC, PPP
from scapy.packet import Raw

from p4rsvp.capture.datagram import Datagram, FrameError
from p4rsvp.capture.links import LINK_LAYERS, find_rsvp
from p4rsvp.capture.record import Record

# scapy looks up what is left open, by routing table and ARP: nothing is left open here.
ether = partial(Ether, src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
ipv4 = partial(IP, src="192.0.2.1", dst="192.0.2.9")
ipv6 = partial(IPv6, src="2001:db8::1", dst="2001:db8::9")

RSVP = bytes.fromhex("1005aaaaff000008")  # as good as any: nobody looks into it here
IPV4 = ipv4(ttl=63, proto=46) / RSVP
IPV6 = ipv6(hlim=62, nh=46) / RSVP


def frame(packet: Any, link_type: int = 1) -> Record:
    return Record(1, 0, link_type, bytes(packet))


def found(packet: Any, link_type: int = 1) -> Datagram:
    datagram = find_rsvp(frame(packet, link_type))
    assert datagram is not None
    return datagram


@pytest.mark.parametrize(
    ("link_type", "packet"),
    [
        (0, bytes.fromhex("02000000") + bytes(IPV4)),
        (0, bytes.fromhex("00000002") + bytes(IPV4)),
        (0, bytes.fromhex("1e000000") + bytes(IPV6)),
        (1, ether() / IPV4),
        (1, ether() / IPV6),
        (9, HDLC() / PPP() / IPV4),
        (9, PPP() / IPV6),
        (12, IPV4),
        (14, IPV4),
        (101, IPV4),
        (101, IPV6),
        (104, bytes.fromhex("0f000800") + bytes(IPV4)),
        (108, Loopback(type=2) / IPV4),
        (113, CookedLinux(proto=0x0800) / IPV4),
        (113, CookedLinux(proto=0x8100) / Dot1Q(vlan=7) / IPV4),
        (228, IPV4),
        (229, IPV6),
        (276, CookedLinuxV2(proto=0x86DD) / IPV6),
    ],
)
def test_rsvp_is_found_on_every_link_type(link_type: int, packet: Any) -> None:
    datagram = found(packet, link_type)
    assert datagram.rsvp == RSVP
    v4 = str(datagram.src) == "192.0.2.1"
    assert str(datagram.dst) == ("192.0.2.9" if v4 else "2001:db8::9")
    assert datagram.ip_ttl == (63 if v4 else 62)
    assert not datagram.missing_bytes


def test_vlan_tags_are_kept_from_the_outside_in() -> None:
    assert found(ether() / Dot1AD(vlan=100) / Dot1Q(vlan=7, prio=6) / IPV4).vlans == [100, 7]


def test_mpls_labels_are_kept_and_the_payload_tells_its_version() -> None:
    stack = ether(type=0x8847) / MPLS(label=29, s=0) / MPLS(label=0, s=1)
    assert found(stack / IPV4).labels == [29, 0]
    assert found(stack / IPV6).rsvp == RSVP
    assert find_rsvp(frame(stack / Raw(b"\0\0\0\0a pseudowire"))) is None


@pytest.mark.parametrize(
    "packet",
    [
        ether(type=0x0806) / Raw(bytes(28)),
        ether() / ipv4(proto=6) / Raw(bytes(20)),
        ether() / ipv6(nh=58) / Raw(bytes(8)),
        ether() / ipv4() / UDP(sport=1698, dport=53) / RSVP,
    ],
)
def test_frames_of_other_protocols_hold_no_rsvp(packet: Any) -> None:
    assert find_rsvp(frame(packet)) is None


@pytest.mark.rfc("3175", "3.1")
def test_rsvp_that_an_aggregation_region_ignores_is_found_and_told_apart() -> None:
    assert found(ether() / ipv4(proto=134) / RSVP).e2e_ignore
    assert found(ether() / ipv6(nh=134) / RSVP).e2e_ignore
    assert not found(ether() / IPV4).e2e_ignore


def test_padding_of_the_frame_is_not_part_of_the_message() -> None:
    assert found(ether() / IPV4 / Raw(b"")).rsvp == RSVP
    assert found(bytes(ether() / IPV4) + bytes(18)).rsvp == RSVP


@pytest.mark.rfc("2113", "2.1")
@pytest.mark.parametrize(
    ("options", "alert"),
    [
        ([], False),
        ([IPOption_Router_Alert()], True),
        (b"\x01\x01\x94\x04\x00\x00\x00\x00", True),  # two no-operations before it
        (b"\x44\x04\x05\x00\x94\x04\x00\x00", True),  # a timestamp option before it
        (b"\x00\x94\x04\x00", False),  # behind the end of the options
        (b"\x07\x94\x00\x00", False),  # a length that reaches past the header
        (b"\x07\x00\x94\x04", True),  # a length of zero, taken for the two bytes that stand there
    ],
)
def test_the_router_alert_of_ipv4_is_seen(options: Any, *, alert: bool) -> None:
    header = ipv4(proto=46)
    if isinstance(options, bytes):
        raw = bytearray(bytes(header / options / RSVP))
        raw[0] = 0x45 + len(options) // 4
        packet: Any = bytes(raw)
    else:
        header.options = options
        packet = header / RSVP
    assert found(packet, 101).router_alert == alert
    assert found(packet, 101).rsvp == RSVP


@pytest.mark.rfc("2711", "2.1")
def test_the_router_alert_of_ipv6_is_seen() -> None:
    base = ipv6()
    alert = IPv6ExtHdrHopByHop(nh=46, options=[RouterAlert(value=1)])
    assert found(ether() / base / alert / RSVP).router_alert
    other = IPv6ExtHdrHopByHop(nh=46, options=[HBHOptUnknown(otype=0x1E, optdata=b"\x05")])
    assert not found(ether() / base / other / RSVP).router_alert


def test_ipv6_extension_headers_are_stepped_over() -> None:
    chain = (
        ipv6()
        / IPv6ExtHdrHopByHop(options=[RouterAlert(value=1)])
        / IPv6ExtHdrRouting(addresses=["2001:db8::7"])
        / IPv6ExtHdrDestOpt(nh=46)
        / RSVP
    )
    assert found(ether() / chain).rsvp == RSVP
    assert found(ether() / chain).router_alert


@pytest.mark.parametrize("base", [ipv4(proto=51), ipv6(nh=51)])
def test_an_authentication_header_is_stepped_over(base: Any) -> None:
    assert found(ether() / base / AH(nh=46, icv=bytes(12), payloadlen=4) / RSVP).rsvp == RSVP


@pytest.mark.rfc("2205", "C")
@pytest.mark.parametrize("port", [1698, 1699])
@pytest.mark.parametrize("base", [ipv4(ttl=1), ipv6()])
def test_rsvp_in_udp_is_known_by_the_port_that_it_is_sent_to(base: Any, port: int) -> None:
    datagram = found(ether() / base / UDP(sport=40000, dport=port) / RSVP)
    assert datagram.rsvp == RSVP
    assert datagram.udp_ports == (40000, port)


def test_a_tunnel_keeps_its_addresses_and_the_inner_ones_are_the_messages() -> None:
    inner = ipv4(ttl=60, options=[IPOption_Router_Alert()], proto=46)
    outer = IP(src="198.51.100.1", dst="198.51.100.2", proto=4)
    datagram = found(ether() / outer / inner / RSVP)
    assert [(str(src), str(dst)) for src, dst in datagram.tunnels] == [
        ("198.51.100.1", "198.51.100.2")
    ]
    assert (str(datagram.src), datagram.ip_ttl, datagram.router_alert) == ("192.0.2.1", 60, True)


def test_a_first_fragment_is_passed_on_and_marked() -> None:
    datagram = found(ether() / ipv4(proto=46, flags="MF") / RSVP)
    assert (datagram.more_fragments, datagram.fragment_offset_bytes) == (True, 0)
    assert datagram.rsvp == RSVP
    datagram = found(ether() / ipv6() / IPv6ExtHdrFragment(nh=46, m=1, offset=0) / RSVP)
    assert (datagram.more_fragments, datagram.fragment_offset_bytes) == (True, 0)


def test_a_later_fragment_of_protocol_46_is_marked_by_its_offset() -> None:
    assert found(ether() / ipv4(proto=46, frag=185) / RSVP).fragment_offset_bytes == 1480
    later = IPv6ExtHdrFragment(nh=46, m=0, offset=181)
    assert found(ether() / ipv6() / later / RSVP).fragment_offset_bytes == 1448


def test_a_later_fragment_of_udp_shows_no_ports_and_is_not_taken_for_rsvp() -> None:
    payload = UDP(dport=1698) / RSVP
    assert find_rsvp(frame(ether() / ipv4(proto=17, frag=185) / bytes(payload))) is None
    later = IPv6ExtHdrFragment(nh=17, m=0, offset=181)
    assert find_rsvp(frame(ether() / ipv6() / later / bytes(payload))) is None


def test_what_the_capture_cut_off_is_counted() -> None:
    datagram = found(bytes(ether() / IPV4)[:-3])
    assert (datagram.rsvp, datagram.missing_bytes) == (RSVP[:-3], 3)
    datagram = found(bytes(ether() / IPV6)[:-3])
    assert (datagram.rsvp, datagram.missing_bytes) == (RSVP[:-3], 3)


def test_a_datagram_without_a_length_reaches_to_the_end_of_the_frame() -> None:
    # Network cards that cut large segments hand us such headers.
    assert found(bytes(ether() / ipv4(proto=46, len=0) / RSVP)).rsvp == RSVP
    assert found(bytes(ether() / ipv6(nh=46, plen=0) / RSVP)).rsvp == RSVP


@pytest.mark.parametrize(
    ("packet", "sentence"),
    [
        (bytes(13), "the frame ends inside the Ethernet header, after 13 of 14 bytes"),
        (
            ether() / Dot1Q(vlan=7, type=0x0800),
            "the frame ends inside the IPv4 header, after 0 of 20 bytes",
        ),
        (
            bytes(ether() / Dot1Q())[:16],
            "the frame ends inside the VLAN tag, after 2 of 4 bytes",
        ),
        (
            bytes(ether() / IPV4)[:30],
            "the frame ends inside the IPv4 header, after 16 of 20 bytes",
        ),
        (
            bytes(ether() / IPV6)[:30],
            "the frame ends inside the IPv6 header, after 16 of 40 bytes",
        ),
        (ether() / ipv4(ihl=4) / RSVP, "an IPv4 header that starts with 0x44"),
        (
            ether() / ipv4(version=5) / RSVP,
            "an IPv4 header that starts with 0x55",
        ),
        (
            ether() / ipv6(version=4) / RSVP,
            "an IPv6 header that starts with 0x40",
        ),
        (
            ether() / ipv4(ihl=15),
            "the frame ends inside the IPv4 options, after 20 of 60 bytes",
        ),
        (
            ether() / ipv4(len=19) / RSVP,
            "an IPv4 total length of 19 bytes with a header of 20",
        ),
        (
            ether() / ipv6(nh=60) / b"1234",
            "the frame ends inside the IPv6 extension header, after 4 of 8 bytes",
        ),
        (
            ether() / ipv4(proto=17) / b"1234",
            "the frame ends inside the UDP header, after 4 of 8 bytes",
        ),
    ],
)
def test_a_frame_that_ends_too_early_or_contradicts_itself_says_where(
    packet: Any, sentence: str
) -> None:
    with pytest.raises(FrameError) as raised:
        find_rsvp(frame(packet))
    assert str(raised.value) == sentence


@given(st.sampled_from(sorted(LINK_LAYERS)), st.binary(max_size=120))
def test_no_bytes_raise_anything_but_a_frame_error(link_type: int, data: bytes) -> None:
    try:
        datagram = find_rsvp(frame(data, link_type))
    except FrameError:
        return
    assert datagram is None or datagram.rsvp is not None


DEEP = bytes(
    ether()
    / Dot1Q(vlan=1)
    / MPLS(label=3, s=1)
    / ipv6()
    / IPv6ExtHdrHopByHop()
    / ipv4(proto=46)
    / RSVP
)


@given(st.lists(st.tuples(st.integers(0, len(DEEP) - 1), st.integers(0, 255)), max_size=6))
def test_no_mutation_of_a_deep_frame_raises_anything_but_a_frame_error(
    changes: list[tuple[int, int]],
) -> None:
    mutated = bytearray(DEEP)
    for place, value in changes:
        mutated[place] = value
    try:
        datagram = find_rsvp(frame(bytes(mutated)))
    except FrameError:
        return
    assert datagram is None or len(datagram.rsvp or b"") <= len(DEEP)


def test_nesting_of_any_depth_ends() -> None:
    shells = bytes(ipv4(proto=4, len=0)) * 3000
    with pytest.raises(FrameError, match="ends inside the IPv4 header"):
        find_rsvp(frame(shells, 101))
