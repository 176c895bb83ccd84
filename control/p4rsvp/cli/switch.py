"""`p4rsvp switch`: run a switch behind P4Runtime; `p4rsvp switch top`: watch one.

The embedded switch takes any P4 program; with `--backend dpdk` p4rsvp-dpdk forwards in its place
and has the project's own.
"""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from finsy.proto import p4r
from google.protobuf import text_format
from rich.console import Console
from rich.live import Live
from rich.table import Table

from p4rsvp.cli.backends import Backend, Dpdk, Softswitch
from p4rsvp.dataplane import operating
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.dataplane.links import parse_fault, parse_rate
from p4rsvp.p4rt.server import P4RuntimeServer, Tls, spare_the_collector
from p4rsvp.security.roles import Names
from p4rsvp.softswitch.layout import MOST_WORKERS
from p4rsvp.softswitch.ports.spec import parse_port
from p4rsvp.softswitch.switch import DEFAULT_CPU_PORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from p4rsvp.target.artefacts import Program

DEFAULT_ADDRESS = "127.0.0.1:9559"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _each(parse: Callable[[str], Any]) -> Callable[..., list[Any]]:
    """A click callback that parses every value of a repeated option."""

    def callback(
        _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
    ) -> list[Any]:
        try:
            return [parse(value) for value in values]
        except ValueError as fault:
            raise click.BadParameter(str(fault)) from fault

    return callback


