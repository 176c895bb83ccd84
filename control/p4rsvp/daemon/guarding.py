"""The guard of a daemon's node: its wall clock, its log, and the way out of what it sends itself.

It decides nothing: that is security/guard.py. Where no interface is secured it costs a look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from p4rsvp.daemon.links import Links
from p4rsvp.daemon.router import RouterConfig
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.node import Node
from p4rsvp.fast.batch import Batch
from p4rsvp.security.guard import Guard
from p4rsvp.wire.address import Address

LOG = logging.getLogger(__name__)


class Guarding:
    """One guard between the links of a daemon and its node."""

    def __init__(
        self,
        config: RouterConfig,
        node: Node,
        links: Links,
        seed: bytes,
        wall_ns: Callable[[], int],
    ) -> None:
        self.guard = Guard(node, config.integrity, config.keys, seed)
        self.guard.faults.on_report = lambda report: LOG.warning("%s", report.sentence)
        self._links = links
        self._wall_ns = wall_ns

    def refused(
        self, batch: Batch, destination_of: Callable[[int], Address], now_ns: int
    ) -> Sequence[int]:
        """Which messages of a batch must not be heard."""
        if self.guard.is_idle:
            return ()
        found = self.guard.refused(batch.received(), destination_of, now_ns, self._wall_ns())
        self._flush(now_ns)
        return found

    def send(self, packet: SendPacket, now_ns: int) -> None:
        """Send a message of the node, signed where it has to be."""
        if not self.guard.is_idle:
            signed = self.guard.signed(packet, now_ns, self._wall_ns())
            if signed is None:
                return
            packet = signed
        self._links.send(packet, now_ns)

    def begin(self, now_ns: int) -> None:
        """The links can be used: learn the sequence numbers of named neighbours."""
        self.guard.begin(now_ns, self._wall_ns())
        self._flush(now_ns)

    def reload(self, config: RouterConfig, now_ns: int) -> None:
        """Go by other rules and keys."""
        self.guard.reload(config.integrity, config.keys)
        self.begin(now_ns)

    def deadline(self) -> int | None:
        """When `tick` is due."""
        return self.guard.deadline()

    def tick(self, now_ns: int) -> None:
        """Repeat challenges that nobody has answered."""
        self.guard.tick(now_ns)
        self._flush(now_ns)

    def _flush(self, now_ns: int) -> None:
        for packet in self.guard.take_outbox():
            self._links.send(packet, now_ns)
