"""The application's calls (RFC 2205 3.11.1): SESSION, SENDER, RESERVE, RELEASE.

An application's sender is a PSB without a previous hop, its reservation an RSB on the interface
LOCAL; both live as long as the application wants. A reservation may be made before any Path has
come: it waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import checks, notify, path, resv
from p4rsvp.engine.effects import TraceKind, Upcall, UpcallKind
from p4rsvp.engine.events import ApiRelease, ApiReserve, ApiSender, ApiSession
from p4rsvp.engine.state import LOCAL, Psb, Rsb, SessionState
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.services import sound, understood
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, TrafficControlValue
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import SenderTspec

if TYPE_CHECKING:
    from p4rsvp.engine.node import Node

# Values of error code 20 (RFC 2205 B leaves them to the API).
NO_SESSION, SESSION_TAKEN, BAD_SENDER, BAD_STYLE, BAD_FLOWSPEC, NO_ROOM = range(1, 7)


def _fault(node: Node, app: int, value: int, text: str) -> None:
    node.emit(Upcall(app, UpcallKind.API_ERROR, text=f"{text} (API error {value})"))


def open_session(node: Node, event: ApiSession) -> None:
    """SESSION: the application hears of every sender that is there already, and of all to come."""
    if event.app in node.apps:
        _fault(node, event.app, SESSION_TAKEN, "the application is in a session already")
        return
    refusal = checks.conflicting_ports(node, event.session)
    if refusal is not None:
        _fault(node, event.app, BAD_SENDER, refusal.text)
        return
    state = node.session(event.session)
    state.apps += (event.app,)
    node.apps[event.app] = state
    for psb in state.psbs:
        notify.path_event_to(node, psb, event.app)


def sender(node: Node, event: ApiSender) -> None:
    """SENDER: begin to send Path messages, change them, or stop."""
    state = node.apps.get(event.app)
    if state is None:
        _fault(node, event.app, NO_SESSION, "SENDER before SESSION")
        return
    psb = next((p for p in state.psbs if p.app == event.app and p.selector == event.selector), None)
    if event.tspec is None:
        if psb is not None:
            path.remove(node, psb)
        return
    fault = _sender_fault(state, event)
    if fault is not None:
        _fault(node, event.app, BAD_SENDER, fault)
        return
    if psb is None:
        psb = Psb(state, event.selector, SenderTspec(event.tspec))
        psb.app = event.app
        path.add(node, psb)
    psb.tspec = SenderTspec(event.tspec)
    psb.adspec = event.adspec
    psb.policy = event.policy
    # The message leaves with the TTL that the application's data has (3.11.1, Data_TTL).
    psb.ttl = event.ttl + 1
    # RFC 2205 3.8: set unless this host polices what it sends.
    psb.e_police = True
    path.sync_route(node, psb)
    node.trace(TraceKind.PATH_NEW, state.session)
    path.changed(node, psb)


def _sender_fault(state: SessionState, event: ApiSender) -> str | None:
    assert event.tspec is not None, "a withdrawal has no Tspec to be wrong"
    fault = checks.selector_fault(state.session, event.selector)
    if fault is not None:
        return fault
    refusal = checks.ambiguous_sender(state, event.selector)
    if refusal is not None:
        return refusal.text
    try:
        sound(event.tspec)
    except Refused as no:
        return no.sentence
    return None


def reserve(node: Node, event: ApiReserve) -> None:
    """RESERVE: this, and nothing else, is what the application wants."""
    state = node.apps.get(event.app)
    if state is None:
        _fault(node, event.app, NO_SESSION, "RESERVE before SESSION")
        return
    others = [rsb for rsb in state.rsbs if rsb.app != event.app]
    if others and event.flows and others[0].style.id is not event.style.id:
        _fault(node, event.app, BAD_STYLE, "another style is in place in this session")
        return
    try:
        flowspecs = [_understood(flow) for flow in event.flows]
    except Refused as no:
        _fault(node, event.app, BAD_FLOWSPEC, no.sentence)
        return
    _withdraw(node, state, event)
    for flow, flowspec in zip(event.flows, flowspecs, strict=True):
        selectors = tuple(f.selector for f in flow.filters if isinstance(f, FilterSpec))
        rsb = resv.find(state, LOCAL, None, event.style, selectors, event.app)
        if rsb is None:
            rsb = Rsb(event.style, LOCAL, None, event.app, flowspec)
        rsb.policy = event.policy
        if event.confirm:
            rsb.confirm = ResvConfirm(_receiver(node, state, event.receiver))
        resv.store(node, state, rsb, flowspec, selectors, None)


def _understood(flow: FlowDescriptor) -> Flowspec:
    if flow.flowspec is None or isinstance(flow.flowspec, Opaque):
        raise Refused(
            ErrorCode.TRAFFIC_CONTROL_ERROR,
            TrafficControlValue.BAD_FLOWSPEC,
            "a flow descriptor without a flowspec",
        )
    return understood(flow.flowspec)


def _receiver(node: Node, state: SessionState, receiver: Address | None) -> Address:
    if receiver is not None:
        return receiver
    destination = state.session.destination
    return destination if not destination.is_multicast else node.identity(state.session)


def _withdraw(node: Node, state: SessionState, event: ApiReserve) -> None:
    """Give up what the new call no longer names."""
    named: set[tuple[Selector, ...]] = {
        tuple(f.selector for f in flow.filters if isinstance(f, FilterSpec)) for flow in event.flows
    }
    for rsb in state.rsbs:
        if rsb.app != event.app or not rsb.is_local:
            continue
        same_style = rsb.style.id is event.style.id
        kept = same_style and (rsb.style.id is not StyleId.FF or rsb.selectors in named)
        if not event.flows or not kept:
            resv.take_away(node, state, rsb, None)


def release(node: Node, event: ApiRelease) -> None:
    """RELEASE: all that the application had is torn down."""
    state = node.apps.pop(event.app, None)
    if state is None:
        return
    for rsb in [r for r in state.rsbs if r.app == event.app and r.is_local]:
        resv.take_away(node, state, rsb, None)
    for psb in [p for p in state.psbs if p.app == event.app and p.hop is None]:
        path.remove(node, psb)
    state.apps = tuple(app for app in state.apps if app != event.app)
    node.drop_if_empty(state)
