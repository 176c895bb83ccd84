"""`p4rsvp bench NAME [--json] [--check] [--large]`: runs a bench, holds it to its targets."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from time import monotonic

import click
from rich.console import Console
from rich.progress import Progress

from p4rsvp.bench import BENCHES
from p4rsvp.bench.measure import Bench
from p4rsvp.bench.report import Report
from p4rsvp.bench.targets import read_targets, shortfalls
from p4rsvp.machine import describe_machine, describe_versions

LONGEST_S = 50
_TABLE_WIDTH = 120


class _Benches(click.Group):
    """One command a bench, made from the table; its module is imported when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BENCHES:
            return None
        return click.Command(
            cmd_name,
            callback=partial(run, cmd_name),
            help=BENCHES[cmd_name][2],
            params=[
                click.Option(["--json", "as_json"], is_flag=True, help="Print JSON, for programs."),
                click.Option(["--check"], is_flag=True, help="Exit 1 where a target is missed."),
                click.Option(["--large"], is_flag=True, help="Measure what takes minutes too."),
            ],
        )


@click.group(cls=_Benches)
def bench() -> None:
    """Measure p4rsvp on this machine."""


def run(name: str, *, as_json: bool, check: bool, large: bool) -> None:
    """Run one bench, print its report, and exit 1 where `check` finds that it falls short."""
    report = measure(name, large=large)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        # A pipe or a file has no width of its own.
        console = Console(width=None if sys.stdout.isatty() else _TABLE_WIDTH)
        console.print(report.as_table())
    if not check:
        return
    missed = shortfalls(report.figures, report.targets, report.left_out)
    if report.took_s > LONGEST_S and not large:
        missed.append(f"the bench took {report.took_s:.0f} s, and at most {LONGEST_S} s are meant")
    for line in missed:
        click.echo(f"MISSED {line}", err=True)
    if missed:
        raise SystemExit(1)


def measure(name: str, *, large: bool = False) -> Report:
    """Run one bench, with its progress on standard error: a line only where that is no terminal."""
    module, function, _ = BENCHES[name]
    machine = describe_machine()  # before the bench makes the machine busy
    started = monotonic()
    console = Console(stderr=True)
    if not console.is_terminal:
        longest = "some minutes" if large else f"at most {LONGEST_S} s"
        click.echo(f"bench {name} runs, for {longest}", err=True)
    shown = ""

    def tell(step: str, done: int, of: int) -> None:
        nonlocal shown
        progress.update(task, description=f"bench {name}: {step}", completed=done, total=of)
        if large and not console.is_terminal and step != shown:
            shown = step
            click.echo(f"{monotonic() - started:5.0f} s: {step}", err=True)

    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("load")
        bench = Bench(tell, large=large)
        getattr(import_module(module), function)(bench)
    return Report(
        bench=name,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        took_s=monotonic() - started,
        machine=machine,
        versions=describe_versions(),
        figures=bench.figures,
        targets=read_targets(name),
        left_out=bench.left_out,
    )
