"""`p4rsvp decode`: the RSVP messages of a capture, as text for people or as JSON for programs.

Messages go to the standard output, each with what is wrong with it; what is wrong with the file
goes to the standard error, a line each. The exit status is 1 as soon as anything was wrong.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import click

from p4rsvp.capture.datagram import Datagram
from p4rsvp.capture.examine import Examined
from p4rsvp.capture.survey import Sighting, Survey
from p4rsvp.wire.jsonify import Json, to_json
from p4rsvp.wire.text import header_flags, laid_out, message_lines, message_name, object_lines

_NS_PER_S = 1_000_000_000
_INDENT = "    "

EXAMPLES = """\b
Examples:
  p4rsvp decode trace.pcap
  p4rsvp decode --json trace.pcapng | jq 'select(.type == "ResvErr") | .message.error.text'
  tcpdump -i eth0 -U -w - 'proto 46' | p4rsvp decode -
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, one a message.")
@click.pass_context
def decode(ctx: click.Context, file: BinaryIO, *, as_json: bool) -> None:
    """Show the RSVP messages in FILE, a pcap or pcapng capture; - is the standard input.

    RSVP is IP protocol 46 (134 inside an aggregation region), or UDP to port 1698 or 1699, over
    Ethernet, VLANs, MPLS, Linux cooked captures, raw IP and some more. Nothing is reassembled. A
    damaged message is shown as far as it goes, with what is wrong with it.

    The exit status is 0 where everything could be decoded, 1 where anything could not, 2 where the
    command was used wrongly.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    survey = Survey(file)
    types: Counter[str] = Counter()
    faults = 0
    for found in survey:
        if isinstance(found, str):
            faults += 1
            click.secho(f"{file.name}: {found}", fg="red", err=True)
        else:
            faults += found.examined.problem_count
            types[_name(found.examined)] += 1
            click.echo(json.dumps(as_record(found)) if as_json else as_text(found))
    if not as_json:
        click.echo(_summary(survey, types, faults))
    if faults:
        ctx.exit(1)


def as_text(seen: Sighting) -> str:
    """A heading, the lines of the message, and what is wrong with it."""
    return "\n".join(["  ".join(_heading(seen)), *_body(seen.examined, _INDENT), ""])


def _body(examined: Examined, indent: str) -> Iterator[str]:
    if examined.message is not None:
        rows = message_lines(examined.message)
    else:
        rows = object_lines(examined.objects)
    for line in laid_out(rows, lambda name: click.style(name, fg="cyan")):
        yield indent + line
    for part in examined.parts:
        yield f"{indent}{click.style(_name(part), bold=True)}  Send_TTL {part.send_ttl}"
        yield from _body(part, indent + _INDENT)
    for problem in examined.problems:
        yield indent + click.style(f"! {problem}", fg="red")


def _heading(seen: Sighting) -> Iterator[str]:
    datagram, examined = seen.datagram, seen.examined
    yield f"#{seen.number}"
    yield "no time" if seen.time_ns is None else timestamp(seen.time_ns)
    yield click.style(_name(examined), bold=True)
    yield f"{datagram.src} -> {datagram.dst}"
    yield f"TTL {datagram.ip_ttl}"
    # RFC 2205 3.8: a difference shows a hop without RSVP; appendix C: UDP hides the IP TTL.
    if examined.type is not None and examined.send_ttl != datagram.ip_ttl:
        yield f"Send_TTL {examined.send_ttl}"
    if datagram.router_alert:
        yield "router alert"
    if datagram.e2e_ignore:
        yield "RSVP-E2E-IGNORE"
    yield from _encapsulation(datagram)
    if flags := header_flags(examined.flags):
        yield flags


def _encapsulation(datagram: Datagram) -> Iterator[str]:
    """What the message was wrapped in, from the outside in."""
    if datagram.vlans:
        yield "VLAN " + "/".join(map(str, datagram.vlans))
    if datagram.labels:
        yield "MPLS " + "/".join(map(str, datagram.labels))
    for src, dst in datagram.tunnels:
        yield f"tunnel {src} -> {dst}"
    if datagram.udp_ports is not None:
        yield "UDP {} -> {}".format(*datagram.udp_ports)


def _name(examined: Examined) -> str:
    return "RSVP" if examined.type is None else message_name(examined.type)


def _summary(survey: Survey, types: Counter[str], faults: int) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in types.most_common())
    found = f"{_count(survey.sightings, 'RSVP message')} in {_count(survey.packets, 'packet')}"
    verdict = f"{_count(faults, 'fault')} shown above" if faults else "all in order"
    return f"{found}{': ' if counts else ''}{counts}; {verdict}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def timestamp(time_ns: int, between: str = " ") -> str:
    """`2011-05-15 20:22:35.135863Z`; with nanoseconds where there are any."""
    seconds, fraction_ns = divmod(time_ns, _NS_PER_S)
    fraction = f"{fraction_ns:09}".removesuffix("000")
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d{between}%H:%M:%S}.{fraction}Z"
    except (OverflowError, ValueError):  # a pcapng clock may say the year 500,000
        return f"{seconds}.{fraction} s"


def as_record(seen: Sighting) -> dict[str, Json]:
    """The JSON object of a message; docs/decode.md lists the fields."""
    datagram, examined = seen.datagram, seen.examined
    return {
        "number": seen.number,
        "packet": seen.packet,
        "time": None if seen.time_ns is None else timestamp(seen.time_ns, "T"),
        "time_ns": seen.time_ns,
        "type": _name(examined),
        "src": str(datagram.src),
        "dst": str(datagram.dst),
        "ip_ttl": datagram.ip_ttl,
        "send_ttl": examined.send_ttl,
        "router_alert": datagram.router_alert,
        "e2e_ignore": datagram.e2e_ignore,
        "vlans": to_json(tuple(datagram.vlans)),
        "labels": to_json(tuple(datagram.labels)),
        "tunnels": to_json(tuple(datagram.tunnels)),
        "udp_ports": to_json(datagram.udp_ports),
        "fragment_offset_bytes": datagram.fragment_offset_bytes,
        "more_fragments": datagram.more_fragments,
        "missing_bytes": datagram.missing_bytes,
        **_contents(examined),
    }


def _contents(examined: Examined) -> dict[str, Json]:
    return {
        "problems": to_json(examined.problems),
        "message": to_json(examined.message),
        "objects": to_json(examined.objects),
        "parts": [{"type": _name(part), **_contents(part)} for part in examined.parts],
    }
