"""A node on a bench: short words for what reaches it, and a record of what comes out.

Interface n is ours as 10.0.n.1 and fd00:n::1; its neighbours are 10.0.n.x. Senders sit behind
interface 1, and GROUP and UNI are routed to interfaces 2 and 3, and to 2. The data plane is the
simulator's: it answers at once, unless `answers` is off, and a transaction that makes no sense
fails the test. Time passes only in `wait`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from p4rsvp.engine.config import InterfaceConfig, Limits, NodeConfig, Role, TimeParameters
from p4rsvp.engine.effects import (
    Effect,
    Program,
    SendPacket,
    Trace,
    TraceKind,
    Upcall,
    UpcallKind,
)
from p4rsvp.engine.events import (
    ApiReserve,
    ApiSender,
    ApiSession,
    Event,
    PacketIn,
    Prefix,
    Route,
    RouteChanged,
    TargetResult,
    Tick,
)
from p4rsvp.engine.node import Node
from p4rsvp.engine.policy import PolicyControl
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.sim.target import Entry, Target
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, ErrorFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import (
    Message,
    Path,
    PathErr,
    PathTear,
    Resv,
    ResvConf,
    ResvErr,
    ResvTear,
)
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import flowspec, tspec
from tests.engine.network import ETHERNET

SECOND_NS = 1_000_000_000
REFRESH_MS = 30_000
LIFETIME_MS = 157_500  # (3 + 0.5) * 1.5 * R
TIMER_MS = 17  # timers stand in buckets, and come due up to so much late
PLENTY = 40  # what senders announce, never less than what is reserved
UDP = 17


def address(text: str) -> Address:
    return Address.parse(text)


def ours(interface: int) -> Address:
    return address(f"10.0.{interface}.1")


def neighbour(interface: int, last: int = 9) -> Address:
    return address(f"10.0.{interface}.{last}")


def sender(number: int, port: int | None = None) -> PortSelector:
    return PortSelector(address(f"10.8.0.{number}"), 7_000 + number if port is None else port)


S1, S2, S3 = sender(1), sender(2), sender(3)
GROUP = Session(address("239.1.1.1"), UDP, 5_000)
UNI = Session(address("10.9.0.9"), UDP, 5_000)


def want(multiple: int | None, *senders: Selector) -> FlowDescriptor:
    """So many times B for these senders; None: a tear's, without a flowspec."""
    wanted = None if multiple is None else flowspec(multiple)
    return FlowDescriptor(wanted, tuple(FilterSpec(one) for one in senders))


def multiple_of(flow: FlowDescriptor) -> int:
    """How many times B a flow descriptor asks for."""
    assert isinstance(flow.flowspec, Flowspec)
    return int(flow.flowspec.tspec.token_rate_bytes_per_s) // 1_000


def named(flow: FlowDescriptor) -> set[Selector]:
    """The senders that a flow descriptor names."""
    return {item.selector for item in flow.filters if isinstance(item, FilterSpec)}


class Sent(NamedTuple):
    """A message that the node sent."""

    packet: SendPacket
    message: Any

    @property
    def to(self) -> Address:
        return self.packet.destination


@dataclass
class Outcome:
    """What came of an event, in its order."""

    effects: list[Effect] = field(default_factory=list)

    def packets(self) -> list[SendPacket]:
        return [e for e in self.effects if isinstance(e, SendPacket)]

    def sent(self, kind: type[Message] | None = None, *, by: int | None = None) -> list[Sent]:
        """The messages of a type, all or those out of one interface."""
        decoded = [Sent(packet, decode(packet.data)) for packet in self.packets()]
        return [
            one
            for one in decoded
            if (kind is None or type(one.message) is kind)
            and (by is None or one.packet.interface == by)
        ]

    def only(self, kind: type[Message], *, by: int | None = None) -> Any:
        """The one message of this type."""
        (found,) = self.sent(kind, by=by)
        assert isinstance(found.message, kind)
        return found.message

    def error(self, kind: type[PathErr | ResvErr]) -> ErrorSpec:
        """The ERROR_SPEC of the one error message."""
        (found,) = self.sent(kind)
        assert isinstance(found.message.error, ErrorSpec)
        return found.message.error

    def refused_with(self, kind: type[PathErr | ResvErr]) -> tuple[int, int]:
        """Error code and value of the one error message."""
        error = self.error(kind)
        return error.code, error.value

    def upcalls(self, kind: UpcallKind) -> list[Upcall]:
        return [e for e in self.effects if isinstance(e, Upcall) and e.kind is kind]

    def upcall(self, kind: UpcallKind) -> Upcall:
        (found,) = self.upcalls(kind)
        return found

    def programs(self) -> list[Program]:
        return [e for e in self.effects if isinstance(e, Program)]

    def traced(self, kind: TraceKind) -> bool:
        return any(isinstance(e, Trace) and e.kind is kind for e in self.effects)

    @property
    def silent(self) -> bool:
        """Nothing but, perhaps, a line in the log."""
        return all(isinstance(effect, Trace) for effect in self.effects)


