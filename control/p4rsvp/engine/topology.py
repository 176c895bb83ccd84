"""Routes and interfaces change (RFC 2205 3.6, 3.11.3; RFC 2209, ROUTE CHANGE NOTIFICATION).

Path state follows routing at once; the Path messages along the new way wait for W, so that routing
may settle. Reservations on an interface that no sender routes to any more are given up here, and
time out or are torn down beyond it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import path, path_out, preempt, resv, rsbs, traffic, upstream
from p4rsvp.engine.events import InterfaceChanged, RouteChanged
from p4rsvp.engine.routes import covers
from p4rsvp.engine.state import Repair, SessionState

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def interface_changed(node: Core, event: InterfaceChanged) -> None:
    """An interface comes, changes or goes."""
    old = node.interfaces.pop(event.interface, None)
    # Afresh, since interfaces may share an address.
    node.own_addresses = {a for left in node.interfaces.values() for a in left.addresses}
    if event.config is not None:
        node.add_interface(event.config)
    for state in list(node.sessions.values()):
        _forget(node, state)
        _reroute(node, state)
        _introduce(node, state, event)
        if event.config is not None and old is not None and old.link != event.config.link:
            preempt.reconsider(node, state, event.interface)


def _forget(node: Core, state: SessionState) -> None:
    """Look at every message in full: it may not be for us any more, or live by another K."""
    for psb in state.psbs:
        if psb.lifetime is not None:
            node.lifetimes.forget(psb.lifetime)
    for rsb in state.rsbs:
        rsbs.forget(node, rsb)


def _introduce(node: Core, state: SessionState, event: InterfaceChanged) -> None:
    """Messages say who we are on an interface: let them say what is true now, or fall silent."""
    upstream.interface_changed(node, state, event.interface)
    if event.config is not None and state.repair is None:
        for psb in state.psbs:
            path_out.refresh(node, psb)


def route_changed(node: Core, event: RouteChanged) -> None:
    """ROUTE CHANGE NOTIFICATION."""
    node.routes.change(event)
    for state in list(node.sessions.values()):
        if covers(event.destination, state.session.destination):
            _reroute(node, state)


def _reroute(node: Core, state: SessionState) -> None:
    """Bring a session's path state in line with routing, and arrange the repair."""
    moved = [psb for psb in state.psbs if path.sync_route(node, psb)]
    if not moved:
        return
    for psb in moved:
        traffic.update_sender(node, psb)
    _drop_stranded(node, state)
    if state.repair is None:
        state.repair = Repair(state)
    node.timers.set(state.repair, node.now_ns + _settling_ms(node, state) * 1_000_000)


def _drop_stranded(node: Core, state: SessionState) -> None:
    """Give up reservations where no sender routes to any more."""
    for rsb in state.rsbs:
        if rsb.is_local:
            continue
        if not any(p.routes_to(rsb.interface) and rsb.matches(p.selector) for p in state.psbs):
            resv.take_away(node, state, rsb, None)


def _settling_ms(node: Core, state: SessionState) -> int:
    """W, configurable per interface (RFC 2205 3.6): the longest of those to be used."""
    outgoing = {out.interface for psb in state.psbs for out in psb.outs}
    waits = [node.interfaces[i].times.local_repair_delay_ms for i in outgoing]
    return max(waits, default=0)


def repair(node: Core, state: SessionState) -> None:
    """PATH LOCAL REPAIR, after W."""
    state.repair = None
    for psb in state.psbs:
        path_out.refresh(node, psb)
