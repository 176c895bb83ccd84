"""`p4rsvp show`: what a daemon holds, as tables or as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
from google.protobuf.json_format import MessageToDict
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from p4rsvp.northbound.client import Client, NoDaemonError
from p4rsvp.northbound.v1 import router_pb2 as pb

WATCH_S = 1.0
DEFAULT_SOCKET = "/run/p4rsvp/p4rsvp.sock"
_BITS = 8
NS_PER_S = 1_000_000_000

Row = tuple[str, ...]


class _View(NamedTuple):
    """How a section is shown."""

    section: pb.Section
    columns: tuple[str, ...]
    rows: Callable[[pb.StateResponse], list[Row]]


def _rate(bytes_per_s: float) -> str:
    """Bits per second, as operators read them."""
    value = bytes_per_s * _BITS
    for unit in ("bit/s", "kbit/s", "Mbit/s"):
        if value < 1000:
            return f"{value:.4g} {unit}"
        value /= 1000
    return f"{value:.4g} Gbit/s"


def _bytes(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.4g} {unit}"
        number /= 1000
    return f"{number:.4g} TB"


def _sessions(state: pb.StateResponse) -> list[Row]:
    return [(one.session, str(one.senders), str(one.reservations)) for one in state.sessions]


def _senders(state: pb.StateResponse) -> list[Row]:
    return [
        (
            one.session,
            one.sender,
            str(one.incoming_interface),
            one.previous_hop or "-",
            " ".join(map(str, one.outgoing_interfaces)) or "-",
            _rate(one.token_rate_bytes_per_s),
            _bytes(one.bucket_bytes),
        )
        for one in state.senders
    ]


def _reservations(state: pb.StateResponse) -> list[Row]:
    return [
        (
            one.session,
            " ".join(one.senders) or "any",
            str(one.outgoing_interface),
            one.style,
            one.service.replace("_", " "),
            _rate(one.token_rate_bytes_per_s),
            _rate(one.link_rate_bytes_per_s),
            _bytes(one.bucket_bytes),
            "installed" if one.status == one.STATUS_INSTALLED else "pending",
            *(_traffic(counted) for counted in (one.sent, one.demoted, one.dropped)),
        )
        for one in state.reservations
    ]


def _neighbors(state: pb.StateResponse) -> list[Row]:
    return [(str(one.interface), one.address, one.mac) for one in state.neighbors]


def _interfaces(state: pb.StateResponse) -> list[Row]:
    return [
        (
            str(one.interface),
            one.name,
            "up" if one.up else "down",
            " ".join(one.addresses) or "-",
            "on" if one.rsvp else "off",
            _rate(one.rate_bytes_per_s),
            *(_share(budget) for budget in (one.guaranteed, one.controlled_load)),
            str(one.reservations),
        )
        for one in state.interfaces
    ]


def _share(budget: pb.Budget) -> str:
    """What is reserved of a class's rate, and of its bursts."""
    rate = f"{_rate(budget.reserved_rate_bytes_per_s)} of {_rate(budget.rate_bytes_per_s)}"
    burst = f"{_bytes(budget.reserved_burst_bytes)} of {_bytes(budget.burst_bytes)}"
    return f"{rate}\n{burst}"


def _traffic(counted: pb.Traffic) -> str:
    return f"{counted.packets} pkt, {_bytes(counted.bytes)}"


def _counters(state: pb.StateResponse) -> list[Row]:
    return [(name, str(state.counters[name])) for name in sorted(state.counters)]


# Columns of numbers, which are read from their right end.
_NUMBERS = frozenset(
    {"rate", "on link", "bucket", "sent", "demoted", "dropped", "reservations", "value"}
)

_VIEWS = {
    "sessions": _View(pb.SECTION_SESSIONS, ("session", "senders", "reservations"), _sessions),
    "senders": _View(
        pb.SECTION_SENDERS,
        ("session", "sender", "in", "previous hop", "out", "rate", "bucket"),
        _senders,
    ),
    "reservations": _View(
        pb.SECTION_RESERVATIONS,
        (
            *("session", "senders", "out", "style", "service", "rate", "on link", "bucket"),
            *("status", "sent", "demoted", "dropped"),
        ),
        _reservations,
    ),
    "neighbors": _View(pb.SECTION_NEIGHBORS, ("interface", "address", "mac"), _neighbors),
    "interfaces": _View(
        pb.SECTION_INTERFACES,
        (
            *("interface", "name", "state", "addresses", "RSVP", "rate"),
            *("guaranteed", "controlled load", "reservations"),
        ),
        _interfaces,
    ),
    "counters": _View(pb.SECTION_COUNTERS, ("counter", "value"), _counters),
}

SOCKET = click.option(
    "--socket",
    type=click.Path(path_type=Path),
    default=DEFAULT_SOCKET,
    show_default=True,
    envvar="P4RSVP_SOCKET",
    help="Of the daemon: northbound.socket in its configuration.",
)


@click.command()
@click.argument("what", type=click.Choice([*_VIEWS, "events"]))
@SOCKET
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@click.option("--watch", is_flag=True, help="Go on until ctrl-C.")
def show(what: str, socket: Path, *, as_json: bool, watch: bool) -> None:
    """Show what the daemon of a switch holds."""
    try:
        with Client(socket) as client:
            if what == "events":
                _show_events(client, as_json=as_json)
            else:
                _show_state(client, what, as_json=as_json, watch=watch)
    except NoDaemonError as error:
        raise click.ClickException(str(error)) from error


def _show_state(client: Client, what: str, *, as_json: bool, watch: bool) -> None:
    view = _VIEWS[what]
    if as_json:
        while True:
            click.echo(json.dumps(_as_dict(client.state(view.section))))
            if not watch:
                return
            time.sleep(WATCH_S)
    console = Console()
    if not watch:
        console.print(_table(view, client.state(view.section)))
        return
    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_table(view, client.state(view.section)), refresh=True)
            time.sleep(WATCH_S)


def _show_events(client: Client, *, as_json: bool) -> None:
    for event in client.events():
        if as_json:
            click.echo(json.dumps(_as_dict(event)))
        else:
            click.echo(shown(event))


def shown(event: pb.Event) -> str:
    """A fact as a line."""
    at = datetime.fromtimestamp(event.time_ns / NS_PER_S, UTC).isoformat(timespec="milliseconds")
    parts = (at.replace("+00:00", "Z"), event.session, event.fact)
    return "  ".join(filter(None, (*parts, event.detail and f"({event.detail})")))


def _as_dict(message: Any) -> dict[str, Any]:  # noqa: ANN401 (any message of the API)
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _table(view: _View, state: pb.StateResponse) -> Group:
    """A line about the router, and the rows."""
    standing = "primary" if state.primary else "standby"
    settled = "holds what it should" if state.settled else "is being brought up to date"
    table = Table(box=None, pad_edge=False)
    for name in view.columns:
        table.add_column(name, justify="right" if name in _NUMBERS else "left")
    for row in view.rows(state):
        table.add_row(*row)
    return Group(Text(f"{state.router}: {standing}; the switch {settled}\n"), table)
