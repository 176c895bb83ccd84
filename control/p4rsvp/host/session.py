"""`p4rsvp.Session`: one application's part in one session, for asyncio.

What the application wants stands here, and is asked for again where that is needed: when a Path
says what a reservation has to be (flowspecs.Wish), and when the agent has been started anew. So
every call may be repeated, and one that was cancelled is as good as done or not begun; `close` ends
either. Where a group is sent to, sending and receiving are two parts with the agent, since a mere
sender does not join.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from p4rsvp.engine.effects import Upcall
from p4rsvp.engine.events import AnyAppSession, ApiReserve, ApiSender
from p4rsvp.host.api import AgentGoneError, CallError, Host, Registration, Way
from p4rsvp.host.client import Client
from p4rsvp.host.flowspecs import (
    OPEN_NULL_PATH,
    Announced,
    Impossible,
    Wish,
    sender_of,
    session_of,
    tspec_of,
    usual_style,
)
from p4rsvp.host.happenings import (
    AgentBack,
    AgentGone,
    Happening,
    NotPossible,
    PathArrived,
    PathGone,
    PathRefused,
    Refused,
    happening_of,
)
from p4rsvp.host.rates import rate_bytes_per_s
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.filter_spec import PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.style import FF, SE, WF, Style
from p4rsvp.wire.tspec import NullTspec, Tspec

LOG = logging.getLogger(__name__)

DATA_TTL = 64  # what Linux gives to unicast data
UNHEARD_MAX = 1024  # happenings that wait to be read; beyond that the oldest are forgotten
RETRY_S = 0.5  # how often an agent that is gone is looked for

STYLES = {"wf": WF, "ff": FF, "se": SE}
SERVICES = {
    "controlled-load": Service.CONTROLLED_LOAD,
    "guaranteed": Service.GUARANTEED,
    "null": Service.NULL,
}

_Kind = TypeVar("_Kind")


class ReservationError(Exception):
    """What was waited for will not come, because of this happening."""

    def __init__(self, happening: Refused | PathRefused | NotPossible) -> None:
        super().__init__(str(happening))
        self.happening = happening


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is wanted as a receiver: a wish, or flow descriptors as they are."""

    style: Style
    wish: Wish | None
    flows: tuple[FlowDescriptor, ...]
    confirm: bool
    policy: Policy


