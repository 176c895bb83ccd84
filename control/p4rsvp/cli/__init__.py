"""The command line: one module a command, imported only when that command runs.

Owns the table of commands and nothing else; what a command does lives in the package that it
serves. Loading lazily keeps `p4rsvp decode` from paying for numba, and `p4rsvp --help` from paying
for all.
"""

from errno import EDQUOT, EFBIG, ENOSPC
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from p4rsvp import __version__

# command name -> (module, attribute, help line); with the line here, --help imports none of them.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "decode": ("p4rsvp.cli.decode", "decode", "Show the RSVP messages in a capture."),
    "sample-capture": ("p4rsvp.cli.sample", "sample_capture", "Write a capture to look at."),
    "daemon": ("p4rsvp.cli.daemon", "daemon", "Run RSVP for one switch."),
    "host": ("p4rsvp.cli.host", "host", "Speak RSVP for the programs of this host."),
    "send": ("p4rsvp.cli.session", "send", "Announce a flow, and see what is reserved for it."),
    "reserve": ("p4rsvp.cli.session", "reserve", "Reserve for a flow, and see what comes of it."),
    "diagnose": ("p4rsvp.cli.diagnose", "diagnose", "See a reservation hop by hop (RFC 2745)."),
    "show": ("p4rsvp.cli.show", "show", "Show what a daemon holds."),
    "clear": ("p4rsvp.cli.clear", "clear", "Tear down what a daemon holds, or some of it."),
    "policy": ("p4rsvp.cli.policy", "policy", "Say which rule decides about a request, and why."),
    "accounting": ("p4rsvp.cli.accounting", "accounting", "Sum up what was reserved and carried."),
    "replay": ("p4rsvp.cli.replay", "replay", "Play what a daemon has recorded."),
    "switch": ("p4rsvp.cli.switch", "switch", "Run the embedded P4 switch, or watch one."),
    "shell": ("p4rsvp.shell.command", "shell", "Open p4runtime-shell on a running switch."),
    "lab": ("p4rsvp.lab.command", "lab", "Run networks of hosts and routers on this machine."),
    "sim": ("p4rsvp.sim.command", "sim", "Simulate networks with faults, from seeds."),
    "completion": ("p4rsvp.cli.completion", "completion", "Let a shell complete commands."),
    "bench": ("p4rsvp.bench.command", "bench", "Measure p4rsvp on this machine."),
}


_NO_ROOM = (ENOSPC, EDQUOT, EFBIG)


class LazyGroup(click.Group):
    """A click group whose commands are imported at their first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing any."""
        found = [
            CompletionItem(name, help=text)
            for name, (_, _, text) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found or super().shell_complete(ctx, incomplete)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # whatever a command returns
        """Run the command; that there is no room for its output is no fault of the program."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            message = f"the output cannot be written: {error.strerror}"
            raise click.ClickException(message) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help lines, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """RSVP (RFC 2205) with Integrated Services for P4 switches."""
