"""`p4rsvp lab bmv2-links`: the queues of a bmv2 that somebody else has started, made links.

For labs that start bmv2 themselves, as those in Mininet do; ours need no command.
"""

from __future__ import annotations

import asyncio

import click

from p4rsvp.dataplane.links import parse_rate
from p4rsvp.lab.spaces.bmv2_links import Bmv2Links
from p4rsvp.lab.world import LabError
from p4rsvp.target import bmv2


@click.command(name="bmv2-links")
@click.option("--rate", "rates", multiple=True, required=True, help="PORT=10M (bit/s).")
@click.option("--thrift-port", default=9090, show_default=True, help="Where bmv2 listens.")
def bmv2_links(rates: tuple[str, ...], thrift_port: int) -> None:
    """Have the ports of a running bmv2 send no faster than links of these rates, until ctrl-C.

    bmv2's own rates are in packets, and each of a port's queues has one for itself.
    """
    try:
        links = Bmv2Links(bmv2.console(thrift_port), dict(map(parse_rate, rates)))
        asyncio.run(_keep(links))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    except (LabError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("the links are left as they are", err=True)


async def _keep(links: Bmv2Links) -> None:
    try:
        await links.open()
        click.echo("the links have their rates", err=True)
        assert links.keeping is not None
        await links.keeping
    finally:
        await links.close()
