"""What can be done in a scenario: by hosts, to flows, daemons, switches and links."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from p4rsvp.engine.effects import UpcallKind
from p4rsvp.intserv.advertise import view
from p4rsvp.intserv.delay import queueing_delay_us
from p4rsvp.intserv.request import guaranteed_request
from p4rsvp.lab.script.clock import NS_PER_S
from p4rsvp.lab.script.notation import Part, Request
from p4rsvp.lab.script.sentences import Forms, Grammar, Sentence
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, StyleId
from p4rsvp.wire.tspec import Tspec

if TYPE_CHECKING:
    from p4rsvp.lab.script.scenario import Traffic
    from p4rsvp.lab.script.stage import Stage

CONFIRMED_WITHIN_S = 5
_STYLES = {StyleId.WF: WF, StyleId.FF: FF, StyleId.SE: SE}


@dataclass(frozen=True, slots=True)
class Step(Sentence):
    """Something that is done."""

    @property
    def node(self) -> str:
        """Where it is done, for the list of events."""
        return ""

    @abstractmethod
    async def take(self, stage: Stage) -> None:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Wait(Step):
    """Nothing, for a while."""

    duration: int

    forms: ClassVar[Forms] = {"wait {duration}": {}}

    async def take(self, stage: Stage) -> None:
        await asyncio.sleep(self.duration / NS_PER_S)


@dataclass(frozen=True, slots=True)
class OfHost(Step):
    """Something that a host does."""

    host: str

    @property
    def node(self) -> str:
        return self.host


@dataclass(frozen=True, slots=True)
class Reserve(OfHost):
    """A receiver asks for a reservation: RFC 2205 3.11.1's RESERVE.

    "reserves" waits for the confirmation, "asks for" does not. With a delay, the service is
    guaranteed, R is the smallest that meets the delay, and the bound follows from what was asked.
    """

    request: Request
    waits: bool = True
    duration: int | None = None

    forms: ClassVar[Forms] = {
        "{host} reserves {request}": {},
        "{host} reserves {request} for a delay of {duration}": {},
        "{host} asks for {request}": {"waits": False},
    }

    async def take(self, stage: Stage) -> None:
        flows = [await self._descriptor(stage, part) for part in self.request.parts]
        session = _session(stage, self.request)
        rsvp = stage.world.host(self.host).rsvp
        since_ns = stage.step_ns
        await rsvp.listen(session)
        await rsvp.reserve(session, _STYLES[self.request.style], flows, confirm=True)
        if self.waits:
            await stage.until(
                lambda: next(
                    (
                        one.upcall
                        for one in stage.heard_since(since_ns, self.host, UpcallKind.RESV_CONFIRM)
                    ),
                    None,
                ),
                CONFIRMED_WITHIN_S,
                f"{self.text}: no ResvConf comes",
            )

    async def _descriptor(self, stage: Stage, part: Part) -> FlowDescriptor:
        named = [stage.scenario.traffic[name] for name in part.senders]
        filters = tuple(FilterSpec(one.flow.selector) for one in named)
        if self.duration is not None:
            return FlowDescriptor(await self._guaranteed(stage, named[0]), filters)
        return FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, _size(stage, part)), filters)

    async def _guaranteed(self, stage: Stage, traffic: Traffic) -> Flowspec:
        assert self.duration is not None
        path = await stage.path_to(traffic, self.host)
        assert isinstance(path.adspec, Adspec)
        assert path.tspec is not None
        wanted = guaranteed_request(path.tspec, path.adspec, self.duration / 1000)
        told = view(path.adspec, Service.GUARANTEED)
        assert wanted.rspec is not None
        assert told.terms is not None
        bound = queueing_delay_us(wanted.tspec, wanted.rspec.rate_bytes_per_s, told.terms)
        assert bound is not None
        stage.bounds_us[traffic.flow.name] = float(bound) + (told.min_latency_us or 0)
        return wanted


def _size(stage: Stage, part: Part) -> Tspec:
    """So many times B; or, where that is not said, what the sender has announced."""
    base = stage.scenario.base
    if part.multiple is None:
        announced = [stage.scenario.traffic[name].tspec for name in part.senders]
        return announced[0] if announced and announced[0] else base
    return replace(
        base,
        token_rate_bytes_per_s=base.token_rate_bytes_per_s * part.multiple,
        bucket_bytes=base.bucket_bytes * part.multiple,
    )


def _session(stage: Stage, request: Request) -> Session:
    """That of the senders that are named; of a wildcard, of the first flow that is announced."""
    traffic = stage.scenario.traffic
    announced = [name for name, one in traffic.items() if one.tspec is not None]
    return traffic[(request.senders or tuple(announced))[0]].flow.session


@dataclass(frozen=True, slots=True)
class Release(OfHost):
    """A receiver leaves its session: RELEASE."""

    flow: str

    forms: ClassVar[Forms] = {"{host} releases {flow}": {}}

    async def take(self, stage: Stage) -> None:
        session = stage.scenario.traffic[self.flow].flow.session
        await stage.world.host(self.host).rsvp.release(session)


@dataclass(frozen=True, slots=True)
class Floods(OfHost):
    """A host sends hostile packets, for ever (hostile.py)."""

    count: int
    hostile: str

    forms: ClassVar[Forms] = {"{host} floods with {count} {hostile} a second": {}}

    async def take(self, stage: Stage) -> None:
        await stage.stop_flood(self.host)
        stage.floods[self.host] = await stage.world.host(self.host).flood(self.hostile, self.count)


@dataclass(frozen=True, slots=True)
class FloodsNoMore(OfHost):
    """And ends that."""

    forms: ClassVar[Forms] = {"{host} floods no more": {}}

    async def take(self, stage: Stage) -> None:
        await stage.stop_flood(self.host)


@dataclass(frozen=True, slots=True)
class Vanish(OfHost):
    """A host is gone without a word."""

    forms: ClassVar[Forms] = {"{host} vanishes": {}}

    async def take(self, stage: Stage) -> None:
        await stage.world.host(self.host).vanish()


@dataclass(frozen=True, slots=True)
class Send(Step):
    """A flow begins or ends."""

    flow: str
    starts: bool

    forms: ClassVar[Forms] = {
        "{flow} starts": {"starts": True},
        "{flow} stops": {"starts": False},
    }

    async def take(self, stage: Stage) -> None:
        if self.starts:
            if stage.scenario.traffic[self.flow].waits:
                await stage.announce([stage.scenario.traffic[self.flow]])
            await stage.start(self.flow)
        else:
            await stage.senders[self.flow].stop()


@dataclass(frozen=True, slots=True)
class OfRouter(Step):
    """Something that happens to a router."""

    router: str

    @property
    def node(self) -> str:
        return self.router


@dataclass(frozen=True, slots=True)
class Daemon(OfRouter):
    """The daemon ends as by kill -9, or is started."""

    starts: bool

    forms: ClassVar[Forms] = {
        "daemon of {router} is killed": {"starts": False},
        "daemon of {router} is started": {"starts": True},
    }

    async def take(self, stage: Stage) -> None:
        router = stage.world.router(self.router)
        if self.starts:
            await router.start_daemon()
            stage.hear_router(self.router)
        else:
            await router.kill_daemon()


@dataclass(frozen=True, slots=True)
class Switch(OfRouter):
    """The switch ends as by kill -9, or is started, empty."""

    starts: bool

    forms: ClassVar[Forms] = {
        "switch of {router} is killed": {"starts": False},
        "switch of {router} is started": {"starts": True},
    }

    async def take(self, stage: Stage) -> None:
        router = stage.world.router(self.router)
        await (router.start_switch() if self.starts else router.kill_switch())


@dataclass(frozen=True, slots=True)
class OfLink(Step):
    """Something that happens to a link."""

    link: str

    @property
    def node(self) -> str:
        return self.link


@dataclass(frozen=True, slots=True)
class Cut(OfLink):
    """Nothing passes a link any more, or again."""

    up: bool

    forms: ClassVar[Forms] = {
        "link {link} goes down": {"up": False},
        "link {link} comes up": {"up": True},
    }

    async def take(self, stage: Stage) -> None:
        world = stage.world
        await (world.link_up(self.link) if self.up else world.link_down(self.link))


@dataclass(frozen=True, slots=True)
class Lose(OfLink):
    """A link loses packets by chance."""

    share: float

    forms: ClassVar[Forms] = {"link {link} loses {share}": {}}

    async def take(self, stage: Stage) -> None:
        faults = stage.world.topology.links[self.link].faults
        await stage.world.set_faults(self.link, replace(faults, loss=self.share))


@dataclass(frozen=True, slots=True)
class Lengthen(OfLink):
    """A link costs more to routing, or less."""

    count: int

    forms: ClassVar[Forms] = {"link {link} costs {count}": {}}

    async def take(self, stage: Stage) -> None:
        await stage.world.change_metric(self.link, self.count)


STEPS = Grammar[Step](
    Reserve, Release, Floods, FloodsNoMore, Vanish, Send, Daemon, Switch, Cut, Lose, Lengthen, Wait
)
