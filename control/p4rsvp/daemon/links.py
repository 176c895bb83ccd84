"""From packets to frames and back: resolution, framing and what waits for it.

Owns the neighbours and the unicast forwarding; it tells a `Port` what to send and what the switch
is to hold. RSVP, ARP, neighbour discovery and ICMP come in; what goes out is a frame for one port.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from p4rsvp.daemon import frames, icmp, resolution
from p4rsvp.daemon.forwarding import Forwarding, Wish
from p4rsvp.daemon.frames import Ends
from p4rsvp.daemon.groups import Groups
from p4rsvp.daemon.neighbours import Action, Ask, Found, Lost, Neighbour, Neighbours
from p4rsvp.daemon.resolution import BROADCAST, Heard
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.security.allowance import Allowance
from p4rsvp.target.cells import Cell, Content, State
from p4rsvp.target.interface import Interface
from p4rsvp.target.numbers import PuntReason, ServiceClass
from p4rsvp.target.session import Punt
from p4rsvp.wire.address import Address
from p4rsvp.wire.encap import PU, PU_PRIME

ERRORS_PER_S = 100  # ICMP errors of ours
ERRORS_AT_ONCE = 20


class Port(Protocol):
    """The switch, as far as links need it."""

    def send(self, port: int, frame: bytes, service_class: ServiceClass) -> None:
        """Send a frame."""
        ...

    def want(self, cell: Cell, content: Content | None) -> None:
        """Have a cell hold this."""
        ...


class Links:
    """The links of a router and who is on them."""

    def __init__(self, interfaces: Iterable[Interface], forwarding: Forwarding, port: Port) -> None:
        self.interfaces = {one.number: one for one in interfaces}
        self.forwarding = forwarding
        self.neighbours = Neighbours()
        self.unusable = 0  # punts that made no sense
        self.punts: Counter[PuntReason] = Counter()
        self._port = port
        self.groups = Groups(self._transmit)
        self._errors = Allowance(ERRORS_PER_S, ERRORS_AT_ONCE)
        self._own = self._own_addresses()

    def _own_addresses(self) -> dict[Address, int]:
        return {
            network.address: one.number
            for one in self.interfaces.values()
            for network in one.networks
        }

    def set_interfaces(self, interfaces: dict[int, Interface], now_ns: int) -> None:
        """These links are up now; who was on another is there no more."""
        gone = self.interfaces.keys() - interfaces.keys()
        for number in gone:
            self._act(self.neighbours.give_up(number), now_ns)
        self.interfaces = dict(interfaces)
        self.groups.follow(self.interfaces.values(), now_ns)
        self._own = self._own_addresses()

    # --- out ---

    def send(self, packet: SendPacket, now_ns: int) -> None:
        """Send an RSVP message (RFC 2205 C: with UDP beside it where hosts need that)."""
        interface = self.interfaces[packet.interface]
        self._send_as(packet, interface, None, now_ns)
        if interface.udp_encapsulation:
            self._send_as(packet, interface, PU_PRIME, now_ns)

    def _send_as(
        self, packet: SendPacket, interface: Interface, udp_port: int | None, now_ns: int
    ) -> None:
        if packet.destination.is_multicast:
            mac = frames.group_mac(packet.destination)
            self._transmit(interface, frames.rsvp_frame(packet, _ends(interface, mac), udp_port))
            return
        neighbour = self.forwarding.next_hop(interface.number, packet.destination)
        known = self.neighbours.mac(neighbour)
        frame = frames.rsvp_frame(packet, _ends(interface, known or BROADCAST), udp_port)
        if known is not None:
            self._transmit(interface, frame)
        else:
            self._act(self.neighbours.wait(neighbour, frame, now_ns), now_ns)

    def _transmit(
        self,
        interface: Interface,
        frame: bytes,
        service_class: ServiceClass = ServiceClass.NETWORK_CONTROL,
    ) -> None:
        self._port.send(interface.port, frame, service_class)

    # --- in ---

    def take(self, punt: Punt, now_ns: int) -> PacketIn | None:
        """Deal with a packet, or hand it back if it is RSVP."""
        self.punts[punt.reason] += 1
        interface = self.interfaces.get(punt.interface)
        if interface is None:
            self.unusable += 1
        elif punt.reason in {PuntReason.RSVP, PuntReason.RSVP_UDP}:
            message = _message(punt, interface)
            if message is None:
                self.unusable += 1
            return message
        elif punt.reason is PuntReason.NO_NEIGHBOUR:
            self._resolve(punt.frame, now_ns)
        elif punt.reason is PuntReason.ARP:
            self._hear(interface, resolution.read_arp(punt.frame), now_ns)
        elif punt.reason is PuntReason.NEIGHBOUR:
            self._hear(interface, resolution.read_discovery(punt.frame), now_ns)
        elif punt.reason is PuntReason.GROUP_MEMBERSHIP:
            self.groups.take(interface, punt.frame, now_ns)
        else:
            self._answer(interface, punt, now_ns)
        return None

    def _answer(self, interface: Interface, punt: Punt, now_ns: int) -> None:
        """What hosts expect of a router by ICMP; errors at a bounded rate (RFC 1812 4.3.2.8)."""
        packet = frames.read_ip(punt.frame)
        ends = _ends(interface, punt.frame[6:12])
        ours = None if packet is None else self._address(interface, packet.source)
        answer = None
        if packet is None or ours is None:
            self.unusable += 1
        elif punt.reason is PuntReason.ICMP:
            if packet.destination in self._own:
                answer = icmp.echo_reply(punt.frame, ends)
        elif punt.reason is PuntReason.HOP_LIMIT:
            answer = icmp.time_exceeded(punt.frame, ours, ends)
        elif punt.reason is PuntReason.TOO_BIG:
            way = self.forwarding.way_of(packet.destination)
            onward = None if way is None else self.interfaces.get(way.interface)
            if onward is not None:
                answer = icmp.too_big(punt.frame, ours, ends, onward.mtu_bytes)
        if answer is not None and (punt.reason is PuntReason.ICMP or self._errors.take(now_ns)):
            self._transmit(interface, answer, ServiceClass.BEST_EFFORT)

    def _resolve(self, frame: bytes, now_ns: int) -> None:
        """A packet in transit whose next hop the switch does not know."""
        packet = frames.read_ip(frame)
        way = None if packet is None else self.forwarding.way_of(packet.destination)
        interface = None if way is None else self.interfaces.get(way.interface)
        if packet is None or way is None or interface is None or packet.destination in self._own:
            return
        neighbour = Neighbour(way.interface, way.via or packet.destination)
        mac = self.neighbours.mac(neighbour)
        onward = frames.forwarded(frame, packet.start, _ends(interface, mac or BROADCAST))
        if mac is not None:  # the switch will know it presently
            self._transmit(interface, onward, ServiceClass.BEST_EFFORT)
        else:
            self._act(self.neighbours.wait(neighbour, onward, now_ns), now_ns)

    def _hear(self, interface: Interface, heard: Heard | None, now_ns: int) -> None:
        if heard is None:
            self.unusable += 1
            return
        wanted = heard.wanted
        if wanted is not None and self._own.get(wanted) == interface.number:
            ends = _ends(interface, heard.mac)
            self._transmit(interface, resolution.reply(ends, wanted, heard))
        neighbour = Neighbour(interface.number, heard.address)
        # Whoever asks for us will be talked to; what others say to each other is not for us.
        is_for_us = wanted is None or self._own.get(wanted) == interface.number
        if is_for_us and self.forwarding.on_link(interface.number, heard.address):
            self._act(self.neighbours.heard(neighbour, heard.mac, now_ns), now_ns)

    # --- time ---

    def adopt(self, actual: State, now_ns: int) -> None:
        """Know again whom the switch knows; they are asked in good time whether they are there."""
        self.groups.follow(self.interfaces.values(), now_ns)
        for neighbour, mac in self.forwarding.adopt(actual):
            self.neighbours.heard(neighbour, mac, now_ns)

    def told(self, interface: int, address: Address, mac: bytes, now_ns: int) -> None:
        """Somebody else knows a neighbour of ours."""
        if interface in self.interfaces and self.forwarding.on_link(interface, address):
            self._act(self.neighbours.heard(Neighbour(interface, address), mac, now_ns), now_ns)

    def begin(self, now_ns: int) -> None:
        """Look for those whom routes go by."""
        for gateway in list(self.forwarding.gateways()):
            self._act(self.neighbours.wait(gateway, None, now_ns), now_ns)

    def tick(self, now_ns: int) -> None:
        """Ask again, and give up who does not answer."""
        self._act(self.neighbours.tick(now_ns), now_ns)
        self.groups.tick(now_ns)

    def _act(self, actions: Iterable[Action], now_ns: int) -> None:
        for action in actions:
            if isinstance(action, Ask):
                self._ask(action)
            elif isinstance(action, Found):
                self._wish(self.forwarding.found(action.neighbour, action.mac))
                interface = self.interfaces[action.neighbour.interface]
                for frame in action.waiting:
                    self._transmit(interface, action.mac + frame[6:])
            elif isinstance(action, Lost):
                self._wish(self.forwarding.lost(action.neighbour))
                if action.neighbour in self.forwarding.gateways():
                    self._act(self.neighbours.wait(action.neighbour, None, now_ns), now_ns)

    def _ask(self, ask: Ask) -> None:
        interface = self.interfaces[ask.neighbour.interface]
        source = self._address(interface, ask.neighbour.address)
        if source is None:
            return
        ends = _ends(interface, ask.mac or BROADCAST)
        self._transmit(interface, resolution.request(ends, source, ask.neighbour.address))

    def _address(self, interface: Interface, target: Address) -> Address | None:
        """Our address of the target's family on an interface."""
        own = (network.address for network in interface.networks)
        return next((one for one in own if one.version == target.version), None)

    def _wish(self, wishes: Iterable[Wish]) -> None:
        for cell, content in wishes:
            self._port.want(cell, content)


def _ends(interface: Interface, mac: bytes) -> Ends:
    return Ends(interface.mac, mac, interface.vlan_id)


def _message(punt: Punt, interface: Interface) -> PacketIn | None:
    """The event that a punted RSVP message is."""
    read = frames.read_rsvp(punt.frame)
    if read is None:
        return None
    if read.udp_port is not None and (
        # RFC 2205 C: a router listens to Pu; Pu' is what routers send.
        read.udp_port != PU or not interface.udp_encapsulation
    ):
        return None
    return PacketIn(
        punt.interface,
        read.source,
        read.destination,
        read.ip_ttl if read.udp_port is None else None,
        read.router_alert,
        read.data,
    )
