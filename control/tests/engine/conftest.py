"""The node under test, as most tests want it: a router with three interfaces."""

import pytest

from tests.engine.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()
