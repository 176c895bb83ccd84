"""`p4rsvp accounting`: what was reserved and carried, summed up from a daemon's records.

Several files are read in the order in which they are given: the oldest first.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from p4rsvp.daemon.accounting.lines import Lines
from p4rsvp.daemon.accounting.sums import Sum, summed
from p4rsvp.wire.text.units import size

_HOUR_S = 3_600
_COLUMNS = ("reservations", "hours", "sent", "demoted", "dropped")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--by",
    type=click.Choice(["user", "session", "day"]),
    default="user",
    show_default=True,
    help="What is summed up.",
)
@click.option("--json", "as_json", is_flag=True, help="One object, with seconds and bytes.")
def accounting(files: tuple[Path, ...], by: str, *, as_json: bool) -> None:
    """Sum up what was reserved, and carried by the switch."""
    lines = Lines(files)
    sums = summed(lines, by)
    if as_json:
        found = {
            key: {"reservations": len(one.reservations), **one.amounts} for key, one in sums.items()
        }
        click.echo(json.dumps(found, indent=2))
    else:
        table = Table(by, *_COLUMNS, box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for key, one in sums.items():
            table.add_row(key, *_row(one))
        Console().print(table)
    if lines.unreadable:
        click.echo(f"{lines.unreadable} lines are no records, and were left out", err=True)


def _row(one: Sum) -> list[str]:
    hours = f"{one.amounts['duration_s'] / _HOUR_S:.2f} h"
    amounts = [size(one.amounts[f"{name}_bytes"]) for name in ("sent", "demoted", "dropped")]
    return [str(len(one.reservations)), hours, *amounts]
