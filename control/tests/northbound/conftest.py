"""The embedded switch behind its P4Runtime server, for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from packet.softswitch import Softswitch


@pytest.fixture
def switch() -> Iterator[Softswitch]:
    made = Softswitch(plain=True)
    yield made
    made.stop()
