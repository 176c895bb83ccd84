"""RSVP in frames, both ways: pure functions over bytes.

Outgoing frames are packed by hand, since every refresh passes here (scapy takes some hundred
microseconds for one). Raw RSVP is protocol 46 with the Router Alert option where the message asks
for it (RFC 2113; RFC 2711 in a hop-by-hop header for IPv6), UDP is RFC 2205 C. Incoming frames go
through the layers that read captures. Left out: fragmentation; a message that is larger than the
link's MTU is sent in one frame, and the link has the last word.
"""

from __future__ import annotations

from struct import Struct
from sys import byteorder
from typing import NamedTuple

from msgspec.structs import replace

from p4rsvp.capture.datagram import Datagram, FrameError, Next
from p4rsvp.capture.ip import ipv4, ipv6
from p4rsvp.engine.effects import SendPacket
from p4rsvp.wire.address import Address

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_IPV6 = 0x86DD
ETHERTYPE_VLAN = 0x8100

_RSVP, _UDP, _HOP_BY_HOP = 46, 17, 0
_CS6 = 6 << 5  # the traffic class of network control (RFC 2474 4.2.2.2)
_CONTROL_PRIORITY = 7 << 13  # in a VLAN tag
_IPV4_ALERT = bytes((148, 4, 0, 0))  # RFC 2113 2.1
_IPV6_ALERT = bytes((5, 2, 0, 1, 1, 0))  # RFC 2711 2.1: RSVP; and two bytes of padding
_IPV6_ALERT_MLD = bytes((5, 2, 0, 0, 1, 0))
_IPV4 = Struct("!BBHHHBBH4s4s")
_IPV6 = Struct("!IHBB16s16s")
_UDP_HEADER = Struct("!HHHH")
_ETHERNET_BYTES = 14
_TAG_BYTES = 4


class Ends(NamedTuple):
    """Both ends of a link, and the VLAN that it is in (0: none)."""

    source: bytes
    destination: bytes
    vlan_id: int = 0


class RsvpDatagram(NamedTuple):
    """An RSVP message as it came."""

    source: Address
    destination: Address
    ip_ttl: int
    router_alert: bool
    udp_port: int | None
    data: bytes


class IpPacket(NamedTuple):
    """Where a frame's IP header is, and where it goes."""

    start: int
    source: Address
    destination: Address


def ethernet(
    ends: Ends, ether_type: int, payload: bytes, priority: int = _CONTROL_PRIORITY
) -> bytes:
    """A frame."""
    tag = b""
    if ends.vlan_id:
        tag = ETHERTYPE_VLAN.to_bytes(2) + (priority | ends.vlan_id).to_bytes(2)
    return b"".join((ends.destination, ends.source, tag, ether_type.to_bytes(2), payload))


def rsvp_frame(packet: SendPacket, ends: Ends, udp_port: int | None = None) -> bytes:
    """An RSVP message as raw IP, or in UDP to this port (RFC 2205 C)."""
    if udp_port is not None:
        udp = replace(packet, data=_in_udp(packet, udp_port), router_alert=False)
        return ip_frame(udp, ends, _UDP)
    return ip_frame(packet, ends, _RSVP)


def ip_frame(packet: SendPacket, ends: Ends, protocol: int) -> bytes:
    """A packet of control traffic."""
    data, alert = packet.data, packet.router_alert
    if packet.source.version == 4:
        return ethernet(ends, ETHERTYPE_IPV4, _in_ipv4(packet, protocol, data, alert=alert))
    return ethernet(ends, ETHERTYPE_IPV6, _in_ipv6(packet, protocol, data, alert=alert))


def _in_udp(packet: SendPacket, port: int) -> bytes:
    length = _UDP_HEADER.size + len(packet.data)
    header = _UDP_HEADER.pack(port, port, length, 0)
    pseudo = pseudo_header(packet.source, packet.destination, length, _UDP)
    checksum = ones_complement(pseudo + header + packet.data) or 0xFFFF
    return _UDP_HEADER.pack(port, port, length, checksum) + packet.data


def _in_ipv4(packet: SendPacket, protocol: int, data: bytes, *, alert: bool) -> bytes:
    options = _IPV4_ALERT if alert else b""
    words = 5 + len(options) // 4
    total = 4 * words + len(data)
    fields = (0x40 | words, _CS6, total, 0, 0, packet.ttl, protocol)
    header = _IPV4.pack(*fields, 0, packet.source, packet.destination) + options
    checksum = ones_complement(header)
    return _IPV4.pack(*fields, checksum, packet.source, packet.destination) + options + data


