"""`p4rsvp clear`: tear down what a daemon holds, some of it or all; the neighbours are told.

Who goes on refreshing what was torn down makes it anew: this ends state, it forbids nothing.
"""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from p4rsvp.cli.show import DEFAULT_SOCKET, SOCKET
from p4rsvp.northbound.client import Client, NoDaemonError, NothingThereError
from p4rsvp.northbound.v1 import router_pb2 as pb

_Scope = pb.TearDownRequest


def _sessions(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """The sessions of the daemon, for whoever presses the tab key."""
    try:
        with Client(Path(context.params.get("socket") or DEFAULT_SOCKET)) as client:
            state = client.state(pb.SECTION_SESSIONS)
    except NoDaemonError:
        return []
    names = [one.session for one in state.sessions]
    return [CompletionItem(name) for name in names if name.startswith(typed)]


_SESSION = click.argument("session", shell_complete=_sessions)


@click.group()
def clear() -> None:
    """Tear down reservations and path state, and tell the neighbours."""


@clear.command("all")
@SOCKET
@click.confirmation_option(prompt="Tear down every reservation and path of this router?")
def clear_all(socket: Path) -> None:
    """Everything that the router holds."""
    _tear_down(socket, pb.TearDownRequest())


@clear.command("session")
@_SESSION
@SOCKET
def clear_session(session: str, socket: Path) -> None:
    """All of one SESSION, named as `p4rsvp show sessions` does."""
    _tear_down(socket, pb.TearDownRequest(session=session))


@clear.command("sender")
@_SESSION
@click.argument("sender")
@SOCKET
def clear_sender(session: str, sender: str, socket: Path) -> None:
    """The path state of one SENDER of a SESSION, and the reservations that go with it."""
    _tear_down(socket, pb.TearDownRequest(session=session, sender=sender, scope=_Scope.SCOPE_PATHS))


@clear.command("reservation")
@_SESSION
@click.argument("interface", type=click.IntRange(min=1))
@click.option("--sender", default="", help="For this sender only.")
@SOCKET
def clear_reservation(session: str, interface: int, sender: str, socket: Path) -> None:
    """The reservation of a SESSION on one outgoing INTERFACE."""
    _tear_down(
        socket,
        pb.TearDownRequest(
            session=session,
            interface=interface,
            sender=sender,
            scope=_Scope.SCOPE_RESERVATIONS,
        ),
    )


@clear.command("neighbor")
@click.argument("address")
@click.option("--interface", type=click.IntRange(min=1), help="On this interface only.")
@SOCKET
def clear_neighbor(address: str, interface: int | None, socket: Path) -> None:
    """All that came from the previous or next hop ADDRESS."""
    _tear_down(socket, pb.TearDownRequest(neighbor=address, interface=interface or 0))


def _tear_down(socket: Path, what: pb.TearDownRequest) -> None:
    try:
        with Client(socket) as client:
            done = client.tear_down(what)
    except (NoDaemonError, NothingThereError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"torn down: {_count(done.paths, 'path state')}, {_count(done.reservations, 'reservation')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
