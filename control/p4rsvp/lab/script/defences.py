"""What can be expected of a router that is flooded: what it still does, and what that costs it.

All are looked at while the phase lasts, over a time that the sentence names.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from p4rsvp.lab.report import units
from p4rsvp.lab.results import NS_PER_S, Outcome
from p4rsvp.lab.script.clock import now_ns
from p4rsvp.lab.script.expectations import Watched
from p4rsvp.lab.script.sentences import Forms
from p4rsvp.lab.world import LabError
from p4rsvp.machine import cpu_clock
from p4rsvp.northbound.v1 import router_pb2 as pb

if TYPE_CHECKING:
    from p4rsvp.lab.script.stage import Stage

_POLL_S = 0.1
_BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Over(Watched):
    """One that is measured over a time, from the phase's last step."""

    async def pass_time(self) -> float:
        """Let its time pass; how long it was, in seconds."""
        assert self.duration is not None, "all its forms have one"
        since_ns = now_ns()
        await asyncio.sleep(self.duration / NS_PER_S)
        return (now_ns() - since_ns) / NS_PER_S


@dataclass(frozen=True, slots=True)
class Sends(Over):
    """A flood is what it claims to be."""

    host: str
    count: int

    forms: ClassVar[Forms] = {"{host} sends at least {count} packets a second over {duration}": {}}

    async def judge(self, stage: Stage) -> Outcome:
        flood = stage.floods[self.host]
        before = flood.sent_packets
        took_s = await self.pass_time()
        rate = (flood.sent_packets - before) / took_s
        return self.outcome(f"{rate:,.0f} a second", passed=rate >= self.count)


@dataclass(frozen=True, slots=True)
class Spends(Over):
    """A daemon's processor time is bounded."""

    router: str
    share: float

    forms: ClassVar[Forms] = {"{router} takes at most {share} of a core over {duration}": {}}

    async def judge(self, stage: Stage) -> Outcome:
        clock = cpu_clock(_pid(stage, self.router))
        before_ns = time.clock_gettime_ns(clock)
        took_s = await self.pass_time()
        share = (time.clock_gettime_ns(clock) - before_ns) / NS_PER_S / took_s
        return self.outcome(units.share(share), passed=share <= self.share)


@dataclass(frozen=True, slots=True)
class Grows(Over):
    """A daemon's memory is bounded."""

    router: str
    count: int

    forms: ClassVar[Forms] = {"{router} grows by at most {count} MB over {duration}": {}}

    async def judge(self, stage: Stage) -> Outcome:
        pid = _pid(stage, self.router)
        before = _resident_bytes(pid)
        await self.pass_time()
        grown = (_resident_bytes(pid) - before) / _BYTES_PER_MB
        return self.outcome(f"{grown:.1f} MB", passed=grown <= self.count)


@dataclass(frozen=True, slots=True)
class Recognises(Watched):
    """Refreshes of good neighbours are taken for what they are; no hostile packet is one."""

    router: str
    count: int

    forms: ClassVar[Forms] = {"{router} recognises {count} refreshes within {duration}": {}}

    async def judge(self, stage: Stage) -> Outcome:
        before, deadline_ns = await _known(stage, self.router), now_ns() + self.within_ns(stage)
        while True:
            seen = await _known(stage, self.router) - before
            if seen >= self.count or now_ns() > deadline_ns:
                return self.outcome(f"{seen}", passed=seen >= self.count)
            await asyncio.sleep(_POLL_S)


DEFENCES = (Sends, Spends, Grows, Recognises)


async def _known(stage: Stage, router: str) -> int:
    state = await stage.world.router(router).show(pb.SECTION_COUNTERS)
    return state.counters["known_refreshes_messages"]


def _pid(stage: Stage, router: str) -> int:
    pid = stage.world.router(router).daemon_pid
    if pid is None:
        raise LabError(f"{router}'s daemon is no process of its own here, or does not run")
    return pid


def _resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
