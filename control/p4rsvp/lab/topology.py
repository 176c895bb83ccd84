"""A lab's network: hosts, routers, the links between them, and groups; with all addresses assigned.

Link n (from 1) is 10.h.l.0/24 and 2001:db8:0:n::/64 unless its file says otherwise; a router is .1
on it, its neighbour .2, two routers .1 and .2 in the order in which the link names them. A router's
interface n is its n-th link. So everything about a topology follows from its file. How the file is
written is topologyfile.py's business, which way packets go that of routes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from p4rsvp.daemon.settings import PromiseTable
from p4rsvp.engine.events import Prefix
from p4rsvp.wire.address import Address


class Kind(Enum):
    """What a node is."""

    HOST = "host"
    ROUTER = "router"


@dataclass(frozen=True, slots=True)
class End:
    """One node's end of a link."""

    node: str
    number: int  # of its interface; a router's port has the same
    device: str  # what the interface is called in its node
    mac: bytes
    addresses: tuple[Prefix, ...]  # its own address in each family, with the network's length

    def address(self, version: int = 4) -> Address:
        """Its address of a family."""
        return next(one.address for one in self.addresses if one.address.version == version)


@dataclass(frozen=True, slots=True)
class Faults:
    """What a link does to packets, in each direction."""

    loss: float = 0.0  # chances from 0 to 1
    duplicate: float = 0.0
    reorder: float = 0.0
    delay_us: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Two ends, and what is between them."""

    name: str  # its ends, joined by a dash
    ends: tuple[End, End]
    rate_bits_per_s: float  # routers send no faster; hosts may
    mtu_bytes: int
    faults: Faults
    promise: PromiseTable  # on routers' interfaces; hosts speak UDP where it says so

    def end(self, node: str) -> End:
        """The end of a node."""
        return next(end for end in self.ends if end.node == node)

    def other(self, node: str) -> End:
        """The end that is not this node's."""
        return next(end for end in self.ends if end.node != node)


@dataclass(frozen=True, slots=True)
class Group:
    """A multicast group: who sends to it, and which hosts want to hear it."""

    address: Address
    senders: tuple[str, ...]
    members: tuple[str, ...]


class Attached(NamedTuple):
    """A node's end of a link, with the link."""

    end: End
    link: Link


@dataclass(frozen=True, slots=True)
class Topology:
    """A network, ready to be built."""

    name: str
    title: str
    kinds: dict[str, Kind]  # by node, in the order of the file
    links: dict[str, Link]  # by name
    groups: tuple[Group, ...] = ()
    _places: dict[str, list[Attached]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Find out who is on which links."""
        self._places.update({name: [] for name in self.kinds})
        for link in self.links.values():
            for end in link.ends:
                self._places[end.node].append(Attached(end, link))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts' names."""
        return tuple(self._of(Kind.HOST))

    @property
    def routers(self) -> tuple[str, ...]:
        """The routers' names."""
        return tuple(self._of(Kind.ROUTER))

    def _of(self, kind: Kind) -> Iterator[str]:
        return (name for name, its in self.kinds.items() if its is kind)

    def places(self, node: str) -> list[Attached]:
        """A node's ends, by the number of the interface."""
        return self._places[node]

    def place(self, host: str) -> Attached:
        """A host's only end."""
        return self._places[host][0]

    def address(self, host: str, version: int = 4) -> Address:
        """A host's address of a family."""
        return self.place(host).end.address(version)

    def gateway(self, host: str) -> End:
        """The router's end of a host's link."""
        return self.place(host).link.other(host)

    def link_between(self, one: str, other: str) -> Link:
        """The link of two neighbours."""
        return next(
            link for _, link in self.places(one) if {end.node for end in link.ends} == {one, other}
        )
