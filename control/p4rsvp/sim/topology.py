"""What a simulated network is made of: machines, the segments between them, and their addresses.

A segment is a link between two machines or a LAN of several. Routers forward, hosts do not. Routers
without RSVP forward IP and nothing else. Every attachment has an IPv4 and an IPv6 address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from p4rsvp.wire.address import Address


class Kind(Enum):
    """What a machine is."""

    ROUTER = "router"
    PLAIN_ROUTER = "router without RSVP"
    HOST = "host"


class Attachment(NamedTuple):
    """One machine's place on a segment."""

    machine: str
    interface: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A link or a LAN."""

    name: str
    attachments: tuple[Attachment, ...]
    delay_ns: int = 1_000_000


@dataclass(slots=True)
class Topology:
    """Who is connected with whom; metrics may change, connections do not."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=dict)  # of segments
    places: dict[str, dict[int, Segment]] = field(default_factory=dict)  # by machine, interface
    owners: dict[Address, Attachment] = field(default_factory=dict)

    def add_machine(self, name: str, kind: Kind) -> None:
        """Put a machine somewhere, unconnected."""
        self.kinds[name] = kind
        self.places[name] = {}

    def connect(self, *machines: str, delay_ns: int = 1_000_000, metric: int = 1) -> Segment:
        """Put a segment between machines; it takes the next free interface of each."""
        number = len(self.segments) + 1
        attachments = tuple(Attachment(m, len(self.places[m]) + 1) for m in machines)
        segment = Segment(f"{'-'.join(machines)}", attachments, delay_ns)
        assert segment.name not in self.segments, f"{segment.name} is there already"
        self.segments[segment.name] = segment
        self.metrics[segment.name] = metric
        for host, (machine, interface) in enumerate(attachments, 1):
            self.places[machine][interface] = segment
            for address in _addresses(number, host):
                self.owners[address] = Attachment(machine, interface)
        return segment

    def addresses(self, machine: str, interface: int) -> tuple[Address, ...]:
        """Both addresses of an attachment."""
        wanted = Attachment(machine, interface)
        return tuple(address for address, owner in self.owners.items() if owner == wanted)

    def address(self, machine: str, version: int = 4) -> Address:
        """The address of a machine's first interface: for a host, the only one."""
        return next(a for a in self.addresses(machine, 1) if a.version == version)

    def hosts(self) -> list[str]:
        """All hosts."""
        return [name for name, kind in self.kinds.items() if kind is Kind.HOST]

    def routers(self) -> list[str]:
        """All routers that speak RSVP."""
        return [name for name, kind in self.kinds.items() if kind is Kind.ROUTER]


def _addresses(segment: int, host: int) -> tuple[Address, Address]:
    return (
        Address.parse(f"10.{segment >> 8}.{segment & 255}.{host}"),
        Address.parse(f"2001:db8:0:{segment:x}::{host:x}"),
    )
