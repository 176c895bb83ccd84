"""From the settings of a file to what the rest of the daemon runs on: parsed, checked, in bytes.

Owns what concerns more than one key or table: numbers that must differ, routes whose interface must
exist, shares that must leave something over. Like reading.py it raises ConfigError with the key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_interface, ip_network
from pathlib import Path

import msgspec
from finsy import GRPCCredentialsTLS

from p4rsvp.daemon.keyfile import read_keys
from p4rsvp.daemon.policies import read_believed, read_rules
from p4rsvp.daemon.proxies import read_proxies
from p4rsvp.daemon.reading import ConfigError, read_settings
from p4rsvp.daemon.settings import (
    InterfaceTable,
    MulticastRouteTable,
    RouteTable,
    Settings,
    Target,
)
from p4rsvp.engine.config import InterfaceConfig, Limits, NodeConfig, TimeParameters
from p4rsvp.engine.events import Prefix, Route, RouteChanged
from p4rsvp.engine.routes import covers
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.intserv.meter import LinkLayer, MeterTarget
from p4rsvp.security.guard import Handshake, Mode, Rules
from p4rsvp.security.keys import Keys
from p4rsvp.security.rules import Rule
from p4rsvp.target.capabilities import TARGETS, Capabilities
from p4rsvp.target.interface import Interface
from p4rsvp.wire.address import Address

BITS_PER_BYTE = 8

# linux/rtnetlink.h: who has put a route into the kernel.
PROTOCOLS = {
    "boot": 3,
    "static": 4,
    "ra": 9,
    "zebra": 11,
    "bird": 12,
    "keepalived": 18,
    "openr": 99,
    "bgp": 186,
    "isis": 187,
    "ospf": 188,
    "rip": 189,
    "eigrp": 192,
}


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A unicast route, by a neighbour or (via None) on the link."""

    destination: Prefix
    interface: int
    via: Address | None


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """All that a file says, ready for use."""

    path: Path
    settings: Settings
    node: NodeConfig
    interfaces: dict[int, Interface]
    routes: tuple[StaticRoute, ...]
    multicast_routes: tuple[RouteChanged, ...]
    capabilities: Capabilities
    devices: dict[str, int]  # of the kernel -> interfaces
    protocols: frozenset[int]  # of the kernel's routes
    integrity: Rules
    keys: Keys
    rules: tuple[Rule, ...]

    def file(self, name: str) -> Path:
        """A file that the configuration names, relative to itself."""
        return self.path.parent / name

    def credentials(self) -> GRPCCredentialsTLS | None:
        """How the session with the switch is protected."""
        tls = self.settings.switch.tls
        if tls is None:
            return None
        return GRPCCredentialsTLS(
            cacert=self.file(tls.ca),
            cert=self.file(tls.certificate) if tls.certificate else None,
            private_key=self.file(tls.key) if tls.key else None,
        )


def read_router(path: Path, target: Target | None = None) -> RouterConfig:
    """Read and check a configuration file, for this kind of target if given; raises ConfigError."""
    settings = read_settings(path)
    if target is not None:
        switch = msgspec.structs.replace(settings.switch, target=target)
        settings = msgspec.structs.replace(settings, switch=switch)
    try:
        return _router(path, settings)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _router(path: Path, settings: Settings) -> RouterConfig:
    _check_distinct(settings)
    capabilities = TARGETS[settings.switch.target]
    meters = capabilities.meter(one.vlan_id for one in settings.interface)
    interfaces: dict[int, Interface] = {}
    configs: list[InterfaceConfig] = []
    for place, table in enumerate(settings.interface, 1):
        interface = _interface(f"interface[{place}]", table)
        interfaces[table.number] = interface
        configs.append(_engine_interface(f"interface[{place}]", table, interface, meters))
    router = RouterConfig(
        path,
        settings,
        NodeConfig(
            settings.router.name,
            tuple(configs),
            limits=Limits(**msgspec.structs.asdict(settings.limits)),
            null_dscp=settings.null_service.dscp,
        ),
        interfaces,
        tuple(
            _route(f"route[{place}]", table, interfaces)
            for place, table in enumerate(settings.route, 1)
        ),
        tuple(
            _multicast_route(f"multicast_route[{place}]", table, interfaces)
            for place, table in enumerate(settings.multicast_route, 1)
        ),
        capabilities,
        {one.device: one.number for one in settings.interface if one.device},
        frozenset(_protocol(name) for name in settings.routes.protocols),
        _integrity(settings),
        read_keys(path.parent / settings.integrity.keys) if settings.integrity.keys else Keys(),
        read_rules(settings.policy),
    )
    _check_kernel(settings)
    _check_files(router)
    read_proxies(settings)  # for what may be wrong with them
    read_believed(settings.policy)  # likewise
    return router


