"""`p4rsvp sample-capture`: write a capture in which there is something of everything."""

from __future__ import annotations

from typing import BinaryIO

import click

from p4rsvp.capture.craft import write_capture
from p4rsvp.capture.sample import sample_frames


@click.command()
@click.argument("file", type=click.File("wb"))
def sample_capture(file: BinaryIO) -> None:
    """Write a capture to FILE for `p4rsvp decode` to show; - is the standard output.

    Two routers seen at work: every type of message, IPv4 and IPv6, in VLAN, MPLS and UDP. The bytes
    are the same each time.
    """
    count = write_capture(file, sample_frames())
    click.echo(f"{file.name}: {count} packets; see them with: p4rsvp decode {file.name}", err=True)
