"""What a Path or a Resv is refused for (RFC 2205 3.1, 3.2, B): a PathErr or ResvErr says so.

What is wrong with its form, and is not reported, is in faults.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from p4rsvp.engine.config import MOST_MESSAGE_BYTES
from p4rsvp.engine.extras import forwardable, refused
from p4rsvp.engine.holders import users_of
from p4rsvp.engine.known import APP_SESSIONS, known_path
from p4rsvp.engine.policy import Circumstances
from p4rsvp.engine.refusal import Refusal
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.services import compare, sound, understood
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, TrafficControlValue
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.messages import Path, Policy, Resv
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.tspec import SenderTspec

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import Answer
    from p4rsvp.engine.known import KnownPath, KnownResv
    from p4rsvp.engine.requests import Rsb
    from p4rsvp.engine.state import SessionState


# The most that the objects of a merged Resv may fill: a filter of IPv6; with it a flowspec of
# guaranteed service; and all that a Resv has but once, with the INTEGRITY that the shell adds.
_FILTER_BYTES = 24
_FLOW_BYTES = _FILTER_BYTES + 48
_OTHER_BYTES = 400


class Requester(msgspec.Struct, frozen=True, gc=False):
    """Who asks for a reservation: a next hop on an interface, or one of our applications."""

    interface: int
    nhop: Address | None
    app: int


def refuses_path(
    node: Core, state: SessionState | None, interface: int, path: Path
) -> Refusal | None:
    """What a Path is refused for; `state` is that of its session, if there is any."""
    unknown = refused(path)
    if unknown is not None:
        return Refusal(*unknown, "an object that this node does not know")
    session = path.session
    if not isinstance(session, APP_SESSIONS):
        return _unknown_session(session)
    known = known_path(path)
    return (
        conflicting_ports(node, session)
        or (None if state is None else ambiguous_sender(state, known.template.selector))
        or _bad_tspec(path)
        or _limit(node, state, interface, known)
    )


def circumstances_of_path(
    node: Core,
    state: SessionState | None,
    interface: int,
    path: KnownPath,
    answer: Answer | None = None,
) -> Circumstances:
    """What policy wants to know beside a Path."""
    states = node.holders.by_neighbour[path.hop.address]
    if state is not None and state.find_psb(path.template.selector, interface) is not None:
        states -= 1
    return Circumstances(interface, interface, node.now_ns, states, answer)


def circumstances_of_resv(
    node: Core,
    state: SessionState,
    interface: int,
    resv: KnownResv,
    answer: Answer | None = None,
) -> Circumstances:
    """What policy wants to know beside a Resv."""
    hop = resv.hop
    own = sum(1 for rsb in state.rsbs if rsb.nhop == hop.address and rsb.interface == hop.lih)
    states = node.holders.by_neighbour[hop.address] - own
    return Circumstances(hop.lih, interface, node.now_ns, states, answer)


def _unknown_session(session: WireObject) -> Refusal:
    kind = session.class_num << 8 | session.c_type
    return Refusal(ErrorCode.UNKNOWN_OBJECT_C_TYPE, kind, "a session of this type")


def conflicting_ports(node: Core, session: Session | GpiSession) -> Refusal | None:
    """RFC 2205 3.2, rule 1: ports of one destination and protocol are all zero or all non-zero."""
    if node.ports.conflict(session):
        return Refusal(
            ErrorCode.CONFLICTING_DEST_PORTS, 0, "zero and non-zero destination ports together"
        )
    return None


def ambiguous_sender(state: SessionState, selector: Selector) -> Refusal | None:
    """RFC 2205 3.2, rule 3: the ports of one sending host are all zero or all non-zero."""
    if not isinstance(selector, PortSelector):
        return None
    for psb in state.psbs:
        other = psb.selector
        if (
            isinstance(other, PortSelector)
            and other.source == selector.source
            and (other.port == 0) != (selector.port == 0)
        ):
            return Refusal(
                ErrorCode.CONFLICTING_SENDER_PORTS, 0, "zero and non-zero sender ports together"
            )
    return None


def _bad_tspec(path: Path) -> Refusal | None:
    if not isinstance(path.tspec, SenderTspec):
        return None  # of a service that we do not know: not ours to judge
    try:
        sound(path.tspec.tspec)
    except Refused as refusal:
        return Refusal(refusal.code, refusal.value, refusal.sentence)
    return None


def _limit(
    node: Core, state: SessionState | None, interface: int, path: KnownPath
) -> Refusal | None:
    limits = node.config.limits
    if state is not None:
        known = state.find_psb(path.template.selector, interface)
        if known is not None:
            return _users_fill(node, path.policy, known.policy)
        if len(state.psbs) >= limits.senders_per_session:
            return full("senders in this session")
    elif len(node.sessions) >= limits.sessions:
        return full("sessions")
    if node.counters.path_states >= limits.path_states:
        return full("path states")
    if state is None or not state.rsbs:
        half_open = _half_open_fills(node, interface, path.hop.address)
        if half_open is not None:
            return half_open
    return _neighbours_fill(node, path.hop.address) or _users_fill(node, path.policy, ())


def _half_open_fills(node: Core, interface: int, neighbour: Address) -> Refusal | None:
    """Path state that nobody reserves for costs its sender nothing, so there is less room."""
    limits, held = node.config.limits, node.holders.half_open
    if held.by_neighbour[neighbour] >= limits.half_open_states_per_neighbour:
        return full("half-open states of this neighbour")
    own = node.interfaces[interface].half_open_states
    if held.by_interface[interface] >= (own or limits.half_open_states_per_interface):
        return full("half-open states of this interface")
    return full("half-open states") if held.total >= limits.half_open_states else None


def full(what: str) -> Refusal:
    """Refuse for want of room."""
    return Refusal(ErrorCode.RSVP_SYSTEM_ERROR, 1, f"the limit of {what} is reached")


def refuses_resv(node: Core, state: SessionState | None, resv: Resv) -> Refusal | None:
    """What a whole Resv is refused for; `state` is that of its session, if there is any."""
    unknown = refused(resv)
    if unknown is not None:
        return Refusal(*unknown, "an object that this node does not know")
    session = resv.session
    if not isinstance(session, APP_SESSIONS):
        return _unknown_session(session)
    strange = _too_many_or_opaque(node, resv.flows)
    if strange is not None:
        return strange
    if state is None or not state.psbs:
        nothing = Refusal(ErrorCode.NO_PATH_INFORMATION, 0, "no path state for this session")
        return conflicting_ports(node, session) or nothing
    existing = state.style
    if existing is not None and existing.id is not resv.style.id:
        # RFC 2205 B, error 05: the value is the low 16 bits of the existing option vector.
        return Refusal(
            ErrorCode.CONFLICTING_STYLE, existing.options & 0xFFFF, "another style is in place"
        )
    return None


def _too_many_or_opaque(node: Core, flows: tuple[FlowDescriptor, ...]) -> Refusal | None:
    if len(flows) > node.config.limits.flows_per_message:
        return full("flow descriptors in a message")
    for flow in flows:
        for item in (flow.flowspec, *flow.filters):
            if isinstance(item, Opaque):
                return Refusal(ErrorCode.UNKNOWN_OBJECT_C_TYPE, item.kind, "an object of this type")
    return None


def refuses_flow(
    node: Core,
    state: SessionState,
    flow: FlowDescriptor,
    by: Requester,
    rsb: Rsb | None,
    resv: Resv,
) -> Refusal | None:
    """What one flow descriptor is refused for: its flowspec, or a limit; `rsb` is to change."""
    return (
        _bad_flowspec(state, flow, by)
        or _no_room(node, state, flow, by, rsb, resv.policy)
        or _too_long(state, flow, rsb, resv)
    )


def _bad_flowspec(state: SessionState, flow: FlowDescriptor, by: Requester) -> Refusal | None:
    """A flowspec that is unsound, or of another service than what others have reserved."""
    asked = flow.flowspec
    assert asked is not None, "a Resv has flowspecs"
    assert not isinstance(asked, Opaque), "refuses_resv has seen to that"
    try:
        flowspec = understood(asked)
    except Refused as no:
        return Refusal(no.code, no.value, no.sentence)
    return service_conflict(state, flow, flowspec, by)


def service_conflict(
    state: SessionState, flow: FlowDescriptor, flowspec: Flowspec, by: Requester
) -> Refusal | None:
    """A flowspec that does not merge with another's; one's own is replaced, not merged with."""
    if not state.rsbs:
        return None  # as for nearly every new reservation
    others = [rsb for rsb in state.rsbs if by != Requester(rsb.interface, rsb.nhop, rsb.app)]
    if state.is_distinct:
        named = [item.selector for item in flow.filters if isinstance(item, FilterSpec)]
        others = [rsb for rsb in others if any(map(rsb.matches, named))]
    if any(compare(flowspec, rsb.flowspec) is Ordering.INCOMPATIBLE for rsb in others):
        return Refusal(
            ErrorCode.TRAFFIC_CONTROL_ERROR,
            TrafficControlValue.SERVICE_CONFLICT,
            "another service is reserved in this session",
        )
    return None


def _no_room(
    node: Core,
    state: SessionState,
    flow: FlowDescriptor,
    by: Requester,
    rsb: Rsb | None,
    policy: Policy,
) -> Refusal | None:
    limits, is_new = node.config.limits, rsb is None
    held = () if rsb is None else rsb.selectors
    if len(flow.filters) + len(held) > limits.filters_per_reservation:
        # Some may be named twice.
        named = {item.selector for item in flow.filters if isinstance(item, FilterSpec)}
        if len(named.union(held)) > limits.filters_per_reservation:
            return full("filters in a reservation")
    if is_new and len(state.rsbs) >= limits.reservations_per_session:
        return full("reservations in this session")
    if is_new and node.counters.reservation_states >= limits.reservation_states:
        return full("reservation states")
    if by.nhop is None:
        return None
    held_by = () if rsb is None else rsb.policy
    return (_neighbours_fill(node, by.nhop) if is_new else None) or _users_fill(
        node, policy, held_by
    )


def _too_long(
    state: SessionState, flow: FlowDescriptor, rsb: Rsb | None, resv: Resv
) -> Refusal | None:
    """A request with which the Resv for a previous hop might fill more than a datagram (3.3)."""
    if not state.rsbs:
        return None  # what has come in one message goes out in one
    bytes_each = _FLOW_BYTES if state.is_distinct else _FILTER_BYTES
    carried = {item for other in state.rsbs if other is not rsb for item in _carried(other)}
    carried.update(resv.policy, forwardable(resv))
    room_bytes = MOST_MESSAGE_BYTES - _OTHER_BYTES - sum(len(item.encode()) for item in carried)
    if len(state.psbs) * bytes_each <= room_bytes:
        return None
    named = {selector for other in state.rsbs for selector in other.selectors}
    named.update(item.selector for item in flow.filters if isinstance(item, FilterSpec))
    count = len(state.psbs) if resv.style.is_wildcard else len(named)  # WF: a SCOPE names them
    return full("bytes in a message") if count * bytes_each > room_bytes else None


def _carried(rsb: Rsb) -> tuple[WireObject, ...]:
    """What travels with a request, whoever else asks."""
    return (*rsb.policy, *rsb.extras)


def _neighbours_fill(node: Core, neighbour: Address) -> Refusal | None:
    if node.holders.by_neighbour[neighbour] >= node.config.limits.states_per_neighbour:
        return full("states of this neighbour")
    return None


def _users_fill(node: Core, policy: Policy, before: Policy) -> Refusal | None:
    """Users whom a message names, and who have not held this state before."""
    if policy == before:
        return None  # as nearly always
    held, most = node.holders.by_user, node.config.limits.states_per_user
    if any(held[user] >= most for user in users_of(policy) - users_of(before)):
        return full("states of this user")
    return None