def interface(
    number: int, link: LinkConfig = ETHERNET, times: TimeParameters | None = None, **properties: Any
) -> InterfaceConfig:
    """Interface n as the module head says, with what differs."""
    addresses = properties.pop("addresses", (ours(number), address(f"fd00:{number}::1")))
    return InterfaceConfig(
        number, f"if{number}", addresses, link, times=times or TimeParameters(), **properties
    )


class Rig:
    """A node, its clock and its data plane."""

    def __init__(
        self,
        interfaces: Iterable[InterfaceConfig] | None = None,
        *,
        role: Role = Role.ROUTER,
        limits: Limits | None = None,
        policy: PolicyControl | None = None,
        seed: int = 1,
        null_dscp: int | None = None,
    ) -> None:
        chosen = tuple(interfaces or (interface(number) for number in (1, 2, 3)))
        config = NodeConfig("node", chosen, role, limits or Limits(), seed, null_dscp=null_dscp)
        self.node = Node(config, policy)
        self.target = Target()
        self.answers = True
        self.unanswered: list[Program] = []
        self.now_ns = 0
        self.route(GROUP.destination, 2, 3, incoming=1)
        self.route(UNI.destination, 2)

    # Time and the world

    def happens(self, event: Event) -> Outcome:
        """One event, and the answers of the data plane to what it asks for."""
        effects = list(self.node.handle(event, self.now_ns))
        outcome = Outcome(list(effects))
        for effect in effects:
            if not isinstance(effect, Program):
                continue
            if self.answers:
                outcome.effects += self.happens(self.target.carry_out(effect)).effects
            else:
                self.unanswered.append(effect)
        return outcome

    def answer(self, *, ok: bool = True) -> Outcome:
        """The data plane answers the oldest transaction."""
        program = self.unanswered.pop(0)
        if ok:
            return self.happens(self.target.carry_out(program))
        return self.happens(TargetResult(program.txn, ok=False, why="no room in the table"))

    def answer_all(self) -> Outcome:
        """The data plane carries out all that is waiting, and what follows from it."""
        outcome = Outcome()
        while self.unanswered:
            outcome.effects += self.answer().effects
        return outcome

    def wait(self, wait_ms: float) -> Outcome:
        """Let time pass, with whatever comes due."""
        until_ns = self.now_ns + int(wait_ms * 1_000_000)
        outcome = Outcome()
        while (due_ns := self.node.deadline()) is not None and due_ns <= until_ns:
            self.now_ns = max(self.now_ns, due_ns)
            outcome.effects += self.happens(Tick()).effects
        self.now_ns = until_ns
        return outcome

    def route(
        self,
        destination: Address,
        *outgoing: int,
        incoming: int | None = None,
        source: Address | None = None,
    ) -> Outcome:
        """Routing says this of a destination; no outgoing interfaces: unreachable."""
        prefix = Prefix(destination, 8 * len(destination))
        route = Route(outgoing, incoming) if outgoing or incoming else None
        return self.happens(RouteChanged(prefix, route, source))

    def held(self, number: int) -> list[Entry]:
        """What the data plane holds for an interface."""
        return self.target.held(number)

    # Messages

    def receive(
        self,
        message: Message | bytes,
        *,
        by: int,
        source: Address | None = None,
        destination: Address | None = None,
        ttl: int | None = 255,
        router_alert: bool = False,
    ) -> Outcome:
        """A packet comes in."""
        data = message if isinstance(message, bytes) else encode(message)
        return self.happens(
            PacketIn(by, source or neighbour(by), destination or ours(by), ttl, router_alert, data)
        )

    def path(
        self,
        selector: Selector = S1,
        *,
        session: Any = GROUP,
        by: int = 1,
        hop: Hop | None = None,
        multiple: int = PLENTY,
        refresh_ms: int = REFRESH_MS,
        ttl: int | None = 60,
        **fields: Any,
    ) -> Outcome:
        """A Path message of this sender."""
        parts: dict[str, Any] = {
            "session": session,
            "hop": hop or Hop(neighbour(by), 90 + by),
            "time_values": TimeValues(refresh_ms),
            "template": SenderTemplate(selector),
            "tspec": SenderTspec(tspec(multiple)),
            "send_ttl": 60,
        }
        message = Path(**parts | fields)
        destination = getattr(session, "destination", None)
        return self.receive(
            message,
            by=by,
            source=selector.source,
            destination=destination,
            ttl=ttl,
            router_alert=True,
        )

    def path_tear(
        self, selector: Selector = S1, *, session: Any = GROUP, by: int = 1, **fields: Any
    ) -> Outcome:
        """A PathTear of this sender."""
        hop = fields.pop("hop", Hop(neighbour(by), 90 + by))
        message = PathTear(session, hop, SenderTemplate(selector), send_ttl=60, **fields)
        return self.receive(
            message,
            by=by,
            source=selector.source,
            destination=session.destination,
            ttl=60,
            router_alert=True,
        )

    def resv(
        self,
        style: Style,
        *flows: FlowDescriptor,
        session: Any = GROUP,
        by: int = 2,
        nhop: Address | None = None,
        lih: int | None = None,
        refresh_ms: int = REFRESH_MS,
        **fields: Any,
    ) -> Outcome:
        """A Resv message of a next hop."""
        hop = Hop(nhop or neighbour(by), by if lih is None else lih)
        time_values = TimeValues(refresh_ms)
        message = Resv(session, hop, time_values, style, flows, send_ttl=255, **fields)
        return self.receive(message, by=by, source=hop.address)

    def resv_tear(
        self,
        style: Style,
        *flows: FlowDescriptor,
        session: Any = GROUP,
        by: int = 2,
        nhop: Address | None = None,
        lih: int | None = None,
        **fields: Any,
    ) -> Outcome:
        """A ResvTear message of a next hop."""
        hop = Hop(nhop or neighbour(by), by if lih is None else lih)
        message = ResvTear(session, hop, style, flows, send_ttl=255, **fields)
        return self.receive(message, by=by, source=hop.address)

    def path_err(self, selector: Selector = S1, *, by: int = 2, **fields: Any) -> Outcome:
        """A PathErr of a next hop."""
        error = ErrorSpec(neighbour(by), ErrorCode.POLICY_CONTROL_FAILURE, 3)
        parts: dict[str, Any] = {
            "session": GROUP,
            "error": error,
            "template": SenderTemplate(selector),
            "tspec": SenderTspec(tspec(PLENTY)),
            "send_ttl": 255,
        }
        message = PathErr(**parts | fields)
        return self.receive(message, by=by)

    def resv_err(
        self,
        style: Style,
        flow: FlowDescriptor,
        *,
        by: int = 1,
        hop: Hop | None = None,
        code: int = ErrorCode.ADMISSION_CONTROL_FAILURE,
        value: int = 2,
        flags: int = 0,
        **fields: Any,
    ) -> Outcome:
        """A ResvErr of a previous hop."""
        phop = hop or Hop(neighbour(by), 90 + by)
        error = ErrorSpec(phop.address, code, value, flags)
        parts: dict[str, Any] = {"session": GROUP, "flows": (flow,), "send_ttl": 255}
        message = ResvErr(hop=phop, error=error, style=style, **parts | fields)
        return self.receive(message, by=by, source=phop.address)

    def resv_conf(self, message: ResvConf, *, by: int = 1) -> Outcome:
        """A ResvConf on its way to its receiver."""
        receiver = message.confirm.receiver
        return self.receive(message, by=by, destination=receiver, ttl=200, router_alert=True)

    # Applications

    def joins(self, app: int, session: Any = GROUP) -> Outcome:
        """An application takes part in a session."""
        return self.happens(ApiSession(app, session))

    def announces(self, app: int, selector: Selector, multiple: int = PLENTY) -> Outcome:
        """An application begins to send."""
        return self.happens(ApiSender(app, selector, tspec(multiple)))

    def reserves(
        self, app: int, style: Style, *flows: FlowDescriptor, **parameters: Any
    ) -> Outcome:
        """An application wants these reservations and no others."""
        return self.happens(ApiReserve(app, style, flows, **parameters))

    # What must be left when all is over

    def remains(self) -> list[str]:
        """Whatever the node still keeps; a node that is idle keeps nothing."""
        node, found = self.node, []
        found += [f"session {session}" for session in node.sessions]
        found += [f"budget of interface {i}" for i, c in node.controls.items() if len(c.budget)]
        found += [f"transaction {txn}" for txn in node.transactions]
        found += [f"neighbour {who}: {n}" for who, n in node.holders.by_neighbour.items()]
        found += [f"user {who}: {n}" for who, n in node.holders.by_user.items()]
        found += ["half-open states"] * node.holders.half_open.total
        found += ["path states"] * node.counters.path_states
        found += ["reservation states"] * node.counters.reservation_states
        found += [f"data plane {entry}" for entry in self.target.entries.values()]
        found += ["a lifetime"] * node.lifetimes.count
        found += ["a timer"] * node.timers.count
        return found


IN_PLACE = ErrorFlag.IN_PLACE
NOT_GUILTY = ErrorFlag.NOT_GUILTY
