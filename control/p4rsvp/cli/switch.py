"""`p4rsvp switch`: run the embedded switch, for any P4 program; `p4rsvp switch top`: watch one."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from finsy.proto import p4r
from google.protobuf import text_format
from rich.console import Console
from rich.live import Live
from rich.table import Table

from p4rsvp.dataplane import operating
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.dataplane.links import parse_fault, parse_rate
from p4rsvp.p4rt.server import P4RuntimeServer, Tls, spare_the_collector
from p4rsvp.softswitch.layout import MOST_WORKERS
from p4rsvp.softswitch.links import Links
from p4rsvp.softswitch.operating import SwitchOperator
from p4rsvp.softswitch.ports.spec import parse_port
from p4rsvp.softswitch.service import SwitchDevice
from p4rsvp.softswitch.switch import DEFAULT_CPU_PORT

if TYPE_CHECKING:
    from collections.abc import Callable

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
@click.option("--json", "json_file", type=_FILE, help="Its bmv2 JSON.")
@click.option(
    "--port",
    "ports",
    multiple=True,
    callback=_each(parse_port),
    help="NUMBER=INTERFACE, NUMBER=udp:PORT:ADDRESS:PORT or NUMBER=pcap:REPLAY:CAPTURE.",
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
@click.option("--tls-certificate", type=_FILE, help="PEM; with --tls-key.")
@click.option("--tls-key", type=_FILE, help="PEM.")
@click.option("--tls-client-ca", type=_FILE, help="PEM; only clients it signed (mutual TLS).")
@click.pass_context
def switch(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 (click's values)
    """Run the embedded switch until SIGTERM or ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    if (options["p4info"] is None) != (options["json_file"] is None):
        raise click.UsageError("--p4info and --json go together")
    if (options["tls_certificate"] is None) != (options["tls_key"] is None):
        raise click.UsageError("--tls-certificate and --tls-key go together")
    asyncio.run(_serve(options))


async def _serve(options: dict[str, Any]) -> None:
    console = Console(stderr=True)
    links = Links(dict(options["rates"]), dict(options["faults"]), options["seed"])
    device = SwitchDevice(
        options["ports"],
        workers=options["workers"],
        cpu_port=options["cpu_port"],
        prepare=links.prepare,
    )
    tls = None
    if options["tls_certificate"] is not None:
        tls = Tls(options["tls_certificate"], options["tls_key"], options["tls_client_ca"])
    try:
        server = P4RuntimeServer(
            device, address=options["grpc"], device_id=options["device_id"], tls=tls
        )
    except OSError as fault:
        raise click.ClickException(str(fault)) from fault
    path = operating.default_path(str(server.port))
    figures = operating.OperatorSocket(SwitchOperator(device, links), path)
    try:
        if options["json_file"] is not None:
            _start_with(server, options, console)
        await server.start()
        host = options["grpc"].rpartition(":")[0]
        console.print(f"P4Runtime at {host}:{server.port}, device {options['device_id']}")
        await _until_stopped()
    finally:
        await server.stop()
        device.stop()
        figures.close()


def _start_with(server: P4RuntimeServer, options: dict[str, Any], console: Console) -> None:
    begin_s = time.monotonic()
    config = p4r.ForwardingPipelineConfig(p4_device_config=options["json_file"].read_bytes())
    with console.status("compiling the pipeline (once for each program)"):
        try:
            text_format.Parse(options["p4info"].read_text(), config.p4info)
            program = server.service.pipeline.make(config)
        except text_format.ParseError as fault:
            raise click.ClickException(f"{options['p4info']}: {fault}") from fault
        except ControlError as refusal:
            raise click.ClickException(f"{options['json_file']}: {refusal.sentence}") from refusal
    server.service.start(program)
    spare_the_collector()
    console.print(f"program ready after {time.monotonic() - begin_s:.1f} s")


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


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
