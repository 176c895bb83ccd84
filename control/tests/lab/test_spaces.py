"""Labs in network namespaces: none meets another, and nothing stays behind, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from p4rsvp.lab.mode import Mode
from p4rsvp.lab.spaces.cleaning import clean_leftovers
from p4rsvp.lab.spaces.record import Record, records
from p4rsvp.lab.topology import Topology
from p4rsvp.processes import P4RSVP
from tests.lab.conftest import SMALL, Lab, best_mode
from tests.lab.test_world import flow, received

PATIENCE_S = 20.0


def names() -> str:
    return subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout  # noqa: S607 (mode ROOT found it)


def test_two_labs_do_not_meet_and_leave_nothing_behind(small: Topology) -> None:
    before = [record.tag for record in records()]
    first, second = (Lab(small, best_mode()) for _ in range(2))
    made = [one for one in records() if one.tag not in before]
    assert [one.is_alive for one in made] == [True, True]
    second.close()
    first.run(received(first.world, flow(first.world, 0), 1))  # it is none the worse
    first.close()
    for record in made:
        assert not record.directory.exists()
        assert record.tag not in names()


@contextmanager
def lab_up(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], Record]]:
    """`p4rsvp lab up` in the background, as a shell's & starts it, with its namespaces made."""
    path = directory / "small.toml"
    path.write_text(SMALL)
    background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    command = [*background, *P4RSVP, "lab", "up", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 (our own command)
        yield process, wait_for(process.pid)


def test_what_a_killed_lab_has_left_is_found_and_removed(tmp_path: Path) -> None:
    if best_mode() is not Mode.ROOT:
        pytest.skip("in a user namespace nothing is left but files")
    with lab_up(tmp_path) as (process, record):
        os.kill(process.pid, signal.SIGKILL)
    assert not record.is_alive
    assert record.tag in {one.tag for one in clean_leftovers()}
    assert not record.directory.exists()
    assert record.tag not in names()


def test_a_lab_that_is_asked_to_end_takes_its_network_down(tmp_path: Path) -> None:
    if best_mode() is not Mode.ROOT:
        pytest.skip("the namespaces of a user have no names outside")
    with lab_up(tmp_path) as (process, record):
        os.kill(process.pid, signal.SIGTERM)
    assert not record.directory.exists()
    assert record.tag not in names()


def wait_for(pid: int) -> Record:
    """The record of a lab, once its namespaces are there."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        for record in records():
            if record.pid == pid and f"{record.tag}-r2" in names():
                return record
        time.sleep(0.05)
    raise TimeoutError("the lab does not come up")
