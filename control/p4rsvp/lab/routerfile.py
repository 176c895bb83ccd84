"""The configuration of a lab's routers, as the daemon's file (docs/daemon.md) has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from p4rsvp.lab.routes import RouterRoutes
from p4rsvp.lab.topology import Attached, Topology
from p4rsvp.target.artefacts import PROGRAMS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a router's switch listens, and where its daemon is to."""

    switch_address: str
    socket: Path
    target: str


def router_file(topology: Topology, router: str, routes: RouterRoutes, place: Place) -> str:
    """The text of a router's file."""
    parts = [
        _head(router, place),
        *(_interface(attached, router) for attached in topology.places(router)),
        *_routes(routes),
    ]
    return "\n".join(parts)


def _head(router: str, place: Place) -> str:
    program = PROGRAMS[place.target]
    return f"""[router]
name = "{router}"

[switch]
address = "{place.switch_address}"
target = "{place.target}"
p4info = "{program.p4info}"
program = "{program.device_config}"

[northbound]
socket = "{place.socket}"

[log]
format = "json"
"""


def _interface(attached: Attached, router: str) -> str:
    end, link = attached
    addresses = ", ".join(f'"{address}/{bits}"' for address, bits in end.addresses)
    promise = "\n".join(
        f"{key} = {_value(value)}"
        for key, value in msgspec.structs.asdict(link.promise).items()
        if value is not None
    )
    return f"""[[interface]]
name = "to {link.other(router).node}"
number = {end.number}
port = {end.number}
mac = "{end.mac.hex(":")}"
addresses = [{addresses}]
rate_bits_per_s = {link.rate_bits_per_s}
mtu_bytes = {link.mtu_bytes}
{promise}
"""


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _routes(routes: RouterRoutes) -> Iterator[str]:
    for way in routes.ways:
        address, length_bits = way.destination
        yield f"""[[route]]
destination = "{address}/{length_bits}"
interface = {way.interface}
via = "{way.via}"
"""
    for tree in routes.trees:
        yield f"""[[multicast_route]]
group = "{tree.group}"
source = "{tree.source}"
incoming = {tree.incoming}
outgoing = {list(tree.outgoing)}
"""
