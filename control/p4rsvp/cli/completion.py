"""`p4rsvp completion`: what makes a shell complete p4rsvp's commands, options and sessions."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_P4RSVP_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script for SHELL; docs/daemon.md says where it belongs."""
    found = get_completion_class(shell)
    assert found is not None, "click completes in all of these"
    click.echo(found(context.find_root().command, {}, "p4rsvp", _VARIABLE).source())
