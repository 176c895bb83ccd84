"""What one message of the kernel's netlink says, as a plain value: pure.

The messages are as pyroute2 decodes them: fields by name, and `attrs` as pairs of name and value.
Links, addresses, unicast and multicast routes, neighbours; all else is None. Devices are the
kernel's numbers here; tables.py knows which of our interfaces stands behind one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, Final, NamedTuple, TypeAlias

from p4rsvp.engine.events import Prefix
from p4rsvp.wire.address import Address

# linux/if.h: IFF_UP is the operator's wish, IFF_RUNNING that the link works.
_WORKS: Final = 0x1 | 0x40
_AF_INET: Final = 2
_ADDRESS_BYTES: Final = {_AF_INET: 4, 10: 16}
_UNICAST: Final = 1  # RTN_UNICAST
_DISCARDING: Final = frozenset({6, 7, 8})  # RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
_REPLACE, _APPEND, _MULTI = 0x100, 0x800, 0x2  # NLM_F_*
_PERMANENT_LINK_LAYER_BYTES: Final = 6
# linux/neighbour.h: NUD_REACHABLE, STALE, DELAY, PROBE and PERMANENT have a link address.
_FOUND: Final = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
_WANTED: Final = frozenset(
    {
        *("IFLA_IFNAME", "IFA_LOCAL", "IFA_ADDRESS", "NDA_DST", "NDA_LLADDR"),
        *("RTA_DST", "RTA_SRC", "RTA_IIF", "RTA_OIF", "RTA_GATEWAY", "RTA_VIA", "RTA_ENCAP"),
        *("RTA_MULTIPATH", "RTA_PRIORITY", "RTA_TABLE"),
    }
)


class Link(NamedTuple):
    """A network device."""

    device_index: int
    device: str
    is_up: bool
    is_gone: bool


class LinkAddress(NamedTuple):
    """An address of a device."""

    device_index: int
    network: Prefix
    is_gone: bool


class Hop(NamedTuple):
    """One of the ways of a route: a device, and a neighbour or (None) the destination itself."""

    device_index: int
    via: Address | None


class Place(Enum):
    """Where a route stands among those with the same destination and metric."""

    FIRST = auto()
    LAST = auto()
    INSTEAD = auto()  # of the first


class KernelRoute(NamedTuple):
    """A unicast route; without hops it discards."""

    destination: Prefix
    table: int
    protocol: int
    metric: int
    hops: tuple[Hop, ...]
    place: Place
    is_gone: bool


class KernelTree(NamedTuple):
    """A multicast route."""

    group: Address
    source: Address | None
    table: int
    incoming: int | None
    outgoing: tuple[int, ...]
    is_gone: bool


class KernelNeighbour(NamedTuple):
    """Somebody on the link of a device."""

    device_index: int
    address: Address
    mac: bytes


Fact: TypeAlias = Link | LinkAddress | KernelRoute | KernelTree | KernelNeighbour
Message: TypeAlias = Mapping[str, Any]
Attributes: TypeAlias = Mapping[str, Any]


def read(message: Message) -> Fact | None:
    """The fact in a message; None where it tells of nothing that concerns routing."""
    event = message.get("event", "")
    reader = _READERS.get(event.removeprefix("RTM_NEW").removeprefix("RTM_DEL"))
    if reader is None or not event.startswith(("RTM_NEW", "RTM_DEL")):
        return None
    return reader(message, _attributes(message), event.startswith("RTM_DEL"))


def _attributes(message: Message) -> Attributes:
    """Those of use, since pyroute2 decodes one when it is asked for its value."""
    return {one[0]: one[1] for one in message.get("attrs", ()) if one[0] in _WANTED}


def _link(message: Message, attributes: Attributes, is_gone: bool) -> Link:  # noqa: FBT001 (as all)
    works = message["flags"] & _WORKS == _WORKS
    return Link(message["index"], attributes.get("IFLA_IFNAME", ""), works, is_gone)


def _address(message: Message, attributes: Attributes, is_gone: bool) -> LinkAddress | None:  # noqa: FBT001
    # IFA_ADDRESS is the peer's on a point-to-point link, where IFA_LOCAL is ours.
    text = attributes.get("IFA_LOCAL") or attributes.get("IFA_ADDRESS")
    if text is None:
        return None
    network = Prefix(Address.parse(text), message["prefixlen"])
    return LinkAddress(message["index"], network, is_gone)


def _route(
    message: Message,
    attributes: Attributes,
    is_gone: bool,  # noqa: FBT001
) -> KernelRoute | None:
    kind = message["type"]
    size = _ADDRESS_BYTES.get(message["family"])
    is_plain = not message["tos"] and not message["src_len"]  # not for some packets only
    if size is None or not is_plain or kind not in {_UNICAST, *_DISCARDING}:
        return None
    text = attributes.get("RTA_DST")
    destination = Address(bytes(size)) if text is None else Address.parse(text)
    hops = _hops(attributes) if kind == _UNICAST else ()
    if kind == _UNICAST and not hops:
        return None  # MPLS and the like
    return KernelRoute(
        Prefix(destination, message["dst_len"]),
        attributes.get("RTA_TABLE", message["table"]),
        message["proto"],
        attributes.get("RTA_PRIORITY", 0),
        hops,
        _place(message["header"]["flags"]),
        is_gone,
    )


def _place(flags: int) -> Place:
    if flags & (_APPEND | _MULTI):  # a dump tells them in their order
        return Place.LAST
    return Place.INSTEAD if flags & _REPLACE else Place.FIRST


def _hops(attributes: Attributes) -> tuple[Hop, ...]:
    several = attributes.get("RTA_MULTIPATH")
    if several is None:
        found = [_hop(attributes.get("RTA_OIF"), attributes)]
    else:
        found = [_hop(one["oif"], _attributes(one)) for one in several]
    return tuple(one for one in found if one is not None)


def _hop(index: int | None, attributes: Attributes) -> Hop | None:
    if index is None or "RTA_ENCAP" in attributes:
        return None
    gateway = attributes.get("RTA_GATEWAY")
    other = attributes.get("RTA_VIA")  # RFC 8950: an IPv4 route by an IPv6 neighbour
    text = gateway or (other and other["addr"])
    return Hop(index, Address.parse(text) if text else None)


def _tree(message: Message, attributes: Attributes, is_gone: bool) -> KernelTree | None:  # noqa: FBT001
    """A line of the multicast forwarding cache (monitor.py calls it TREE)."""
    group = attributes.get("RTA_DST")
    if group is None:
        return None
    source = attributes.get("RTA_SRC")
    source_address = None if source is None else Address.parse(source)
    if source_address is not None and source_address.is_unspecified:
        source_address = None  # (*, G)
    return KernelTree(
        Address.parse(group),
        source_address,
        attributes.get("RTA_TABLE", message["table"]),
        attributes.get("RTA_IIF"),
        tuple(one["oif"] for one in attributes.get("RTA_MULTIPATH", ())),
        is_gone,
    )


def _neighbour(
    message: Message,
    attributes: Attributes,
    is_gone: bool,  # noqa: FBT001
) -> KernelNeighbour | None:
    """Who has gone is found out by asking (neighbours.py), so only who is there counts."""
    address, mac = attributes.get("NDA_DST"), attributes.get("NDA_LLADDR")
    if is_gone or not address or not mac or not message["state"] & _FOUND:
        return None
    link_layer = bytes.fromhex(mac.replace(":", ""))
    if len(link_layer) != _PERMANENT_LINK_LAYER_BYTES:
        return None
    return KernelNeighbour(message["ifindex"], Address.parse(address), link_layer)


_READERS: Mapping[str, Callable[[Message, Attributes, bool], Fact | None]] = {
    "LINK": _link,
    "ADDR": _address,
    "ROUTE": _route,
    "TREE": _tree,
    "NEIGH": _neighbour,
}
