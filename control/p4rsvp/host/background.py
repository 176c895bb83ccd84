"""An event loop in a thread of its own, for programs that have none. There is one a process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

_Result = TypeVar("_Result")


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop; it runs from its first use to the end of the process."""
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="p4rsvp", daemon=True).start()
    return made


def run(work: Coroutine[Any, Any, _Result], timeout_s: float | None = None) -> _Result:
    """Have work done there and wait for it; raises TimeoutError, and then the work has ended."""
    future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, timeout_s), loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()  # for ctrl-C, which comes here and not there
        raise
