"""`p4rsvp host`: the RSVP agent of one host, until SIGTERM or ctrl-C.

What is open then is torn down. Ends with 1 where the host refuses what the agent needs, such as the
directory of its socket.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import click

from p4rsvp.cli.quantities import rate_option
from p4rsvp.daemon import logs
from p4rsvp.daemon.keyfile import read_keys
from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.settings import LogTable
from p4rsvp.engine.config import TimeParameters
from p4rsvp.host.agent import Agent
from p4rsvp.host.local import Transport, own_agent
from p4rsvp.host.protocol import DEFAULT_SOCKET, SOCKET_VARIABLE
from p4rsvp.host.server import Server
from p4rsvp.security.guard import UNSECURED, Integrity, Mode, Rules

LOG = logging.getLogger(__name__)

_BITS_PER_BYTE = 8


@click.command()
@click.option(
    "--socket",
    default=DEFAULT_SOCKET,
    show_default=True,
    envvar=SOCKET_VARIABLE,
    show_envvar=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where programs find the agent.",
)
@click.option(
    "--interface",
    "interfaces",
    multiple=True,
    metavar="NAME",
    help="Speak RSVP on this interface only; may be repeated. [default: all that are up]",
)
@rate_option(
    "--rate",
    help='Of each link, as in "100 Mbit/s". [default: what its driver says, else 1 Gbit/s]',
)
@click.option(
    "--refresh-period-ms",
    default=TimeParameters().refresh_period_ms,
    show_default=True,
    type=click.IntRange(min=100),
    help="How often state is refreshed (R, RFC 2205 3.7).",
)
@click.option(
    "--transport",
    type=click.Choice([one.name.lower() for one in Transport]),
    default="auto",
    show_default=True,
    help="raw: protocol 46. udp: RFC 2205 C. both: raw, with hosts on the links that only do UDP.",
)
@click.option(
    "--keys",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Sign messages, and verify what is signed; docs/security.md says what stands in the file.",
)
@click.option(
    "--integrity",
    type=click.Choice([one.value for one in Mode]),
    default="required",
    show_default=True,
    help="What is expected of neighbours; with --keys.",
)
@click.option("--verbose", is_flag=True, help="Log every step of the protocol.")
def host(
    socket: Path,
    interfaces: tuple[str, ...],
    rate: float | None,
    transport: str,
    refresh_period_ms: int,
    keys: Path | None,
    integrity: str,
    *,
    verbose: bool,
) -> None:
    """Speak RSVP for the programs of this host; SIGHUP reads the keys again."""
    rules = Rules(Mode(integrity))
    try:
        secured = UNSECURED if keys is None else Integrity(rules, read_keys(keys))
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    logs.set_up(LogTable(level="debug" if verbose else "info"), sys.stderr)
    agent = own_agent(
        Transport[transport.upper()],
        interfaces=frozenset(interfaces),
        rate_bits_per_s=_BITS_PER_BYTE * (rate or 0),
        times=TimeParameters(refresh_period_ms=refresh_period_ms),
        integrity=secured,
    )
    try:
        asyncio.run(_serve(agent, socket, rules, keys))
    except OSError as error:
        raise click.ClickException(f"the agent cannot start: {error}") from error


async def _serve(
    its_agent: AbstractAsyncContextManager[Agent], socket: Path, rules: Rules, keys: Path | None
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with its_agent as agent:
        if keys is not None:
            asyncio.get_running_loop().add_signal_handler(
                signal.SIGHUP, _reload, agent, rules, keys
            )
        server = Server(agent, socket)
        await server.start()
        try:
            LOG.info("programs find the agent at %s", socket)
            await stopped.wait()
        finally:
            await server.stop()
    LOG.info("stopped; all that was open is torn down")


def _reload(agent: Agent, rules: Rules, keys: Path) -> None:
    """Take over the keys that the file has now; a mistake leaves all as it is."""
    try:
        agent.reload(Integrity(rules, read_keys(keys)))
    except ConfigError as error:
        LOG.error("not reloaded: %s", error)  # noqa: TRY400 (the sentence is all there is to say)
        return
    LOG.info("reloaded %s", keys)
