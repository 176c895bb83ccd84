"""For each test that asks for one: the embedded switch behind P4Runtime, a router on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from packet.softswitch import Softswitch

from tests.daemon.rig import Rig


@pytest.fixture
def switch() -> Iterator[Softswitch]:
    made = Softswitch(plain=True)
    yield made
    made.stop()


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path) -> Iterator[Rig]:
    with Rig(switch, tmp_path) as made:
        made.meet(1)
        made.meet(2)
        yield made
