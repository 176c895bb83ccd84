"""What a shell is told when somebody presses the tab key."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from p4rsvp.cli import COMMANDS, main


def complete(words: str) -> list[str]:
    env = {
        "_P4RSVP_COMPLETE": "bash_complete",
        "COMP_WORDS": f"p4rsvp {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    result = CliRunner().invoke(main, env=env, prog_name="p4rsvp")
    return [line.partition(",")[2] for line in result.output.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell], prog_name="p4rsvp")
    assert result.exit_code == 0
    assert f"_P4RSVP_COMPLETE={shell}_complete" in result.output


def test_bash_accepts_its_script() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).output
    checked = subprocess.run(["bash", "-n"], input=script, text=True, check=False)  # noqa: S607
    assert checked.returncode == 0


def test_commands_are_completed() -> None:
    assert complete("") == list(COMMANDS)
    assert complete("sh") == [name for name in COMMANDS if name.startswith("sh")]


def test_what_can_be_shown_is_completed() -> None:
    assert complete("show se") == ["sessions", "senders"]
    assert complete("clear n") == ["neighbor"]
    assert "--watch" in complete("show --")


def test_completing_a_command_imports_none_of_them() -> None:
    program = (
        "import sys; from p4rsvp.cli import main; import click;"
        "found = main.shell_complete(click.Context(main), 'd');"
        "assert [one.value for one in found][:1] == ['decode'];"
        "sys.exit('p4rsvp.cli.decode' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603
