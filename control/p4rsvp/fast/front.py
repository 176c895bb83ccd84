"""A node with the refresh filter in front: what is known never reaches the engine.

`take` lets a batch that its caller has filled through one scan and one look at the filter, extends
what is known, and asks for a packet as an object only where it is not: those go to `node.handle`,
one after the other in their order. `receive` does so with packets that are objects already.

After each event that the engine has handled, the filter forgets what the engine says has changed
(`Lifetimes.forgotten`). What would now be a mere repetition (`Node.remembered`) it learns at the
end of a batch, all in one call. The effects are those of a node that handles every message, but for
the absence of work: a test runs the two side by side.

A refresh that stands behind a changing message in one batch must see the change; so the filter is
asked anew for what is left of a batch whenever the engine has forgotten something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import Event, PacketIn
from p4rsvp.engine.timers import NEVER
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.refresh import Learned, RefreshFilter, rehearse
from p4rsvp.fast.scan import Scan, ScanKey

if TYPE_CHECKING:
    from p4rsvp.engine.node import Node

_FIRST_SLOTS = 1024
_UNKNOWN, _KNOWN, _REFUSED = 0, 1, 2
UDP_TTL = 0  # a TTL that no packet arrives with stands for "came in UDP"


class Gate(Protocol):
    """Who is heard: asked of each message that the filter does not know, before it is decoded."""

    def admits(self, index: int) -> bool:
        """Whether the message at this place of the batch may be looked at."""
        ...

    def became_state(self, index: int) -> None:
        """It was, and state of ours lives by it."""
        ...


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
        # A look through a memoryview costs a third of one through numpy.
        self._may_be_refresh = self._scan.rows.may_be_refresh.data
        node.lifetimes.extended_to = self._extended_to

    def prepare(self) -> None:
        """Have the kernels compiled or loaded now, and not when the first packet waits for them."""
        self._fill(())
        self.take(self._batch, ().__getitem__, self.node.now_ns)
        rehearse()

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
            ahead = packets[done:]
            self._fill(ahead)
            effects += self.take(self._batch, ahead.__getitem__, now_ns)
            done += self._batch.count
        return effects

    def _fill(self, packets: Sequence[PacketIn]) -> None:
        """Copy in as many packets as the batch has room for."""
        self._batch.clear()
        for packet in packets:
            ttl = UDP_TTL if packet.ip_ttl is None else packet.ip_ttl
            if not self._batch.add(packet.data, packet.interface, packet.source, ttl):
                break

    def take(
        self,
        batch: Batch,
        packet_at: Callable[[int], PacketIn],
        now_ns: int,
        refused: Sequence[int] = (),
        gate: Gate | None = None,
    ) -> list[Effect]:
        """Take a batch; hand the engine what the filter does not know, and no more, in order.

        For what is known no object is made: `packet_at` is asked for the others only. In the batch,
        UDP_TTL stands for the TTL of a message that came in UDP. The messages at the places that
        are `refused`, for their INTEGRITY, change nothing, nor do those that the `gate` keeps out.
        """
        self._scan.run(batch, self._key)
        count = batch.count
        for index in refused:
            self._scan.rows.may_be_refresh[index] = False
        known = self._touch(0, count, now_ns)
        _mark(known, refused)
        effects: list[Effect] = []
        learned: dict[int, Learned] = {}
        index = known.find(_UNKNOWN)
        while index >= 0:
            if gate is not None and not gate.admits(index):
                index = known.find(_UNKNOWN, index + 1)
                continue
            effects += self.node.handle(packet_at(index), now_ns)
            for slot in self.node.lifetimes.forgotten:
                learned.pop(slot, None)
            if self.node.lifetimes.forgotten and self._forget():
                # A message behind this one may have been known and be so no more.
                known[index + 1 :] = self._touch(index + 1, count, now_ns)
                _mark(known, refused)
            lifetime = self.node.remembered
            if lifetime is not None and self._may_be_refresh[index]:
                slot = lifetime.slot
                learned[slot] = Learned(index, slot, lifetime.lifetime_ns)
            if lifetime is not None and gate is not None:
                gate.became_state(index)
            index = known.find(_UNKNOWN, index + 1)
        if learned:
            self._learn(list(learned.values()), now_ns)
        self.known += known.count(_KNOWN)
        return effects

    def _touch(self, first: int, end: int, now_ns: int) -> bytearray:
        """Of each message whether it is known: a byte, which is quicker to search than numpy's."""
        rows = self._scan.rows
        known = self.filter.touch(
            rows.fingerprint[first:end],
            rows.message_id[first:end],
            rows.may_be_refresh[first:end],
            now_ns,
        )
        return bytearray(known.data)

    def _forget(self) -> bool:
        """Take out of the filter what is no mere repetition any more; whether there was any."""
        removed = False
        for slot in self.node.lifetimes.forgotten:
            if slot < len(self._fingerprints):
                left, right = self._fingerprints[slot].tolist()
                removed |= self.filter.remove((left, right))
                self._fingerprints[slot] = 0
        return removed

    def _learn(self, learned: list[Learned], now_ns: int) -> None:
        """Know messages of the batch from now on."""
        rows = np.array(learned, np.int64)
        while len(self._fingerprints) < self.node.lifetimes.slots:
            self._fingerprints = np.concatenate(
                [self._fingerprints, np.zeros_like(self._fingerprints)]
            )
        found = self._scan.rows
        self._fingerprints[rows[:, 1]] = found.fingerprint[rows[:, 0]]
        self.filter.insert_all(found.fingerprint, found.message_id, rows, now_ns)

    def _extended_to(self, slot: int) -> int:
        """Until when repetitions have kept a lifetime going."""
        if slot >= len(self._fingerprints):
            return NEVER
        left, right = self._fingerprints[slot].tolist()
        until_ns = self.filter.deadline_ns((left, right))
        return NEVER if until_ns is None else until_ns


def _mark(known: bytearray, refused: Sequence[int]) -> None:
    for index in refused:
        known[index] = _REFUSED
