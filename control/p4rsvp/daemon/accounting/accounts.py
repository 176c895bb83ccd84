"""Keeps the accounts of a daemon: what the engine says of reservations, and the switch of traffic.

Records of a beginning and of a change are written at once, that of an end as soon as the switch has
been asked once more, all others at each interim. While the switch is away, and when the daemon ends
and it does not answer in time, a record says what was last known.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final, TypeAlias

from p4rsvp.daemon.accounting.lines import LinesFile
from p4rsvp.daemon.accounting.records import Standing, facts_of
from p4rsvp.engine.effects import Account, Stage
from p4rsvp.target.session import Traffic

LOG = logging.getLogger(__name__)

LAST_READING_S: Final = 3.0
_STOPPED: Final = "the daemon has stopped"

Reading: TypeAlias = Callable[[list[int]], Awaitable[dict[int, Traffic]]]


class Accounts:
    """The accounts of one daemon, while `run` runs."""

    def __init__(
        self,
        file: LinesFile,
        router: str,
        interim_s: float,
        *,
        read: Reading,
        index_of: Callable[[int, int], int],
        wall_ns: Callable[[], int],
    ) -> None:
        """Begin.

        `read` asks the switch for cells of `reservation_traffic`; `index_of` tells the switch's
        index of a reservation, 0 where there is none; `interim_s` of 0: no interim records.
        """
        self.file = file
        self._router = router
        self._interim_s = interim_s or None
        self._read = read
        self._index_of = index_of
        self._wall_ns = wall_ns
        self._life = f"{router}-{wall_ns() // 1_000_000:x}"
        self._open: dict[tuple[int, int], Standing] = {}
        self._begun: list[Standing] = []  # where they begin is not read yet
        self._ended: list[tuple[Standing, str, int]] = []  # with cause and time
        self._news = asyncio.Event()
        self._settling = asyncio.Lock()  # a reservation's end is not read before its beginning
        self._is_closed = False

    def take(self, account: Account) -> None:
        """The engine says this of a reservation."""
        if self._is_closed:
            return
        key, now_ns = (account.interface, account.rhandle), self._wall_ns()
        if account.stage is Stage.ENDED:
            ended = self._open.pop(key, None)
            if ended is not None:
                cause = account.cause.value if account.cause else ""
                self._ended.append((ended, cause, now_ns))
                self._news.set()
            return
        facts = facts_of(account, self._router)
        one = self._open.get(key)
        if one is None:
            name = f"{self._life}-{account.interface}-{account.rhandle}"
            one = self._open[key] = Standing(name, self._index_of(*key), facts, now_ns)
            self._begun.append(one)
            self._news.set()
        one.facts = facts
        kind = "start" if account.stage is Stage.BEGUN else "change"
        self.file.append([one.record(kind, now_ns)])

    async def run(self) -> None:
        """Ask the switch when there is a reason to, until cancelled."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + (self._interim_s or 0)
        while True:
            wait_s = None if self._interim_s is None else max(due_s - loop.time(), 0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait_s)
            self._news.clear()
            if self._interim_s is not None and loop.time() >= due_s:
                due_s = loop.time() + self._interim_s
                await self._interim()
            else:
                await self._settle()

    async def _settle(self) -> None:
        """Read where some begin and others end."""
        async with self._settling:
            begun, self._begun = self._begun, []
            ended, self._ended = self._ended, []
            try:
                await self._count([*begun, *(one for one, _, _ in ended)])
            finally:  # whatever becomes of the reading, or of us, ends are written
                stops = [one.record("stop", now_ns, cause) for one, cause, now_ns in ended]
                self.file.append(stops)

    async def _interim(self) -> None:
        await self._settle()
        standing = list(self._open.values())
        await self._count(standing)
        now_ns = self._wall_ns()
        self.file.append([one.record("interim", now_ns) for one in standing])

    async def _count(self, some: Iterable[Standing]) -> None:
        some = list(some)
        cells = [cell for one in some for cell in one.cells()]
        if not cells:
            return
        try:
            found = await self._read(cells)
        except (ConnectionError, TimeoutError) as error:
            LOG.warning("accounts go without the switch's counters: %s", error)
            return
        for one in some:
            one.count(found)

    async def close(self) -> None:
        """End every account that is open, once."""
        if self._is_closed:
            return
        self._is_closed = True
        now_ns = self._wall_ns()
        self._ended += [(one, _STOPPED, now_ns) for one in self._open.values()]
        self._open.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settle(), LAST_READING_S)
        self.file.close()
