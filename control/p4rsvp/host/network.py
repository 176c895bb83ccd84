"""What an agent needs: a network under it (raw.py, udp.py), and somebody who knows it (kernel.py).

A lab in one process has both of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeAlias

from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn, Route
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


class Surroundings(Protocol):
    """A host's interfaces and routes, as whoever decides them has them."""

    async def open(self) -> None:
        """Begin to ask and to hear."""
        ...

    def close(self) -> None:
        """End it."""
        ...

    async def interfaces(self) -> dict[int, InterfaceConfig]:
        """What there is to send by, by number."""
        ...

    async def route(self, destination: Address) -> Route | None:
        """Which way data goes; None where there is none."""
        ...

    async def source(self, destination: Address) -> Address | None:
        """The address that data goes from, unless its socket is bound to another."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Something is different: links, addresses or routes."""
        ...
