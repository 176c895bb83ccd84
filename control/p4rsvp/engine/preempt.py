"""Reservations that end against the will of those who hold them (RFC 2205 3.11.2, TC_Preempt).

Traffic control gives one up, or the link that it stands on changes and has no room for it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import budget, notify, rsbs, traffic
from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import SessionState, Tcsb
from p4rsvp.intserv.refusal import Refused
from p4rsvp.wire.codes import ErrorCode, ErrorFlag

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import TargetPreempts


def target_preempts(node: Core, event: TargetPreempts) -> None:
    """TC_Preempt: the reservation is gone; its holders are told (RFC 2205 B, error 12)."""
    state = node.find_session(event.session)
    if state is None:
        return
    tcsb = next((t for t in state.tcsbs if t.rhandle == event.rhandle), None)
    if tcsb is None:
        return
    _give_up(node, tcsb, Refusal(ErrorCode.SERVICE_PREEMPTED, 0, event.why or "preempted"))


def reconsider(node: Core, state: SessionState, interface: int) -> None:
    """Plan anew what stands on a link that has changed; give up what no longer fits."""
    for tcsb in state.tcsbs:
        if tcsb.interface != interface or tcsb.wanted is None:
            continue
        if tcsb.flight is not None and tcsb.flight.exchange is not None:
            continue  # as soon as it is known what stands (exchange.py)
        try:
            tcsb.wanted, planned = budget.admit(node, tcsb, tcsb.wanted.request)
        except Refused as no:
            _give_up(node, tcsb, Refusal(no.code, no.value, no.sentence))
            continue
        if tcsb.flight is None:
            traffic.launch(node, tcsb, planned, anew=True)


def _give_up(node: Core, tcsb: Tcsb, refusal: Refusal) -> None:
    """End a reservation, and tell its holders."""
    state = tcsb.session
    holders = rsbs_of(state, tcsb.interface, tcsb.selector)
    for rsb in holders:
        notify.refuse_rsb(node, state, rsb, rsb.flow, refusal, ErrorFlag(0))
        rsbs.drop(node, state, rsb)
    traffic.update(node, state, tcsb.interface, tcsb.selector)
    for rsb in holders:
        traffic.update_others(node, state, rsb)
