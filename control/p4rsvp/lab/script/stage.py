"""What is going on in a run: the world, its traffic, and all that has been heard so far.

Steps act through it and expectations ask it. Owns the collection of events, the runners of the
traffic, and what receivers know of a path (RFC 2205 3.11.1, the Path upcall).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.lab.results import BIN_NS, Event, Stall
from p4rsvp.lab.results import Flow as Measured
from p4rsvp.lab.script.clock import now_ns
from p4rsvp.lab.script.notation import Request, held
from p4rsvp.lab.script.scenario import Scenario, Traffic
from p4rsvp.lab.script.sentences import UPCALLS
from p4rsvp.lab.world import Flood, RsvpEvent, Sender, World
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.traffic import Accounts
from p4rsvp.wire.text.core import describe

_NAMES = {kind: name for name, kind in UPCALLS.items()}
_MARKED = {UpcallKind.RESV_CONFIRM, UpcallKind.RESV_ERROR, UpcallKind.PATH_ERROR}
_POLL_S = 0.02


class StuckError(Exception):
    """What the rest of a scenario builds upon does not happen."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An upcall at a host."""

    host: str
    at_ns: int  # CLOCK_MONOTONIC, as all times of a stage
    upcall: Upcall


@dataclass(slots=True)
class Stage:
    """A run under way."""

    scenario: Scenario
    world: World
    tell: Callable[[Event], None]  # live, as it happens
    start_ns: int = 0
    step_ns: int = 0  # when the last step began
    events: list[Event] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    bounds_us: dict[str, float] = field(default_factory=dict)  # of guaranteed flows, end to end
    senders: dict[str, Sender] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Accounts] = field(default_factory=dict)  # by flow and host
    floods: dict[str, Flood] = field(default_factory=dict)  # under way, by host
    ended_floods: list[Flood] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def begin(self) -> None:
        """Listen, announce the flows, let receivers wait for them, and start the traffic."""
        self.start_ns = -(-now_ns() // BIN_NS) * BIN_NS
        for name in self.world.topology.hosts:
            self._collect(self._hear_host(name, self.world.host(name).rsvp.events()))
        for name in self.world.topology.routers:
            self.hear_router(name)
        for traffic in self.scenario.traffic.values():
            for receiver in traffic.receivers:
                host = self.world.host(receiver)
                accounts = await host.start_receiver(traffic.flow)
                self.accounts[traffic.flow.name, receiver] = accounts
        await self.announce(one for one in self.scenario.traffic.values() if not one.waits)
        for traffic in self.scenario.traffic.values():
            if not traffic.waits:
                await self.start(traffic.flow.name)

    async def announce(self, flows: Iterable[Traffic]) -> None:
        """Announce those that have a Tspec, and wait until their receivers have heard of them."""
        announced = [one for one in flows if one.tspec is not None]
        for traffic in announced:
            for receiver in traffic.receivers:
                await self.world.host(receiver).rsvp.listen(traffic.flow.session)
        for traffic in announced:
            assert traffic.tspec is not None
            rsvp, flow = self.world.host(traffic.sender).rsvp, traffic.flow
            await rsvp.path(flow.session, flow.selector, traffic.tspec)
        for traffic in announced:
            for receiver in traffic.receivers:
                await self.path_to(traffic, receiver)

    async def stop_flood(self, host: str) -> None:
        """End a host's flood, if it has one; what it was late counts as a stall all the same."""
        flood = self.floods.pop(host, None)
        if flood is not None:
            await flood.stop()
            self.ended_floods.append(flood)

    async def end(self) -> None:
        """Stop the traffic, let its last packets arrive, and listen no more."""
        for host in list(self.floods):
            await self.stop_flood(host)
        for sender in self.senders.values():
            await sender.stop()
        await asyncio.sleep(0.3)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def start(self, name: str) -> None:
        """Start to send a flow."""
        traffic = self.scenario.traffic[name]
        self.senders[name] = await self.world.host(traffic.sender).start_sender(traffic.flow)

    def hear_router(self, name: str) -> None:
        """Listen to a router's daemon, until that ends."""
        self._collect(self._hear_router(name, self.world.router(name).events()))

    def note(self, node: str, text: str, *, marked: bool = False, at_ns: int | None = None) -> None:
        """Record an event; now, if no time is given."""
        at = (now_ns() if at_ns is None else at_ns) - self.start_ns
        event = Event(max(at, 0), node, text, marked)
        self.events.append(event)
        self.tell(event)

    def _collect(self, listening: object) -> None:
        self._tasks.append(asyncio.create_task(listening))  # type: ignore[arg-type]  # coroutines

    async def _hear_host(self, name: str, events: AsyncIterator[RsvpEvent]) -> None:
        async for event in events:
            self.heard.append(Heard(name, event.at_ns, event.upcall))
            text = _upcall_text(event.upcall)
            # What repeats itself, like the refusal of each refresh, is marked once.
            is_new = not any(one.node == name and one.text == text for one in self.events[-50:])
            marked = is_new and event.upcall.kind in _MARKED
            self.note(name, text, marked=marked, at_ns=event.at_ns)

    async def _hear_router(self, name: str, events: AsyncIterator[pb.Event]) -> None:
        async for event in events:
            if self.floods:
                continue  # what a flood brings about would fill the report
            said = " ".join(part for part in (event.fact, event.session, event.detail) if part)
            self.note(name, said, at_ns=event.time_ns - time.time_ns() + now_ns())

    async def path_to(self, traffic: Traffic, receiver: str) -> Upcall:
        """What the receiver's host knows of the path of a flow, once it does."""

        def told() -> Upcall | None:
            for one in reversed(self.heard):
                known = (one.host, one.upcall.kind, one.upcall.selector)
                if known == (receiver, UpcallKind.PATH_EVENT, traffic.flow.selector):
                    return one.upcall
            return None

        return await self.until(told, 10, f"{receiver} hears no Path of {traffic.flow.name}")

    async def until(
        self, seen: Callable[[], Upcall | None], timeout_s: float, else_: str
    ) -> Upcall:
        """Wait until something has been heard; raises StuckError where it never is."""
        deadline = time.monotonic() + timeout_s
        while (found := seen()) is None:
            if time.monotonic() > deadline:
                raise StuckError(f"{else_} within {timeout_s:g} s")
            await asyncio.sleep(_POLL_S)
        return found

    def heard_since(self, since_ns: int, host: str, kind: UpcallKind) -> Iterator[Heard]:
        """The upcalls of a kind at a host since a time."""
        return (
            one
            for one in self.heard
            if one.at_ns >= since_ns and one.host == host and one.upcall.kind is kind
        )

    async def reserved(self, router: str, towards: str) -> Request | None:
        """What a router reserves on the link to a neighbour; None: nothing."""
        state = await self.world.router(router).show(pb.SECTION_RESERVATIONS)
        interface = self.world.topology.link_between(router, towards).end(router).number
        names = {
            " ".join(describe(one.flow.selector)): name
            for name, one in self.scenario.traffic.items()
        }
        on_link = [one for one in state.reservations if one.outgoing_interface == interface]
        return held(on_link, names, self.scenario.base.token_rate_bytes_per_s)

    def measured(self, end_ns: int) -> Iterator[Measured]:
        """Each flow at each of its receivers, from the start to an end."""
        for (name, host), accounts in self.accounts.items():
            traffic = self.scenario.traffic[name]
            if name in self.senders:
                samples = self.world.samples(self.senders[name], accounts, self.start_ns, end_ns)
                yield Measured(name, traffic.sender, host, traffic.title, samples)

    def stalls(self, end_ns: int) -> Iterator[Stall]:
        """When the machine did not keep up, from the start to an end."""
        found = list(self.world.absences())
        for name, sender in self.senders.items():
            late = sender.late_spans
            found += (Stall(begin, end - begin, f"{name} was sent late") for begin, end in late)
        for flood in [*self.floods.values(), *self.ended_floods]:
            late = flood.late_spans
            found += (Stall(begin, end - begin, "a flood was sent late") for begin, end in late)
        for one in sorted(found, key=lambda stall: stall.at_ns):
            if one.overlaps(self.start_ns, end_ns):
                yield Stall(max(one.at_ns - self.start_ns, 0), one.lasted_ns, one.what)


def _upcall_text(upcall: Upcall) -> str:
    said = [f"hears {_NAMES.get(upcall.kind, upcall.kind.name)}"]
    if upcall.selector is not None:
        said.append(f"of {' '.join(describe(upcall.selector))}")
    if upcall.error is not None and upcall.kind is not UpcallKind.RESV_CONFIRM:
        said.append(f"from {upcall.error.node}: {upcall.error.text}")
    return " ".join(said)
