"""Blockade state (RFC 2205 3.5): a failed request must not hide a smaller one (KR-II)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.state import Bsb, Phop, Psb, SessionState, Tcsb
from p4rsvp.intserv.services import compare
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flowspec import Flowspec

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def put(
    node: Core, state: SessionState, key: Selector | Phop, flowspec: Flowspec, interface: int
) -> Bsb:
    """Set or renew an element: Qb is the flowspec that failed, Tb = Kb * R."""
    bsb = next((b for b in state.bsbs if b.key == key), None)
    if bsb is None:
        bsb = Bsb(state, key, flowspec)
        state.bsbs += (bsb,)
    bsb.flowspec = flowspec
    times = node.interfaces[interface].times
    wait_ms = times.blockade_factor * times.refresh_period_ms
    node.timers.set(bsb, node.now_ns + wait_ms * 1_000_000)
    node.trace(TraceKind.BLOCKADED, state.session)
    return bsb


def holds(state: SessionState, psb: Psb, phop: Phop, tcsb: Tcsb) -> bool:
    """Whether a reservation is blockaded towards this sender or previous hop."""
    if tcsb.installed is None:
        return False
    return any(
        blocks(bsb, tcsb.installed.forward) for bsb in state.bsbs if bsb.key in (psb.selector, phop)
    )


def blocks(bsb: Bsb, flowspec: Flowspec) -> bool:
    """Qb blockades Qi unless it is strictly greater."""
    return not is_beyond(bsb, flowspec)


def is_beyond(bsb: Bsb, flowspec: Flowspec) -> bool:
    """Whether Qb is strictly greater: whoever asked for no more than this is not guilty."""
    return compare(bsb.flowspec, flowspec) is Ordering.GREATER


def remove(bsb: Bsb) -> None:
    """Tb has run out."""
    state = bsb.session
    state.bsbs = tuple(other for other in state.bsbs if other is not bsb)
