"""A running lab for all tests of a module, on an event loop that runs while a test waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest

from p4rsvp.lab.build import build
from p4rsvp.lab.mode import Mode, choose
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.lab.world import World

Result = TypeVar("Result")

SMALL = """
title = "Two hosts, two routers, and a bottleneck between them"
host = [{name = "h1"}, {name = "h2"}]
router = [{name = "r1"}, {name = "r2"}]
link = [
  {ends = ["h1", "r1"], rate_bits_per_s = 100e6},
  {ends = ["r1", "r2"], rate_bits_per_s = 10e6},
  {ends = ["r2", "h2"], rate_bits_per_s = 100e6},
]
[interface]
refresh_period_ms = 500
"""


class Lab:
    """A world, and how a test waits for it."""

    def __init__(self, topology: Topology, mode: Mode | None) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        entering = self._stack.enter_async_context(build(topology, mode=mode))
        try:
            self.world: World = self.run(entering)
        except BaseException:
            self._runner.close()
            raise

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the lab, and wait for it."""
        return self._runner.run(work)

    def close(self) -> None:
        """Take it down."""
        self.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Topology:
    path = tmp_path_factory.mktemp("lab") / "small.toml"
    path.write_text(SMALL)
    return read_topology(path)


def best_mode() -> Mode:
    """In namespaces; skips where that is not possible."""
    mode, why = choose()
    if mode is Mode.MEMORY:
        pytest.skip(f"no network namespaces, {why}")
    return mode


@pytest.fixture(scope="module", params=["namespaces", "memory"])
def lab(request: pytest.FixtureRequest, small: Topology) -> Iterator[Lab]:
    made = Lab(small, Mode.MEMORY if request.param == "memory" else best_mode())
    yield made
    made.close()
