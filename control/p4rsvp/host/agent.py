"""The agent: one engine in the host role, the network under it, and the applications above.

Owns no protocol and no format: events go to the engine, its effects to the network and to those who
opened a session. It keeps the engine's interfaces and routes at what the kernel says, and is in the
groups whose Path messages an application waits for. Its one timer is the engine's deadline. It
schedules no packets: what the engine wants installed is granted (RFC 2205 2.1: admission is the
engine's; a host's own queue is the kernel's).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from p4rsvp.alarm import Alarm
from p4rsvp.engine.config import InterfaceConfig, NodeConfig, Role
from p4rsvp.engine.effects import DiagReply, Program, SendPacket, Trace, Upcall, UpcallKind
from p4rsvp.engine.events import (
    ApiDiagnose,
    ApiRelease,
    ApiSession,
    Event,
    InterfaceChanged,
    PacketIn,
    Prefix,
    Route,
    RouteChanged,
    TargetResult,
    TearDown,
    Tick,
)
from p4rsvp.engine.node import Node
from p4rsvp.host.api import (
    Call,
    CallError,
    Diagnosis,
    OnUpcall,
    Question,
    Registration,
    Way,
)
from p4rsvp.host.diagnosis import Parts
from p4rsvp.host.groups import Groups, Membership, Memberships
from p4rsvp.host.network import Network, Surroundings
from p4rsvp.security.guard import UNSECURED, Guard, Integrity
from p4rsvp.wire.address import Address

LOG = logging.getLogger(__name__)

LOOPBACK_MTU_BYTES = 65_535  # of what never leaves the host
QUESTIONS_MAX = 3
ANSWER_S = 2.0
SETTLING_S = 0.05  # changes of links and routes come in flocks
_REQUEST_IDS = 1 << 32
_ALL_GROUPS = (Prefix(Address.parse("224.0.0.0"), 4), Prefix(Address.parse("ff00::"), 8))


@dataclass(slots=True)
class _App:
    """A part that a program has in a session."""

    registration: Registration
    on_upcall: OnUpcall


class Agent:
    """One host; it runs on the loop that starts it."""

    def __init__(
        self,
        network: Network,
        kernel: Surroundings,
        *,
        seed: int,
        name: str = "host",
        clock_ns: Callable[[], int] = time.monotonic_ns,
        groups: Memberships | None = None,
        integrity: Integrity = UNSECURED,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`groups`, where the kernel is not to be asked to join them."""
        self.node = Node(NodeConfig(name, (), Role.HOST, seed=seed))
        self.guard = Guard(self.node, *integrity, seed.to_bytes(8))
        self.guard.faults.on_report = lambda report: LOG.warning("%s", report.sentence)
        self._wall_ns = wall_ns
        self._network = network
        self._kernel = kernel
        self._clock_ns = clock_ns
        self._apps: dict[int, _App] = {}
        self._last_app = 0
        self._faults: list[Upcall] = []
        self._last_question = seed % _REQUEST_IDS  # unlike those of an agent before us
        self._answers: dict[int, Parts] = {}
        self._interfaces: dict[int, InterfaceConfig] = {}
        self._routes: dict[Address, Route | None] = {}  # of the destinations in use, but groups
        self._uses: Counter[Address] = Counter()
        self._groups: Memberships = groups or Groups()
        self._alarm = Alarm(clock_ns, self._ring)
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the network and learn what the kernel knows; raises OSError where it may not."""
        await self._kernel.open()
        await self._look_around()
        self._network.open(self._received)
        self._ask_neighbours()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Tear down what is open, so that nobody has to wait for it to time out."""
        self._happens(TearDown())
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        self._alarm.cancel()
        await self._network.close()
        self._groups.want(set())
        self._kernel.close()

    # --- applications (host/api.py, Host) ---

    async def open(self, registration: Registration, on_upcall: OnUpcall) -> int:
        """SESSION."""
        destination = registration.session.destination
        if destination not in self._routes and not destination.is_multicast:
            self._routes[destination] = None  # so that a change meanwhile is noticed
            await self._learn_route(destination)
        self._last_app += 1
        app = self._last_app
        self._apps[app] = _App(registration, on_upcall)
        self._uses[destination] += 1
        try:
            self._called(ApiSession(app, registration.session))
        except CallError:
            self._forget(app)
            raise
        if destination.is_multicast:
            self._join_groups()
        return app

    async def call(self, call: Call) -> None:
        """SENDER or RESERVE."""
        self._called(call)

    async def way_towards(self, destination: Address) -> Way:
        """By which interface data would go, and from which of its addresses."""
        interfaces = self._interfaces.values()
        if not destination.is_multicast:
            source = await self._kernel.source(destination)
        else:
            own = (one.address_towards(destination) for one in interfaces)
            source = next((one for one in own if one is not None), None)
        if source is None:
            raise CallError(f"this host has no way to {destination}")
        mtus = (one.link.mtu_bytes for one in interfaces if source in one.addresses)
        return Way(source, next(mtus, LOOPBACK_MTU_BYTES))

    async def diagnose(self, question: Question) -> Diagnosis:
        """Ask, some times if need be (RFC 2745 6), and put the parts of the answer together."""
        last_hop = question.last_hop or question.session.destination
        if last_hop.is_multicast:
            last_hop = (await self.way_towards(last_hop)).source
        interface = 0
        if last_hop not in self.node.own_addresses:
            route = await self._kernel.route(last_hop)
            if route is None or not route.outgoing:
                raise CallError(f"this host has no way to the last hop {last_hop}")
            interface = route.outgoing[0]
        self._last_question = (self._last_question + 1) % _REQUEST_IDS
        number = self._last_question
        parts = self._answers[number] = Parts()
        event = ApiDiagnose(
            question.session,
            question.sender,
            last_hop,
            interface,
            number,
            question.max_hops,
            question.along_route,
        )
        try:
            for _ in range(QUESTIONS_MAX):
                self._happens(event)
                with suppress(TimeoutError):
                    await asyncio.wait_for(parts.are_complete.wait(), ANSWER_S)
                    break
        finally:
            del self._answers[number]
        return Diagnosis(parts.responses, parts.are_complete.is_set())

    async def release(self, app: int) -> None:
        """RELEASE."""
        self.forget(app)

    def forget(self, app: int) -> None:
        """RELEASE, for a program that cannot wait or has died."""
        if app in self._apps:
            self._happens(ApiRelease(app))
            self._forget(app)

    def _forget(self, app: int) -> None:
        destination = self._apps.pop(app).registration.session.destination
        self._uses[destination] -= 1
        if destination.is_multicast:
            self._join_groups()
        elif not self._uses[destination]:
            del self._uses[destination], self._routes[destination]
            self._happens(RouteChanged(_host(destination), None))

    def _called(self, event: Event) -> None:
        """A call of an application, whose fault is the caller's to hear and nobody else's."""
        self._faults.clear()
        self._happens(event)
        if self._faults:
            raise CallError(self._faults[0].text)

    def _join_groups(self) -> None:
        wanted: set[Membership] = set()
        for app in self._apps.values():
            group = app.registration.session.destination
            if group.is_multicast and app.registration.listens:
                ways = self._listening(app.registration)
                wanted.update(Membership(group, number) for number in ways)
        for group in self._network.groups():
            wanted.update(Membership(group, number) for number in self._reaching(group))
        self._groups.want(wanted)

    def _listening(self, registration: Registration) -> list[int]:
        """The interfaces by which a program receives a group."""
        if registration.receiver is not None:
            home = self.node.home_of(registration.receiver)
            return [] if home is None else [home]
        return self._reaching(registration.session.destination)

    def _reaching(self, group: Address) -> list[int]:
        """The interfaces that have an address of the group's family."""
        return [i for i, one in self._interfaces.items() if one.address_towards(group) is not None]

    # --- the engine ---

    def _received(self, packet: PacketIn) -> None:
        if self.guard.admits(packet, self._clock_ns(), self._wall_ns()):
            self._happens(packet)
        else:
            self._send_guards()

    def _send(self, packet: SendPacket) -> None:
        signed = self.guard.signed(packet, self._clock_ns(), self._wall_ns())
        if signed is not None:
            self._network.send(signed)

    def _send_guards(self) -> None:
        """Send the guard's own messages."""
        for packet in self.guard.take_outbox():
            self._network.send(packet)
        self._set_alarm()

    def reload(self, integrity: Integrity) -> None:
        """Go by other rules and keys for signed messages."""
        self.guard.reload(*integrity)
        self._ask_neighbours()

    def _ask_neighbours(self) -> None:
        """Learn the sequence numbers of those whom keys name."""
        self.guard.begin(self._clock_ns(), self._wall_ns())
        self._send_guards()

    def _happens(self, event: Event) -> None:
        """Let the engine handle an event, and the answers to what it asks for in turn."""
        ahead = deque([event])
        while ahead:
            for effect in self.node.handle(ahead.popleft(), self._clock_ns()):
                if isinstance(effect, SendPacket):
                    self._send(effect)
                elif isinstance(effect, Program):
                    ahead.append(TargetResult(effect.txn, ok=True))
                elif isinstance(effect, Upcall):
                    self._tell(effect)
                elif isinstance(effect, DiagReply):
                    parts = self._answers.get(effect.reply.diagnostic.request_id)
                    if parts is not None:  # else it comes too late
                        parts.take(effect.reply)
                elif isinstance(effect, Trace):
                    LOG.debug(
                        "%s",
                        effect.kind.value,
                        extra={"session": effect.session, "detail": effect.text},
                    )
        self._set_alarm()

    def _tell(self, upcall: Upcall) -> None:
        if upcall.kind is UpcallKind.API_ERROR:
            self._faults.append(upcall)
        else:  # not now: the caller of `open` has to know its number first
            asyncio.get_running_loop().call_soon(self._deliver, upcall)

    def _deliver(self, upcall: Upcall) -> None:
        app = self._apps.get(upcall.app)
        if app is not None:
            app.on_upcall(upcall)

    def _set_alarm(self) -> None:
        self._alarm.set(self.node.deadline(), self.guard.deadline())

    def _ring(self) -> None:
        self.guard.tick(self._clock_ns())
        self._send_guards()
        self._happens(Tick())

    # --- the kernel ---

    async def _watch(self) -> None:
        """Look around anew whenever something has changed and then been quiet for a moment."""
        changed = asyncio.Event()
        listening = asyncio.create_task(self._listen(changed))
        try:
            while True:
                await changed.wait()
                await asyncio.sleep(SETTLING_S)
                changed.clear()
                await self._look_around()
        finally:
            listening.cancel()

    async def _listen(self, changed: asyncio.Event) -> None:
        async for _ in self._kernel.changes():
            changed.set()

    async def _look_around(self) -> None:
        """Bring the engine's interfaces and routes to what the kernel says."""
        found = await self._kernel.interfaces()
        old, self._interfaces = self._interfaces, found
        for number in old.keys() - found.keys():
            self._happens(InterfaceChanged(number, None))
        for number, config in found.items():
            if old.get(number) != config:
                self._happens(InterfaceChanged(number, config))
        if old.keys() != found.keys():
            # RFC 2205 3.9: a sender's address chooses the interface; so any may carry any group.
            for prefix in _ALL_GROUPS:
                self._happens(RouteChanged(prefix, Route(tuple(sorted(found)))))
        for destination in list(self._routes):
            await self._learn_route(destination)
        self._join_groups()

    async def _learn_route(self, destination: Address) -> None:
        route = await self._kernel.route(destination)
        if destination in self._routes and self._routes[destination] != route:
            self._routes[destination] = route
            self._happens(RouteChanged(_host(destination), route))


def _host(address: Address) -> Prefix:
    return Prefix(address, 8 * len(address))
