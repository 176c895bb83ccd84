"""`p4rsvp host`: the RSVP agent of one host, until SIGTERM or ctrl-C.

What is open then is torn down. Ends with 1 where the host refuses what the agent needs: raw
sockets, or the directory of its socket.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import secrets
import signal
import sys
from pathlib import Path
from typing import NamedTuple

import click

from p4rsvp.cli.quantities import rate_option
from p4rsvp.daemon import logs
from p4rsvp.daemon.settings import LogTable
from p4rsvp.host.agent import Agent
from p4rsvp.host.kernel import Kernel
from p4rsvp.host.network import Network
from p4rsvp.host.protocol import DEFAULT_SOCKET, SOCKET_VARIABLE
from p4rsvp.host.raw import RawNetwork
from p4rsvp.host.server import Server

LOG = logging.getLogger(__name__)


class _Wishes(NamedTuple):
    """What the command line says."""

    socket: Path
    interfaces: frozenset[str]
    rate_bits_per_s: float


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
@click.option("--verbose", is_flag=True, help="Log every step of the protocol.")
def host(socket: Path, interfaces: tuple[str, ...], rate: float | None, *, verbose: bool) -> None:
    """Speak RSVP for the programs of this host."""
    logs.set_up(LogTable(level="debug" if verbose else "info"), sys.stderr)
    wishes = _Wishes(socket, frozenset(interfaces), 8 * (rate or 0))
    try:
        asyncio.run(_serve(wishes, RawNetwork()))
    except OSError as error:
        raise click.ClickException(f"the agent cannot start: {error}") from error


async def _serve(wishes: _Wishes, network: Network) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    kernel = Kernel(only=wishes.interfaces, rate_bits_per_s=wishes.rate_bits_per_s)
    agent = Agent(network, kernel, seed=secrets.randbits(64), name=platform.node())
    await agent.start()
    server = Server(agent, wishes.socket)
    try:
        await server.start()
        LOG.info("programs find the agent at %s", wishes.socket)
        await stopped.wait()
    finally:
        await server.stop()
        await agent.stop()
    LOG.info("stopped; all that was open is torn down")
