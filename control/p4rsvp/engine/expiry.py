"""Time passes (RFC 2205 2.3, 3.7): refreshes are sent, state without refreshes and pauses end.

One call handles a bounded number of timers, in the order of their times, some milliseconds of work
however many states have fallen silent; the deadline then stays in the past, and the shell calls
again after it has looked after its packets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from p4rsvp.engine import blockade, path, path_out, resv, topology, traffic, upstream
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.events import Tick
from p4rsvp.engine.lifetimes import Lifetime
from p4rsvp.engine.state import Bsb, PathOut, Repair, ResvOut, SessionState, Tcsb

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core

MOST_AT_ONCE = 128
NOWHERE = -1


def tick(node: Core, _: Tick) -> None:
    """Handle what is due."""
    for timed in node.timers.pop_due(node.now_ns, MOST_AT_ONCE):
        _DUE[type(timed)](node, timed)


def _lifetime(node: Core, lifetime: Lifetime) -> None:
    if not node.lifetimes.is_over(lifetime, node.now_ns):
        return
    state = lifetime.session
    assert isinstance(state, SessionState)
    for psb in state.psbs:
        if psb.lifetime is lifetime:
            node.trace(TraceKind.PATH_EXPIRED, state.session)
            path.remove(node, psb)
    for rsb in state.rsbs:
        if lifetime not in rsb.lifetimes:
            continue
        node.trace(TraceKind.RESV_EXPIRED, state.session)
        gone = {
            s for s, held in zip(rsb.selectors, rsb.lifetimes, strict=False) if held is lifetime
        }
        resv.take_away(node, state, rsb, gone or None)
    node.drop_if_empty(state)


def _path_out(node: Core, out: PathOut) -> None:
    path_out.send(node, out)


def _resv_out(node: Core, out: ResvOut) -> None:
    upstream.resend(node, out)


def _blockade(node: Core, bsb: Bsb) -> None:
    blockade.remove(bsb)
    # RFC 2205 3.5: the larger request is tried again.
    upstream.refresh_all(node, bsb.session, came_by=NOWHERE)


def _repair(node: Core, pause: Repair) -> None:
    topology.repair(node, pause.session)


def _retry(node: Core, tcsb: Tcsb) -> None:
    traffic.retry(node, tcsb)


_DUE: dict[type, Callable[[Core, Any], None]] = {
    Lifetime: _lifetime,
    PathOut: _path_out,
    ResvOut: _resv_out,
    Bsb: _blockade,
    Repair: _repair,
    Tcsb: _retry,
}
