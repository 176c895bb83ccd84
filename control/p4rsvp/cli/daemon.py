"""`p4rsvp daemon`: the control plane of one switch, until SIGTERM or ctrl-C; SIGHUP reads the file.

Ends with 2 where the configuration has a mistake, which is told on the standard error.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import get_args

import click

from p4rsvp.daemon import logs
from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.garbage import spare_what_stays
from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import RouterConfig, read_router
from p4rsvp.daemon.settings import Target
from p4rsvp.northbound.metrics import MetricsServer
from p4rsvp.northbound.server import NorthboundServer

LOG = logging.getLogger(__name__)

TEAR_TIMEOUT_S = 10.0


@click.command()
@click.option(
    "--config",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML; docs/daemon.md says what may stand in it.",
)
@click.option("--check", is_flag=True, help="Only read the configuration, and say what it lacks.")
@click.option(
    "--target",
    type=click.Choice(get_args(Target)),
    help="What kind of switch it is, in place of what the file says.",
)
@click.option(
    "--on-stop",
    type=click.Choice(["leave", "tear"]),
    default="leave",
    show_default=True,
    help="Leave reservations to their lifetimes, or tear them down.",
)
def daemon(config: Path, *, check: bool, target: Target | None, on_stop: str) -> None:
    """Run RSVP for one switch."""
    try:
        router = read_router(config, target)
    except ConfigError as error:
        click.echo(error, err=True)
        raise click.exceptions.Exit(2) from error
    if check:
        click.echo(f"{config}: good: {len(router.interfaces)} interfaces")
        return
    logs.set_up(router.settings.log, sys.stderr)
    asyncio.run(_serve(router, target, tears=on_stop == "tear"))


async def _serve(router: RouterConfig, target: Target | None, *, tears: bool) -> None:
    try:
        it = Daemon(router, time.monotonic_ns, secrets.randbits(64), secrets.token_bytes(16))
    except OSError as error:
        sentence = f"{router.path}: {error.filename}: {error.strerror}"
        raise click.ClickException(sentence) from error
    it.prepare()
    spare_what_stays()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, it, target)
    northbound, metrics = NorthboundServer(it), MetricsServer(it)
    await northbound.start()
    await metrics.start()
    running = asyncio.create_task(it.run())
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if tears and not running.done():
        await _tear(it)
    await it.end_accounts()
    await northbound.stop()
    await metrics.stop()
    stopping.cancel()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    LOG.info("stopped; reservations %s", "torn down" if tears else "left to their lifetimes")


async def _tear(it: Daemon) -> None:
    try:
        await asyncio.wait_for(it.tear_down(), TEAR_TIMEOUT_S)
    except TimeoutError:
        LOG.warning("the switch did not answer in %s s: state times out", TEAR_TIMEOUT_S)


def _reload(it: Daemon, target: Target | None) -> None:
    """Take over what the file says now; a mistake leaves all as it is. Reopen accounts."""
    if it.accounts is not None:
        it.accounts.file.reopen()
    try:
        router = read_router(it.config.path, target)
    except ConfigError as error:
        LOG.error("not reloaded: %s", error)  # noqa: TRY400 (the sentence is all there is to say)
        return
    refused = it.reload(router)
    if refused:
        LOG.error("not reloaded: a restart is needed for %s", ", ".join(refused))
        return
    logs.set_up(router.settings.log, sys.stderr)
    LOG.info("reloaded %s", router.path)
