"""What programs do in the tests: one part in one session, with what it hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.engine.events import ApiSender
from p4rsvp.host.api import Registration
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.tspec import Tspec

if TYPE_CHECKING:
    from p4rsvp.host.api import Host

TSPEC = Tspec(125_000.0, 5_000.0, 125_000.0, 64, 1_400)
WAIT_S = 5.0


class Part:
    """One program's part in a session, and what it hears."""

    def __init__(self, host: Host, session: Session) -> None:
        self.host = host
        self.session = session
        self.heard: asyncio.Queue[Upcall] = asyncio.Queue()
        self.app = 0

    async def open(self, *, listens: bool = True) -> Part:
        registration = Registration(self.session, listens)
        self.app = await self.host.open(registration, self.heard.put_nowait)
        return self

    async def send(self, source: str, port: int = 4000) -> None:
        selector = PortSelector(Address.parse(source), port)
        await self.host.call(ApiSender(self.app, selector, TSPEC, OPEN_PATH, ttl=64))

    async def next(self, kind: UpcallKind) -> Upcall:
        """The next upcall, which is of this kind."""
        upcall = await asyncio.wait_for(self.heard.get(), WAIT_S)
        assert upcall.kind is kind
        return upcall


def flow(*senders: PortSelector) -> FlowDescriptor:
    flowspec = Flowspec(Service.CONTROLLED_LOAD, TSPEC)
    return FlowDescriptor(flowspec, tuple(FilterSpec(one) for one in senders))


def session(destination: str, port: int = 5004) -> Session:
    return Session(Address.parse(destination), 17, port)
