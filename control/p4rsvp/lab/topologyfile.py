"""Topologies as TOML files: what may stand in them, and what their mistakes are told in.

title = "One bottleneck"

[[host]]
name = "h1"

[[router]]
name = "r1"

[[link]]
ends = ["h1", "r1"]
rate_bits_per_s = 100e6         # routers send no faster into it
mtu_bytes = 1500
loss = 0.01                     # also duplicate and reorder: chances, of what routers send
delay_us = 5_000
networks = ["10.0.9.0/24", "2001:db8:9::/64"]   # left out: assigned
messages_per_s = 200            # also rsvp_punts_per_s, half_open_states: bounds of this link

[[group]]
address = "239.1.1.1"
senders = ["h1"]
members = ["h2", "h3"]

[interface]                     # on all routers; its keys are those of the daemon's file
refresh_period_ms = 1_000
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, NoReturn

from msgspec import Meta
from msgspec.structs import replace

from p4rsvp.daemon.reading import ConfigError, read_file
from p4rsvp.daemon.settings import PromiseTable, Table
from p4rsvp.engine.events import Prefix
from p4rsvp.lab.topology import End, Faults, Group, Kind, Link, Topology
from p4rsvp.wire.address import Address

# A name is part of a network interface's, which Linux keeps at 15 characters.
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]{0,9}$")]
Chance = Annotated[float, Meta(ge=0, le=1)]

MOST_LINKS = 250
_ROUTERS_HOST = 1
_MAC = "02:50:34:00:{link:02x}:{end:02x}"


class HostTable(Table, frozen=True):
    """`[[host]]`."""

    name: Name


class RouterTable(Table, frozen=True):
    """`[[router]]`: a switch and its daemon."""

    name: Name


class LinkTable(Table, frozen=True):
    """`[[link]]`."""

    ends: tuple[str, str]
    rate_bits_per_s: Annotated[float, Meta(ge=10_000)] = 1e9
    mtu_bytes: Annotated[int, Meta(ge=1280, le=1500)] = 1500
    loss: Chance = 0.0
    duplicate: Chance = 0.0
    reorder: Chance = 0.0
    delay_us: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    udp: bool = False
    networks: tuple[str, ...] = ()
    # Bounds of its own on routers' interfaces (docs/daemon.md), where it is at an edge.
    rsvp_punts_per_s: Annotated[int, Meta(ge=1)] | None = None
    messages_per_s: Annotated[int, Meta(ge=1)] | None = None
    half_open_states: Annotated[int, Meta(ge=1)] | None = None


class GroupTable(Table, frozen=True):
    """`[[group]]`."""

    address: str
    senders: Annotated[tuple[str, ...], Meta(min_length=1)]
    members: tuple[str, ...]


class TopologyFile(Table, frozen=True, kw_only=True):
    """A whole file."""

    title: str = ""
    host: tuple[HostTable, ...]
    router: tuple[RouterTable, ...]
    link: tuple[LinkTable, ...]
    group: tuple[GroupTable, ...] = ()
    interface: PromiseTable = PromiseTable()


def read_topology(path: Path) -> Topology:
    """Read and check a file; raises ConfigError."""
    tables = read_file(path, TopologyFile)
    try:
        return make_topology(path.stem, tables)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def make_topology(name: str, tables: TopologyFile) -> Topology:
    """From tables to a network with addresses; raises ConfigError."""
    kinds = {one.name: Kind.HOST for one in tables.host}
    for place, router in enumerate(tables.router, 1):
        if router.name in kinds:
            _refuse(f"router[{place}].name", router.name, "is given to another node already")
        kinds[router.name] = Kind.ROUTER
    if len(kinds) < len(tables.host) + len(tables.router):
        _refuse("host", [one.name for one in tables.host], "has a name twice")
    links = _links(tables, kinds)
    groups = tuple(_group(f"group[{at}]", one, kinds) for at, one in enumerate(tables.group, 1))
    return Topology(name, tables.title or name, kinds, links, groups)


def _refuse(where: str, value: object, why: str) -> NoReturn:
    raise ConfigError(f"{where} = {value!r}: {why}")


def _promise(common: PromiseTable, link: LinkTable) -> PromiseTable:
    """What holds at a link: what all have, but for bounds of its own."""
    return replace(
        common,
        rsvp_punts_per_s=link.rsvp_punts_per_s or common.rsvp_punts_per_s,
        messages_per_s=link.messages_per_s or common.messages_per_s,
        half_open_states=link.half_open_states or common.half_open_states,
        udp_encapsulation=link.udp or common.udp_encapsulation,
    )


def _links(tables: TopologyFile, kinds: dict[str, Kind]) -> dict[str, Link]:
    if len(tables.link) > MOST_LINKS:
        raise ConfigError(f"link: there are {len(tables.link)}; at most {MOST_LINKS} are allowed")
    numbers = dict.fromkeys(kinds, 0)
    links: dict[str, Link] = {}
    for number, table in enumerate(tables.link, 1):
        where = f"link[{number}]"
        _check_ends(f"{where}.ends", table, kinds, numbers, links)
        for node in table.ends:
            numbers[node] += 1
        networks = _networks(f"{where}.networks", table, number)
        ends = _ends(table, number, kinds, numbers, networks)
        faults = Faults(table.loss, table.duplicate, table.reorder, table.delay_us)
        name = "-".join(table.ends)
        promise = _promise(tables.interface, table)
        links[name] = Link(name, ends, table.rate_bits_per_s, table.mtu_bytes, faults, promise)
    for node, count in numbers.items():
        if not count:
            raise ConfigError(f"link: none has {kinds[node].value} {node!r} as one of its ends")
    return links


def _check_ends(
    where: str,
    table: LinkTable,
    kinds: dict[str, Kind],
    numbers: dict[str, int],
    links: Iterable[str],
) -> None:
    one, other = table.ends
    for node in table.ends:
        if node not in kinds:
            _refuse(where, node, f"has to be a host or router; there are {', '.join(kinds)}")
        if kinds[node] is Kind.HOST and numbers[node]:
            _refuse(where, node, "is a host, which has one link and not more")
    if one == other or (kinds[one], kinds[other]) == (Kind.HOST, Kind.HOST):
        _refuse(where, list(table.ends), "has to be a router, and another router or a host")
    if f"{one}-{other}" in links or f"{other}-{one}" in links:
        _refuse(where, list(table.ends), "are connected already; put a router into the second way")


def _networks(where: str, table: LinkTable, number: int) -> dict[int, Prefix]:
    """A link's network in each family: as the file says, or as follows from its place."""
    found: dict[int, Prefix] = {}
    assigned = (f"10.0.{number}.0/24", f"2001:db8:0:{number:x}::/64")
    for text in (*assigned, *table.networks):
        try:
            network = ip_network(text)
        except ValueError as error:
            _refuse(where, text, f"has to be PREFIX/LENGTH: {error}")
        if network.num_addresses < 4:
            _refuse(where, text, "has no room for two addresses")
        found[network.version] = Prefix(Address(network.network_address.packed), network.prefixlen)
    return found


