"""What an agent needs of the network under it; raw.py and udp.py are the two there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.wire.address import Address

OnPacket: TypeAlias = Callable[[PacketIn], None]


class Network(Protocol):
    """RSVP messages out and in."""

    def groups(self) -> tuple[Address, ...]:
        """The groups that have to be joined on every interface for its own sake."""
        ...

    def open(self, on_packet: OnPacket) -> None:
        """Begin to receive, on the running loop; raises OSError where that is not allowed."""
        ...

    def send(self, packet: SendPacket) -> None:
        """Send a message; what the network refuses is a lost packet, and is logged."""
        ...

    async def close(self) -> None:
        """Send what is left to send, and then nothing more; receive nothing more."""
        ...
