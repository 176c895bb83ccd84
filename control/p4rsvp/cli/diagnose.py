"""`p4rsvp diagnose`: what each node on a path holds of a session, from the receiver to the sender.

Ends with 1 where there is no agent, or nobody on the path answers.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from p4rsvp.host.api import CallError, Diagnosis, Question
from p4rsvp.host.client import Client, default_socket
from p4rsvp.host.diagnosis import Line, lines
from p4rsvp.host.flowspecs import PROTOCOLS, sender_of, session_of
from p4rsvp.host.protocol import SOCKET_VARIABLE
from p4rsvp.wire.address import Address

_COLUMNS = {
    "node": "Node",
    "previous_hop": "Previous hop",
    "sends": "Sender announces",
    "reserved": "Reserved towards the receiver",
    "style": "Style",
    "remarks": "Remarks",
}


@click.command()
@click.option("--to", required=True, metavar="ADDRESS:PORT", help="Where the data goes.")
@click.option("--sender", required=True, metavar="ADDRESS:PORT", help="Where it comes from.")
@click.option("--protocol", type=click.Choice(list(PROTOCOLS)), default="udp", show_default=True)
@click.option(
    "--last-hop",
    metavar="ADDRESS",
    help="Where to begin.  [default: the receiver, or for a group this host]",
)
@click.option("--max-hops", default=0, type=click.IntRange(0, 255), help="0: as far as it goes.")
@click.option("--along-route", is_flag=True, help="Let the answer come hop by hop.")
@click.option(
    "--socket",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=SOCKET_VARIABLE,
    default=default_socket,
    help=f"Of the agent.  [default: ${SOCKET_VARIABLE}, else {default_socket()}]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a node.")
def diagnose(
    to: str,
    sender: str,
    protocol: str,
    last_hop: str | None,
    max_hops: int,
    socket: Path,
    *,
    along_route: bool,
    as_json: bool,
) -> None:
    """Show a reservation hop by hop."""
    try:
        question = Question(
            session_of(to, protocol),
            sender_of(sender),
            None if last_hop is None else Address.parse(last_hop),
            max_hops,
            along_route,
        )
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    try:
        diagnosis = asyncio.run(_ask(socket, question))
    except CallError as error:
        raise click.ClickException(str(error)) from error
    found = lines(diagnosis.responses)
    if as_json:
        for line in found:
            click.echo(json.dumps(line._asdict()))
    elif found:
        Console().print(_table(found))
    if not diagnosis.is_complete:
        raise click.ClickException("some of the answer is missing" if found else "nobody answers")


async def _ask(socket: Path, question: Question) -> Diagnosis:
    client = await Client.connect(socket)
    try:
        return await client.diagnose(question)
    finally:
        await client.close()


def _table(found: list[Line]) -> Table:
    table = Table(*_COLUMNS.values())
    for line in found:
        table.add_row(*line)
    return table