@click.group(invoke_without_command=True)
@click.option("--p4info", type=_FILE, help="P4Info of the program to start with (text).")
@click.option("--json", "json_file", type=_FILE, help="Its bmv2 JSON; with DPDK its ingress spec.")
@click.option(
    "--port",
    "ports",
    multiple=True,
    callback=_each(parse_port),
    help="NUMBER=INTERFACE, NUMBER=udp:PORT:ADDRESS:PORT, NUMBER=pcap:REPLAY:CAPTURE or, "
    "with DPDK, NUMBER=dpdk:DEVICE.",
)
@click.option(
    "--backend",
    type=click.Choice(["softswitch", "dpdk"]),
    default="softswitch",
    show_default=True,
    help="What forwards the packets.",
)
@click.option("--grpc", default=DEFAULT_ADDRESS, show_default=True, help="P4Runtime address.")
@click.option("--device-id", default=1, show_default=True, help="P4Runtime device id.")
@click.option("--cpu-port", default=DEFAULT_CPU_PORT, show_default=True, help="Port of punts.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    show_default=True,
    help="Threads that forward packets.",
)
@click.option(
    "--rate", "rates", multiple=True, callback=_each(parse_rate), help="PORT=10M (bit/s)."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    callback=_each(parse_fault),
    help="PORT=loss:0.01,delay:5ms,reorder:0.1,duplicate:0.01 (chances 0 to 1).",
)
@click.option("--seed", default=1, show_default=True, help="Of the faults' random numbers.")
@click.option("--cores", default="", help="DPDK: CPUs A,B,...; one for control, one a worker.")
@click.option("--huge", is_flag=True, help="DPDK: use huge pages.")
@click.option("--poll", is_flag=True, help="DPDK: never sleep, whatever comes.")
@click.option("--eal", default="", help="DPDK: further options for its environment (EAL).")
@click.option("--tls-certificate", type=_FILE, help="PEM; with --tls-key.")
@click.option("--tls-key", type=_FILE, help="PEM.")
@click.option("--tls-client-ca", type=_FILE, help="PEM; only clients it signed (mutual TLS).")
@click.option("--tls-operator", "operators", multiple=True, help="A name that may do all.")
@click.option("--tls-viewer", "viewers", multiple=True, help="A name that may only read.")
@click.pass_context
def switch(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 (click's values)
    """Run a switch with P4Runtime until SIGTERM or ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    if (options["p4info"] is None) != (options["json_file"] is None):
        raise click.UsageError("--p4info and --json go together")
    if (options["tls_certificate"] is None) != (options["tls_key"] is None):
        raise click.UsageError("--tls-certificate and --tls-key go together")
    if (options["operators"] or options["viewers"]) and options["tls_client_ca"] is None:
        raise click.UsageError("--tls-operator and --tls-viewer want --tls-client-ca")
    asyncio.run(_serve(options))


async def _serve(options: dict[str, Any]) -> None:
    console = Console(stderr=True)
    end = _End()
    backend = Softswitch(options) if options["backend"] == "softswitch" else Dpdk(options, end.lost)
    async with AsyncExitStack() as stack:
        stack.callback(backend.stop)
        server = _server(backend, options)
        path = operating.default_path(str(server.port))
        stack.callback(operating.OperatorSocket(backend.operated, path).close)
        stack.push_async_callback(server.stop)
        if backend.program is not None:
            _start_with(server, backend.program, console)
        await server.start()
        host = options["grpc"].rpartition(":")[0]
        console.print(f"P4Runtime at {host}:{server.port}, device {options['device_id']}")
        await end.wait()


def _server(backend: Backend, options: dict[str, Any]) -> P4RuntimeServer:
    tls = None
    if options["tls_certificate"] is not None:
        names = Names(options["operators"], options["viewers"])
        certificate, key, ca = (options[f"tls_{n}"] for n in ("certificate", "key", "client_ca"))
        tls = Tls(certificate, key, ca, names)
    try:
        return P4RuntimeServer(
            backend.device, address=options["grpc"], device_id=options["device_id"], tls=tls
        )
    except OSError as fault:
        raise click.ClickException(str(fault)) from fault


def _start_with(server: P4RuntimeServer, program: Program, console: Console) -> None:
    begin_s = time.monotonic()
    config = p4r.ForwardingPipelineConfig(p4_device_config=program.device_config.read_bytes())
    with console.status("compiling the pipeline (once for each program)"):
        try:
            text_format.Parse(program.p4info.read_text(), config.p4info)
            made = server.service.pipeline.make(config)
        except text_format.ParseError as fault:
            raise click.ClickException(f"{program.p4info}: {fault}") from fault
        except ControlError as refusal:
            raise click.ClickException(f"{program.device_config}: {refusal.sentence}") from refusal
    server.service.start(made)
    spare_the_collector()
    console.print(f"program ready after {time.monotonic() - begin_s:.1f} s")


class _End:
    """A signal to stop, or the loss of the switch, which is an error."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped: asyncio.Future[str] = self._loop.create_future()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop, "")

    def lost(self, why: str) -> None:
        """The switch has gone; from any thread."""
        self._loop.call_soon_threadsafe(self._stop, why)

    def _stop(self, why: str) -> None:
        if not self._stopped.done():
            self._stopped.set_result(why)

    async def wait(self) -> None:
        """Wait for either; raises ClickException where it is a loss."""
        why = await self._stopped
        if why:
            raise click.ClickException(why)


@switch.command()
@click.option("--grpc", default=DEFAULT_ADDRESS, show_default=True, help="Of the switch.")
@click.argument("faults", nargs=-1, required=True, metavar="PORT=KIND:VALUE,...")
def impair(grpc: str, faults: tuple[str, ...]) -> None:
    """Give links of a running switch these faults and no others, as --fault has them."""
    _change_links(grpc, faults)


@switch.command()
@click.option("--grpc", default=DEFAULT_ADDRESS, show_default=True, help="Of the switch.")
@click.argument("rates", nargs=-1, required=True, metavar="PORT=RATE")
def shape(grpc: str, rates: tuple[str, ...]) -> None:
    """Give links of a running switch these rates, as --rate has them; 0 lifts one."""
    _change_links(grpc, rates)


def _change_links(grpc: str, changes: tuple[str, ...]) -> None:
    path = operating.default_path(grpc.rpartition(":")[2])
    try:
        for change in changes:
            operating.change_link(path, change)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"no switch at {grpc} on this machine ({error})") from error


@switch.command()
@click.option("--grpc", default=DEFAULT_ADDRESS, show_default=True, help="Of the switch.")
@click.option("--once", is_flag=True, help="Print one reading and end.")
def top(grpc: str, *, once: bool) -> None:
    """Watch a running switch: packets a second by what became of them, and queues."""
    path = operating.default_path(grpc.rpartition(":")[2])
    try:
        before = operating.read(path)
        if once:
            Console().print(_table(before, before, 1.0))
            return
        _watch(path, before)
    except OSError as fault:
        raise click.ClickException(f"no switch at {grpc} on this machine ({fault})") from fault


def _watch(path: Path, before: dict[str, Any]) -> None:
    at_s = time.monotonic()
    with Live(_table(before, before, 1.0)) as live:
        while True:
            time.sleep(1.0)
            now_s, now = time.monotonic(), operating.read(path)
            live.update(_table(before, now, now_s - at_s))
            before, at_s = now, now_s


def _table(before: dict[str, Any], now: dict[str, Any], seconds: float) -> Table:
    table = Table("packets", "total", "per second")
    for name, total in now["packets"].items():
        rate = (total - before["packets"][name]) / seconds
        table.add_row(name.replace("_", " "), f"{total:,}", f"{rate:,.0f}")
    for row in now["queues"]:
        mean_us = row["sojourn_ns"] / max(row["left"], 1) / 1000
        name = f"port {row['port']} queue {row['queue']}"
        waits = f"{row['packets']} wait, {row['dropped']:,} dropped"
        table.add_row(name, waits, f"{mean_us:,.0f} us mean, {row['longest_ns'] / 1000:,.0f} most")
    return table
