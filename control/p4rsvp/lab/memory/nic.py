"""A host's network in this process: one interface, its router, and nothing else.

Both serve the host's RSVP agent, in the place of its sockets and of its kernel (host/network.py).
The interface also answers for the host's addresses, and hands flows' packets to whoever counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from msgspec.structs import replace

from p4rsvp.daemon import frames, resolution
from p4rsvp.daemon.frames import Ends
from p4rsvp.engine.config import InterfaceConfig, TimeParameters
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn, Route
from p4rsvp.host.groups import Membership
from p4rsvp.host.links import link_of
from p4rsvp.host.network import OnPacket
from p4rsvp.lab.memory.link import MemoryEnd
from p4rsvp.lab.topology import Attached, End
from p4rsvp.wire.address import Address
from p4rsvp.wire.encap import GROUP_V4, GROUP_V6, PU, PU_PRIME

INTERFACE = 1
_ETHERTYPE = slice(12, 14)
_ARP = resolution.ETHERTYPE_ARP.to_bytes(2)


class Nic:
    """The interface; its frames come in the thread of the router's switch."""

    def __init__(self, place: Attached, router: End, end: MemoryEnd) -> None:
        self._place = place
        self._router = router
        self._end = end
        self._own = {address for address, _ in place.end.addresses}
        self._udp = place.link.promise.udp_encapsulation
        self._heard_ports = {PU, PU_PRIME} if self._udp else {None}
        self._loop = asyncio.get_running_loop()
        self._on_packet: OnPacket = lambda _: None
        self.on_flow: Callable[[bytes], bool] = lambda _: False  # takes it, or says no
        end.deliver = self._arrived

    def transmit(self, frame: bytes) -> None:
        """Send a frame."""
        self._end.send(frame)

    def _arrived(self, frame: bytes) -> None:
        if not self.on_flow(frame):
            self._loop.call_soon_threadsafe(self._received, frame)

    def _received(self, frame: bytes) -> None:
        is_arp = frame[_ETHERTYPE] == _ARP
        heard = resolution.read_arp(frame) if is_arp else resolution.read_discovery(frame)
        if heard is not None:
            if heard.wanted in self._own:
                ends = Ends(self._place.end.mac, heard.mac)
                self.transmit(resolution.reply(ends, heard.wanted, heard))
            return
        found = frames.read_rsvp(frame)
        if found is not None and found.udp_port in self._heard_ports:
            alert, ttl = found.router_alert, None if self._udp else found.ip_ttl
            origin, to = found.source, found.destination
            self._on_packet(PacketIn(INTERFACE, origin, to, ttl, alert, found.data))

    def vanish(self) -> None:
        """Be there no more."""
        self._end.deliver = lambda _: None
        self._end = MemoryEnd()

    # --- Network ---

    def groups(self) -> tuple[Address, ...]:
        return ()

    def open(self, on_packet: OnPacket) -> None:
        self._on_packet = on_packet

    def send(self, packet: SendPacket) -> None:
        if self._udp:
            packet = replace(packet, destination=self._stand_in(packet.destination), ttl=1)
        to = packet.destination
        mac = frames.group_mac(to) if to.is_multicast else self._router.mac
        ends = Ends(self._place.end.mac, mac)
        self.transmit(frames.rsvp_frame(packet, ends, PU if self._udp else None))

    def _stand_in(self, to: Address) -> Address:
        """RFC 2205 figures 13 and 14, Hu: G* for a group, the first-hop router for all others."""
        if to.is_multicast:
            return GROUP_V4 if to.version == 4 else GROUP_V6
        return self._router.address(to.version)

    async def close(self) -> None:
        self._on_packet = lambda _: None


class OneLink:
    """What a host's kernel would know: Surroundings, and Memberships."""

    def __init__(self, place: Attached) -> None:
        self._place = place

    async def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nor to close."""

    async def interfaces(self) -> dict[int, InterfaceConfig]:
        end, link = self._place
        addresses = tuple(address for address, _ in end.addresses)
        its = link_of(int(link.rate_bits_per_s / 8), link.mtu_bytes)
        times = TimeParameters(refresh_period_ms=link.promise.refresh_period_ms)
        config = InterfaceConfig(INTERFACE, "eth0", addresses, its, polices=False, times=times)
        return {INTERFACE: config}

    async def route(self, destination: Address) -> Route | None:
        own = {address for address, _ in self._place.end.addresses}
        return Route((), local=True) if destination in own else Route((INTERFACE,))

    async def source(self, destination: Address) -> Address | None:
        return self._place.end.address(destination.version)

    async def changes(self) -> AsyncIterator[None]:
        await asyncio.Event().wait()  # nothing ever changes
        yield

    def want(self, wanted: set[Membership]) -> None:
        """Routers have a group's members from the topology: nobody has to be told."""
