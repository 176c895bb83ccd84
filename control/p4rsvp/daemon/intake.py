"""From packets in to the node: RSVP as ordinary frames by the fast way, all else one by one.

What is known never becomes an object: it is found in the stream's buffer, copied into a batch and
recognised there, by kernels (fast/packet_in.py, arrivals.py, front.py). On secured interfaces each
is verified before that.
"""

from __future__ import annotations

from p4rsvp.daemon.guarding import Guarding
from p4rsvp.daemon.links import Links
from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import PacketIn
from p4rsvp.fast.arrivals import INTERFACE, Arrivals
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.front import UDP_TTL, Front
from p4rsvp.fast.packet_in import PacketReader, Packets
from p4rsvp.target.numbers import PuntReason
from p4rsvp.target.session import punt_of
from p4rsvp.wire.address import Address


class Intake:
    """Takes packets for a node and its links."""

    def __init__(self, front: Front, links: Links, guarding: Guarding) -> None:
        self._front = front
        self._links = links
        self._guarding = guarding
        self._batch = Batch()
        self._arrivals = Arrivals(self._batch)
        self._odd: dict[int, PacketIn] = {}  # by place in the batch
        self._packets: Packets | None = None
        self.all_known = False  # the last packets that were taken were nothing but refreshes

    def prepare(self) -> None:
        """Have the kernels compiled or loaded now, and not when the first packet waits for them."""
        self._front.prepare()
        nothing, _ = PacketReader().read(bytes(1))
        self._arrivals.fill(nothing, 0)

    def take(self, packets: Packets, now_ns: int) -> list[Effect]:
        """Take what has come, RSVP in its order."""
        self._packets = packets
        known_before = self._front.known
        effects: list[Effect] = []
        row = 0
        while True:
            begin, row = row, self._arrivals.fill(packets, row)
            self._links.punts[PuntReason.RSVP] += row - begin
            if row == len(packets):
                break
            if self._arrivals.is_full:
                effects += self._hand_over(now_ns)
                continue
            message = self._links.take(punt_of(packets, row), now_ns)
            if message is not None and not self._add(message):
                effects += self._hand_over(now_ns)
                self._add(message)
            row += 1
        effects += self._hand_over(now_ns)
        self.all_known = self._front.known - known_before == len(packets)
        return effects

    def _add(self, message: PacketIn) -> bool:
        ttl = UDP_TTL if message.ip_ttl is None else message.ip_ttl
        place = self._batch.count
        if not self._batch.add(message.data, message.interface, message.source, ttl):
            return False
        self._odd[place] = message
        return True

    def _hand_over(self, now_ns: int) -> list[Effect]:
        if not self._batch.count:
            return []
        refused = self._guarding.refused(self._batch, self._destination, now_ns)
        effects = self._front.take(self._batch, self._packet, now_ns, refused)
        self._batch.clear()
        self._odd.clear()
        return effects

    def _destination(self, index: int) -> Address:
        """Where the message at a place of the batch was sent to."""
        odd = self._odd.get(index)
        if odd is not None:
            return odd.destination
        return Address(self._arrivals.datagram(index).destination)

    def _packet(self, index: int) -> PacketIn:
        """The message at a place of the batch as an event."""
        odd = self._odd.get(index)
        if odd is not None:
            return odd
        assert self._packets is not None
        around = self._arrivals.datagram(index)
        return PacketIn(
            int(self._packets.rows[around.row, INTERFACE]),
            Address(around.source),
            Address(around.destination),
            around.ip_ttl,
            around.router_alert,
            self._batch.message(index),
        )
