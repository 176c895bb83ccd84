"""ICMP answers beside scapy, and the router that gives them."""

from __future__ import annotations

from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6PacketTooBig,
    ICMPv6TimeExceeded,
    IPv6,
)
from scapy.layers.l2 import Dot1Q, Ether

from p4rsvp.daemon.frames import Ends
from p4rsvp.daemon.icmp import echo_reply, time_exceeded, too_big
from p4rsvp.daemon.links import ERRORS_AT_ONCE
from p4rsvp.security.allowance import Allowance
from p4rsvp.wire.address import Address
from tests.daemon.rig import Rig, host, mac, own_mac, router

ENDS = Ends(b"\2" * 6, b"\4" * 6)
V4, V6 = Address.parse("192.0.2.1"), Address.parse("2001:db8::1")
SENDER, FAR = "198.51.100.7", "203.0.113.9"
NOBODY = str(Address(bytes(4)))


def framed(packet: Any) -> bytes:
    return bytes(Ether(src="04:04:04:04:04:04", dst="02:02:02:02:02:02") / packet)


def checked(frame: bytes | None) -> Any:
    """A frame as scapy reads it; its checksums have to be those that scapy computes."""
    assert frame is not None
    found = Ether(frame)
    again = found.copy()
    for layer in (IP, ICMP, ICMPv6EchoReply, ICMPv6TimeExceeded, ICMPv6PacketTooBig):
        if layer in again:
            field = "chksum" if layer in {IP, ICMP} else "cksum"
            delattr(again[layer], field)
    assert bytes(again) == frame
    return found


# RFC 1812 4.3.3.6
@pytest.mark.parametrize("size", [0, 1, 56, 1400])
def test_an_echo_comes_back_with_its_data(size: int) -> None:
    data = bytes(number % 256 for number in range(size))
    ask = framed(IP(src=SENDER, dst=str(V4)) / ICMP(id=7, seq=9) / data)
    reply = checked(echo_reply(ask, ENDS))
    assert (reply[IP].src, reply[IP].dst) == (str(V4), SENDER)
    assert (reply[ICMP].type, reply[ICMP].id, reply[ICMP].seq) == (0, 7, 9)
    assert bytes(reply[ICMP].payload) == data


# RFC 4443 4.2
def test_an_echo_of_ipv6_comes_back_too_in_its_vlan() -> None:
    ask = IPv6(src="2001:db8::7", dst=str(V6)) / ICMPv6EchoRequest(id=7, seq=9, data=b"data")
    tagged = bytes(Ether(src="04:04:04:04:04:04") / Dot1Q(vlan=5) / ask)
    reply = checked(echo_reply(tagged, ENDS._replace(vlan_id=5)))
    assert reply[Dot1Q].vlan == 5
    assert (reply[IPv6].src, reply[IPv6].dst) == (str(V6), "2001:db8::7")
    assert bytes(reply[ICMPv6EchoReply].data) == b"data"


def test_what_is_no_sound_request_has_no_answer() -> None:
    good = framed(IP(src=SENDER, dst=str(V4)) / ICMP() / b"data")
    assert echo_reply(good[:-1] + b"x", ENDS) is None  # the checksum is wrong
    assert echo_reply(good[:-5], ENDS) is None
    assert echo_reply(framed(IP(src=SENDER, dst="224.0.0.1") / ICMP()), ENDS) is None
    assert echo_reply(framed(IP(src=SENDER, dst=str(V4)) / ICMP(type=0)), ENDS) is None
    assert echo_reply(framed(IP(src=SENDER, dst=str(V4)) / UDP() / b"data"), ENDS) is None


# RFC 792, Time Exceeded
def test_a_packet_without_hops_left_is_quoted_to_its_sender() -> None:
    packet = IP(src=SENDER, dst=FAR, ttl=1) / UDP(sport=1, dport=2) / bytes(2000)
    error = checked(time_exceeded(framed(packet), V4, ENDS))
    assert (error[ICMP].type, error[ICMP].code, error[IP].dst) == (11, 0, SENDER)
    assert len(error[IP]) == 576
    assert bytes(error[ICMP])[8:] == bytes(packet)[: 576 - 28]


