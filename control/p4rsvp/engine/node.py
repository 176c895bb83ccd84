"""A node: events and the time in, effects out, and when to come back with a Tick.

Owns the tables and the outbox; the rules live in the modules that `handle` calls: arrival.py
(messages), path.py, resv.py, errors.py, confirm.py, traffic.py (UPDATE TRAFFIC CONTROL),
upstream.py (RESV REFRESH), api.py, topology.py (routes and interfaces), expiry.py (timers). All of
it is pure: the same seed and events give the same effects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from p4rsvp.engine import api, arrival, expiry, shutdown, topology, traffic
from p4rsvp.engine.chance import Chance
from p4rsvp.engine.config import NEIGHBOUR_TTL, InterfaceConfig, NodeConfig, Role, TimeParameters
from p4rsvp.engine.counters import Counters
from p4rsvp.engine.effects import Effect, SendPacket, Trace, TraceKind
from p4rsvp.engine.events import (
    ApiRelease,
    ApiReserve,
    ApiSender,
    ApiSession,
    Event,
    InterfaceChanged,
    PacketIn,
    RouteChanged,
    TargetPreempts,
    TargetResult,
    TearDown,
    Tick,
)
from p4rsvp.engine.known import APP_SESSIONS
from p4rsvp.engine.lifetimes import Lifetime, Lifetimes
from p4rsvp.engine.policy import AllowAll, Policy
from p4rsvp.engine.ports import Ports
from p4rsvp.engine.routes import Routes
from p4rsvp.engine.state import SessionState, Tcsb
from p4rsvp.engine.timers import Timers
from p4rsvp.intserv import advertise
from p4rsvp.intserv.traffic_control import TrafficControl
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import AnySession, Message
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session


class Node:
    """One RSVP-capable router, host, or both."""

    def __init__(self, config: NodeConfig, policy: Policy | None = None) -> None:
        self.config = config
        self.is_router = bool(config.role & Role.ROUTER)
        self.policy: Policy = policy or AllowAll()
        self.now_ns = 0
        self.chance = Chance(config.seed)
        self.timers = Timers()
        self.lifetimes = Lifetimes(self.timers)
        self.routes = Routes()
        self.counters = Counters()
        # The lifetime that the last message's repetition would only extend (docs/architecture.md).
        self.remembered: Lifetime | None = None
        self.interfaces: dict[int, InterfaceConfig] = {}
        self.controls: dict[int, TrafficControl[int]] = {}
        self.hops: dict[int, advertise.Hop] = {}  # what each link exports into ADSPECs
        self.own_addresses: set[Address] = set()
        self.sessions: dict[Session | GpiSession, SessionState] = {}
        self.ports = Ports(self.sessions)
        self.apps: dict[int, SessionState] = {}
        self.transactions: dict[int, Tcsb] = {}
        self._last_id = 0
        self._effects: list[Effect] = []
        for interface in config.interfaces:
            topology.add_interface(self, interface)

    def handle(self, event: Event, now_ns: int) -> list[Effect]:
        """Take one event; time never runs backwards."""
        assert now_ns >= self.now_ns, f"time runs backwards, from {self.now_ns} ns to {now_ns} ns"
        self.now_ns = now_ns
        self._effects = []
        self.remembered = None
        self.lifetimes.forgotten.clear()
        _HANDLERS[type(event)](self, event)
        return self._effects

    def deadline(self) -> int | None:
        """When the next Tick is due, if nothing else happens; never too late."""
        return self.timers.deadline()

    def session(self, session: Session | GpiSession) -> SessionState:
        """The state of a session, which begins where there is none."""
        key = plain(session)
        state = self.sessions.get(key)
        if state is None:
            state = self.sessions[key] = SessionState(key)
            self.ports.begin(key)
        return state

    def find_session(self, session: AnySession) -> SessionState | None:
        """The state of a session, if there is any; there is none of what we cannot read."""
        if not isinstance(session, APP_SESSIONS):
            return None
        return self.sessions.get(plain(session))

    def drop_if_empty(self, state: SessionState) -> None:
        """Forget a session of which nothing is left."""
        if state.is_empty and self.sessions.get(state.session) is state:
            del self.sessions[state.session]
            self.ports.end(state.session)
            for bsb in state.bsbs:
                self.timers.cancel(bsb)
            state.bsbs, state.repair = (), None  # which point back to it, as in path.remove

    def home_of(self, address: Address) -> int | None:
        """Which of our interfaces bears this address."""
        return next((i.id for i in self.interfaces.values() if address in i.addresses), None)

    def identity(self, session: Session | GpiSession) -> Address:
        """Our address where no interface suggests one."""
        version = session.destination.version
        found = (i.address(version) for i in self.interfaces.values())
        return next((a for a in found if a is not None), Address(bytes(len(session.destination))))

    def remember(self, lifetime: Lifetime) -> None:
        """The message at hand, if it came again, would do nothing but extend this lifetime."""
        self.remembered = lifetime

    def slewed(self, period_ms: int, times: TimeParameters) -> int:
        """The next R: what is configured, reached by steps of at most Slew.Max (RFC 2205 3.7)."""
        wanted = times.refresh_period_ms
        if not period_ms or wanted <= period_ms:
            return wanted
        return min(wanted, int(period_ms * (1 + times.slew_max)))

    def next_id(self) -> int:
        """A handle or transaction number that this node has not used."""
        self._last_id += 1
        return self._last_id

    def emit(self, effect: Effect) -> None:
        """Put an effect into the outbox."""
        self._effects.append(effect)

    def trace(self, kind: TraceKind, session: WireObject | None = None, text: str = "") -> None:
        """State a fact, and count it."""
        self.counters.traces[kind] += 1
        self._effects.append(Trace(kind, session, text))

    def send_to_neighbour(self, interface: int, neighbour: Address, message: Message) -> None:
        """Send to a previous or next hop."""
        whole = replace(message, send_ttl=NEIGHBOUR_TTL)
        self.send_bytes(interface, neighbour, message.type, encode(whole))

    def send_bytes(
        self, interface: int, neighbour: Address, message_type: MessageType, data: bytes
    ) -> None:
        """Send a message that is encoded already."""
        config = self.interfaces.get(interface)
        source = None if config is None else config.address(neighbour.version)
        if source is None:  # the interface is down: soft state will see to the rest
            return
        self.counters.sent[message_type] += 1
        self.emit(
            SendPacket(interface, source, neighbour, NEIGHBOUR_TTL, router_alert=False, data=data)
        )


def plain(session: Session | GpiSession) -> Session | GpiSession:
    """The session without its flags, which do not belong to its identity (RFC 2205 A.1)."""
    return replace(session, flags=0) if session.flags else session


_HANDLERS: dict[type, Callable[[Node, Any], None]] = {
    PacketIn: arrival.packet_in,
    RouteChanged: topology.route_changed,
    InterfaceChanged: topology.interface_changed,
    TargetResult: traffic.target_result,
    TargetPreempts: traffic.target_preempts,
    Tick: expiry.tick,
    TearDown: shutdown.tear_down,
    ApiSession: api.open_session,
    ApiSender: api.sender,
    ApiReserve: api.reserve,
    ApiRelease: api.release,
}
