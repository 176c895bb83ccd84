"""A node leaves, or an operator ends some of its state: it is torn down (RFC 2205 3.1.5, 3.1.6).

ResvTears go upstream and PathTears downstream, as if every reservation and every sender had been
torn down by its owner. Without it state is left to time out, which is what soft state is for; and
who goes on refreshing what was torn down here makes it anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import path, resv
from p4rsvp.engine.effects import TraceKind

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import TearDown
    from p4rsvp.engine.requests import Rsb
    from p4rsvp.engine.state import Psb, SessionState


def tear_down(node: Core, event: TearDown) -> None:
    """End what the event names; the data plane answers for its part as always."""
    if event.session is None:
        states = list(node.sessions.values())
    else:
        state = node.find_session(event.session)
        states = [] if state is None else [state]
    for state in states:
        _tear(node, state, event)


def _tear(node: Core, state: SessionState, event: TearDown) -> None:
    for rsb in state.rsbs:
        if event.reservations and _asked(rsb, event):
            node.trace(TraceKind.RESV_TORN, state.session)
            gone = {event.sender} if event.sender is not None and rsb.selectors else None
            resv.take_away(node, state, rsb, gone)
    for psb in state.psbs:
        if event.paths and _announced(psb, event):
            node.trace(TraceKind.PATH_TORN, state.session)
            path.remove(node, psb)


def _asked(rsb: Rsb, event: TearDown) -> bool:
    return (
        event.interface in {None, rsb.interface}
        and event.neighbour in {None, rsb.nhop}
        and (event.sender is None or rsb.matches(event.sender))
    )


def _announced(psb: Psb, event: TearDown) -> bool:
    return (
        event.interface in {None, psb.interface}
        and event.neighbour in {None, None if psb.hop is None else psb.hop.address}
        and event.sender in {None, psb.selector}
    )
