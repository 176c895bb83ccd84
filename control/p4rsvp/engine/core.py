"""What every rule of the engine works on: a node's tables, timers, counters and outbox.

The modules that hold the rules import this one and never node.py, which hands each event to its
rule; so they can be read from the bottom up. Nothing in here decides anything about RSVP.
"""

from __future__ import annotations

from msgspec.structs import replace

from p4rsvp.engine.chance import Chance
from p4rsvp.engine.config import (
    MOST_MESSAGE_BYTES,
    NEIGHBOUR_TTL,
    InterfaceConfig,
    NodeConfig,
    Role,
    TimeParameters,
)
from p4rsvp.engine.counters import Counters
from p4rsvp.engine.effects import Cause, Effect, SendPacket, Trace, TraceKind
from p4rsvp.engine.holders import Holders
from p4rsvp.engine.known import APP_SESSIONS
from p4rsvp.engine.lifetimes import Lifetime, Lifetimes
from p4rsvp.engine.pending import Pending
from p4rsvp.engine.policy import AllowAll, PolicyControl
from p4rsvp.engine.ports import Ports
from p4rsvp.engine.routes import Routes
from p4rsvp.engine.standing import Standing
from p4rsvp.engine.state import SessionState, Tcsb
from p4rsvp.engine.timers import Timers
from p4rsvp.intserv import advertise
from p4rsvp.intserv.traffic_control import TrafficControl
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.header import MessageTooLongError
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import AnySession, Message
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session


class Core:
    """A node, but for its rules."""

    def __init__(self, config: NodeConfig, policy: PolicyControl | None = None) -> None:
        self.config = config
        self.is_router = bool(config.role & Role.ROUTER)
        self.policy: PolicyControl = policy or AllowAll()
        self.now_ns = 0
        self.chance = Chance(config.seed)
        self.timers = Timers()
        self.lifetimes = Lifetimes(self.timers)
        self.routes = Routes()
        self.counters = Counters()
        self.holders = Holders()
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
        self.cause = Cause.ANOTHER  # what is going on, should a reservation end by it
        self.endings: dict[int, Cause] = {}  # of reservations that are being removed
        self.pending = Pending()
        self.standing = Standing()  # empty unless policy preempts
        self._last_id = 0
        self._effects: list[Effect] = []
        for interface in config.interfaces:
            self.add_interface(interface)

    def begin(self, now_ns: int) -> list[Effect]:
        """Turn to the next event; gives the list that its effects will be put into."""
        assert now_ns >= self.now_ns, f"time runs backwards, from {self.now_ns} ns to {now_ns} ns"
        self.now_ns = now_ns
        self.remembered = None
        self.lifetimes.forgotten.clear()
        effects = self._effects = []
        return effects

    def deadline(self) -> int | None:
        """When the next Tick is due, if nothing else happens; never too late."""
        return self.timers.deadline()

    def add_interface(self, interface: InterfaceConfig) -> None:
        """Begin to use an interface, or use it as it is described now."""
        self.interfaces[interface.id] = interface
        self.own_addresses.update(interface.addresses)
        self.hops[interface.id] = interface.link.hop()
        control = self.controls.get(interface.id)
        if control is None:
            self.controls[interface.id] = TrafficControl(interface.link)
        else:
            control.link = interface.link
            control.budget.limits = interface.link.limits

    def begin_session(self, session: Session | GpiSession) -> SessionState:
        """The state of a session that has none yet."""
        key = plain(session)
        state = self.sessions[key] = SessionState(key)
        self.ports.begin(key)
        return state

    def find_session(self, session: AnySession) -> SessionState | None:
        """The state of a session, if there is any; there is none of what we cannot read."""
        if not isinstance(session, APP_SESSIONS):
            return None
        return self.sessions.get(plain(session) if session.flags else session)

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
        found = (i.address_towards(session.destination) for i in self.interfaces.values())
        return next((a for a in found if a is not None), Address(bytes(len(session.destination))))

    def remember(self, lifetime: Lifetime) -> None:
        """The message at hand, if it came again, would do nothing but extend this lifetime.

        Not if some of what it asked for has been undone since.
        """
        if lifetime.slot not in self.lifetimes.forgotten:
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

    def encoded(self, message: Message) -> bytes:
        """The message as bytes; nothing, and a fact, where no datagram has room for it.

        RFC 2205 3.3: each message fills one IP datagram. What comes in may hold nearly that much,
        and an answer or a merged request would hold more; whoever sends, sends nothing then.
        """
        try:
            data = encode(message)
        except MessageTooLongError as error:
            self.trace(TraceKind.TOO_LONG, getattr(message, "session", None), str(error))
            return b""
        if len(data) > MOST_MESSAGE_BYTES:
            text = f"{message.type.name} of {len(data)} bytes; {MOST_MESSAGE_BYTES} is the most"
            self.trace(TraceKind.TOO_LONG, getattr(message, "session", None), text)
            return b""
        return data

    def send_to_neighbour(self, interface: int, neighbour: Address, message: Message) -> None:
        """Send to a previous or next hop."""
        whole = replace(message, send_ttl=NEIGHBOUR_TTL)
        self.send_bytes(interface, neighbour, message.type, self.encoded(whole))

    def send_bytes(
        self, interface: int, neighbour: Address, message_type: MessageType, data: bytes
    ) -> None:
        """Send a message that is encoded already; if it is empty, nothing."""
        if not data:
            return
        config = self.interfaces.get(interface)
        source = None if config is None else config.address_towards(neighbour)
        if source is None:  # the interface is down: soft state will see to the rest
            return
        self.counters.sent[message_type] += 1
        self._effects.append(
            SendPacket(interface, source, neighbour, NEIGHBOUR_TTL, router_alert=False, data=data)
        )


def plain(session: Session | GpiSession) -> Session | GpiSession:
    """The session without its flags, which do not belong to its identity (RFC 2205 A.1)."""
    return replace(session, flags=0) if session.flags else session
