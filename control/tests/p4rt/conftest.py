"""A server for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.p4rt.rig import Controller, Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as made:
        yield made


@pytest.fixture
def primary(rig: Rig) -> Iterator[Controller]:
    with rig.controller() as made:
        yield made
