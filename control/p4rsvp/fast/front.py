"""A node with the refresh filter in front: what is known never reaches the engine.

`receive` takes a batch of packets off one scan and one look at the filter, extends what it knows,
and hands the rest to `node.handle`, one after the other in their order. After each event that the
engine has handled, the filter forgets what the engine says has changed (`Lifetimes.forgotten`) and
learns the message if it would now be a mere repetition (`Node.remembered`). The effects are those
of a node that handles every message, but for the absence of work: a test runs the two side by side.

A refresh that stands behind a changing message in one batch must see the change; so the filter is
asked anew for what is left of a batch whenever the engine has forgotten something.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import Event, PacketIn
from p4rsvp.engine.timers import NEVER
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.refresh import RefreshFilter
from p4rsvp.fast.scan import Scan, ScanKey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from p4rsvp.engine.node import Node

_FIRST_SLOTS = 1024
_UDP_TTL = 0  # a TTL that no packet arrives with stands for "came in UDP"


class Front:
    """One node and its filter."""

    def __init__(self, node: Node, seed: bytes, batch_messages: int = 1024) -> None:
        self.node = node
        self.filter = RefreshFilter()
        self.known = 0  # refreshes that never reached the engine
        self._key = ScanKey(seed)
        self._batch = Batch(batch_messages)
        self._scan = Scan(batch_messages)
        # By the slot of a lifetime: the fingerprint of its message; zeros where there is none.
        self._fingerprints = np.zeros((_FIRST_SLOTS, 2), np.uint64)
        node.lifetimes.extended_to = self._extended_to

    def handle(self, event: Event, now_ns: int) -> list[Effect]:
        """Take one event of any sort."""
        if isinstance(event, PacketIn):
            return self.receive([event], now_ns)
        effects = self.node.handle(event, now_ns)
        self._forget()
        return effects

    def deadline(self) -> int | None:
        """As the node's."""
        return self.node.deadline()

    def receive(self, packets: Sequence[PacketIn], now_ns: int) -> list[Effect]:
        """Take packets in the order of their arrival."""
        effects: list[Effect] = []
        done = 0
        while done < len(packets):
            taken = self._fill(packets, done)
            effects += self._take(packets, done, taken, now_ns)
            done += taken
        return effects

    def _fill(self, packets: Sequence[PacketIn], first: int) -> int:
        """Scan as many packets as the batch has room for."""
        self._batch.clear()
        for index in range(first, len(packets)):
            packet = packets[index]
            ttl = _UDP_TTL if packet.ip_ttl is None else packet.ip_ttl
            if not self._batch.add(packet.data, packet.interface, packet.source, ttl):
                break
        self._scan.run(self._batch, self._key)
        return self._batch.count

    def _take(
        self, packets: Sequence[PacketIn], first: int, count: int, now_ns: int
    ) -> list[Effect]:
        """Hand the engine what the filter does not know, and no more, in order."""
        known = self._touch(0, count, now_ns)
        effects: list[Effect] = []
        for index in range(count):
            if known[index]:
                continue
            effects += self.node.handle(packets[first + index], now_ns)
            if self._forget():
                # A message behind this one may have been known and be so no more.
                known[index + 1 :] = self._touch(index + 1, count, now_ns)
            self._learn(index, now_ns)
        self.known += int(np.count_nonzero(known))
        return effects

    def _touch(self, first: int, end: int, now_ns: int) -> NDArray[np.bool_]:
        rows = self._scan.rows
        return self.filter.touch(
            rows.fingerprint[first:end],
            rows.message_id[first:end],
            rows.may_be_refresh[first:end],
            now_ns,
        )

    def _forget(self) -> bool:
        """Take out of the filter what is no mere repetition any more; whether there was any."""
        removed = False
        for slot in self.node.lifetimes.forgotten:
            if slot < len(self._fingerprints):
                left, right = map(int, self._fingerprints[slot])
                removed |= self.filter.remove((left, right))
                self._fingerprints[slot] = 0
        return removed

    def _learn(self, index: int, now_ns: int) -> None:
        """Know the message at `index` from now on, if the engine says so."""
        lifetime = self.node.remembered
        rows = self._scan.rows
        if lifetime is None or not rows.may_be_refresh[index]:
            return
        slot = lifetime.slot
        while slot >= len(self._fingerprints):
            self._fingerprints = np.concatenate(
                [self._fingerprints, np.zeros_like(self._fingerprints)]
            )
        self._fingerprints[slot] = rows.fingerprint[index]
        left, right = map(int, rows.fingerprint[index])
        message_id = int(rows.message_id[index])
        self.filter.insert((left, right), message_id, lifetime.lifetime_ns, slot, now_ns)

    def _extended_to(self, slot: int) -> int:
        """Until when repetitions have kept a lifetime going."""
        if slot >= len(self._fingerprints):
            return NEVER
        left, right = map(int, self._fingerprints[slot])
        until_ns = self.filter.deadline_ns((left, right))
        return NEVER if until_ns is None else until_ns
