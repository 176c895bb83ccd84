"""Frames as a test sends them, and as a router must send them on."""

from typing import Any

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import IPv6, IPv6ExtHdrHopByHop, RouterAlert
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet, Raw
from scapy.utils import mac2str

from packet.network import INTERFACES, host, host6

PAYLOAD = b"p4rsvp " * 6
ESP = 50
AH = 51
RSVP = 46
RSVP_PATH = 1
RSVP_RESV = 2

__all__ = ["ICMP", "IP", "TCP", "UDP", "Ether", "IPv6", "Raw"]


def arriving(interface: int, packet: Packet) -> Packet:
    """This IP packet as the neighbour on that interface sends it to the switch."""
    arrival = INTERFACES[interface]
    link = Ether(src=arrival.neighbour_mac, dst=_link_destination(packet, arrival.mac))
    if arrival.vlan_id:
        return link / Dot1Q(vlan=arrival.vlan_id) / packet
    return link / packet


def leaving(interface: int, packet: Packet, *, queue: int = 0, **changed: Any) -> bytes:
    """This IP packet as the switch must send it on; `changed` are fields of its IP header."""
    departure = INTERFACES[interface]
    routed = packet.copy()
    if IP in routed:
        routed[IP].ttl -= 1
        del routed[IP].chksum
    else:
        routed[IPv6].hlim -= 1
    for name, value in changed.items():
        setattr(routed, name, value)
    link = Ether(src=departure.mac, dst=_link_destination(packet, departure.neighbour_mac))
    if departure.vlan_id:
        return bytes(link / Dot1Q(vlan=departure.vlan_id, prio=queue) / routed)
    return bytes(link / routed)


def ipv4(source: int = 1, destination: int = 2, **fields: Any) -> Packet:
    """An IPv4 header from one host of the network to another."""
    return IP(**{"src": host(source), "dst": host(destination), **fields})


def ipv6(source: int = 1, destination: int = 2, **fields: Any) -> Packet:
    """An IPv6 header from one host of the network to another."""
    return IPv6(**{"src": host6(source), "dst": host6(destination), **fields})


def udp(sport: int = 5000, dport: int = 6000) -> Packet:
    """A UDP datagram without a checksum, so that nothing changes with what is in front of it."""
    return UDP(sport=sport, dport=dport, chksum=0) / Raw(PAYLOAD)


def esp(spi: int) -> Packet:
    """What RFC 2207 sees of ESP."""
    return Raw(spi.to_bytes(4, "big") + bytes(4) + PAYLOAD)


def ah(spi: int, next_header: int = 17) -> Packet:
    """What RFC 2207 sees of AH, in front of an UDP datagram."""
    return Raw(bytes([next_header, 4, 0, 0]) + spi.to_bytes(4, "big") + bytes(16) + PAYLOAD)


def rsvp(message_type: int) -> Packet:
    """An RSVP message as far as a switch looks at it."""
    return Raw(bytes([0x10, message_type, 0, 0, 63, 0, 0, 8]))


def router_alert() -> Packet:
    """RFC 2113's option."""
    return IPOption_Router_Alert()


def router_alert6(value: int = 1) -> Packet:
    """RFC 2711's option in its hop-by-hop header; 1 is RSVP."""
    return IPv6ExtHdrHopByHop(options=[RouterAlert(value=value)])


def _link_destination(packet: Packet, unicast: str) -> str:
    """The link address of a group (RFC 1112 6.4, RFC 2464 7), or this one."""
    if IP in packet and 224 <= int(packet[IP].dst.split(".")[0]) <= 239:
        _, *low = (int(part) for part in packet[IP].dst.split("."))
        return f"01:00:5e:{low[0] & 0x7F:02x}:{low[1]:02x}:{low[2]:02x}"
    if IPv6 in packet and packet[IPv6].dst.lower().startswith("ff"):
        low4 = bytes(packet[IPv6])[36:40]
        return "33:33:" + ":".join(f"{byte:02x}" for byte in low4)
    assert mac2str(unicast)
    return unicast
