"""Every packet test runs on every target that this machine has; test_targets.py names the rest."""

from collections.abc import Iterator

import pytest

from packet import targets
from packet.router import Router
from packet.target import SteppedTarget


@pytest.fixture(
    scope="session", params=[name for name in targets.NAMES if targets.why_none(name) is None]
)
def switch(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """One switch of this kind for all tests, with the program and the network."""
    target = targets.start(request.param, tmp_path_factory.mktemp("target") / "log")
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
