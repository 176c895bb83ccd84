"""`p4rsvp lab run`, `scenarios` and `report`: run scenarios, list them, draw a report again.

Exit codes of `run`: 0 all expectations met, 1 some not, 2 it could not be run, 3 some not but the
machine stalled, so that it was no measurement, 130 interrupted.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.lab.build import TARGETS, build
from p4rsvp.lab.mode import Mode
from p4rsvp.lab.report.figure import draw_figure
from p4rsvp.lab.report.network import draw_network
from p4rsvp.lab.report.page import make_page
from p4rsvp.lab.report.svg import serialise
from p4rsvp.lab.results import Results, ResultsError, Verdict, read_results
from p4rsvp.lab.script.runner import run as run_scenario
from p4rsvp.lab.script.scenario import (
    Scenario,
    Variant,
    find_scenario,
    read_scenario,
    scenario_names,
)
from p4rsvp.lab.terminal import Screen, print_outcomes
from p4rsvp.lab.world import LabError

_TABLE_COLUMNS = 120
_EXIT_CODES = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.UNMEASURED: 3}
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
def scenarios() -> None:
    """List the scenarios that come with p4rsvp."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("scenario", "shows", "long", "short"):
        table.add_column(heading)
    for name in scenario_names():
        scenario = read_scenario(find_scenario(name))
        lengths = (sum(getattr(p.seconds, v) for p in scenario.phases) for v in ("long", "short"))
        table.add_row(name, scenario.title, *(f"{seconds:.0f} s" for seconds in lengths))
    Console().print(table)


@click.command()
@click.argument("scenario")
@click.option("--short", is_flag=True, help="Shorter phases, as the tests run them.")
@click.option("--target", type=click.Choice(TARGETS), default="softswitch", show_default=True)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="How to make the network; left out: the most real way that this machine allows.",
)
@click.option("--output", type=_FOLDER, help="For the report; build/lab/SCENARIO if left out.")
def run(scenario: str, *, short: bool, target: str, mode: str | None, output: Path | None) -> None:
    """Run SCENARIO, one of `p4rsvp lab scenarios` or a file of your own."""
    console = _console()
    variant: Variant = "short" if short else "long"
    try:
        read = read_scenario(find_scenario(scenario))
        results = asyncio.run(_run(console, read, variant, target, Mode(mode) if mode else None))
    except (ConfigError, LabError) as error:
        console.print(f"{scenario} could not be run: {error}", highlight=False, markup=False)
        raise SystemExit(2) from error
    except KeyboardInterrupt as error:
        console.print("interrupted; all that was started is gone")
        raise SystemExit(130) from error
    folder = output or Path("build/lab") / read.name
    results.write(folder / "results.json")
    console.print(f"report: {write_report(results, folder)}", highlight=False, soft_wrap=True)
    print_outcomes(console, results)
    raise SystemExit(_EXIT_CODES[results.verdict])


@click.command()
@click.argument("results", type=_FILE)
@click.option("--output", type=_FOLDER, help="Beside RESULTS if left out.")
def report(results: Path, *, output: Path | None) -> None:
    """Draw the report of RESULTS, a results.json, again."""
    try:
        read = read_results(results)
    except ResultsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(write_report(read, output or results.parent))


def _console() -> Console:
    """As wide as the terminal; as a table wants where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=_TABLE_COLUMNS)


def write_report(results: Results, folder: Path) -> Path:
    """Write the page, and its drawings apart; the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    page.write_text(make_page(results), "utf-8")
    (folder / "network.svg").write_text(serialise(draw_network(results)), "utf-8")
    if results.flows:
        (folder / "plots.svg").write_text(serialise(draw_figure(results)), "utf-8")
    return page


async def _run(
    console: Console, scenario: Scenario, variant: Variant, target: str, mode: Mode | None
) -> Results:
    with Screen(console, scenario.title) as screen:
        begun_ns = time.monotonic_ns()
        async with build(scenario.topology, target=target, mode=mode) as world:
            setup_ns = time.monotonic_ns() - begun_ns
            screen.ready(f"{world.mode.value}: {world.why}", setup_ns)
            return await run_scenario(
                scenario, variant, world, target=target, setup_ns=setup_ns, watcher=screen
            )
