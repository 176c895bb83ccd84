"""Builds a lab in the way that this machine allows.

async with build(topology) as world:
...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from p4rsvp.lab.memory.world import memory_world
from p4rsvp.lab.mode import Choice, Mode, choose
from p4rsvp.lab.spaces.world import space_world
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import LabError, World

TARGETS = ("softswitch", "bmv2", "dpdk")


@asynccontextmanager
async def build(
    topology: Topology, *, target: str = "softswitch", mode: Mode | None = None
) -> AsyncIterator[World]:
    """Build it, and take it down in the end; mode None: the best that is possible here."""
    if target not in TARGETS:
        raise LabError(f"there is no target {target!r}; there are {', '.join(TARGETS)}")
    choice = choose() if mode is None else Choice(mode, "as asked for")
    if choice.mode is not Mode.MEMORY:
        async with space_world(topology, target, choice) as world:
            yield world
    elif target == "softswitch":
        async with memory_world(topology, choice) as world:
            yield world
    else:
        raise LabError(f"{target} wants network namespaces, which there are none, {choice.why}")