def _protocol(name: str | int) -> int:
    """The number of a routing protocol, as in /etc/iproute2/rt_protos."""
    if isinstance(name, int):
        return name
    if name not in PROTOCOLS:
        raise ConfigError(
            f"routes.protocols: {name!r} has to be a number from 0 to 255 or one of "
            f"{', '.join(PROTOCOLS)}"
        )
    return PROTOCOLS[name]


def _check_kernel(settings: Settings) -> None:
    """Who follows the kernel has to know its devices."""
    if settings.routes.source != "kernel":
        return
    if not any(one.device for one in settings.interface):
        raise ConfigError(
            'routes.source = "kernel": no interface names its device; give each a '
            'device = "NAME", as `ip link` calls it'
        )


def _integrity(settings: Settings) -> Rules:
    table = settings.integrity
    modes = {one.number: Mode(one.integrity or table.mode) for one in settings.interface}
    if not table.keys and Mode.REQUIRED in modes.values():
        raise ConfigError("integrity.keys: missing, and something is required to be signed")
    return Rules(Mode(table.mode), modes, Handshake(table.handshake), table.window_messages)


def _check_files(router: RouterConfig) -> None:
    switch = router.settings.switch
    named = {"p4info": switch.p4info, "program": switch.program}
    if switch.tls is not None:
        tls = switch.tls
        named |= {"tls.ca": tls.ca, "tls.certificate": tls.certificate, "tls.key": tls.key}
    north = router.settings.northbound
    files = {f"switch.{key}": name for key, name in named.items()}
    files |= {f"northbound.{k}": getattr(north, k) for k in ("certificate", "key", "client_ca")}
    point = router.settings.policy.decision_point
    if point is not None:
        keys = ("ca", "certificate", "key")
        files |= {f"policy.decision_point.{key}": getattr(point, key) for key in keys}
    for key, name in files.items():
        if name and not router.file(name).is_file():
            raise ConfigError(f"{key} = {name!r}: there is no such file")


def _check_distinct(settings: Settings) -> None:
    """What two interfaces must not have in common."""
    tables = settings.interface
    _distinct("number", [one.number for one in tables])
    _distinct("port and vlan_id", [(one.port, one.vlan_id) for one in tables])
    _distinct("device", [one.device for one in tables if one.device])
    _distinct("address", [text.partition("/")[0] for one in tables for text in one.addresses])


def _distinct(what: str, values: Iterable[object]) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise ConfigError(f"interface: the {what} {value} is given to two of them")
        seen.add(value)


def _interface(where: str, table: InterfaceTable) -> Interface:
    return Interface(
        table.number,
        table.port,
        table.vlan_id,
        bytes.fromhex(table.mac.replace(":", "")),
        tuple(_network(f"{where}.addresses", text) for text in table.addresses),
        table.mtu_bytes,
        table.rsvp,
        table.udp_encapsulation,
        table.listeners,
    )


def _network(where: str, text: str) -> Prefix:
    try:
        found = ip_interface(text)
    except ValueError as error:
        raise ConfigError(f"{where} = {text!r}: has to be ADDRESS/LENGTH: {error}") from error
    if "/" not in text:
        raise ConfigError(f"{where} = {text!r}: has to say its prefix length, as in {text}/24")
    return Prefix(Address(found.packed), found.network.prefixlen)


