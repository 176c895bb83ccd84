"""The data plane has answered: others have given way to a reservation (evict.py), or nobody has.

Whoever had to give way is told so (RFC 3181 6: 02/05, with the priority that displaced it), and
upstream hears a ResvTear; its traffic goes on as best effort. Where the data plane refuses,
everybody has what he had, and the one that asked for room is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import accounts, budget, notify, preempt, retry, rsbs, traffic
from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.effects import Cause
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import Exchange, Flight, Tcsb
from p4rsvp.wire.codes import ErrorCode, ErrorFlag, PolicyValue

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def settle(node: Core, flight: Flight, refusal: Refusal | None) -> None:
    """The exchange has been made, or (given a refusal) has not; go on with what has waited."""
    exchange, target = flight.exchange, flight.target
    assert exchange is not None, "the caller has looked"
    assert target is not None, "a reservation takes the place of others"
    everybody = (*exchange.victims, exchange.tcsb)
    for tcsb in everybody:
        tcsb.flight = None
    budget.exchanged(node, exchange, target, stands=refusal is None)
    if refusal is None:
        # First, so that nodes upstream hear of it before they hear of room that is taken already.
        traffic.done(node, exchange.tcsb, target)
        for victim in exchange.victims:
            _give_way(node, victim, exchange)
    else:
        _undo(node, flight, exchange.tcsb, refusal)
    for tcsb in everybody:
        if tcsb.flight is None:
            retry.try_held(node, tcsb)
    _replan(node, exchange, everybody)


def _give_way(node: Core, victim: Tcsb, exchange: Exchange) -> None:
    """The data plane holds it no more: tell its holders, unless they weigh more by now."""
    state = victim.session
    holders = rsbs_of(state, victim.interface, victim.selector)
    victim.wanted = None
    accounts.ends(node, victim, Cause.PREEMPTED)
    if holders and node.policy.priority(holders).defending < exchange.preempting:
        refusal = Refusal(
            ErrorCode.POLICY_CONTROL_FAILURE,
            PolicyValue.ERR_PREEMPT,
            f"preempted by a reservation of priority {exchange.preempting}",
            exchange.told,
        )
        for rsb in holders:
            notify.refuse_rsb(node, state, rsb, rsb.flow, refusal, ErrorFlag(0))
            rsbs.drop(node, state, rsb)
    victim.held = ()  # all of what its holders ask for now is asked for anew
    traffic.done(node, victim, None)
    for rsb in holders:
        traffic.update_others(node, state, rsb)


def _undo(node: Core, flight: Flight, tcsb: Tcsb, refusal: Refusal) -> None:
    tcsb.wanted = tcsb.installed
    asked = [change for change in flight.changes if change.rsb in tcsb.session.rsbs]
    for change in asked:
        traffic.refuse(node, tcsb, change, refusal)
    if not flight.changes:  # what follows from path state; it is not tried for ever
        traffic.refuse_all(node, tcsb, refusal)


def _replan(node: Core, exchange: Exchange, everybody: tuple[Tcsb, ...]) -> None:
    """The link has changed meanwhile: what stands is planned for it now."""
    interface = exchange.tcsb.interface
    config = node.interfaces.get(interface)
    if config is None or config.link == exchange.link:
        return
    for state in dict.fromkeys(tcsb.session for tcsb in everybody):
        preempt.reconsider(node, state, interface)
