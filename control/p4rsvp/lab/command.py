"""`p4rsvp lab`: networks on this machine, to be used by hand, entered, listed and cleaned up.

What runs scenarios on them is in running.py.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.lab.bmv2 import bmv2_links
from p4rsvp.lab.build import TARGETS, build
from p4rsvp.lab.mode import Mode
from p4rsvp.lab.running import report, run, scenarios
from p4rsvp.lab.spaces.cleaning import clean_leftovers
from p4rsvp.lab.spaces.record import Record, records
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.lab.world import LabError, World

MODES = [mode.value for mode in Mode]


@click.group()
def lab() -> None:
    """Run networks of hosts and routers on this machine."""
    # As ctrl-C, which asyncio turns into a cancellation: the network is taken down first. A shell
    # that starts us in the background has us ignore ctrl-C, which would make that impossible.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


for _command in (run, scenarios, report, bmv2_links):
    lab.add_command(_command)


@lab.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--target", type=click.Choice(TARGETS), default="softswitch", show_default=True)
@click.option("--mode", type=click.Choice(MODES), help="[default: the best that works here]")
def up(file: Path, target: str, mode: str | None) -> None:
    """Build the network of a topology file, and keep it until ctrl-C."""
    try:
        topology = read_topology(file)
        asyncio.run(_keep(topology, target, Mode(mode) if mode else None))
    except ConfigError as error:
        click.echo(error, err=True)
        raise click.exceptions.Exit(2) from error
    except LabError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("taken down", err=True)


async def _keep(topology: Topology, target: str, mode: Mode | None) -> None:
    console = Console(stderr=True)
    with console.status("building (the first time compiles the switch's program)") as status:
        async with build(topology, target=target, mode=mode) as world:
            status.stop()
            _describe(console, world)
            await asyncio.Event().wait()  # until a signal cancels it


def _describe(console: Console, world: World) -> None:
    topology = world.topology
    console.print(f"{topology.title}: up, in mode {world.mode.value}: {world.why}")
    table = Table("node", "interface", "to", "addresses", "rate")
    for node in topology.kinds:
        for end, link in topology.places(node):
            addresses = ", ".join(f"{address}/{bits}" for address, bits in end.addresses)
            rate = f"{link.rate_bits_per_s / 1e6:g} Mbit/s"
            table.add_row(node, end.device, link.other(node).node, addresses, rate)
    console.print(table)
    if world.mode is not Mode.MEMORY:
        router, host = topology.routers[0], topology.hosts[0]
        console.print(f"enter a node:  p4rsvp lab exec {host} bash")
        console.print(f"ask a daemon:  p4rsvp lab exec {router} p4rsvp show reservations")
    console.print("ctrl-C takes it down")


@lab.command(name="list")
def list_labs() -> None:
    """Show the labs on this machine."""
    table = Table("lab", "topology", "mode", "target", "nodes", "files", "state")
    for record in records():
        state = "running" if record.is_alive else "left over"
        nodes, files = " ".join(record.nodes), str(record.directory)
        first = (str(record.pid), record.topology, record.mode.value, record.target)
        table.add_row(*first, nodes, files, state)
    Console().print(table)


@lab.command()
def clean() -> None:
    """Take away what labs have left that crashed."""
    found = clean_leftovers()
    for record in found:
        click.echo(f"{record.tag}: removed ({record.topology})")
    if not found:
        click.echo("nothing is left over")


@lab.command(
    name="exec",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--lab", "pid", type=int, help="The process of the lab, where several run.")
@click.argument("node")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(pid: int | None, node: str, command: tuple[str, ...]) -> None:
    """Run a command in a node's network namespace."""
    record = _running(pid)
    if node not in record.nodes:
        raise click.BadParameter(f"there is no {node!r}; there are {', '.join(record.nodes)}")
    os.environ.update(record.environment(node))
    arguments = record.within(node, *command)
    with suppress(FileNotFoundError):
        os.execvp(arguments[0], arguments)  # noqa: S606 (the user's own command)
    raise click.ClickException(f"{arguments[0]} is not on the PATH")


def _running(pid: int | None) -> Record:
    found = [one for one in records() if one.is_alive and pid in {None, one.pid}]
    if not found:
        raise click.ClickException("no such lab runs; `p4rsvp lab up FILE` starts one")
    if len(found) > 1:
        pids = ", ".join(str(one.pid) for one in found)
        raise click.ClickException(f"several labs run: say --lab with one of {pids}")
    return found[0]
