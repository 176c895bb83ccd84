"""The daemon: one node, one switch, and the event loop between them.

Punts and answers of the switch become events of the node, its effects become frames and
transactions. It decides nothing: RSVP is the engine's, what the switch holds the reconciler's, who
is on a link that of `Links`. Everything runs on one asyncio loop, so nothing needs a lock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from p4rsvp.alarm import Alarm
from p4rsvp.daemon.accounting.keeping import keep_accounts
from p4rsvp.daemon.decisions.asking import decision_point
from p4rsvp.daemon.forwarding import Forwarding, Wish
from p4rsvp.daemon.guarding import Guarding
from p4rsvp.daemon.intake import Intake
from p4rsvp.daemon.kernel.follow import Following
from p4rsvp.daemon.kernel.tables import NeighbourIs
from p4rsvp.daemon.links import Links
from p4rsvp.daemon.logs import Facts
from p4rsvp.daemon.policies import read_believed
from p4rsvp.daemon.proxies import read_proxies
from p4rsvp.daemon.recorder.tape import Tape, TapedNode
from p4rsvp.daemon.reload import restart_for
from p4rsvp.daemon.rib import Rib, Update
from p4rsvp.daemon.router import RouterConfig
from p4rsvp.engine.effects import Account, AskPolicy, Effect, Program, SendPacket, Trace, Upcall
from p4rsvp.engine.events import Event, TearDown, Tick
from p4rsvp.engine.node import Node
from p4rsvp.engine.timers import BUCKET_NS
from p4rsvp.fast.front import Front
from p4rsvp.fast.packet_in import Packets
from p4rsvp.security.guard import Mode
from p4rsvp.security.policy import Away, LocalPolicy
from p4rsvp.security.rations import Rates, Rations
from p4rsvp.target import static
from p4rsvp.target.cells import Cell, Content, State
from p4rsvp.target.interface import REPLICATION
from p4rsvp.target.numbers import PuntKind, ServiceClass
from p4rsvp.target.plan import Planner
from p4rsvp.target.reconciler import Reconciler
from p4rsvp.target.session import SwitchAddress, SwitchSession

LOG = logging.getLogger(__name__)


class Daemon:
    """One router."""

    def __init__(
        self,
        config: RouterConfig,
        clock_ns: Callable[[], int],
        seed: int,
        filter_seed: bytes,
        *,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Make a daemon.

        `seed` is the engine's chance; `filter_seed` is secret, the key of the refresh filter and of
        the guard's cookies.
        """
        self.config = config
        self._clock_ns = clock_ns
        recorder = config.settings.recorder
        has_accounts = bool(config.settings.accounting.file)
        node = replace(config.node, seed=seed, accounts=has_accounts)
        policy = _policy(config, wall_ns() - clock_ns())
        self.node = TapedNode(node, policy) if recorder.file else Node(node, policy)
        self.front = Front(self.node, filter_seed)
        self.tape: Tape | None = None
        if recorder.file:
            path = config.file(recorder.file)
            self.tape = Tape(path, recorder.size_bytes, recorder.segments, self.front)
        interfaces = config.interfaces.values()
        self.planner = Planner([*(one.departure() for one in interfaces), REPLICATION])
        self.reconciler = Reconciler(self.planner)
        self.forwarding = Forwarding(interfaces)
        self.links = Links(interfaces, self.forwarding, self)
        self.rib = Rib(config, self.forwarding)
        self.rib.listening = self.links.groups.membership.members
        self.proxies = read_proxies(config.settings)
        self.kernel: Following | None = None  # while it runs, where the file says so
        self.guarding = Guarding(config, self.node, self.links, filter_seed, wall_ns)
        self.rations = Rations(_rates(config))
        self._intake = Intake(self.front, self.links, self.guarding, self.rations)
        self.session = SwitchSession(
            _address(config),
            self.reconciler,
            on_packets=self._packets_in,
            on_answers=self._answered,
            on_state=self._found,
        )
        self.decisions = decision_point(config, self.happens)
        self.accounts = keep_accounts(config, self.session, self.planner, wall_ns)
        self._facts = Facts(LOG)
        self.on_trace: Callable[[Trace], None] = lambda _: None  # somebody who listens
        self._has_found = False
        self._looks_for_gateways = False
        self._orphans_due_ns: int | None = None
        # What is due in one bucket rings once: to wake costs more than to refresh.
        self._alarm = Alarm(clock_ns, self._ring, BUCKET_NS)

    def prepare(self) -> None:
        """Have what takes packets compiled or loaded before the first one comes."""
        self._intake.prepare()

    async def run(self) -> None:
        """Serve until cancelled."""
        self.reconciler.want_all(_fixed(self.config))
        self.apply(self.rib.start())
        keeping = None
        try:
            if self.accounts is not None:
                keeping = asyncio.create_task(self.accounts.run())
            if self.config.settings.routes.source == "kernel":
                # Before the switch is compared with it, so that no route goes to come again.
                self.kernel = Following(self.config, self.rib, self.apply, self._told)
                await self.kernel.start()
            await self.session.run()
        finally:
            if keeping is not None:
                keeping.cancel()
            await self.end_accounts()
            if self.decisions is not None:
                self.decisions.close()
            if self.kernel is not None:
                self.kernel.close()
            if self.tape is not None:
                self.tape.close()
            self._alarm.cancel()

    def _found(self, actual: State) -> None:
        """A session begins, and this is what the switch holds.

        At the first one, that is what a daemon before us has left: its reservations and neighbours
        are kept, for as long as state lives that nobody refreshes (RFC 2205 3.7).
        """
        if self._has_found:
            return
        self._has_found = True
        now_ns = self._clock_ns()
        self.reconciler.adopt(actual)
        times = (one.times for one in self.config.node.interfaces)
        lifetime_ns = max(one.lifetime_ns(one.refresh_period_ms) for one in times)
        self._orphans_due_ns = now_ns + lifetime_ns
        self.links.adopt(actual, now_ns)
        self._want_all(self.rib.begin())
        self.links.begin(now_ns)
        self.proxies.begin(now_ns)
        self.guarding.begin(now_ns)
        self._set_alarm()

    def _abandon_orphans(self, now_ns: int) -> None:
        if self._orphans_due_ns is not None and self._orphans_due_ns <= now_ns:
            self._orphans_due_ns = None
            self.reconciler.abandon()
            self.session.wake()

    async def end_accounts(self) -> None:
        """Close all accounts, with a last look at the switch's counters while it is there."""
        if self.accounts is not None:
            await self.accounts.close()

    async def tear_down(self) -> None:
        """End all reservations, and tell the neighbours."""
        self.happens(TearDown())
        await self.carried_out()

    async def carried_out(self) -> None:
        """Wait until the switch holds what has been decided, and has sent what is to be sent."""
        await self.session.settled()
        await self.session.sent()

    def reload(self, config: RouterConfig) -> tuple[str, ...]:
        """Take over another configuration, unless it needs a restart: then, the keys that do."""
        refused = restart_for(self.config, config)
        if refused:
            return refused
        before, after = _fixed(self.config), _fixed(config)
        self._want_all((cell, None) for cell in before if cell not in after)
        self.reconciler.want_all(after)
        self.config = config
        self.apply(self.rib.reload(config))
        self.guarding.reload(config, self._clock_ns())
        self.rations.reload(_rates(config))
        self._set_alarm()
        self.session.wake()
        return ()

    def apply(self, update: Update) -> None:
        """Routes, trees or links have changed."""
        self._want_all(update.wishes)
        for event in update.events:
            self.happens(event)
        if self.rib.links != self.links.interfaces:
            self.links.set_interfaces(self.rib.links, self._clock_ns())
        if self._has_found and not self._looks_for_gateways:  # once for all of this turn
            self._looks_for_gateways = True
            asyncio.get_running_loop().call_soon(self._look_for_gateways)
        self._set_alarm()

    def _look_for_gateways(self) -> None:
        self._looks_for_gateways = False
        self.links.begin(self._clock_ns())
        self._set_alarm()

    def _told(self, neighbour: NeighbourIs) -> None:
        """The kernel knows a neighbour."""
        self.links.told(*neighbour, self._clock_ns())
        self._set_alarm()

    def _want_all(self, wishes: Iterable[Wish]) -> None:
        for cell, content in wishes:
            self.want(cell, content)

    # --- what happens ---

    def happens(self, event: Event) -> None:
        """Something happens to the node."""
        now_ns = self._clock_ns()
        self._carry_out(self.front.handle(event, now_ns), now_ns)

    def _packets_in(self, packets: Packets) -> bool:
        """Packets have come; whether they may have changed anything."""
        now_ns = self._clock_ns()
        effects = self._intake.take(packets, now_ns)
        if not effects and not self._intake.is_news:
            return False
        self._carry_out(effects, now_ns)
        self._follow_listeners()
        return True

    def _follow_listeners(self) -> None:
        """Trees lead to where hosts have joined, and no more to where they have left."""
        groups = self.links.groups.membership.take_changed()
        if groups:
            self.apply(self.rib.listeners_changed(groups))

    def _answered(self) -> None:
        results, self.reconciler.results = self.reconciler.results, []
        for result in results:
            self.happens(result)
        self._set_alarm()

    def _carry_out(self, effects: Iterable[Effect], now_ns: int) -> None:
        for effect in effects:
            if isinstance(effect, SendPacket):
                self._send_message(effect, now_ns)
            elif isinstance(effect, Program):
                self.reconciler.program(effect)
                self.session.wake()
            elif isinstance(effect, Trace):
                self._facts.log(effect, now_ns)
                self.on_trace(effect)
            elif isinstance(effect, Account):
                assert self.accounts is not None, "else the node tells nothing of accounts"
                self.accounts.take(effect)
            elif isinstance(effect, AskPolicy):
                assert self.decisions is not None, "else no rule asks"
                self.decisions.take(effect)
            elif isinstance(effect, Upcall):
                LOG.debug("%s", effect)
        if self.reconciler.results:  # what needs no write, or has no room, is answered at once
            asyncio.get_running_loop().call_soon(self._answered)
        self._set_alarm()

    def _send_message(self, packet: SendPacket, now_ns: int) -> None:
        """Send it, unless a proxy takes it for a host that would not understand it."""
        taken = self.proxies.take(packet, self.node.sessions)
        if not taken.sinks:
            self.guarding.send(packet, now_ns)
        for answer in taken.answers:  # not now: the engine's effects come first, in their order
            asyncio.get_running_loop().call_soon(self.happens, answer)

    # --- the switch, as links see it ---

    def send(self, port: int, frame: bytes, service_class: ServiceClass) -> None:
        """Have the switch send a frame."""
        self.session.send(port, frame, service_class)

    def want(self, cell: Cell, content: Content | None) -> None:
        """Have a cell of the switch hold this."""
        self.reconciler.want(cell, content)
        self.session.wake()

    # --- time ---

    def _set_alarm(self) -> None:
        """Come back when the first of all timers is due."""
        self._alarm.set(
            self.front.deadline(),
            self.links.neighbours.deadline(),
            self.links.groups.membership.deadline(),
            self.guarding.deadline(),
            self._orphans_due_ns,
            self.proxies.deadline(),
        )

    def _ring(self) -> None:
        now_ns = self._clock_ns()
        self._abandon_orphans(now_ns)
        self.links.tick(now_ns)
        self.guarding.tick(now_ns)
        self._carry_out(self.front.handle(Tick(), now_ns), now_ns)
        for announcement in self.proxies.tick(now_ns):
            self.happens(announcement)
        self._follow_listeners()


