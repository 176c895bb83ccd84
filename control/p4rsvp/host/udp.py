"""RSVP in UDP (RFC 2205 appendix C), by the tables of figures 13 and 14 (wire/encap.py).

A host that may not open raw sockets (Hu) sends all in UDP; a host that may, and has such hosts on
its links (Hr), sends Path messages both ways and hears both. Data's TTL is hidden, so packets come
without one. Which neighbour is the first-hop router is asked of the kernel, which takes a moment:
messages wait in a queue, and so keep their order.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from struct import Struct

from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.host.network import OnPacket
from p4rsvp.host.raw import (
    ANCILLARY_BYTES,
    IP_PKTINFO,
    IP_PKTINFO_DATA,
    IPV6_PKTINFO_DATA,
    LARGEST_BYTES,
    Ancillary,
    RawNetwork,
    prepare,
    zone,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.encap import GROUP_V4, GROUP_V6, MULTICAST, UNICAST, Node, Target, Way

LOG = logging.getLogger(__name__)

_INT = Struct("=i")
_LINK_TTL = 1  # a well-known group never leaves the link, nor does what stands in for a neighbour
_BATCH = 64

GatewayOf = Callable[[Address], Awaitable[Address | None]]


class UdpNetwork:
    """One host's way to speak in UDP; with `raw` beside it for a host that has both."""

    def __init__(self, gateway_of: GatewayOf, raw: RawNetwork | None = None) -> None:
        self._gateway_of = gateway_of
        self._raw = raw
        node = Node.HU if raw is None else Node.HR
        self._unicast, self._multicast = UNICAST[node], MULTICAST[node]
        self._on_packet: OnPacket = lambda _: None
        self._sockets: dict[tuple[int, int], socket.socket] = {}  # by version and port
        self._out: asyncio.Queue[SendPacket] = asyncio.Queue()
        self._sending: asyncio.Task[None] | None = None

    def groups(self) -> tuple[Address, ...]:
        """G*, to which hosts send that can do nothing else."""
        return (GROUP_V4, GROUP_V6)

    def open(self, on_packet: OnPacket) -> None:
        """Listen at the ports of the tables."""
        self._on_packet = on_packet
        if self._raw is not None:
            self._raw.open(on_packet)
        loop = asyncio.get_running_loop()
        listen = (*self._unicast.listen, *self._multicast.listen)
        for port in sorted({way.port for way in listen if way.port is not None}):
            for version in (4, 6):
                one = _socket(version, port)
                self._sockets[version, port] = one
                loop.add_reader(one, self._readable, one, version)
        self._sending = asyncio.create_task(self._send_all())

    async def close(self) -> None:
        """Send what waits, and close."""
        await self._out.join()
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending})
        loop = asyncio.get_running_loop()
        for one in self._sockets.values():
            loop.remove_reader(one)
            one.close()
        self._sockets.clear()
        if self._raw is not None:
            await self._raw.close()

    def send(self, packet: SendPacket) -> None:
        """Queue it."""
        self._out.put_nowait(packet)

    async def _send_all(self) -> None:
        while True:
            packet = await self._out.get()
            try:
                await self._send(packet)
            except OSError as error:
                LOG.warning("a message to %s was not sent: %s", packet.destination, error)
            finally:
                self._out.task_done()

    async def _send(self, packet: SendPacket) -> None:
        # Path and PathTear go to the group itself; all others are unicast, whatever the session.
        rules = self._multicast if packet.destination.is_multicast else self._unicast
        for way in rules.send:
            if way.port is not None:
                await self._send_in_udp(packet, way)
            elif self._raw is not None:
                self._raw.send(packet)

    async def _send_in_udp(self, packet: SendPacket, way: Way) -> None:
        assert way.port is not None, "a way in UDP"
        to, ttl = packet.destination, packet.ttl
        if way.target is Target.G:
            to, ttl = (GROUP_V4 if to.version == 4 else GROUP_V6), _LINK_TTL
        elif way.target is Target.D_OR_RA:
            # Note 1: D where it is local, else the router, which is on the link.
            to, ttl = await self._gateway_of(to) or to, _LINK_TTL
        out = next(s for (version, _), s in self._sockets.items() if version == to.version)
        name: tuple[str | int, ...] = (str(to), way.port)
        if to.version == 6:
            name = (*name, 0, zone(to, packet.interface))
        out.sendmsg((packet.data,), _control(packet, ttl), 0, name)

    def _readable(self, one: socket.socket, version: int) -> None:
        for _ in range(_BATCH):
            try:
                data, ancillary, _, source = one.recvmsg(LARGEST_BYTES, ANCILLARY_BYTES)
            except BlockingIOError:
                return
            packet = _read(version, data, ancillary, source[0])
            if packet is not None:
                self._on_packet(packet)


def _socket(version: int, port: int) -> socket.socket:
    is_v4 = version == 4
    one = socket.socket(socket.AF_INET if is_v4 else socket.AF_INET6, socket.SOCK_DGRAM)
    prepare(one)
    if is_v4:
        one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    else:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    try:
        one.bind(("", port))
    except OSError:
        one.close()
        raise
    return one


def _control(packet: SendPacket, ttl: int) -> list[Ancillary]:
    if packet.source.version == 4:
        where = IP_PKTINFO_DATA.pack(packet.interface, packet.source, bytes(4))
        level = socket.IPPROTO_IP
        return [(level, IP_PKTINFO, where), (level, socket.IP_TTL, _INT.pack(ttl))]
    where = IPV6_PKTINFO_DATA.pack(packet.source, packet.interface)
    level = socket.IPPROTO_IPV6
    return [(level, socket.IPV6_PKTINFO, where), (level, socket.IPV6_HOPLIMIT, _INT.pack(ttl))]


def _read(
    version: int, data: bytes, ancillary: Iterable[Ancillary], source: str
) -> PacketIn | None:
    for _, kind, value in ancillary:
        if version == 4 and kind == IP_PKTINFO:
            interface, _, to = IP_PKTINFO_DATA.unpack(value)
        elif version == 6 and kind == socket.IPV6_PKTINFO:
            to, interface = IPV6_PKTINFO_DATA.unpack(value)
        else:
            continue
        origin = Address.parse(source.partition("%")[0])
        return PacketIn(interface, origin, Address(to), None, router_alert=False, data=data)
    return None
