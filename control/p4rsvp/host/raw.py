"""RSVP as protocol 46 through raw sockets (RFC 2205 3.3), IPv4 and IPv6. Wants CAP_NET_RAW.

The kernel writes the IP headers: interface and source address, TTL, traffic class and the Router
Alert option (RFC 2113; RFC 2711 in a hop-by-hop header) go along with each message as ancillary
data, so there is no state to set between two messages. An IPv4 raw socket hands over the header
that came, an IPv6 one tells what was asked for (RFC 3542).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable
from struct import Struct

from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.host.network import OnPacket
from p4rsvp.wire.address import Address

LOG = logging.getLogger(__name__)

RSVP = 46
# linux/in.h; the socket module of this Python does not name them.
IP_RETOPTS, IP_PKTINFO = 7, 8
SO_RCVBUFFORCE = 33  # asm-generic/socket.h
BUFFER_BYTES = 4 << 20  # a neighbour that ends tears a thousand sessions down at once
IP_PKTINFO_DATA = Struct("=i4s4s")  # interface; the local address; on arrival: the destination
IPV6_PKTINFO_DATA = Struct("=16sI")
_INT = Struct("=i")
_CS6 = 6 << 5  # the traffic class of network control (RFC 2474 4.2.2.2)
_IPV4_ALERT = bytes((148, 4, 0, 0))  # RFC 2113 2.1
# RFC 2711 2.1: a hop-by-hop header that says RSVP (1), and two bytes of padding.
_IPV6_ALERT = bytes((0, 0, 5, 2, 0, 1, 1, 0))

LARGEST_BYTES = 65_535
ANCILLARY_BYTES = 512
_BATCH = 64  # messages that one turn of the loop takes, so that nobody else starves


class RawNetwork:
    """Both address families; one of them is left out where the kernel has it not."""

    def __init__(self) -> None:
        self._on_packet: OnPacket = lambda _: None
        self._sockets: dict[int, socket.socket] = {}

    def groups(self) -> tuple[Address, ...]:
        """None: Path messages come to the groups of their sessions."""
        return ()

    def open(self, on_packet: OnPacket) -> None:
        """Open the sockets and listen."""
        self._on_packet = on_packet
        self._sockets[4] = _ipv4_socket()
        if socket.has_ipv6:
            self._sockets[6] = _ipv6_socket()
        loop = asyncio.get_running_loop()
        for version, one in self._sockets.items():
            loop.add_reader(one, self._readable, version)

    async def close(self) -> None:
        """Close the sockets."""
        loop = asyncio.get_running_loop()
        for one in self._sockets.values():
            loop.remove_reader(one)
            one.close()
        self._sockets.clear()

    def send(self, packet: SendPacket) -> None:
        """Send by the interface and from the address that the engine names."""
        version = packet.destination.version
        out = self._sockets[version]
        try:
            if version == 4:
                out.sendmsg((packet.data,), _ipv4_control(packet), 0, (str(packet.destination), 0))
            else:
                to = (str(packet.destination), 0, 0, zone(packet.destination, packet.interface))
                out.sendmsg((packet.data,), _ipv6_control(packet), 0, to)
        except OSError as error:
            # An interface may be on its way down; RSVP lives with lost messages (RFC 2205 3.7).
            LOG.warning("a message to %s was not sent: %s", packet.destination, error)

    def _readable(self, version: int) -> None:
        read = _read_ipv4 if version == 4 else _read_ipv6
        one = self._sockets[version]
        for _ in range(_BATCH):
            try:
                data, ancillary, _, source = one.recvmsg(LARGEST_BYTES, ANCILLARY_BYTES)
            except BlockingIOError:
                return
            packet = read(data, ancillary, source[0])
            if packet is not None:
                self._on_packet(packet)


def zone(address: Address, interface: int) -> int:
    """The zone of a link-local address (RFC 4007 6); other addresses have none."""
    return interface if address[:2] in {b"\xfe\x80", b"\xff\x02"} else 0


def prepare(one: socket.socket) -> None:
    """Never wait for the socket, and let much wait for us."""
    one.settimeout(0)
    try:
        one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except PermissionError:  # CAP_NET_RAW alone: as much as the system allows
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)


def _ipv4_socket() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_RAW, RSVP)
    prepare(one)
    one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    return one


def _ipv6_socket() -> socket.socket:
    one = socket.socket(socket.AF_INET6, socket.SOCK_RAW, RSVP)
    prepare(one)
    for option in (socket.IPV6_RECVPKTINFO, socket.IPV6_RECVHOPLIMIT, socket.IPV6_RECVHOPOPTS):
        one.setsockopt(socket.IPPROTO_IPV6, option, 1)
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    return one


Ancillary = tuple[int, int, bytes]


def _ipv4_control(packet: SendPacket) -> list[Ancillary]:
    where = IP_PKTINFO_DATA.pack(packet.interface, packet.source, bytes(4))
    level = socket.IPPROTO_IP
    control = [
        (level, IP_PKTINFO, where),
        (level, socket.IP_TTL, _INT.pack(packet.ttl)),
        (level, socket.IP_TOS, _INT.pack(_CS6)),
    ]
    if packet.router_alert:
        control.append((level, IP_RETOPTS, _IPV4_ALERT))
    return control


def _ipv6_control(packet: SendPacket) -> list[Ancillary]:
    level = socket.IPPROTO_IPV6
    control = [
        (level, socket.IPV6_PKTINFO, IPV6_PKTINFO_DATA.pack(packet.source, packet.interface)),
        (level, socket.IPV6_HOPLIMIT, _INT.pack(packet.ttl)),
        (level, socket.IPV6_TCLASS, _INT.pack(_CS6)),
    ]
    if packet.router_alert:
        control.append((level, socket.IPV6_HOPOPTS, _IPV6_ALERT))
    return control


def _read_ipv4(data: bytes, ancillary: Iterable[Ancillary], _: str) -> PacketIn | None:
    """A datagram with its header, which the kernel has checked."""
    found = {kind: value for level, kind, value in ancillary if level == socket.IPPROTO_IP}
    header_bytes = 4 * (data[0] & 0xF)
    if IP_PKTINFO not in found:
        return None
    interface, _, _ = IP_PKTINFO_DATA.unpack(found[IP_PKTINFO])
    return PacketIn(
        interface,
        Address(data[12:16]),
        Address(data[16:20]),
        data[8],
        router_alert=_IPV4_ALERT in data[20:header_bytes],
        data=data[header_bytes:],
    )


def _read_ipv6(data: bytes, ancillary: Iterable[Ancillary], source: str) -> PacketIn | None:
    """A datagram without its header, and what the kernel tells of that."""
    found = {kind: value for level, kind, value in ancillary if level == socket.IPPROTO_IPV6}
    if not {socket.IPV6_PKTINFO, socket.IPV6_HOPLIMIT} <= found.keys():
        return None
    destination, interface = IPV6_PKTINFO_DATA.unpack(found[socket.IPV6_PKTINFO])
    (ttl,) = _INT.unpack(found[socket.IPV6_HOPLIMIT])
    alert = _IPV6_ALERT[2:6] in found.get(socket.IPV6_HOPOPTS, b"")
    origin = Address.parse(source.partition("%")[0])
    return PacketIn(interface, origin, Address(destination), ttl, router_alert=alert, data=data)
