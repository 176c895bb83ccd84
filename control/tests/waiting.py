"""Waiting for what nobody tells of: it happens in time, or the test fails."""

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 60.0  # on a busy machine; never waited out when a test passes
LOOK_S = 0.005


def wait_until(happened: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end_s, "it does not happen"
        time.sleep(LOOK_S)


async def until(happened: Callable[[], object]) -> None:
    """The same for what happens on the loop that this runs on."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110 (nobody tells of it)
            await asyncio.sleep(LOOK_S)
