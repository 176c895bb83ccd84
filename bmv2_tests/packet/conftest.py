"""Every packet test runs on every target that this machine has, and says which one is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from p4rsvp.target import bmv2
from packet.bmv2 import Bmv2
from packet.router import Router
from packet.softswitch import Softswitch
from packet.target import SteppedTarget, Target


def _start(name: str, log: Path) -> Target:
    if name == "bmv2":
        if not bmv2.installed():
            pytest.skip(f"{bmv2.BINARY} is not on the PATH")
        return Bmv2(log)
    if name in {"plain", "jitted"}:
        return Softswitch(plain=name == "plain")
    raise ValueError(f"no target is called {name}")


@pytest.fixture(scope="session", params=["jitted", "plain", "bmv2"])
def switch(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """One switch of this kind for all tests, with the program and the network."""
    target = _start(request.param, tmp_path_factory.mktemp("target") / "log")
    try:
        router = Router(target)
        yield router
        router.close()
    finally:
        target.stop()


@pytest.fixture
def router(switch: Router) -> Iterator[Router]:
    """The switch, with what the test adds taken away behind it."""
    yield switch
    switch.reset()


@pytest.fixture
def stepped(router: Router) -> SteppedTarget:
    """The switch's target, where a test can step its time."""
    if not isinstance(router.target, SteppedTarget):
        pytest.skip("this target runs on the machine's clock")
    return router.target
