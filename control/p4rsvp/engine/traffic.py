"""UPDATE TRAFFIC CONTROL (RFC 2209 2): a reservation becomes what its RSBs and senders come to.

The data plane answers later (answers.py), so a TCSB has three values: what is installed, what a
transaction under way asks for, and what is wanted by now. At most one transaction of a reservation
is under way; what changes meanwhile is collected and follows. A change that is refused, here or
there, is undone (KR-I, RFC 2205 2.5) and whoever asked for it gets a ResvErr. Only what is
installed is told upstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import accounts, budget, confirm, evict, notify, rsbs, upstream
from p4rsvp.engine.effective import effective, rsbs_of
from p4rsvp.engine.effects import Program, TraceKind
from p4rsvp.engine.operations import operations
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Change, Installed, Rsb
from p4rsvp.engine.state import Flight, Psb, SessionState, Tcsb
from p4rsvp.intserv.link import Plan
from p4rsvp.intserv.refusal import Refused
from p4rsvp.wire.codes import AdmissionValue, ErrorCode, ErrorFlag
from p4rsvp.wire.filter_spec import Selector

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def update_sender(node: Core, psb: Psb) -> None:
    """A sender has changed, or where it routes to: so may the reservations for it."""
    for tcsb in psb.session.tcsbs:
        if tcsb.selector is None or tcsb.selector == psb.selector:
            update(node, psb.session, tcsb.interface, tcsb.selector)
    for rsb in psb.session.rsbs:
        if rsb.matches(psb.selector):
            key = psb.selector if psb.session.is_distinct else None
            if find(psb.session, rsb.interface, key) is None:
                update(node, psb.session, rsb.interface, key)


def update_others(node: Core, state: SessionState, rsb: Rsb) -> None:
    """Other interfaces police a branch where this one asks for more (RFC 2205 3.8, B_Police)."""
    for tcsb in state.tcsbs:
        if tcsb.interface != rsb.interface and (
            tcsb.selector is None or rsb.matches(tcsb.selector)
        ):
            update(node, state, tcsb.interface, tcsb.selector)


def weigh(node: Core, rsb: Rsb, state: SessionState) -> None:
    """The policy of an RSB has changed, and with it perhaps what its reservations weigh."""
    for tcsb in state.tcsbs:
        if tcsb.interface == rsb.interface and (
            tcsb.selector is None or rsb.matches(tcsb.selector)
        ):
            evict.rank(node, tcsb)


def find(state: SessionState, interface: int, selector: Selector | None) -> Tcsb | None:
    """The TCSB of an interface; for distinct styles, of one sender there."""
    for tcsb in state.tcsbs:
        if tcsb.interface == interface and tcsb.selector == selector:
            return tcsb
    return None


def update(
    node: Core,
    state: SessionState,
    interface: int,
    selector: Selector | None,
    change: Change | None = None,
) -> None:
    """Make one reservation what its RSBs and senders come to, given a change of an RSB if any."""
    found = find(state, interface, selector)
    tcsb = found or Tcsb(state, interface, selector, node.next_id())
    if found is not None and node.policy.preempts:
        evict.rank(node, found)
    if change is not None and tcsb.held and _is_held(tcsb, change):
        return
    if tcsb.flight is not None and tcsb.flight.exchange is not None:
        _wait(tcsb, change)  # it is looked at again when it is known which side stands
        return
    try:
        request = effective(tcsb)
        if request is None:
            if found is not None:
                want(node, tcsb, None)
            return
        if tcsb.wanted is not None and request == tcsb.wanted[:5]:
            _join(node, tcsb, change)
            return
        wanted, planned = budget.admit(node, tcsb, request)
    except Refused as no:
        if _is_want_of_room(no) and _displaces(node, tcsb, change):
            return
        refusal = Refusal(no.code, no.value, no.sentence)
        if change is None:
            refuse_all(node, tcsb, refusal)
        else:
            refuse(node, tcsb, change, refusal)
        return
    if found is None:
        state.tcsbs += (tcsb,)
    if change is not None:
        tcsb.changes += (change,)
    want(node, tcsb, wanted, planned)


def _is_want_of_room(no: Refused) -> bool:
    return (
        no.code == ErrorCode.ADMISSION_CONTROL_FAILURE and no.value != AdmissionValue.MTU_TOO_LARGE
    )


def _displaces(node: Core, tcsb: Tcsb, change: Change | None) -> bool:
    """Whether what has no room is to have that of others, now or after the answer at hand."""
    request = effective(tcsb)
    if request is None or not evict.is_ahead(node, tcsb):
        return False
    if tcsb.flight is not None:
        _wait(tcsb, change)
        return change is not None
    changes = tcsb.changes if change is None else (*tcsb.changes, change)
    if not evict.attempt(node, tcsb, request, changes):
        return False
    tcsb.changes = ()
    if tcsb not in tcsb.session.tcsbs:
        tcsb.session.tcsbs += (tcsb,)
    return True


def _wait(tcsb: Tcsb, change: Change | None) -> None:
    """Let a change wait for the answer to the transaction that is under way."""
    if change is not None:
        tcsb.held += (change,)


def _is_held(tcsb: Tcsb, change: Change) -> bool:
    """Whether the RSB waits for its turn (answers.py); if so, it will ask for this then."""
    waits = any(held.rsb is change.rsb for held in tcsb.held)
    tcsb.held = tuple(
        held._replace(asked=change.asked) if held.rsb is change.rsb else held for held in tcsb.held
    )
    return waits


def _join(node: Core, tcsb: Tcsb, change: Change | None) -> None:
    """A change that asks for no more than is wanted already shares the fate of that."""
    if tcsb.flight is None:
        tcsb.changes = ()
        confirm.settle(node, tcsb)
        upstream.refresh_all(node, tcsb.session, came_by=tcsb.interface)
    elif change is not None and tcsb.flight.target == tcsb.wanted:
        tcsb.flight = tcsb.flight._replace(changes=(*tcsb.flight.changes, change))
    elif change is not None:
        tcsb.changes += (change,)


def want(node: Core, tcsb: Tcsb, wanted: Installed | None, planned: Plan | None = None) -> None:
    """Say what a reservation should come to; `planned` is that as a plan, where one is at hand."""
    tcsb.wanted = wanted
    if wanted is None:
        accounts.ends(node, tcsb)
    if tcsb.flight is None:
        launch(node, tcsb, planned)


def launch(node: Core, tcsb: Tcsb, planned: Plan | None = None, *, anew: bool = False) -> None:
    """Send the difference between what is wanted and what is installed to the data plane.

    `anew`: the meter too, whatever is installed, since its parameters mean something else now.
    """
    changes, tcsb.changes = tcsb.changes, ()
    steps = operations(node, tcsb, planned, anew=anew)
    if not steps:
        done(node, tcsb, tcsb.wanted)
        return
    txn = node.next_id()
    tcsb.flight = Flight(txn, tcsb.wanted, changes)
    node.transactions[txn] = tcsb
    node.emit(Program(txn, steps))


def done(node: Core, tcsb: Tcsb, holds: Installed | None) -> None:
    """The data plane holds what was asked for: tell both sides, and go on with what is wanted."""
    state = tcsb.session
    before, tcsb.installed = tcsb.installed, holds
    if holds is None:
        if tcsb.wanted is None:  # else it has been asked for again since
            state.tcsbs = tuple(other for other in state.tcsbs if other is not tcsb)
        if before is not None:
            node.trace(TraceKind.REMOVED, state.session)
    else:
        node.trace(TraceKind.INSTALLED, state.session)
    budget.settle(node, tcsb)
    if node.policy.preempts:
        evict.rank(node, tcsb)
    if node.config.accounts:
        accounts.changed(node, tcsb, before)
    if tcsb.wanted is not holds and tcsb.wanted != holds:
        launch(node, tcsb)
        return
    if holds is not None and not tcsb.held:
        confirm.settle(node, tcsb)
    if holds is not before and holds != before:
        notify.resv_event(node, tcsb)
    upstream.refresh_all(node, state, came_by=tcsb.interface)
    node.drop_if_empty(state)


def retry(node: Core, tcsb: Tcsb) -> None:
    """Try once more what the data plane would not do."""
    if tcsb.flight is None:
        launch(node, tcsb)


def refuse(node: Core, tcsb: Tcsb, change: Change, refusal: Refusal) -> None:
    """Undo a change, and say so to whoever asked."""
    state = tcsb.session
    # RFC 2205 3.1.8: a failed increase leaves the old reservation, and the flag says so; it may
    # be another next hop's (RFC 2209: wherever TC_ModFlowspec fails).
    failed_to_grow = refusal.code == ErrorCode.ADMISSION_CONTROL_FAILURE
    in_place = failed_to_grow and tcsb.installed is not None
    flags = ErrorFlag.IN_PLACE if in_place else ErrorFlag(0)
    change.rsb.confirm = None
    notify.refuse_rsb(node, state, change.rsb, change.asked.flow, refusal, flags)
    if change.before is None:
        rsbs.drop(node, state, change.rsb)
    else:
        rsbs.restore(node, state, change.rsb, change.before)
    evict.rank(node, tcsb)


def refuse_all(node: Core, tcsb: Tcsb, refusal: Refusal) -> None:
    """What follows from path state cannot be had: tell all who hold the reservation.

    RFC 2209, UPDATE TRAFFIC CONTROL: with InPlace, where there is one already.
    """
    state = tcsb.session
    flags = ErrorFlag(0) if tcsb.installed is None else ErrorFlag.IN_PLACE
    for rsb in rsbs_of(state, tcsb.interface, tcsb.selector):
        notify.refuse_rsb(node, state, rsb, rsb.flow, refusal, flags)
        if tcsb.installed is None:
            rsbs.drop(node, state, rsb)
    if tcsb.installed is None and tcsb in state.tcsbs:
        want(node, tcsb, None)  # the data plane may still be about to say yes
