"""A switch of each kind, and one p4runtime-shell on it that has loaded the program."""

from collections.abc import Iterator

import pytest
from packet import targets
from packet.target import Target

from shell import session
from shell.session import Shell


@pytest.fixture(scope="session", params=["plain", "dpdk", "bmv2"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The switch, without a program until a shell loads it."""
    why = targets.why_none(request.param)
    if not session.installed():
        why = "p4runtime-shell has no environment yet: ci/setup makes it"
    if why:
        pytest.skip(why)
    started = targets.start(request.param, tmp_path_factory.mktemp("shell") / "log")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def shell(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The primary controller of the switch; its election id leaves room below."""
    log = tmp_path_factory.mktemp("shell") / "log"
    opened = Shell(target.grpc_address, log, election_id=5, load=target.program)
    yield opened
    opened.close()