def _in_ipv6(packet: SendPacket, protocol: int, data: bytes, *, alert: bool) -> bytes:
    next_header = protocol
    if alert:
        option = _IPV6_ALERT if protocol == _RSVP else _IPV6_ALERT_MLD
        data = bytes((protocol, 0)) + option + data
        next_header = _HOP_BY_HOP
    version = 6 << 28 | _CS6 << 20
    header = _IPV6.pack(
        version, len(data), next_header, packet.ttl, packet.source, packet.destination
    )
    return header + data


def read_rsvp(frame: bytes) -> RsvpDatagram | None:
    """The RSVP message in a frame that came in; None where there is none that we can use."""
    start = ip_start(frame)
    if start is None:
        return None
    datagram = Datagram()
    step: Next = (ipv4 if frame[start] >> 4 == 4 else ipv6, frame[start:])
    try:
        while step is not None:
            layer, data = step
            step = layer(datagram, data)
    except FrameError:
        return None
    # We reassemble nothing: a fragment, like a message in a tunnel, is not for us.
    is_whole = not (datagram.fragment_offset_bytes or datagram.more_fragments)
    if datagram.rsvp is None or datagram.tunnels or datagram.missing_bytes or not is_whole:
        return None
    return RsvpDatagram(
        datagram.src,
        datagram.dst,
        datagram.ip_ttl,
        datagram.router_alert,
        datagram.udp_ports[1] if datagram.udp_ports else None,
        datagram.rsvp,
    )


def ip_start(frame: bytes) -> int | None:
    """Where the IP header begins, behind at most one tag; None: it is not IP."""
    at = _ETHERNET_BYTES - 2
    if frame[at : at + 2] == ETHERTYPE_VLAN.to_bytes(2):
        at += _TAG_BYTES
    kind = int.from_bytes(frame[at : at + 2])
    wanted = {ETHERTYPE_IPV4: (4, _IPV4.size), ETHERTYPE_IPV6: (6, _IPV6.size)}.get(kind)
    at += 2
    if wanted is None or len(frame) < at + wanted[1] or frame[at] >> 4 != wanted[0]:
        return None
    return at


def read_ip(frame: bytes) -> IpPacket | None:
    """The addresses of an IP packet in a frame."""
    start = ip_start(frame)
    if start is None:
        return None
    first, size = (12, 4) if frame[start] >> 4 == 4 else (8, 16)
    middle = start + first + size
    return IpPacket(
        start, Address(frame[start + first : middle]), Address(frame[middle : middle + size])
    )


def forwarded(frame: bytes, start: int, ends: Ends) -> bytes:
    """The IP packet of a frame as a router sends it on: a hop less to live, other ends."""
    packet = bytearray(frame[start:])
    if packet[0] >> 4 == 6:
        packet[7] -= 1
        return ethernet(ends, ETHERTYPE_IPV6, bytes(packet), priority=0)
    packet[8] -= 1
    # RFC 1624: the TTL is the high byte of its word, so the checksum grows by 0x0100.
    total = int.from_bytes(packet[10:12]) + 0x0100
    packet[10:12] = ((total & 0xFFFF) + (total >> 16)).to_bytes(2)
    return ethernet(ends, ETHERTYPE_IPV4, bytes(packet), priority=0)


def group_mac(group: Address) -> bytes:
    """The link address of a group (RFC 1112 6.4, RFC 2464 7)."""
    if group.version == 4:
        return bytes((0x01, 0x00, 0x5E, group[1] & 0x7F, group[2], group[3]))
    return b"\x33\x33" + group[12:]


def pseudo_header(source: Address, destination: Address, length: int, protocol: int) -> bytes:
    """What the checksum of an upper layer covers of IP (RFC 768, RFC 8200 8.1)."""
    if source.version == 4:
        return source + destination + bytes((0, protocol)) + length.to_bytes(2)
    return source + destination + length.to_bytes(4) + bytes((0, 0, 0, protocol))


def ones_complement(data: bytes) -> int:
    """The checksum of the Internet (RFC 1071)."""
    padded = data if len(data) % 2 == 0 else data + b"\0"
    total = sum(memoryview(padded).cast("H")) if padded else 0
    # Summed in the machine's order: the result is right in the same order (RFC 1071 2 B).
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int.from_bytes((~total & 0xFFFF).to_bytes(2, byteorder))
