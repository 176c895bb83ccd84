"""RSVP on a host as scenarios see it, over whatever offers it to programs (host/api.py)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import TypeAlias

from p4rsvp.engine.effects import Upcall
from p4rsvp.engine.events import ApiReserve, ApiSender
from p4rsvp.host.api import Host, Registration
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.lab.world import HostRsvp, RsvpEvent
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import Tspec

AnySession: TypeAlias = Session | GpiSession


class Applications(HostRsvp):
    """The programs of one host: one that sends and one that listens, for each session."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._apps: dict[tuple[AnySession, bool], int] = {}  # by session, and whether it listens
        self._hearers: set[asyncio.Queue[RsvpEvent]] = set()

    async def path(
        self, session: AnySession, sender: Selector, tspec: Tspec, *, ttl: int = 63
    ) -> None:
        app = await self._open(session, listens=False)
        await self._host.call(ApiSender(app, sender, tspec, OPEN_PATH, ttl=ttl))

    async def path_tear(self, session: AnySession, sender: Selector) -> None:
        app = await self._open(session, listens=False)
        await self._host.call(ApiSender(app, sender, None))

    async def listen(self, session: AnySession) -> None:
        await self._open(session, listens=True)

    async def reserve(
        self,
        session: AnySession,
        style: Style,
        flows: Sequence[FlowDescriptor],
        *,
        confirm: bool = False,
    ) -> None:
        app = await self._open(session, listens=True)
        await self._host.call(ApiReserve(app, style, tuple(flows), confirm=confirm))

    async def release(self, session: AnySession) -> None:
        for listens in (False, True):
            app = self._apps.pop((session, listens), None)
            if app is not None:
                await self._host.release(app)

    def events(self) -> AsyncIterator[RsvpEvent]:
        # Not a generator itself: what happens before the first is asked for counts, too.
        queue: asyncio.Queue[RsvpEvent] = asyncio.Queue()
        self._hearers.add(queue)
        return self._heard(queue)

    async def _heard(self, queue: asyncio.Queue[RsvpEvent]) -> AsyncIterator[RsvpEvent]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._hearers.discard(queue)

    async def _open(self, session: AnySession, *, listens: bool) -> int:
        app = self._apps.get((session, listens))
        if app is None:

            def tell(upcall: Upcall) -> None:
                self._tell(session, upcall)

            app = await self._host.open(Registration(session, listens), tell)
            self._apps[session, listens] = app
        return app

    def _tell(self, session: AnySession, upcall: Upcall) -> None:
        event = RsvpEvent(time.monotonic_ns(), session, upcall)
        for queue in self._hearers:
            queue.put_nowait(event)
