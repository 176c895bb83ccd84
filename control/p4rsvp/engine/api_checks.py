"""What a call of an application must satisfy (RFC 2205 3.11.1, 3.2), and the errors that it gets.

RFC 2205 B leaves the values of error 20 to the API: these are ours.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.engine import checks, faults
from p4rsvp.engine.requests import LOCAL
from p4rsvp.engine.state import SessionState
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.services import sound, understood
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.style import Style, StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import ApiReserve, ApiSender, ApiSession


class ApiErrorValue(IntEnum):
    """Values of error code 20."""

    NO_SESSION = 1
    SESSION_TAKEN = 2
    BAD_SENDER = 3
    BAD_STYLE = 4
    BAD_FLOWSPEC = 5
    NO_ROOM = 6
    BAD_RECEIVER = 7


class Fault(NamedTuple):
    """Why a call has no effect."""

    value: ApiErrorValue
    text: str


def session_fault(node: Core, event: ApiSession) -> Fault | None:
    """What is wrong with a SESSION call."""
    if event.app in node.apps:
        return Fault(ApiErrorValue.SESSION_TAKEN, "the application is in a session already")
    refusal = checks.conflicting_ports(node, event.session)
    if refusal is not None:
        return Fault(ApiErrorValue.BAD_SENDER, refusal.text)
    is_new = node.find_session(event.session) is None
    if is_new and len(node.sessions) >= node.config.limits.sessions:
        return _full("sessions")
    return None


def sender_fault(node: Core, state: SessionState, event: ApiSender) -> Fault | None:
    """What is wrong with a SENDER call."""
    assert event.tspec is not None, "a withdrawal has no Tspec to be wrong"
    text = faults.selector_fault(state.session, event.selector)
    if text is None:
        refusal = checks.ambiguous_sender(state, event.selector)
        text = None if refusal is None else refusal.text
    if text is not None:
        return Fault(ApiErrorValue.BAD_SENDER, text)
    try:
        sound(event.tspec)
    except Refused as no:
        return Fault(ApiErrorValue.BAD_SENDER, no.sentence)
    limits = node.config.limits
    if any(psb.app == event.app and psb.selector == event.selector for psb in state.psbs):
        return None
    if len(state.psbs) >= limits.senders_per_session:
        return _full("senders in this session")
    return _full("path states") if node.counters.path_states >= limits.path_states else None


def reserve_fault(node: Core, state: SessionState, event: ApiReserve) -> Fault | None:
    """What is wrong with a RESERVE call; one that takes everything back is always right."""
    if not event.flows:
        return None
    others = [rsb for rsb in state.rsbs if not rsb.is_local or rsb.app != event.app]
    if others and others[0].style.id is not event.style.id:
        return Fault(ApiErrorValue.BAD_STYLE, "another style is in place in this session")
    # Not whether it is an address of ours: its interface may be down, and come back.
    text = faults.receiver_fault(state.session, event.receiver)
    if text is not None:
        return Fault(ApiErrorValue.BAD_RECEIVER, text)
    fault = _shape_fault(event.style, event.flows)
    in_flows = (_flow_fault(state, flow, event) for flow in event.flows)
    fault = fault or next(filter(None, in_flows), None)
    return fault or _no_room(node, state, event)


def _shape_fault(style: Style, flows: tuple[FlowDescriptor, ...]) -> Fault | None:
    """RFC 2205 3.1.4: the flow descriptors of each style."""
    filters = [len(flow.filters) for flow in flows]
    fits = {
        StyleId.WF: filters == [0],
        StyleId.FF: all(count == 1 for count in filters),
        StyleId.SE: len(flows) == 1 and filters[0] > 0,
    }
    if style.id is None:
        return Fault(ApiErrorValue.BAD_STYLE, "the style is unknown")
    if not fits[style.id]:
        text = f"these flow descriptors do not fit the style {style.id.name}"
        return Fault(ApiErrorValue.BAD_STYLE, text)
    return None


def _flow_fault(state: SessionState, flow: FlowDescriptor, event: ApiReserve) -> Fault | None:
    for item in flow.filters:
        if not isinstance(item, FilterSpec):
            return Fault(ApiErrorValue.BAD_SENDER, "a FILTER_SPEC of a type that we do not read")
        text = faults.selector_fault(state.session, item.selector)
        if text is not None:
            return Fault(ApiErrorValue.BAD_SENDER, text)
    if flow.flowspec is None or isinstance(flow.flowspec, Opaque):
        return Fault(ApiErrorValue.BAD_FLOWSPEC, "a flow descriptor without a flowspec")
    try:
        flowspec = understood(flow.flowspec)
    except Refused as no:
        return Fault(ApiErrorValue.BAD_FLOWSPEC, no.sentence)
    by = checks.Requester(LOCAL, None, event.app)
    conflict = checks.service_conflict(state, flow, flowspec, by)
    return None if conflict is None else Fault(ApiErrorValue.BAD_FLOWSPEC, conflict.text)


def _no_room(node: Core, state: SessionState, event: ApiReserve) -> Fault | None:
    limits = node.config.limits
    mine = sum(rsb.is_local and rsb.app == event.app for rsb in state.rsbs)
    more = max(len(event.flows) - mine, 0)
    if any(len(flow.filters) > limits.filters_per_reservation for flow in event.flows):
        return _full("filters in a reservation")
    if len(state.rsbs) + more > limits.reservations_per_session:
        return _full("reservations in this session")
    if node.counters.reservation_states + more > limits.reservation_states:
        return _full("reservation states")
    return None


def _full(what: str) -> Fault:
    return Fault(ApiErrorValue.NO_ROOM, checks.full(what).text)