# RFC 4443 3.3
def test_the_same_of_ipv6_quotes_up_to_the_least_mtu() -> None:
    packet = IPv6(src="2001:db8::7", dst="2001:db8:9::1", hlim=1) / UDP() / bytes(2000)
    error = checked(time_exceeded(framed(packet), V6, ENDS))
    assert error[ICMPv6TimeExceeded].code == 0
    assert len(error[IPv6]) == 1280


# RFC 1191 4
def test_what_must_not_be_fragmented_is_told_what_fits() -> None:
    packet = IP(src=SENDER, dst=FAR, flags="DF") / UDP() / bytes(1400)
    error = checked(too_big(framed(packet), V4, ENDS, 1280))
    assert (error[ICMP].type, error[ICMP].code, error[ICMP].nexthopmtu) == (3, 4, 1280)
    assert too_big(framed(IP(src=SENDER, dst=FAR) / UDP()), V4, ENDS, 1280) is None


# RFC 4443 3.2
def test_ipv6_is_always_told_what_fits() -> None:
    packet = IPv6(src="2001:db8::7", dst="2001:db8:9::1") / UDP() / bytes(1400)
    assert checked(too_big(framed(packet), V6, ENDS, 1280))[ICMPv6PacketTooBig].mtu == 1280


# RFC 1812 4.3.2.7
@pytest.mark.parametrize(
    "packet",
    [
        IP(src=SENDER, dst=FAR) / ICMP(type=3),
        IP(src=SENDER, dst="239.1.1.1") / UDP(),
        IP(src=SENDER, dst="255.255.255.255") / UDP(),
        IP(src=NOBODY, dst=FAR) / UDP(),
        IP(src="224.0.0.5", dst=FAR) / UDP(),
        IP(src=SENDER, dst=FAR, frag=3) / UDP(),
        IPv6(src="2001:db8::7", dst="2001:db8:9::1") / ICMPv6TimeExceeded(),
        IPv6(src="::", dst="2001:db8:9::1") / UDP(),
    ],
    ids=lambda packet: packet.summary(),
)
def test_an_error_is_not_sent_to_who_must_not_get_one(packet: Any) -> None:
    ours = V4 if IP in packet else V6
    assert time_exceeded(framed(packet), ours, ENDS) is None


def test_an_allowance_is_so_many_at_once_and_so_many_a_second() -> None:
    allowance = Allowance(rate_per_s=10, burst=3)
    assert [allowance.take(0) for _ in range(4)] == [True, True, True, False]
    assert allowance.take(100_000_000)
    assert not allowance.take(100_000_000)
    assert sum(allowance.take(10_000_000_000) for _ in range(9)) == 3


def ask(rig: Rig, packet: Any) -> None:
    rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / packet))


def test_the_router_answers_a_ping_of_any_of_its_addresses(rig: Rig) -> None:
    for address in (router(1), router(2)):
        ask(rig, IP(src=str(host(1)), dst=str(address)) / ICMP(id=5) / b"ping")
        sent = rig.collect()
        reply = Ether(sent.frame)
        assert (sent.port, reply.dst, reply.src) == (1, mac(1), own_mac(1))
        assert (reply[IP].src, reply[ICMP].type, reply[ICMP].id) == (str(address), 0, 5)


def test_the_router_shows_itself_to_traceroute_but_not_to_a_flood(rig: Rig) -> None:
    for _ in range(2 * ERRORS_AT_ONCE):
        ask(rig, IP(src=str(host(1)), dst=str(host(2)), ttl=1) / UDP() / b"data")
    first = Ether(rig.collect().frame)
    assert (first[IP].src, first[ICMP].type) == (str(router(1)), 11)
    ask(rig, IP(src=str(host(1)), dst=str(router(1))) / ICMP() / b"last")
    others: list[Ether] = []
    while not others or others[-1][ICMP].type != 0:
        others.append(Ether(rig.collect().frame))
    assert len(others) <= ERRORS_AT_ONCE + 5  # and some that time has allowed since