def _policy(config: RouterConfig, wall_offset_ns: int) -> LocalPolicy | None:
    """Who may do what; None: everybody may, without being asked for."""
    table = config.settings.policy
    allows = table.default == "allow"
    refuses_unverified = table.unverified_credentials == "refuse"
    if allows and not config.rules and not table.preempts and not refuses_unverified:
        return None
    point = table.decision_point
    return LocalPolicy(
        config.rules,
        default=allows,
        wall_offset_ns=wall_offset_ns,
        believed=read_believed(table),
        signed=frozenset(n for n in config.interfaces if config.integrity.of(n) is Mode.REQUIRED),
        refuses_unverified=refuses_unverified,
        away=Away.REFUSE if point is None else Away(point.away),
    )


def _rates(config: RouterConfig) -> Rates:
    table = config.settings.messages
    interfaces = config.settings.interface
    own = {one.number: one.messages_per_s for one in interfaces if one.messages_per_s is not None}
    return Rates(table.neighbour_per_s, table.strangers_per_s, table.interface_per_s, own)


def _address(config: RouterConfig) -> SwitchAddress:
    table = config.settings.switch
    return SwitchAddress(
        table.address,
        table.device_id,
        table.election_id,
        config.file(table.p4info),
        config.file(table.program),
        config.credentials(),
    )


def _own_punts(config: RouterConfig, port: int) -> int | None:
    """What an interface says of its port's punts of RSVP, in the place of what all have."""
    there = [one.rsvp_punts_per_s for one in config.settings.interface if one.port == port]
    return max((one for one in there if one is not None), default=None)


def _fixed(config: RouterConfig) -> dict[Cell, Content]:
    """What stands in the switch as long as the file says so."""
    punts = config.settings.punts
    limits = {
        PuntKind.RSVP: punts.rsvp_per_s,
        PuntKind.LINK: punts.link_per_s,
        PuntKind.OTHER: punts.other_per_s,
    }
    cells = static.verdict_cells()
    for port in {one.port for one in config.interfaces.values()}:
        own = _own_punts(config, port)
        cells |= static.punt_cells([port], limits | ({PuntKind.RSVP: own} if own else {}))
    for interface in config.interfaces.values():
        cells |= static.interface_cells(interface) | static.address_cells(interface)
    return cells
