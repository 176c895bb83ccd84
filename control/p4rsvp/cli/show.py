"""`p4rsvp show`: what a daemon holds, as tables or as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.live import Live
from rich.table import Table

from p4rsvp.northbound.client import Client, NoDaemonError
from p4rsvp.northbound.v1 import router_pb2 as pb

WATCH_S = 1.0
DEFAULT_SOCKET = "/run/p4rsvp/p4rsvp.sock"
_BITS = 8

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
            f"{one.bucket_bytes:.0f} B",
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
            f"{one.bucket_bytes:.0f} B",
            "installed" if one.status == one.STATUS_INSTALLED else "pending",
            f"{one.sent.packets} pkt",
            f"{one.demoted.packets} pkt",
            f"{one.dropped.packets} pkt",
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
            "on" if one.rsvp else "off",
            _rate(one.rate_bytes_per_s),
            *(_share(budget) for budget in (one.guaranteed, one.controlled_load)),
            str(one.reservations),
        )
        for one in state.interfaces
    ]


def _share(budget: pb.Budget) -> str:
    return f"{_rate(budget.reserved_rate_bytes_per_s)} of {_rate(budget.rate_bytes_per_s)}"


def _counters(state: pb.StateResponse) -> list[Row]:
    return [(name, str(state.counters[name])) for name in sorted(state.counters)]


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
            *("session", "senders", "out", "style", "service", "rate", "bucket"),
            *("status", "sent", "demoted", "dropped"),
        ),
        _reservations,
    ),
    "neighbors": _View(pb.SECTION_NEIGHBORS, ("interface", "address", "mac"), _neighbors),
    "interfaces": _View(
        pb.SECTION_INTERFACES,
        ("interface", "name", "rsvp", "rate", "guaranteed", "controlled load", "reservations"),
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
            click.echo(" ".join(filter(None, (event.fact, event.session, event.detail))))


def _as_dict(message: Any) -> dict[str, Any]:  # noqa: ANN401 (any message of the API)
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _table(view: _View, state: pb.StateResponse) -> Table:
    table = Table(*view.columns, box=None, title_justify="left")
    for row in view.rows(state):
        table.add_row(*row)
    return table
