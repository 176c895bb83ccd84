"""Two neighbours on one link, each a node with a guard; messages go where a test carries them.

`left` is 10.0.1.1 and `right` 10.0.1.2, both on their interface 1, with one key between them.
Time is stepped by hand; the wall clock runs along with it.
"""

from __future__ import annotations

from typing import Any

from p4rsvp.engine.config import InterfaceConfig, NodeConfig
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.engine.node import Node
from p4rsvp.security.algorithms import Algorithm, Mac
from p4rsvp.security.faults import Fault
from p4rsvp.security.guard import Guard, Mode, Rules
from p4rsvp.security.keys import Key, Keys
from p4rsvp.wire.address import Address
from tests.engine.network import ETHERNET
from tests.wire.samples import ENCODED

SECOND_NS = 1_000_000_000
WALL_NS = 1_700_000_000 * SECOND_NS  # some day in 2023
LEFT, RIGHT = Address.parse("10.0.1.1"), Address.parse("10.0.1.2")
SESSION = Address.parse("10.9.0.9")


def key(number: int = 7, secret: bytes = b"a secret of ours", **parts: Any) -> Key:
    algorithm = parts.pop("algorithm", Algorithm.HMAC_SHA_256)
    return Key(number, algorithm, Mac(algorithm, secret), **parts)


class End:
    """One of the two."""

    def __init__(
        self, own: Address, keys: Keys | None = None, mode: Mode = Mode.REQUIRED, **rules: Any
    ) -> None:
        interface = InterfaceConfig(1, "if1", (own,), ETHERNET)
        self.own = own
        self.node = Node(NodeConfig("end", (interface,)))
        chosen = Keys([key()]) if keys is None else keys
        self.guard = Guard(self.node, Rules(mode, **rules), chosen, bytes(16))
        self.now_ns = 0

    @property
    def wall_ns(self) -> int:
        return WALL_NS + self.now_ns

    def sign(self, data: bytes = ENCODED["path error"], to: Address | None = None) -> bytes:
        packet = self.packet(data, to)
        signed = self.guard.signed(packet, self.now_ns, self.wall_ns)
        assert signed is not None, "there was no key"
        return signed.data

    def packet(self, data: bytes, to: Address | None = None) -> SendPacket:
        other = RIGHT if self.own == LEFT else LEFT
        return SendPacket(1, self.own, to or other, 255, router_alert=False, data=data)

    def takes(self, data: bytes, source: Address | None = None, to: Address | None = None) -> bool:
        """Whether a message from the other end, or from elsewhere, passes."""
        other = RIGHT if self.own == LEFT else LEFT
        packet = PacketIn(1, source or other, to or self.own, 255, router_alert=False, data=data)
        return self.guard.admits(packet, self.now_ns, self.wall_ns)

    def hears(self, other: End) -> None:
        """Take what the other guard has to send itself."""
        for packet in other.guard.take_outbox():
            assert packet.destination == self.own
            self.takes(packet.data, source=packet.source)

    def faults(self) -> dict[Fault, int]:
        return dict(self.guard.faults.counts)


def acquainted(left: End, right: End) -> None:
    """Let the right end know the left one's sequence numbers."""
    right.takes(left.sign())
    left.hears(right)
    right.hears(left)