class Session:
    """One session. Use it with `async with`; at the end all that it asked for is released."""

    def __init__(
        self,
        destination: str | AnyAppSession,
        protocol: str | int = "udp",
        *,
        host: Host | None = None,
        socket: Path | None = None,
        receiver: str | None = None,
        on_happening: Callable[[Happening], None] | None = None,
    ) -> None:
        """Take part in the session of data to a destination, as in "239.1.1.1:5004".

        `host` is an agent in this process, or a connection that is shared and whose end is its
        owner's to hear; else the agent at `socket` is asked, by default where $P4RSVP_HOST says.
        `receiver` is the local address by which to receive, where there are several.
        `on_happening` hears at once, on the loop.
        """
        if isinstance(destination, str):
            destination = session_of(destination, protocol)
        self.session = destination
        self.paths: dict[Selector, PathArrived] = {}
        self._receiver = None if receiver is None else Address.parse(receiver)
        self._socket = socket
        self._owns_host = host is None
        self._host = host
        self._sender_app: int | None = None
        self._receiver_app: int | None = None
        self._sending: dict[Selector, ApiSender] = {}
        self._listens = False
        self._standing: _Standing | None = None
        self._asked: ApiReserve | None = None  # of the agent, last
        self._calls = asyncio.Lock()
        self._on_happening = on_happening
        self._heard: asyncio.Queue[Happening] = asyncio.Queue(UNHEARD_MAX)
        self._stale = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- calls ---

    async def send(
        self,
        tspec: str | float | Tspec | None,
        template: str | tuple[str, int] | Selector | None = None,
        *,
        bucket: str | float | None = None,
        peak: str | float | None = None,
        packet: str | float | None = None,
        adspec: Adspec | None = OPEN_PATH,
        ttl: int = DATA_TTL,
        policy: Policy = (),
    ) -> Selector:
        """Announce what will be sent; the answer is who sends, as receivers will see it.

        None says nothing of it, and leaves to the network what it gets (Null Service, RFC 2997).
        A rate makes a token bucket, as flowspecs.py fills it in; `packet` (m) is the size that
        smaller packets count for, and the larger the less a link charges. `template` is the data's
        source, by default any port of the address that this host sends from; `ttl` that of the
        data. Raises CallError.
        """
        async with self._calls:
            host = await self._reach()
            way = await host.way_towards(self.session.destination)
            selector = _selector(template, way.source)
            mtu_bytes = way.mtu_bytes
            if tspec is None:
                whole: Tspec = NullTspec.of(mtu_bytes)
            else:
                whole = tspec_of(tspec, mtu_bytes, bucket=bucket, peak=peak, packet=packet)
            if isinstance(whole, NullTspec) and adspec is OPEN_PATH:
                adspec = OPEN_NULL_PATH
            if self._sender_app is None:
                self._sender_app = await self._open(listens=False)
            call = ApiSender(self._sender_app, selector, whole, adspec, ttl, policy)
            # Before the call, so that one that is cancelled can be withdrawn all the same.
            before = self._sending.get(selector)
            self._sending[selector] = call
            try:
                await host.call(call)
            except CallError:
                self._restore(selector, before)
                raise
        return selector

    def _restore(self, selector: Selector, before: ApiSender | None) -> None:
        if before is None:
            del self._sending[selector]
        else:
            self._sending[selector] = before

    async def way(self) -> Way:
        """From which address data to the destination goes, and in packets of which size."""
        async with self._calls:
            return await (await self._reach()).way_towards(self.session.destination)

    async def stop_sending(self, template: Selector | None = None) -> None:
        """Withdraw one sender, or all of them."""
        async with self._calls:
            for selector in [template] if template is not None else list(self._sending):
                if self._sending.pop(selector, None) is not None and self._sender_app is not None:
                    await self._call(ApiSender(self._sender_app, selector, None))

    async def listen(self) -> None:
        """Hear of senders; for a group, join it. `reserve` does so by itself."""
        async with self._calls:
            await self._reach()
            self._listens = True
            if self._receiver_app is None:
                self._receiver_app = await self._open(listens=True)

    async def reserve(
        self,
        what: str | float | Tspec | Wish | Iterable[FlowDescriptor] | None = None,
        *,
        style: str | Style | None = None,
        service: str | Service = Service.CONTROLLED_LOAD,
        senders: Iterable[str | Selector] | None = None,
        senders_max: int | None = None,
        rate: str | float | None = None,
        delay_ms: float | None = None,
        confirm: bool = True,
        policy: Policy = (),
    ) -> None:
        """Reserve this and nothing else, for whoever sends or for these senders.

        `what` is a rate or a Tspec, by default what each sender announces; or a whole wish, or flow
        descriptors as they are, and then the options do not count. The style is WF for a group and
        FF for unicast unless it is named. `rate` (R) or `delay_ms`, a bound on queueing, go with
        guaranteed service. What has to wait for a Path waits; what comes of it is heard. Raises
        CallError.
        """
        chosen = STYLES[style.lower()] if isinstance(style, str) else style
        chosen = chosen or (usual_style(self.session) if senders is None else FF)
        if what is None or isinstance(what, str | float | int | Tspec):
            what = Wish(
                chosen,
                SERVICES[service.lower()] if isinstance(service, str) else service,
                await self._wanted_tspec(what),
                None if rate is None else rate_bytes_per_s(rate),
                None if delay_ms is None else delay_ms * 1000,
                senders=None if senders is None else tuple(map(_given_sender, senders)),
                senders_max=senders_max,
            )
        if isinstance(what, Wish):
            await self._stand(_Standing(what.style, what, (), confirm, policy))
        else:
            await self._stand(_Standing(chosen, None, tuple(what), confirm, policy))

    async def _stand(self, standing: _Standing) -> None:
        """Want this from now on; a call that fails leaves standing what stood."""
        await self.listen()
        async with self._calls:
            before, self._standing = self._standing, standing
            try:
                await self._ask()
            except (CallError, Impossible):
                self._standing = before
                raise

    async def release(self) -> None:
        """Give the reservation back, and go on listening."""
        async with self._calls:
            self._standing = None
            if self._asked is not None:
                asked, self._asked = self._asked, None
                await self._call(ApiReserve(asked.app, asked.style, ()))

    async def close(self) -> None:
        """Leave: senders and reservations are withdrawn."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        host, self._host = self._host, None
        apps = (self._sender_app, self._receiver_app)
        self._sender_app = self._receiver_app = None
        if isinstance(host, Client) and self._owns_host:
            await host.close()  # the agent releases what came by it
        elif host is not None:
            for app in apps:
                if app is not None:
                    await host.release(app)

    # --- what happens ---

    async def next(self) -> Happening:
        """The next happening; wait for it."""
        return await self._heard.get()

    async def __aiter__(self) -> AsyncIterator[Happening]:
        while True:
            yield await self.next()

    async def until(self, *kinds: type[_Kind]) -> _Kind:
        """The next happening of these kinds; raises ReservationError for a refusal before it."""
        async for happening in self:
            if isinstance(happening, kinds):
                return happening
            if isinstance(happening, Refused | PathRefused | NotPossible):
                raise ReservationError(happening)
        raise AssertionError("a session never ends to be heard")

    def _hear(self, happening: Happening) -> None:
        if self._heard.full():
            self._heard.get_nowait()
        self._heard.put_nowait(happening)
        if self._on_happening is not None:
            self._on_happening(happening)

    def _upcall(self, upcall: Upcall, *, listens: bool) -> None:
        happening = happening_of(upcall)
        if isinstance(happening, PathArrived | PathGone):
            if not listens or happening.sender in self._sending:
                return  # the other part hears it, or it is our own
            if isinstance(happening, PathArrived):
                self.paths[happening.sender] = happening
            else:
                self.paths.pop(happening.sender, None)
            self._stale.set()
        self._hear(happening)

    # --- the agent ---

    async def _reach(self) -> Host:
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        if self._host is None:
            client = await Client.connect(self._socket)
            client.on_end = self._ended
            self._host = client
        return self._host

    async def _open(self, *, listens: bool) -> int:
        assert self._host is not None, "reached before"
        registration = Registration(self.session, listens, self._receiver if listens else None)
        return await self._host.open(registration, partial(self._upcall, listens=listens))

    async def _call(self, call: ApiSender | ApiReserve) -> None:
        """Ask the agent, if it is there; if not, it is told what is wanted when it is back."""
        if self._host is not None:
            await self._host.call(call)

    async def _wanted_tspec(self, what: str | float | Tspec | None) -> Tspec | None:
        if what is None or isinstance(what, Tspec):
            return what
        # The senders' own M will be the limit; till one is there, what this host's links carry.
        return tspec_of(what, (await self.way()).mtu_bytes)

    async def _ask(self) -> None:
        """Ask for what follows from what stands and what has come; nothing twice."""
        standing, app = self._standing, self._receiver_app
        if standing is None or app is None:
            return
        flows = standing.flows
        if standing.wish is not None:
            known = {
                sender: Announced(path.tspec, path.adspec) for sender, path in self.paths.items()
            }
            flows = standing.wish.flows(known)
        receiver = self._receiver
        if not flows and (self._asked is None or not self._asked.flows):
            return  # there is nothing to ask for yet, and nothing to give back
        call = ApiReserve(app, standing.style, flows, receiver, standing.confirm, standing.policy)
        if call != self._asked:
            await self._call(call)
            self._asked = call

    async def _keep(self) -> None:
        """Go on asking, as Paths come and go and as the agent does."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                async with self._calls:
                    if self._host is None:
                        await self._begin_again()
                    await self._ask()
            except AgentGoneError:
                await asyncio.sleep(RETRY_S)
                self._stale.set()
            except (CallError, Impossible) as error:
                self._hear(NotPossible(str(error)))

    def _ended(self, why: str) -> None:
        """The agent's connection has ended; unless that was ours to do, begin again."""
        if self._host is None:
            return
        self._host = self._asked = None
        self._sender_app = self._receiver_app = None
        self.paths.clear()
        self._hear(AgentGone(why))
        self._stale.set()

    async def _begin_again(self) -> None:
        host = await self._reach()
        for selector, call in self._sending.items():
            if self._sender_app is None:
                self._sender_app = await self._open(listens=False)
            again = ApiSender(
                self._sender_app, selector, call.tspec, call.adspec, call.ttl, call.policy
            )
            await host.call(again)
        if self._listens:
            self._receiver_app = await self._open(listens=True)
        self._hear(AgentBack())


def _selector(template: str | tuple[str, int] | Selector | None, source: Address) -> Selector:
    if template is None:
        return PortSelector(source)
    if isinstance(template, str):
        return sender_of(template)
    if isinstance(template, tuple):  # as a socket's `getsockname` has it
        return PortSelector(Address.parse(template[0]), template[1])
    return template


def _given_sender(sender: str | Selector) -> Selector:
    return sender_of(sender) if isinstance(sender, str) else sender
