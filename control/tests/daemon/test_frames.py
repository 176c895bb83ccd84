"""Frames of RSVP, ARP and neighbour discovery, against scapy's idea of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrHopByHop,
    RouterAlert,
)
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

from p4rsvp.daemon.frames import (
    Ends,
    IpPacket,
    RsvpDatagram,
    forwarded,
    group_mac,
    ip_start,
    ones_complement,
    read_ip,
    read_rsvp,
    rsvp_frame,
)
from p4rsvp.daemon.resolution import (
    BROADCAST,
    Heard,
    read_arp,
    read_discovery,
    reply,
    request,
)
from p4rsvp.engine.effects import SendPacket
from p4rsvp.wire.address import Address

OURS, THEIRS = bytes.fromhex("020000000001"), bytes.fromhex("020000000102")
ENDS = Ends(OURS, THEIRS)
V4 = Address.parse("10.0.1.1"), Address.parse("10.0.1.2")
V6 = Address.parse("2001:db8:1::1"), Address.parse("2001:db8:1::2")

pairs = st.sampled_from([V4, V6])
vlans = st.sampled_from([0, 100])
ttls = st.integers(1, 255)
payloads = st.binary(min_size=8, max_size=100)


@given(pairs, vlans, ttls, st.booleans(), st.sampled_from([None, 1698, 1699]), payloads)
def test_what_is_framed_is_what_is_read(
    pair: tuple[Address, Address],
    vlan_id: int,
    ttl: int,
    alert: bool,  # noqa: FBT001 (hypothesis gives arguments by position)
    port: int | None,
    data: bytes,
) -> None:
    packet = SendPacket(1, *pair, ttl, alert, data)
    found = read_rsvp(rsvp_frame(packet, Ends(OURS, THEIRS, vlan_id), port))
    assert found == RsvpDatagram(*pair, ttl, alert and port is None, port, data)


@pytest.mark.rfc("2205", "3.3")
@pytest.mark.parametrize("pair", [V4, V6])
def test_a_frame_with_router_alert_is_as_scapy_builds_it(pair: tuple[Address, Address]) -> None:
    source, destination = map(str, pair)
    link = Ether(src=OURS, dst=THEIRS) / Dot1Q(vlan=100, prio=7)
    if pair is V4:
        header = IP(
            src=source,
            dst=destination,
            ttl=63,
            tos=0xC0,
            id=0,
            proto=46,
            options=[IPOption_Router_Alert()],
        )
        packet = link / header / Raw(b"rsvp")
    else:
        alert = IPv6ExtHdrHopByHop(nh=46, options=[RouterAlert(value=1)])
        packet = link / IPv6(src=source, dst=destination, hlim=63, tc=0xC0) / alert / Raw(b"rsvp")
    ours = rsvp_frame(SendPacket(1, *pair, 63, True, b"rsvp"), ENDS._replace(vlan_id=100))  # noqa: FBT003 (as the engine makes it)
    assert ours == bytes(packet)


@pytest.mark.rfc("2205", "C")
@pytest.mark.parametrize("pair", [V4, V6])
def test_the_checksum_of_udp_is_as_scapy_reckons_it(pair: tuple[Address, Address]) -> None:
    frame = rsvp_frame(SendPacket(1, *pair, 63, False, b"odd"), ENDS, 1699)  # noqa: FBT003 (likewise)
    again = Ether(frame)
    ours = again[UDP].chksum
    del again[UDP].chksum
    assert Ether(bytes(again))[UDP].chksum == ours


@pytest.mark.parametrize(
    "packet",
    [
        IP(src="10.0.0.1", dst="10.0.0.2", proto=46, flags="MF") / Raw(b"rsvp"),
        IP(src="10.0.0.1", dst="10.0.0.2", proto=46, frag=5) / Raw(b"rsvp"),
        IP(src="10.0.0.1", dst="10.0.0.2", proto=4) / IP(proto=46) / Raw(b"rsvp"),
        IP(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=53) / Raw(b"no"),
        IP(src="10.0.0.1", dst="10.0.0.2", proto=46, len=400) / Raw(b"rsvp"),
    ],
)
def test_fragments_tunnels_and_strangers_are_no_messages(packet: IP) -> None:
    assert read_rsvp(bytes(Ether(src=THEIRS, dst=OURS) / packet)) is None


@given(st.binary(max_size=80))
def test_no_bytes_break_a_reader(data: bytes) -> None:
    for kind in (b"\x08\x00", b"\x86\xdd", b"\x08\x06", b"\x81\x00"):
        frame = bytes(12) + kind + data
        assert isinstance(read_rsvp(frame), RsvpDatagram | None)
        assert isinstance(read_ip(frame), IpPacket | None)
        assert isinstance(read_arp(frame), Heard | None)
        assert isinstance(read_discovery(frame), Heard | None)


@given(pairs, st.integers(2, 255), st.binary(max_size=40))
def test_a_packet_sent_on_has_a_hop_less_and_is_else_the_same(
    pair: tuple[Address, Address], ttl: int, data: bytes
) -> None:
    source, destination = map(str, pair)
    header = (
        IP(src=source, dst=destination, ttl=ttl, proto=200)
        if pair is V4
        else IPv6(src=source, dst=destination, hlim=ttl, nh=200)
    )
    frame = bytes(Ether(src=THEIRS, dst=OURS) / header / Raw(data))
    start = ip_start(frame)
    assert start is not None
    onward = Ether(forwarded(frame, start, ENDS))
    header.fields["ttl" if pair is V4 else "hlim"] = ttl - 1
    assert bytes(onward) == bytes(Ether(src=OURS, dst=THEIRS) / header / Raw(data))


def test_groups_have_link_addresses_of_their_own() -> None:
    assert group_mac(Address.parse("239.129.2.3")).hex() == "01005e010203"
    assert group_mac(Address.parse("ff1e::1:2")).hex() == "333300010002"


@given(st.binary())
def test_the_checksum_of_what_holds_its_checksum_is_zero(data: bytes) -> None:
    even = data + bytes(len(data) % 2)
    assert ones_complement(even + ones_complement(even).to_bytes(2)) == 0


def test_arp_is_asked_and_answered_as_scapy_knows_it() -> None:
    asked = Ether(request(Ends(OURS, BROADCAST), *V4))[ARP]
    assert (asked.op, asked.psrc, asked.pdst) == (1, str(V4[0]), str(V4[1]))
    question = Ether(src=THEIRS, dst=BROADCAST) / ARP(
        op=1, hwsrc=THEIRS, psrc=str(V4[1]), pdst=str(V4[0])
    )
    heard = read_arp(bytes(question))
    assert heard == Heard(V4[1], THEIRS, V4[0])
    answer = Ether(reply(ENDS, V4[0], heard))[ARP]
    assert (answer.op, answer.hwsrc, answer.psrc) == (2, "02:00:00:00:00:01", str(V4[0]))
    assert read_arp(bytes(Ether() / answer)) == Heard(V4[0], OURS, None)


def test_a_neighbour_is_solicited_and_answered_as_scapy_knows_it() -> None:
    asked = Ether(request(Ends(OURS, BROADCAST), *V6))
    assert asked.dst == "33:33:ff:00:00:02"
    assert (asked[IPv6].dst, asked[ICMPv6ND_NS].tgt) == ("ff02::1:ff00:2", str(V6[1]))
    question = (
        Ether(src=THEIRS, dst=OURS)
        / IPv6(src=str(V6[1]), dst="ff02::1:ff00:1", hlim=255)
        / ICMPv6ND_NS(tgt=str(V6[0]))
        / ICMPv6NDOptSrcLLAddr(lladdr=THEIRS)
    )
    heard = read_discovery(bytes(question))
    assert heard == Heard(V6[1], THEIRS, V6[0])
    answer = Ether(reply(ENDS, V6[0], heard))
    assert answer[ICMPv6ND_NA].tgt == str(V6[0])
    assert (answer[ICMPv6ND_NA].R, answer[ICMPv6ND_NA].S, answer[ICMPv6ND_NA].O) == (1, 1, 1)
    assert answer[ICMPv6NDOptDstLLAddr].lladdr == "02:00:00:00:00:01"
    assert read_discovery(bytes(answer)) == Heard(V6[0], OURS, None)


def test_discovery_with_a_wrong_checksum_or_from_afar_is_not_heard() -> None:
    frame = bytearray(request(ENDS, *V6))
    frame[-1] ^= 1
    assert read_discovery(bytes(frame)) is None
    far = bytearray(request(ENDS, *V6))
    far[14 + 7] = 254
    assert read_discovery(bytes(far)) is None