def _ends(
    table: LinkTable,
    number: int,
    kinds: dict[str, Kind],
    numbers: dict[str, int],
    networks: dict[int, Prefix],
) -> tuple[End, End]:
    # A router is the first address of its link: stable sorting leaves two routers as they are.
    order = sorted(table.ends, key=lambda node: kinds[node] is Kind.HOST)
    made = {}
    for suffix, node in enumerate(order, _ROUTERS_HOST):
        (other,) = set(table.ends) - {node}
        device = "eth0" if kinds[node] is Kind.HOST else f"to-{other}"
        mac = bytes.fromhex(_MAC.format(link=number, end=suffix).replace(":", ""))
        addresses = tuple(_inside(network, suffix) for network in networks.values())
        made[node] = End(node, numbers[node], device, mac, addresses)
    first, second = table.ends
    return made[first], made[second]


def _inside(network: Prefix, suffix: int) -> Prefix:
    base = network.address
    address = (int.from_bytes(base) + suffix).to_bytes(len(base))
    return Prefix(Address(address), network.length_bits)


def _group(where: str, table: GroupTable, kinds: dict[str, Kind]) -> Group:
    try:
        address = Address.parse(table.address)
    except ValueError as error:
        _refuse(f"{where}.address", table.address, f"has to be an address: {error}")
    if not address.is_multicast:
        _refuse(f"{where}.address", table.address, "has to be a multicast address")
    hosts = [name for name, kind in kinds.items() if kind is Kind.HOST]
    for key in ("senders", "members"):
        for name in getattr(table, key):
            if name not in hosts:
                _refuse(
                    f"{where}.{key}", name, f"has to be a host's name; there are {', '.join(hosts)}"
                )
    return Group(address, table.senders, table.members)
