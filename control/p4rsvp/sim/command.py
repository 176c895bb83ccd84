"""`p4rsvp sim [--seeds N] [--seed S] [--jobs J] [--json]`: simulate networks, and report."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.progress import Progress

from p4rsvp.sim.batch import Batch, run_seeds


@click.command()
@click.option("--seeds", default=100, show_default=True, help="How many seeds to run.")
@click.option("--first", default=0, show_default=True, help="The first of them.")
@click.option("--seed", type=int, help="Run this seed and no other.")
@click.option("--jobs", default=2, show_default=True, help="In so many processes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def sim(*, seeds: int, first: int, seed: int | None, jobs: int, as_json: bool) -> None:
    """Simulate networks with faults, each drawn from a seed; exit 1 where a promise breaks."""
    chosen = range(first, first + seeds) if seed is None else range(seed, seed + 1)
    if not chosen:
        raise click.UsageError("--seeds must be at least 1")
    batch = _run(chosen, min(jobs, len(chosen)))
    click.echo(json.dumps(batch.as_json(), indent=2) if as_json else batch.as_text())
    if batch.failures:
        raise SystemExit(1)


def _run(chosen: range, jobs: int) -> Batch:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{len(chosen)} seeds", total=len(chosen))
        return run_seeds(chosen, jobs, lambda done: progress.update(task, completed=done))
