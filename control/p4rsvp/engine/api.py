"""The application's calls (RFC 2205 3.11.1): SESSION, SENDER, RESERVE, RELEASE.

An application's sender is a PSB without a previous hop, its reservation an RSB on the interface
LOCAL; both live as long as the application wants. A reservation may be made before any Path has
come: it waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import notify, path, resv, rsbs, upstream
from p4rsvp.engine.api_checks import (
    ApiErrorValue,
    Fault,
    reserve_fault,
    sender_fault,
    session_fault,
)
from p4rsvp.engine.effects import TraceKind, Upcall, UpcallKind
from p4rsvp.engine.events import ApiRelease, ApiReserve, ApiSender, ApiSession
from p4rsvp.engine.requests import LOCAL, Rsb
from p4rsvp.engine.state import App, Psb, SessionState
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import SenderTspec

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def _fault(node: Core, app: int, fault: Fault) -> None:
    here = min(node.own_addresses, default=Address(bytes(4)))
    error = ErrorSpec(here, ErrorCode.API_ERROR, fault.value)
    text = f"{fault.text} (API error {fault.value})"
    node.emit(Upcall(app, UpcallKind.API_ERROR, error, text=text))


def open_session(node: Core, event: ApiSession) -> None:
    """SESSION: the application hears of every sender that is there already, and of all to come."""
    fault = session_fault(node, event)
    if fault is not None:
        _fault(node, event.app, fault)
        return
    state = node.find_session(event.session) or node.begin_session(event.session)
    state.apps += (App(event.app),)
    node.apps[event.app] = state
    for psb in state.psbs:
        notify.path_event_to(node, psb, event.app)


def sender(node: Core, event: ApiSender) -> None:
    """SENDER: begin to send Path messages, change them, or stop."""
    state = node.apps.get(event.app)
    if state is None:
        _fault(node, event.app, Fault(ApiErrorValue.NO_SESSION, "SENDER before SESSION"))
        return
    mine = (p for p in state.psbs if p.hop is None and p.app == event.app)
    psb = next((p for p in mine if p.selector == event.selector), None)
    if event.tspec is None:
        if psb is not None:
            path.remove(node, psb)
        return
    fault = sender_fault(node, state, event)
    if fault is not None:
        _fault(node, event.app, fault)
        return
    if psb is None:
        for other in state.psbs:
            if other.selector == event.selector and other.lifetime is not None:
                node.lifetimes.forget(other.lifetime)  # a Path of our own sender counts no more
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


def reserve(node: Core, event: ApiReserve) -> None:
    """RESERVE: this, and nothing else, is what the application wants."""
    state = node.apps.get(event.app)
    if state is None:
        _fault(node, event.app, Fault(ApiErrorValue.NO_SESSION, "RESERVE before SESSION"))
        return
    fault = reserve_fault(node, state, event)
    if fault is not None:
        _fault(node, event.app, fault)
        return
    _receive_by(node, state, event)
    _withdraw(node, state, event)
    for flow in event.flows:
        flowspec = flow.flowspec
        assert isinstance(flowspec, Flowspec), "checked: it is of a service that we have"
        selectors = tuple(f.selector for f in flow.filters if isinstance(f, FilterSpec))
        rsb = rsbs.find(state, LOCAL, None, event.style, selectors, event.app)
        if rsb is None:
            rsb = Rsb(event.style, LOCAL, None, event.app, flowspec)
        rsb.policy = event.policy
        if event.confirm:
            rsb.confirm = ResvConfirm(_receiver(node, state, event.receiver))
        resv.store(node, state, rsb, flowspec, selectors, None)


def _receive_by(node: Core, state: SessionState, event: ApiReserve) -> None:
    """Note by which interface the application receives; its Resv goes out there (RFC 2205 3.9)."""
    home = None if event.receiver is None else node.home_of(event.receiver)
    before = state.apps
    state.apps = tuple(App(a.id, home) if a.id == event.app else a for a in before)
    if state.apps != before:
        upstream.refresh_all(node, state, came_by=LOCAL)


def _receiver(node: Core, state: SessionState, receiver: Address | None) -> Address:
    if receiver is not None:
        return receiver
    destination = state.session.destination
    return destination if not destination.is_multicast else node.identity(state.session)


def _withdraw(node: Core, state: SessionState, event: ApiReserve) -> None:
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


def release(node: Core, event: ApiRelease) -> None:
    """RELEASE: all that the application had is torn down."""
    state = node.apps.pop(event.app, None)
    if state is None:
        return
    for rsb in [r for r in state.rsbs if r.app == event.app and r.is_local]:
        resv.take_away(node, state, rsb, None)
    for psb in [p for p in state.psbs if p.app == event.app and p.hop is None]:
        path.remove(node, psb)
    state.apps = tuple(app for app in state.apps if app.id != event.app)
    node.drop_if_empty(state)
