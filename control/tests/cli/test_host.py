"""`p4rsvp host`, as a process of its own."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from p4rsvp.cli import main
from p4rsvp.processes import P4RSVP
from tests.host.namespaces import ENVIRONMENT, namespaces, needs_namespaces


@needs_namespaces
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_agent_ends_at_a_signal_and_leaves_no_socket(
    tmp_path: Path, number: signal.Signals
) -> None:
    socket = tmp_path / "host.sock"
    with namespaces("a") as names:
        command = ["ip", "netns", "exec", names["a"], *P4RSVP]
        with subprocess.Popen(  # noqa: S603 (a command of our own)
            [*command, "host", "--socket", str(socket)],
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        ) as process:
            assert process.stderr is not None
            assert "programs find the agent at" in process.stderr.readline()
            assert socket.is_socket()
            process.send_signal(number)
            assert process.wait(timeout=10) == 0
    assert not socket.exists()


def test_a_rate_without_a_unit_is_refused_with_an_example() -> None:
    result = CliRunner().invoke(main, ["host", "--rate", "100"])
    assert result.exit_code == 2
    assert "5 Mbit/s" in result.output
