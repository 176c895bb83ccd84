"""The configuration of a router's daemon (docs/daemon.md), from the topology."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from p4rsvp_mininet.addresses import Wire, of_node, routes
from p4rsvp_mininet.programs import ROOT

P4INFO = ROOT / "p4src" / "build" / "rsvp_v1model.p4info.txtpb"
PROGRAM = ROOT / "p4src" / "build" / "rsvp_v1model.json"
GRPC_ADDRESS = "127.0.0.1:9559"  # each router has a loopback of its own

# Of a link's rate. A meter may let through more than was asked for, if packets are tiny, and
# admission counts by the meter (docs/intserv.md), so a flow takes a good part of a slow link.
SHARES = """guaranteed_share = 0.85
controlled_load_share = 0.85
best_effort_share = 0.1"""


def daemon_file(
    name: str, target: str, wires: list[Wire], routers: set[str], socket: Path, period_ms: int
) -> str:
    """The text of a router's file."""
    head = f"""[router]
name = "{name}"

[switch]
address = "{GRPC_ADDRESS}"
target = "{target}"
p4info = "{P4INFO}"
program = "{PROGRAM}"

[northbound]
socket = "{socket}"
"""
    interfaces = (_interface(wire, name, period_ms) for wire in of_node(wires, name))
    return "\n".join([head, *interfaces, *_routes(wires, routers, name)])


def _interface(wire: Wire, router: str, period_ms: int) -> str:
    near = wire.near(router)
    return f"""[[interface]]
name = "to-{wire.far(router).node}"
number = {near.port}
port = {near.port}
mac = "{near.mac}"
addresses = ["{near.address}/24"]
rate_bits_per_s = {wire.rate_bits_per_s}
refresh_period_ms = {period_ms}
{SHARES}
"""


def _routes(wires: list[Wire], routers: set[str], router: str) -> Iterator[str]:
    for network, wire in routes(wires, routers, router).items():
        yield f"""[[route]]
destination = "{network}"
interface = {wire.near(router).port}
via = "{wire.far(router).address}"
"""
