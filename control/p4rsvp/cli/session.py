"""`p4rsvp send` and `p4rsvp reserve`: take part in a session until ctrl-C, and tell what happens.

One line for each happening, as text or JSON. What was asked for is withdrawn at the end. Ends with
1 where there is no agent or it refuses the call, and with 2 for an option that makes no sense.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from p4rsvp.cli.quantities import rate_option, size_option
from p4rsvp.host.api import CallError
from p4rsvp.host.client import default_socket
from p4rsvp.host.flowspecs import PROTOCOLS, Impossible, sender_of, session_of
from p4rsvp.host.happenings import Happening, facts_of
from p4rsvp.host.protocol import SOCKET_VARIABLE
from p4rsvp.host.session import DATA_TTL, SERVICES, STYLES, Session

_Command = Callable[..., Any]


def _common(command: _Command) -> _Command:
    """The options that both commands have."""
    for option in reversed(
        (
            click.option(
                "--to",
                required=True,
                metavar="ADDRESS:PORT",
                help="Where the data goes: a group or a host.",
            ),
            click.option(
                "--protocol",
                type=click.Choice(list(PROTOCOLS)),
                default="udp",
                show_default=True,
                help="Of the data.",
            ),
            click.option(
                "--socket",
                type=click.Path(dir_okay=False, path_type=Path),
                envvar=SOCKET_VARIABLE,
                default=default_socket,
                help=f"Of the agent.  [default: ${SOCKET_VARIABLE}, else {default_socket()}]",
            ),
            click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
        )
    ):
        command = option(command)
    return command


@click.command()
@_common
@rate_option("--rate", help='What will be sent, as in "5 Mbit/s".')
@click.option(
    "--null", is_flag=True, help="Name no rate, and leave to the network what the flow gets."
)
@size_option("--bucket", help="The largest burst.  [default: 20 ms of the rate]")
@rate_option("--peak", help="The highest rate of a burst.  [default: unknown]")
@size_option(
    "--packet",
    help="Of IP packets: smaller ones count as this (m).  [default: 1 ms of the rate]",
)
@click.option(
    "--from",
    "template",
    metavar="ADDRESS:PORT",
    help="The data's source.  [default: any port of the address that this host sends from]",
)
@click.option("--ttl", default=DATA_TTL, show_default=True, type=click.IntRange(1, 255))
def send(
    to: str,
    protocol: str,
    socket: Path,
    rate: float | None,
    *,
    null: bool,
    as_json: bool,
    template: str,
    **more: Any,  # noqa: ANN401 (Session.send's)
) -> None:
    """Announce a flow, and tell what is reserved for it."""
    if null == (rate is not None):
        raise click.UsageError("either --rate or --null (Null Service, RFC 2997)")

    async def begin(session: Session) -> None:
        await session.send(rate, None if template is None else sender_of(template), **more)

    _run(to, protocol, socket, begin, as_json=as_json)


@click.command()
@_common
@rate_option("--rate", help="What to reserve.  [default: what the senders announce]")
@click.option("--style", type=click.Choice(list(STYLES)), help="[default: wf for a group, else ff]")
@click.option(
    "--service", type=click.Choice(list(SERVICES)), default="controlled-load", show_default=True
)
@click.option(
    "--sender",
    "senders",
    multiple=True,
    metavar="ADDRESS:PORT",
    help="Reserve for this sender; may be repeated.  [default: for whoever sends]",
)
@click.option("--delay-ms", type=click.FloatRange(min=0, min_open=True), help="Bound the queueing.")
def reserve(
    to: str,
    protocol: str,
    socket: Path,
    rate: float | None,
    senders: tuple[str, ...],
    delay_ms: float | None,
    *,
    as_json: bool,
    **more: Any,  # noqa: ANN401 (Session.reserve's)
) -> None:
    """Reserve for a flow, and tell what comes of it."""
    if delay_ms is not None and more["service"] != "guaranteed":
        raise click.UsageError("--delay-ms goes with --service guaranteed")

    async def begin(session: Session) -> None:
        named = [sender_of(one) for one in senders] or None
        await session.reserve(rate, senders=named, delay_ms=delay_ms, **more)

    _run(to, protocol, socket, begin, as_json=as_json)


def _run(
    to: str,
    protocol: str,
    socket: Path,
    begin: Callable[[Session], Awaitable[None]],
    *,
    as_json: bool,
) -> None:
    try:
        session = session_of(to, protocol)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    try:
        asyncio.run(_take_part(Session(session, socket=socket), begin, as_json=as_json))
    except (CallError, Impossible, ValueError) as error:
        raise click.ClickException(str(error)) from error


async def _take_part(
    session: Session, begin: Callable[[Session], Awaitable[None]], *, as_json: bool
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with session:
        await begin(session)
        telling = asyncio.create_task(_tell(session, as_json=as_json))
        await stopped.wait()
        telling.cancel()
        await asyncio.wait({telling})


async def _tell(session: Session, *, as_json: bool) -> None:
    async for happening in session:
        click.echo(_line(happening, datetime.now(UTC), as_json=as_json))


def _line(happening: Happening, when: datetime, *, as_json: bool) -> str:
    time = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if as_json:
        return json.dumps({"time": time, **facts_of(happening)})
    return f"{time} {happening}"
