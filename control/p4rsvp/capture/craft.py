"""Frames around RSVP messages, for captures that we make: scapy builds them, and writes the file.

Every address is given, so that scapy asks neither the routing table nor a neighbour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from scapy.contrib.mpls import MPLS
from scapy.layers.inet import IP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import IPv6, IPv6ExtHdrHopByHop, RouterAlert
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet
from scapy.utils import PcapWriter

from p4rsvp.capture.ip import RSVP_PROTOCOL
from p4rsvp.wire.address import Address

_CS6 = 6 << 5  # the traffic class of network control (RFC 2474 4.2.2.2)
_RSVP_ALERT = 1  # RFC 2711 2.1
_ETHERNET = 1
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a message travels: the IP header's facts, and what lies around it."""

    src: Address
    dst: Address
    ttl: int
    router_alert: bool = False
    udp_port: int | None = None  # RFC 2205 appendix C
    vlan: int | None = None
    label: int | None = None
    macs: tuple[str, str] = ("02:00:00:00:00:01", "02:00:00:00:00:02")


class TimedFrame(NamedTuple):
    """A frame and when it was seen."""

    time_ns: int  # since 1970
    frame: Packet


def craft(message: bytes, way: Wrapping) -> Packet:
    """Wrap an encoded message up."""
    src_mac, dst_mac = way.macs
    frame: Packet = Ether(src=src_mac, dst=dst_mac)
    if way.vlan is not None:
        frame /= Dot1Q(vlan=way.vlan)
    if way.label is not None:
        frame /= MPLS(label=way.label, s=1, ttl=way.ttl)
    carried = RSVP_PROTOCOL if way.udp_port is None else 17
    frame /= _ipv4(way, carried) if way.src.version == 4 else _ipv6(way, carried)
    if way.udp_port is not None:
        frame /= UDP(sport=way.udp_port, dport=way.udp_port)
    return frame / message


def _ipv4(way: Wrapping, carried: int) -> Packet:
    options = [IPOption_Router_Alert()] if way.router_alert else []
    return IP(
        src=str(way.src), dst=str(way.dst), ttl=way.ttl, tos=_CS6, proto=carried, options=options
    )


def _ipv6(way: Wrapping, carried: int) -> Packet:
    header = IPv6(src=str(way.src), dst=str(way.dst), hlim=way.ttl, tc=_CS6)
    if not way.router_alert:
        header.nh = carried
        return header
    return header / IPv6ExtHdrHopByHop(nh=carried, options=[RouterAlert(value=_RSVP_ALERT)])


def write_capture(stream: BinaryIO, frames: Iterable[TimedFrame]) -> int:
    """Write a pcap file of nanoseconds; tell how many packets are in it."""
    writer = PcapWriter(stream, linktype=_ETHERNET, nano=True)
    count = 0
    for count, (time_ns, frame) in enumerate(frames, start=1):
        seconds, fraction_ns = divmod(time_ns, _NS_PER_S)
        if count == 1:
            writer.write_header(frame)
        writer.write_packet(bytes(frame), sec=seconds, usec=fraction_ns)
    writer.flush()
    return count
