"""`p4rsvp daemon` as a command and as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from packet.softswitch import Softswitch

from p4rsvp.cli import main
from p4rsvp.processes import P4RSVP
from tests.daemon.files import SWITCH, interface, write


@pytest.fixture
def switch() -> Iterator[Softswitch]:
    made = Softswitch(plain=True)
    yield made
    made.stop()


def test_a_good_file_is_called_good(tmp_path: Path) -> None:
    path = write(tmp_path, SWITCH, interface(1))
    result = CliRunner().invoke(main, ["daemon", "--check", "--config", str(path)])
    assert (result.exit_code, result.output) == (0, f"{path}: good: 1 interfaces\n")


def test_the_daemon_does_not_start_on_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, SWITCH, interface(1, "speed = 3"))
    result = CliRunner().invoke(main, ["daemon", "--config", str(path)])
    assert result.exit_code == 2
    assert "interface[1].speed: no such key" in result.output


def test_it_serves_reloads_and_ends_by_signals(switch: Softswitch, tmp_path: Path) -> None:
    text = SWITCH.replace("127.0.0.1:9559", switch.grpc_address)
    path = write(tmp_path, text, interface(1))
    command = [*P4RSVP, "daemon"]
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        [*command, "--config", str(path), "--on-stop", "tear"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        until(process, "cells differ")
        write(tmp_path, text, interface(1, "speed = 3"))
        process.send_signal(signal.SIGHUP)
        until(process, "not reloaded:")
        write(tmp_path, text, interface(1, "refresh_period_ms = 5000"))
        process.send_signal(signal.SIGHUP)
        until(process, "reloaded")
        process.send_signal(signal.SIGTERM)
        until(process, "stopped; reservations torn down")
        assert process.stderr is not None
        process.stderr.read()
        assert process.wait() == 0


def until(process: subprocess.Popen[str], words: str) -> None:
    """Read the log up to a line with these words."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    pytest.fail(f"the log ended without {words!r}")