def _engine_interface(
    where: str, table: InterfaceTable, interface: Interface, meters: MeterTarget
) -> InterfaceConfig:
    try:
        link = _link(table, meters)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error
    return InterfaceConfig(
        table.number,
        table.name or f"interface {table.number}",
        tuple(network.address for network in interface.networks),
        link,
        rsvp=table.rsvp,
        non_rsvp_hop=table.non_rsvp_hop,
        half_open_states=table.half_open_states,
        times=TimeParameters(
            refresh_period_ms=table.refresh_period_ms,
            lifetime_factor=table.lifetime_factor,
            local_repair_delay_ms=table.local_repair_delay_ms,
            blockade_factor=table.blockade_factor,
        ),
    )


def _link(table: InterfaceTable, meters: MeterTarget) -> LinkConfig:
    rate = int(table.rate_bits_per_s) // BITS_PER_BYTE
    tag_bytes = 4 if table.vlan_id else 0
    return LinkConfig(
        rate_bytes_per_s=rate,
        mtu_bytes=table.mtu_bytes,
        guaranteed=ClassLimit(int(rate * table.guaranteed_share), table.guaranteed_burst_bytes),
        controlled_load=ClassLimit(
            int(rate * table.controlled_load_share), table.controlled_load_burst_bytes
        ),
        best_effort_rate_bytes_per_s=int(rate * table.best_effort_share),
        control_rate_bytes_per_s=int(rate * table.control_share),
        control_burst_bytes=table.control_burst_bytes,
        latency_us=table.latency_us,
        jitter_us=table.jitter_us,
        layer=LinkLayer(
            LinkLayer().header_bytes + tag_bytes, table.frame_min_bytes, table.frame_gap_bytes
        ),
        target=meters,
    )


def _route(where: str, table: RouteTable, interfaces: dict[int, Interface]) -> StaticRoute:
    try:
        network = ip_network(table.destination)
    except ValueError as error:
        raise ConfigError(
            f"{where}.destination = {table.destination!r}: has to be PREFIX/LENGTH: {error}"
        ) from error
    destination = Prefix(Address(network.network_address.packed), network.prefixlen)
    interface = _known(f"{where}.interface", table.interface, interfaces)
    via = _address(f"{where}.via", table.via) if table.via else None
    if via is not None and not any(covers(one, via) for one in interface.networks):
        raise ConfigError(
            f"{where}.via = {table.via!r}: has to be on the link of interface {table.interface}, "
            f"which has {', '.join(f'{n.address}/{n.length_bits}' for n in interface.networks)}"
        )
    return StaticRoute(destination, table.interface, via)


def _multicast_route(
    where: str, table: MulticastRouteTable, interfaces: dict[int, Interface]
) -> RouteChanged:
    group = _address(f"{where}.group", table.group)
    if not group.is_multicast:
        raise ConfigError(f"{where}.group = {table.group!r}: has to be a multicast address")
    source = _address(f"{where}.source", table.source) if table.source else None
    if source is not None and len(source) != len(group):
        raise ConfigError(f"{where}.source = {table.source!r}: has to be of the group's family")
    for number in table.outgoing:
        _known(f"{where}.outgoing", number, interfaces)
    if not table.outgoing and not any(one.listeners for one in interfaces.values()):
        raise ConfigError(
            f"{where}.outgoing = []: expected an interface here, or listeners = true at one"
        )
    if table.incoming is not None:
        _known(f"{where}.incoming", table.incoming, interfaces)
    route = Route(table.outgoing, table.incoming)
    return RouteChanged(Prefix(group, BITS_PER_BYTE * len(group)), route, source)


def _known(where: str, number: int, interfaces: dict[int, Interface]) -> Interface:
    if number not in interfaces:
        raise ConfigError(
            f"{where} = {number}: has to be the number of an interface; there are "
            f"{', '.join(map(str, sorted(interfaces)))}"
        )
    return interfaces[number]


def _address(where: str, text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise ConfigError(f"{where} = {text!r}: has to be an address: {error}") from error
