"""A switch of each kind, and one p4runtime-shell on it that has loaded the program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from packet.bmv2 import Bmv2
from packet.softswitch import Softswitch
from packet.target import Target

from p4rsvp.target import bmv2
from shell import session
from shell.session import Shell


def _start(name: str, log: Path) -> Target:
    if not session.installed():
        pytest.skip("p4runtime-shell has no environment yet: ci/setup makes it")
    if name == "softswitch":
        return Softswitch(plain=True)
    if not bmv2.installed():
        pytest.skip(f"{bmv2.BINARY} is not on the PATH")
    return Bmv2(log)


@pytest.fixture(scope="session", params=["softswitch", "bmv2"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The switch, without a program until a shell loads it."""
    started = _start(request.param, tmp_path_factory.mktemp("shell") / "log")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def shell(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The primary controller of the switch; its election id leaves room below."""
    opened = Shell(target.grpc_address, tmp_path_factory.mktemp("shell") / "log", election_id=5)
    yield opened
    opened.close()
