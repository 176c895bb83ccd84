import subprocess
import sys

import pytest
from click.testing import CliRunner

from p4rsvp.cli import COMMANDS, main


def test_the_help_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(f"  {name}" in result.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {name} ")


def test_a_full_disk_is_one_line_and_the_status_1() -> None:
    result = CliRunner().invoke(main, ["sample-capture", "/dev/full"])
    assert result.exit_code == 1
    assert result.stderr == "Error: the output cannot be written: No space left on device\n"


def test_a_command_that_there_is_not_has_the_status_2() -> None:
    assert CliRunner().invoke(main, ["dceode"]).exit_code == 2


@pytest.mark.parametrize("package", ["numba", "numpy", "scapy"])
def test_decode_starts_without_the_large_libraries(package: str) -> None:
    program = f"import sys, p4rsvp.cli.decode; sys.exit({package!r} in sys.modules)"
    # The program is the one above: nothing of it comes from outside.
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603
