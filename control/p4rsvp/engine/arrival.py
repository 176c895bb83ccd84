"""MESSAGE ARRIVES (RFC 2209 2): decode, decide whether it is ours, check it, hand it to its module.

Checks that need no state of the message's own come first (checks.py). What cannot be decoded is
answered where RFC 2205 appendix B has an answer, and is otherwise a trace and a counter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from p4rsvp.engine import checks, confirm, diagnose, errors, faults, notify, path, resv
from p4rsvp.engine.config import Role
from p4rsvp.engine.effects import AskPolicy, Cause, SendPacket, TraceKind
from p4rsvp.engine.known import known_path, known_resv, known_tear
from p4rsvp.engine.pending import Held
from p4rsvp.engine.policy import Accepted, Undecided, Verdict
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.transit import is_in_transit
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.extensions import Drep, Dreq
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.message import Bundle, decode
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

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import Answer, PacketIn, PolicyAnswer
    from p4rsvp.engine.known import KnownResv
    from p4rsvp.engine.state import SessionState
    from p4rsvp.wire.objects import WireObject

_Asking = TypeVar("_Asking", Path, Resv)


def packet_in(node: Core, packet: PacketIn) -> None:
    """Take one RSVP packet."""
    interface = node.interfaces.get(packet.interface)
    if interface is None or not interface.rsvp:
        text = f"RSVP is off on interface {packet.interface}"
        _unused(node, _type_of(packet), TraceKind.DROPPED, text=text)
        return
    if is_in_transit(node, packet.data, packet.destination):
        _pass_on(node, packet)
        return
    try:
        message = decode(packet.data)
    except DecodeError as error:
        _unused(node, _type_of(packet), TraceKind.MALFORMED, text=str(error))
        notify.answer_malformed(node, interface, error)
        return
    for one in message.messages if isinstance(message, Bundle) else (message,):
        _dispatch(node, interface, packet, one)


def _dispatch(node: Core, interface: InterfaceConfig, packet: PacketIn, message: Message) -> None:
    node.counters.received[message.type] += 1
    rule = _RULES.get(type(message))
    if rule is None:
        text = f"no use for a {message.type.name} here"
        _unused(node, message.type, TraceKind.DROPPED, text=text)
        return
    fault = faults.fault_of(node, message)
    if fault is not None:
        session = message.session  # type: ignore[attr-defined]
        _unused(node, message.type, TraceKind.MALFORMED, session, fault)
        return
    rule(node, interface, packet, message)


def _unused(
    node: Core, number: int, why: TraceKind, session: WireObject | None = None, text: str = ""
) -> None:
    """State that a message has no effect here, and count it by its type."""
    node.counters.unused[number, why] += 1
    node.trace(why, session, text)


def _type_of(packet: PacketIn) -> int:
    """The message type of the common header (RFC 2205 3.1.1), if there is one."""
    return packet.data[1] if len(packet.data) > 1 else 0


def _pass_on(node: Core, packet: PacketIn) -> None:
    route = node.routes.lookup(packet.destination)
    ttl = (packet.ip_ttl or 1) - 1
    _unused(node, _type_of(packet), TraceKind.NOT_FOR_US, text=f"for {packet.destination}")
    if not node.config.role & Role.ROUTER:
        return  # a host forwards nothing
    if route is None or not route.outgoing or ttl <= 0:
        return
    node.emit(
        SendPacket(
            route.outgoing[0],
            packet.source,
            packet.destination,
            ttl,
            packet.router_alert,
            packet.data,
            in_transit=True,
        )
    )


def _path(
    node: Core,
    interface: InterfaceConfig,
    packet: PacketIn,
    message: Path,
    answer: Answer | None = None,
) -> None:
    state = node.find_session(message.session)
    verdict: Verdict | None = checks.refuses_path(node, state, interface.id, message)
    if verdict is None:
        known = known_path(message)
        at = checks.circumstances_of_path(node, state, interface.id, known, answer)
        verdict = node.policy.judge_path(state, message, at)
    if isinstance(verdict, Undecided):
        verdict = _await(node, interface, packet, message, verdict.question)
    if isinstance(verdict, Refusal):
        notify.refuse_path(node, interface, message, verdict)
    if isinstance(verdict, Accepted):
        # RFC 2205 C: Send_TTL stands in for the TTL that UDP hides.
        ttl = message.send_ttl if packet.ip_ttl is None else packet.ip_ttl
        path.arrives(node, state, interface, ttl, known_path(_kept(message, verdict)))


def _resv(
    node: Core,
    interface: InterfaceConfig,
    packet: PacketIn,
    message: Resv,
    answer: Answer | None = None,
) -> None:
    state = node.find_session(message.session)
    verdict: Verdict | None = checks.refuses_resv(node, state, message)
    if verdict is None:
        assert state is not None, "checked: there is path state"
        known = known_resv(message)
        at = checks.circumstances_of_resv(node, state, interface.id, known, answer)
        verdict = node.policy.judge_resv(state, message, at)
    if isinstance(verdict, Undecided):
        verdict = _await(node, interface, packet, message, verdict.question)
    if isinstance(verdict, Refusal):
        # RFC 2205 3.1.8: one for each flow descriptor, which may be different receivers'.
        for flow in message.flows:
            notify.refuse_resv(node, interface, message, flow, verdict)
    if isinstance(verdict, Accepted):
        assert state is not None, "checked: there is path state"
        _accepted(node, state, known_resv(_kept(message, verdict)))


def _accepted(node: Core, state: SessionState, known: KnownResv) -> None:
    oi = node.interfaces.get(known.hop.lih)
    if oi is None:
        # RFC 2205 B: "Logical Interface Handle invalid" is logged only.
        node.trace(TraceKind.MALFORMED, known.session, "the LIH names no interface of ours")
        return
    resv.arrives(node, state, oi, known)


def _await(
    node: Core,
    interface: InterfaceConfig,
    packet: PacketIn,
    message: Path | Resv,
    question: Hashable,
) -> Refusal | None:
    """Let a message wait for a decision; refuse it where too many do."""
    held = Held(0, question, interface.id, packet, message)
    if node.pending.waits(held):
        return None
    if node.pending.is_full:
        return Refusal(
            ErrorCode.POLICY_CONTROL_FAILURE,
            PolicyValue.ERR_NO_RSC,
            "too many messages wait for a decision",
        )
    query = node.next_id()
    node.pending.hold(held._replace(query=query))
    node.emit(AskPolicy(query, question))
    return None


def policy_answer(node: Core, event: PolicyAnswer) -> None:
    """A decision has been made: the message that has waited for it comes as if it came now."""
    held = node.pending.take(event.query)
    if held is None:
        return  # it has been torn down, or asks for something else by now
    interface = node.interfaces.get(held.interface)
    if interface is None or not interface.rsvp:
        return
    if isinstance(held.message, Path):
        _path(node, interface, held.packet, held.message, event.answer)
    else:
        _resv(node, interface, held.packet, held.message, event.answer)


def _kept(message: _Asking, verdict: Accepted) -> _Asking:
    """The message with the POLICY_DATA that policy lets it keep."""
    if verdict.policy is message.policy:
        return message
    return replace(message, policy=verdict.policy)


def _path_tear(node: Core, interface: InterfaceConfig, _: PacketIn, message: PathTear) -> None:
    node.cause = Cause.SENDER_GONE
    node.pending.torn(message)
    path.tear_arrives(node, interface, message)


def _resv_tear(node: Core, _: InterfaceConfig, __: PacketIn, message: ResvTear) -> None:
    if isinstance(message.hop, Hop):
        node.cause = Cause.TORN
        node.pending.torn(message)
        resv.tear_arrives(node, known_tear(message))


def _path_err(node: Core, _: InterfaceConfig, __: PacketIn, message: PathErr) -> None:
    errors.path_err_arrives(node, message)


def _resv_err(node: Core, interface: InterfaceConfig, _: PacketIn, message: ResvErr) -> None:
    errors.resv_err_arrives(node, interface, message)


def _resv_conf(node: Core, _: InterfaceConfig, packet: PacketIn, message: ResvConf) -> None:
    confirm.arrives(node, packet, message)


_RULES: dict[type[Message], Callable[[Core, InterfaceConfig, PacketIn, Any], None]] = {
    Path: _path,
    Resv: _resv,
    PathTear: _path_tear,
    ResvTear: _resv_tear,
    PathErr: _path_err,
    ResvErr: _resv_err,
    ResvConf: _resv_conf,
    Dreq: diagnose.dreq_arrives,
    Drep: diagnose.drep_arrives,
}
