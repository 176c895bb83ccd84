"""`p4rsvp policy explain`: ask the rules of a configuration, without a daemon.

Prints each rule that was passed over with the first of its conditions that did not hold, and the
one that decided. Ends with 0 where that allows or asks a decision point, and with 1 where it
refuses. No decision point is asked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from p4rsvp.cli.quantities import rate_option
from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import read_router
from p4rsvp.host.flowspecs import session_of
from p4rsvp.security.rules import Ask, Decision, Subject, decide
from p4rsvp.wire.address import Address

REFUSED = 1


class _AddressType(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.3 on
    name = "address"

    def convert(
        self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """An address, or what is wrong with it."""
        if isinstance(value, Address):
            return value
        try:
            return Address.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_ADDRESS = _AddressType()


@click.group()
def policy() -> None:
    """Look at a router's policy."""


@policy.command()
@click.argument("session", metavar="ADDRESS:PORT")
@click.option(
    "--config",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Of the daemon.",
)
@click.option(
    "--for",
    "subject",
    type=click.Choice([one.value for one in Subject]),
    default=Subject.RESERVATION.value,
    show_default=True,
    help="What is asked for.",
)
@click.option("--protocol", default="udp", show_default=True, help="Of the session.")
@click.option("--interface", default=1, show_default=True, help="By number.")
@click.option("--neighbour", type=_ADDRESS, default="0.0.0.0", help="Who sends the message.")  # noqa: S104 (nobody)
@click.option("--source", "sources", type=_ADDRESS, multiple=True, help="[default: every sender]")
@click.option("--user", "users", multiple=True, help="As AUTH_USER has it.")
@click.option("--application", "applications", multiple=True, help="As AUTH_APP has it.")
@click.option(
    "--service",
    type=click.Choice(["controlled-load", "guaranteed", "null"]),
    default="controlled-load",
    show_default=True,
)
@rate_option("--rate", help='What is reserved, as in "5 Mbit/s".')
@click.option("--signed", is_flag=True, help="It comes where all messages have to be signed.")
@click.option("--states", default=0, show_default=True, help="That the neighbour has already.")
@click.option(
    "--at", type=click.DateTime(["%H:%M"]), help="The time of the day, UTC.  [default: now]"
)
def explain(
    session: str,
    config: Path,
    subject: str,
    protocol: str,
    interface: int,
    neighbour: Address,
    sources: tuple[Address, ...],
    users: tuple[str, ...],
    applications: tuple[str, ...],
    service: str,
    rate: float | None,
    states: int,
    at: datetime | None,
    *,
    signed: bool,
) -> None:
    """Say which rule decides about a request, and why."""
    try:
        router = read_router(config)
        wanted = session_of(session, protocol)
    except (ConfigError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    moment = at or datetime.now(UTC)
    ask = Ask(
        Subject(subject),
        wanted.destination,
        interface,
        neighbour,
        users,
        applications,
        sources,
        wanted.protocol,
        wanted.port,
        service if subject == Subject.RESERVATION.value else "",
        rate or 0.0,
        states,
        60 * moment.hour + moment.minute,
        signed,
    )
    _tell(decide(router.rules, ask, default=router.settings.policy.default == "allow"))


def _tell(decision: Decision) -> None:
    for name, condition in decision.passed_over:
        click.echo(f"{name}: passed over, for its {condition}")
    if decision.asks:
        click.echo(f"{decision.rule}: asks the decision point")
        return
    if not decision.allows:
        click.echo(f"{decision.rule}: refuses")
        raise click.exceptions.Exit(REFUSED)
    weight = ""
    if decision.priority is not None:
        preemption, defending = decision.priority
        weight = f", with preemption priority {preemption} and defending priority {defending}"
    click.echo(f"{decision.rule}: allows{weight}")
