"""The data plane's answers to transactions (RFC 2205 3.11.2: the results of TC_* calls).

What it refuses is undone (KR-I, RFC 2205 2.5). Several requests may have been collected in one
transaction, and not each of them need be at fault: so when such a one is refused, all but the first
are held back, and each is tried by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import budget, exchange, retry, traffic
from p4rsvp.engine.config import SECOND_NS
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Change
from p4rsvp.engine.state import Flight, Tcsb
from p4rsvp.wire.codes import ErrorCode

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import TargetResult

# RFC 2205 B: ss = 10 makes the twelve low bits ours. 1: the data plane would not take it.
REFUSED_BY_TARGET = 0b10 << 14 | 1
RETRY_NS = SECOND_NS


def target_result(node: Core, event: TargetResult) -> None:
    """The data plane has answered."""
    tcsb = node.transactions.pop(event.txn, None)
    if tcsb is None or tcsb.flight is None:
        return
    if tcsb.flight.exchange is not None:
        exchange.settle(node, tcsb.flight, None if event.ok else _refusal(event.why))
        return
    flight, tcsb.flight = tcsb.flight, None
    if event.ok:
        traffic.done(node, tcsb, flight.target)
    else:
        _failed(node, tcsb, flight, event.why)
    if tcsb.held:
        retry.try_held(node, tcsb)
    if flight.target is None:
        retry.try_waiting(node, tcsb.interface)


def _refusal(why: str) -> Refusal:
    return Refusal(
        ErrorCode.ADMISSION_CONTROL_FAILURE, REFUSED_BY_TARGET, f"the data plane refused: {why}"
    )


def _failed(node: Core, tcsb: Tcsb, flight: Flight, why: str) -> None:
    """The data plane holds what it held: so does the rest of the node."""
    state = tcsb.session
    refusal = _refusal(why)
    if not flight.changes and not tcsb.changes:
        # Nobody asked for it but us: a removal, or what follows from path state. It must come.
        node.trace(TraceKind.REFUSED, state.session, refusal.text)
        node.timers.set(tcsb, node.now_ns + RETRY_NS)
        return
    asked = [change for change in flight.changes if change.rsb in state.rsbs]  # the others are gone
    tcsb.wanted = tcsb.installed
    if len(asked) > 1:
        tcsb.held, tcsb.changes = _one_each([*asked, *tcsb.changes, *tcsb.held]), ()
        budget.settle(node, tcsb)
        return
    for change in asked:
        later = next((c for c in tcsb.changes if c.rsb is change.rsb), None)
        if later is None:
            traffic.refuse(node, tcsb, change, refusal)
        else:  # it has asked for something else since: that is to fall back on what was before
            patched = later._replace(before=change.before)
            tcsb.changes = tuple(patched if c is later else c for c in tcsb.changes)
    retry.again(node, tcsb)


def _one_each(changes: list[Change]) -> tuple[Change, ...]:
    """One change for each RSB: from what it was at first to what it has asked for last."""
    found: dict[int, Change] = {}
    for change in changes:
        earlier = found.get(id(change.rsb), change)
        found[id(change.rsb)] = earlier._replace(asked=change.asked)
    return tuple(found.values())
