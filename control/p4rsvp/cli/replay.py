"""`p4rsvp replay`: play what a daemon has recorded, and compare what comes of it.

Ends with 1 where the effects of an event are not those that were recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from p4rsvp.daemon.recorder.frames import NotARecordingError, Recording
from p4rsvp.daemon.recorder.player import Player, Step
from p4rsvp.daemon.recorder.values import digest
from p4rsvp.engine.effects import Effect, SendPacket
from p4rsvp.engine.events import Event, PacketIn
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.jsonify import to_json
from p4rsvp.wire.message import decode

NS_PER_S = 1_000_000_000


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--until", type=float, metavar="SECONDS", help="Stop so long after the beginning.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, one an event.")
@click.option("-v", "--verbose", is_flag=True, help="Print every event and what came of it.")
def replay(file: Path, until: float | None, *, as_json: bool, verbose: bool) -> None:
    """Play what a daemon has recorded ([recorder] in its configuration)."""
    try:
        recording = Recording(file)
        player = Player(recording)
        until_ns = None if until is None else player.start_ns + int(until * NS_PER_S)
        differing = _play(player.steps(until_ns), player, as_json=as_json, verbose=verbose)
    except NotARecordingError as error:
        raise click.ClickException(str(error)) from error
    if not as_json:
        click.echo(_summary(recording, player, differing))
    if differing is not None:
        raise click.exceptions.Exit(1)


def _play(steps: Iterator[Step], player: Player, *, as_json: bool, verbose: bool) -> Step | None:
    """Play to the first step that is not as recorded, or to the end."""
    for step in steps:
        if as_json:
            click.echo(json.dumps(_as_dict(step, player)))
        elif verbose or step.is_as_recorded is False:
            click.echo("\n".join(_as_text(step, player)))
        if step.is_as_recorded is False:
            return step
    return None


def _summary(recording: Recording, player: Player, differing: Step | None) -> str:
    head, last = recording.head, player.played
    begun = datetime.fromtimestamp(head["wall_ns"] / NS_PER_S, UTC)
    lines = [f"{head['router']}, recorded by p4rsvp {head['p4rsvp']} from {begun:%F %T} UTC"]
    if last is None:
        lines.append("no events")
    else:
        count = last.number - head["first_event"] + 1
        lines.append(
            f"{count} events and {player.known_refreshes} known refreshes in "
            f"{_seconds(last, player):.3f} s"
        )
    if recording.lost_bytes:
        lines.append(f"the last {recording.lost_bytes} bytes are no whole record and are left out")
    if differing is not None:
        lines.append(f"event {differing.number} has other effects than were recorded")
    elif last is not None and last.is_as_recorded is None:
        lines.append(f"event {last.number} was under way when the recording ended")
    else:
        lines.append("all effects are those that were recorded, bit for bit")
    return "\n".join(lines)


def _seconds(step: Step, player: Player) -> float:
    return (step.now_ns - player.start_ns) / NS_PER_S


def _as_text(step: Step, player: Player) -> Iterator[str]:
    yield f"#{step.number} {_seconds(step, player):.6f} s {step.event}"
    for effect in step.effects:
        yield f"    {effect}"


def _as_dict(step: Step, player: Player) -> dict[str, Any]:
    return {
        "number": step.number,
        "time_s": _seconds(step, player),
        "event": _value(step.event),
        "effects": [_value(effect) for effect in step.effects],
        "digest": digest(step.effects).hex(),
        "as_recorded": step.is_as_recorded,
    }


def _value(found: Event | Effect) -> dict[str, Any]:
    plain: Any = to_json(found)
    value = {"type": type(found).__name__, **plain}
    if isinstance(found, PacketIn | SendPacket):
        try:
            value["message"] = to_json(decode(found.data))
        except DecodeError as error:
            value["problem"] = str(error)
    return value
