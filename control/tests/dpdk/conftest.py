"""A p4rsvp-dpdk of the tests' own, without any interface; skipped where none is built."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from p4rsvp.dpdk import process
from p4rsvp.dpdk.command import CommandLine, cores_for
from p4rsvp.dpdk.device import DpdkDevice
from p4rsvp.dpdk.process import DpdkProcess
from p4rsvp.target.artefacts import PSA

PORTS = ((1, "socket"), (2, "socket"))


@pytest.fixture(scope="session")
def binary() -> Path:
    found = process.find_binary()
    if found is None:
        pytest.skip(f"{process.NAME} is neither on the PATH nor built here (docs/dpdk.md)")
    return found


@pytest.fixture(scope="session")
def running(binary: Path) -> Iterator[DpdkProcess]:
    command = CommandLine(ports=PORTS, cores=cores_for(1), stepped_clock=True)
    started = DpdkProcess(binary, command.arguments)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def device(running: DpdkProcess) -> Iterator[DpdkDevice]:
    lost: list[str] = []
    connected = DpdkDevice(running.control, *PSA, lost.append)
    yield connected
    connected.close()
    assert not lost
