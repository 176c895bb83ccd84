"""Which switches and daemons want a cpu and get none: by the scheduler's own account.

The kernel tells of each thread how long it has waited, ready to run, for a cpu
(/proc/PID/task/TID/schedstat, its second number). It is read every `PERIOD_S`; who has waited for
more than `STARVED_SHARE` of the time in between has kept packets or messages waiting, whatever
queues and timers say. Half of the time is no stall: so it is where two who are busy take turns at a
core, every few milliseconds. Where a kernel keeps no such account, nothing is found. What a
hypervisor takes away is not in it: that makes senders late (traffic/lateness.py).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from p4rsvp.lab.results import Stall

PERIOD_S = 0.1
STARVED_SHARE = 0.8


class Starving:
    """What has been found since the watch began."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        """`processes` tells those of now: what they are, and their pids."""
        self.found: list[Stall] = []
        self._processes = processes
        self._waited: dict[Path, int] = {}  # ns, by thread, at the last look
        self._looked_ns = 0

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            self.look(time.monotonic_ns())
            await asyncio.sleep(PERIOD_S)

    def look(self, now_ns: int, proc: Path = Path("/proc")) -> None:
        """Compare with the last time."""
        waited: dict[Path, int] = {}
        for what, pid in self._processes().items():
            its = waits(proc / str(pid))
            grown = (
                ns - self._waited[thread] for thread, ns in its.items() if thread in self._waited
            )
            longest = max(grown, default=0)
            if longest > STARVED_SHARE * (now_ns - self._looked_ns):
                self.found.append(Stall(self._looked_ns, longest, f"{what} waited for a cpu"))
            waited |= its
        self._waited, self._looked_ns = waited, now_ns


def waits(process: Path) -> dict[Path, int]:
    """How long each thread of a process has waited for a cpu in its life, in ns."""
    found: dict[Path, int] = {}
    for thread in process.glob("task/*/schedstat"):
        try:
            found[thread] = int(thread.read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    return found
