"""From packets in to the node: RSVP as ordinary frames by the fast way, all else one by one.

What is known never becomes an object: it is found in the stream's buffer, copied into a batch and
recognised there, by kernels (fast/packet_in.py, arrivals.py, front.py). On secured interfaces each
is verified before that. What is not known takes from its sender's ration (security/rations.py), and
so does what has to be read frame by frame.
"""

from __future__ import annotations

from typing import NamedTuple

from p4rsvp.daemon.guarding import Guarding
from p4rsvp.daemon.links import Links
from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import PacketIn
from p4rsvp.fast.arrivals import INTERFACE, Arrivals
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.front import UDP_TTL, Front
from p4rsvp.fast.packet_in import Column, PacketReader, Packets
from p4rsvp.security.rations import Rations
from p4rsvp.target.numbers import PuntReason
from p4rsvp.target.session import punt_of
from p4rsvp.wire.address import Address

_RSVP_REASONS = frozenset({PuntReason.RSVP, PuntReason.RSVP_UDP})
_STATION = slice(6, 12)  # of a frame: the link address of who sent it


class _Odd(NamedTuple):
    """A message that was read frame by frame."""

    message: PacketIn
    station: bytes


class Intake:
    """Takes packets for a node and its links."""

    def __init__(self, front: Front, links: Links, guarding: Guarding, rations: Rations) -> None:
        self._front = front
        self._links = links
        self._guarding = guarding
        self._rations = rations
        self._batch = Batch()
        self._arrivals = Arrivals(self._batch)
        self._odd: dict[int, _Odd] = {}  # by place in the batch
        self._packets: Packets | None = None
        self._now_ns = 0
        self._unheard = 0  # refused, kept out or of no use: all that cannot have changed anything
        self.is_news = False  # the last packets that were taken may have changed something

    def prepare(self) -> None:
        """Have the kernels compiled or loaded now, and not when the first packet waits for them."""
        self._front.prepare()
        nothing, _ = PacketReader().read(bytes(1))
        self._arrivals.fill(nothing, 0)

    def take(self, packets: Packets, now_ns: int) -> list[Effect]:
        """Take what has come, RSVP in its order."""
        self._packets, self._now_ns, self._unheard = packets, now_ns, 0
        known_before, fragments_before = self._front.known, self._arrivals.fragments
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
            odd = self._take_odd(row)
            if odd is not None and not self._add(odd):
                effects += self._hand_over(now_ns)
                self._add(odd)
            row += 1
        effects += self._hand_over(now_ns)
        fragments = self._arrivals.fragments - fragments_before
        self._links.unusable += fragments
        known = self._front.known - known_before
        self.is_news = known + fragments + self._unheard < len(packets)
        return effects

    def _take_odd(self, row: int) -> _Odd | None:
        """Deal with one packet that the kernels leave alone; the message that it is, if it is."""
        assert self._packets is not None
        punt = punt_of(self._packets, row)
        if punt.reason not in _RSVP_REASONS:
            self._links.take(punt, self._now_ns)
            return None
        station = punt.frame[_STATION]
        if not self._rations.take(punt.interface, station, len(punt.frame), self._now_ns):
            self._links.punts[punt.reason] += 1
            self._unheard += 1
            return None
        message = self._links.take(punt, self._now_ns)
        return None if message is None else _Odd(message, station)

    def _add(self, odd: _Odd) -> bool:
        message, place = odd.message, self._batch.count
        ttl = UDP_TTL if message.ip_ttl is None else message.ip_ttl
        if not self._batch.add(message.data, message.interface, message.source, ttl):
            return False
        self._odd[place] = odd
        return True

    def _hand_over(self, now_ns: int) -> list[Effect]:
        if not self._batch.count:
            return []
        refused = self._guarding.refused(self._batch, self._destination, now_ns)
        self._unheard += len(refused)
        effects = self._front.take(self._batch, self._packet, now_ns, refused, gate=self)
        self._batch.clear()
        self._odd.clear()
        return effects

    # --- the gate of the front ---

    def admits(self, index: int) -> bool:
        """Whether a message that is not known may be looked at; what is odd has paid already."""
        if index in self._odd:
            return True
        interface, station = self._sender(index)
        length_bytes = int(self._batch.arrays.lengths[index])
        if self._rations.take(interface, station, length_bytes, self._now_ns):
            return True
        self._unheard += 1
        return False

    def became_state(self, index: int) -> None:
        """Its sender is a neighbour."""
        self._rations.know(*self._sender(index), self._now_ns)

    def _sender(self, index: int) -> tuple[int, bytes]:
        """Interface and link address."""
        odd = self._odd.get(index)
        if odd is not None:
            return odd.message.interface, odd.station
        assert self._packets is not None
        row = self._packets.rows[self._arrivals.row(index)]
        start = int(row[Column.START])
        station = self._packets.data[start + _STATION.start : start + _STATION.stop]
        return int(row[INTERFACE]), station

    def _destination(self, index: int) -> Address:
        """Where the message at a place of the batch was sent to."""
        odd = self._odd.get(index)
        if odd is not None:
            return odd.message.destination
        return Address(self._arrivals.datagram(index).destination)

    def _packet(self, index: int) -> PacketIn:
        """The message at a place of the batch as an event."""
        odd = self._odd.get(index)
        if odd is not None:
            return odd.message
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
