"""UPDATE TRAFFIC CONTROL (RFC 2209 2): what reservations come to, and its installation.

The data plane answers later, so a TCSB has three values: what is installed, what a transaction
under way asks for, and what is wanted by now. At most one transaction of a reservation is under
way; what changes meanwhile is collected and follows. The budget of the link is taken before a
transaction goes out, and what is given up is free only when the data plane has said so: at every
moment the sum of what it may hold is within the limits. A change that is refused, here or there, is
undone (KR-I, RFC 2205 2.5) and whoever asked for it gets a ResvErr. Only what is installed is told
upstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import confirm, notify, resv, upstream
from p4rsvp.engine.config import SECOND_NS
from p4rsvp.engine.effects import NOWHERE, PoliceFlag, Program, TraceKind
from p4rsvp.engine.operations import operations
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.sharing import share
from p4rsvp.engine.state import (
    LOCAL,
    AnyAdspec,
    Change,
    Flight,
    Installed,
    Psb,
    Request,
    Rsb,
    SessionState,
    Tcsb,
)
from p4rsvp.intserv.admission import Demand
from p4rsvp.intserv.advertise import advance, distortion
from p4rsvp.intserv.link import Plan
from p4rsvp.intserv.once import once
from p4rsvp.intserv.refusal import Refused
from p4rsvp.intserv.services import compare, lub
from p4rsvp.intserv.tspec import Ordering, total
from p4rsvp.wire.adspec import Adspec, ErrorTerms
from p4rsvp.wire.codes import ErrorCode, ErrorFlag
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import SenderTspec, Tspec

if TYPE_CHECKING:
    from p4rsvp.engine.events import TargetPreempts, TargetResult
    from p4rsvp.engine.node import Node

# RFC 2205 B: ss = 10 makes the twelve low bits ours. 1: the data plane would not take it.
REFUSED_BY_TARGET = 0b10 << 14 | 1
RETRY_NS = SECOND_NS
_SERVICES = (Service.GUARANTEED, Service.CONTROLLED_LOAD)


def advertise(node: Node, psb: Psb, interface: int) -> AnyAdspec | None:
    """TC_Advertise: the ADSPEC for a Path that leaves by this interface."""
    if not isinstance(psb.adspec, Adspec):
        return psb.adspec
    if not psb.non_rsvp:
        return advance(psb.adspec, node.hops[interface])
    return advance(psb.adspec, node.hops[interface], behind_non_rsvp_hop=True)


def update_sender(node: Node, psb: Psb) -> None:
    """A sender has changed, or where it routes to: so may the reservations for it."""
    for tcsb in psb.session.tcsbs:
        if tcsb.selector is None or tcsb.selector == psb.selector:
            update(node, psb.session, tcsb.interface, tcsb.selector)
    for rsb in psb.session.rsbs:
        if rsb.matches(psb.selector):
            key = psb.selector if psb.session.is_distinct else None
            if find(psb.session, rsb.interface, key) is None:
                update(node, psb.session, rsb.interface, key)


def update_others(node: Node, state: SessionState, rsb: Rsb) -> None:
    """Other interfaces police a branch where this one asks for more (RFC 2205 3.8, B_Police)."""
    for tcsb in state.tcsbs:
        if tcsb.interface != rsb.interface and (
            tcsb.selector is None or rsb.matches(tcsb.selector)
        ):
            update(node, state, tcsb.interface, tcsb.selector)


def find(state: SessionState, interface: int, selector: Selector | None) -> Tcsb | None:
    """The TCSB of an interface; for distinct styles, of one sender there."""
    for tcsb in state.tcsbs:
        if tcsb.interface == interface and tcsb.selector == selector:
            return tcsb
    return None


def update(
    node: Node,
    state: SessionState,
    interface: int,
    selector: Selector | None,
    change: Change | None = None,
) -> None:
    """Make one reservation what its RSBs and senders come to, given a change of an RSB if any."""
    found = find(state, interface, selector)
    tcsb = found or Tcsb(state, interface, selector, node.next_id())
    try:
        request = effective(state, interface, selector)
        if request is None:
            if found is not None:
                _want(node, tcsb, None)
            return
        if tcsb.wanted is not None and request == tcsb.wanted[:5]:
            _join(node, tcsb, change)
            return
        wanted, planned = _admit(node, tcsb, request)
    except Refused as no:
        refusal = Refusal(no.code, no.value, no.sentence)
        if change is None:
            _refuse_all(node, tcsb, refusal)
        else:
            _refuse(node, tcsb, change, refusal)
        return
    if found is None:
        state.tcsbs += (tcsb,)
    if change is not None:
        tcsb.changes += (change,)
    _want(node, tcsb, wanted, planned)


def _join(node: Node, tcsb: Tcsb, change: Change | None) -> None:
    """A change that asks for no more than is wanted already shares the fate of that."""
    if tcsb.flight is None:
        tcsb.changes = ()
        confirm.settle(node, tcsb)
        upstream.refresh_all(node, tcsb.session, came_by=tcsb.interface)
    elif change is not None and tcsb.flight.target == tcsb.wanted:
        tcsb.flight = tcsb.flight._replace(changes=(*tcsb.flight.changes, change))
    elif change is not None:
        tcsb.changes += (change,)


def effective(state: SessionState, interface: int, selector: Selector | None) -> Request | None:
    """RFC 2209, UPDATE TRAFFIC CONTROL, step 1: TC_Flowspec, filters, Path_Te and police flags."""
    rsbs = rsbs_of(state, interface, selector)
    if not rsbs:
        return None
    flowspec = lub([rsb.flowspec for rsb in rsbs if rsb.flowspec is not None])
    assert isinstance(flowspec, Flowspec), "resv.py lets no other in"
    selectors = rsbs[0].selectors  # the very tuple, where one RSB is all there is
    if selector is not None and selectors != (selector,):
        selectors = (selector,)
    elif len(rsbs) > 1:
        selectors = tuple(sorted({s for rsb in rsbs for s in rsb.selectors}, key=_order))
    senders = [
        psb
        for psb in state.psbs
        if psb.routes_to(interface) and (not selectors or psb.selector in selectors)
    ]
    if not senders and interface != LOCAL:
        return None
    path_te, distortion = _arriving(senders, flowspec)
    return Request(
        flowspec,
        path_te,
        distortion,
        _police(state, rsbs, senders, flowspec, shared=selector is None),
        selectors,
    )


def rsbs_of(state: SessionState, interface: int, selector: Selector | None) -> list[Rsb]:
    """The RSBs that one TCSB merges; none where it is left over from another sort of style.

    While such a one is being removed, the session's style may have become distinct, or shared.
    """
    if state.is_distinct == (selector is None):
        return []
    return [
        rsb
        for rsb in state.rsbs
        if rsb.interface == interface and (selector is None or selector in rsb.selectors)
    ]


def _order(selector: Selector) -> bytes:
    return selector.body()


def _arriving(senders: list[Psb], flowspec: Flowspec) -> tuple[Tspec, ErrorTerms]:
    """Path_Te, and how far the path may have distorted it; unknown Tspecs do not bound anything."""
    tspecs = [psb.tspec.tspec for psb in senders if isinstance(psb.tspec, SenderTspec)]
    path_te = tspecs[0] if len(tspecs) == 1 else total(tspecs) if tspecs else flowspec.tspec
    return path_te, _distortion(*[psb.adspec for psb in senders if isinstance(psb.adspec, Adspec)])


@once
def _distortion(*adspecs: Adspec) -> ErrorTerms:
    return share(distortion(adspecs))


def _police(
    state: SessionState, rsbs: list[Rsb], senders: list[Psb], flowspec: Flowspec, *, shared: bool
) -> PoliceFlag:
    """RFC 2205 3.8."""
    flags = NOWHERE
    if any(psb.e_police for psb in senders):
        flags |= PoliceFlag.E
    if shared and len(senders) > 1:
        flags |= PoliceFlag.M
    for rsb in state.rsbs:
        if rsb in rsbs or rsb.flowspec is None or not any(rsb.matches(p.selector) for p in senders):
            continue
        if compare(flowspec, rsb.flowspec) not in (Ordering.EQUAL, Ordering.GREATER):
            flags |= PoliceFlag.B
    return flags


def _admit(node: Node, tcsb: Tcsb, request: Request) -> tuple[Installed, Plan | None]:
    """Take the budget for the larger of what is held and what is wanted, or raise Refused."""
    if tcsb.interface == LOCAL:
        return Installed(*request, request.flowspec, None), None
    control = node.controls[tcsb.interface]
    key = _budget_key(tcsb, request.flowspec.service)
    held = control.budget.demand(key)
    planned = control.add_flowspec(
        key,
        request.flowspec,
        request.path_te,
        request.upstream,
        entry=request.police is not NOWHERE and PoliceFlag.E in request.police,
    )
    if held is not None:
        control.budget.admit(key, _larger(planned.demand, held))
    return Installed(*request, planned.forward, planned.demand), planned


def _larger(a: Demand, b: Demand) -> Demand:
    return Demand(
        a.service,
        max(a.rate_bytes_per_s, b.rate_bytes_per_s),
        max(a.burst_bytes, b.burst_bytes),
    )


def _settle_budget(node: Node, tcsb: Tcsb) -> None:
    """Hold what the data plane may hold, and no more."""
    control = node.controls.get(tcsb.interface)
    if control is None:
        return
    held: dict[Service, Demand] = {}
    flying = None if tcsb.flight is None else tcsb.flight.target
    for value in (tcsb.installed, flying, tcsb.wanted):
        if value is not None and value.demand is not None:
            demand = value.demand
            other = held.setdefault(demand.service, demand)
            if other is not demand:
                held[demand.service] = _larger(demand, other)
    for service in _SERVICES:
        key = _budget_key(tcsb, service)
        if service in held:
            control.budget.admit(key, held[service])
        else:
            control.delete_flowspec(key)


def _budget_key(tcsb: Tcsb, service: Service) -> int:
    """While a reservation changes its service, the data plane may hold either: each has a key."""
    return -tcsb.rhandle if service is Service.GUARANTEED else tcsb.rhandle


def _want(node: Node, tcsb: Tcsb, wanted: Installed | None, planned: Plan | None = None) -> None:
    tcsb.wanted = wanted
    if tcsb.flight is None:
        _launch(node, tcsb, planned)


def _launch(node: Node, tcsb: Tcsb, planned: Plan | None = None, *, anew: bool = False) -> None:
    """Send the difference between what is wanted and what is installed to the data plane.

    `planned` is what is wanted, as a plan, where that is at hand. `anew`: the meter too, whatever
    is installed, since its parameters mean something else now.
    """
    changes, tcsb.changes = tcsb.changes, ()
    steps = operations(node, tcsb, planned, anew=anew)
    if not steps:
        _done(node, tcsb, tcsb.wanted)
        return
    tcsb.flight = Flight(node.next_id(), tcsb.wanted, changes)
    node.transactions[tcsb.flight.txn] = tcsb
    node.emit(Program(tcsb.flight.txn, steps))


def target_result(node: Node, event: TargetResult) -> None:
    """The data plane has answered."""
    tcsb = node.transactions.pop(event.txn, None)
    if tcsb is None or tcsb.flight is None:
        return
    flight, tcsb.flight = tcsb.flight, None
    if event.ok:
        _done(node, tcsb, flight.target)
    else:
        _failed(node, tcsb, flight, event.why)


def _done(node: Node, tcsb: Tcsb, holds: Installed | None) -> None:
    """The data plane holds what was asked for: tell both sides, and go on with what is wanted."""
    state = tcsb.session
    before, tcsb.installed = tcsb.installed, holds
    if tcsb.installed is None:
        if tcsb.wanted is None:  # else it has been asked for again since
            state.tcsbs = tuple(other for other in state.tcsbs if other is not tcsb)
        if before is not None:
            node.trace(TraceKind.REMOVED, state.session)
    else:
        node.trace(TraceKind.INSTALLED, state.session)
    _settle_budget(node, tcsb)
    if tcsb.wanted != tcsb.installed:
        _launch(node, tcsb)
        return
    if tcsb.installed is not None:
        confirm.settle(node, tcsb)
    if tcsb.installed != before:
        notify.resv_event(node, tcsb)
    upstream.refresh_all(node, state, came_by=tcsb.interface)
    node.drop_if_empty(state)


def _failed(node: Node, tcsb: Tcsb, flight: Flight, why: str) -> None:
    """The data plane holds what it held: so does the rest of the node."""
    state = tcsb.session
    refusal = Refusal(
        ErrorCode.ADMISSION_CONTROL_FAILURE, REFUSED_BY_TARGET, f"the data plane refused: {why}"
    )
    if not flight.changes and not tcsb.changes:
        # Nobody asked for it but us: a removal, or what follows from path state. It must come.
        node.trace(TraceKind.REFUSED, state.session, refusal.text)
        node.timers.set(tcsb, node.now_ns + RETRY_NS)
        return
    for change in reversed(flight.changes):
        if change.rsb not in state.rsbs:
            continue  # torn down or timed out meanwhile
        later = next((c for c in tcsb.changes if c.rsb is change.rsb), None)
        if later is None:
            _refuse(node, tcsb, change, refusal)
        else:  # it has asked for something else since: that is to fall back on what was before
            patched = later._replace(before=change.before)
            tcsb.changes = tuple(patched if c is later else c for c in tcsb.changes)
    tcsb.wanted = tcsb.installed
    _again(node, tcsb)


def reconsider(node: Node, state: SessionState, interface: int) -> None:
    """Plan anew what stands on a link that has changed; give up what no longer fits."""
    for tcsb in state.tcsbs:
        if tcsb.interface != interface or tcsb.wanted is None:
            continue
        try:
            tcsb.wanted, planned = _admit(node, tcsb, tcsb.wanted.request)
        except Refused as no:
            _give_up(node, tcsb, Refusal(no.code, no.value, no.sentence))
            continue
        if tcsb.flight is None:
            _launch(node, tcsb, planned, anew=True)


def retry(node: Node, tcsb: Tcsb) -> None:
    """Try once more what the data plane would not do."""
    if tcsb.flight is None:
        _launch(node, tcsb)


def _again(node: Node, tcsb: Tcsb) -> None:
    state = tcsb.session
    request = effective(state, tcsb.interface, tcsb.selector)
    if request is None and tcsb.installed is None:
        state.tcsbs = tuple(other for other in state.tcsbs if other is not tcsb)
    _settle_budget(node, tcsb)
    update(node, state, tcsb.interface, tcsb.selector)
    node.drop_if_empty(state)


def _refuse(node: Node, tcsb: Tcsb, change: Change, refusal: Refusal) -> None:
    """Undo a change, and say so to whoever asked."""
    state = tcsb.session
    # RFC 2205 3.1.8: a failed increase leaves the old reservation, and the flag says so; it may
    # be another next hop's (RFC 2209: wherever TC_ModFlowspec fails).
    failed_to_grow = refusal.code == ErrorCode.ADMISSION_CONTROL_FAILURE
    in_place = failed_to_grow and tcsb.installed is not None
    flags = ErrorFlag.IN_PLACE if in_place else ErrorFlag(0)
    change.rsb.confirm = None
    notify.refuse_rsb(node, state, change.rsb, change.asked, refusal, flags)
    if change.before is None:
        resv.drop(node, state, change.rsb)
    else:
        resv.restore(node, state, change.rsb, change.before)


def _refuse_all(node: Node, tcsb: Tcsb, refusal: Refusal) -> None:
    """What follows from path state cannot be had: tell all who hold the reservation.

    RFC 2209, UPDATE TRAFFIC CONTROL: with InPlace, where there is one already.
    """
    state = tcsb.session
    flags = ErrorFlag(0) if tcsb.installed is None else ErrorFlag.IN_PLACE
    for rsb in rsbs_of(state, tcsb.interface, tcsb.selector):
        notify.refuse_rsb(node, state, rsb, notify.flow_of(rsb), refusal, flags)
        if tcsb.installed is None:
            resv.drop(node, state, rsb)
    if tcsb.installed is None and tcsb in state.tcsbs:
        _want(node, tcsb, None)  # the data plane may still be about to say yes


def target_preempts(node: Node, event: TargetPreempts) -> None:
    """TC_Preempt: the reservation is gone; its holders are told (RFC 2205 B, error 12)."""
    state = node.find_session(event.session)
    if state is None:
        return
    tcsb = next((t for t in state.tcsbs if t.rhandle == event.rhandle), None)
    if tcsb is None:
        return
    _give_up(node, tcsb, Refusal(ErrorCode.SERVICE_PREEMPTED, 0, event.why or "preempted"))


def _give_up(node: Node, tcsb: Tcsb, refusal: Refusal) -> None:
    """End a reservation against the will of those who hold it."""
    state = tcsb.session
    holders = rsbs_of(state, tcsb.interface, tcsb.selector)
    for rsb in holders:
        notify.refuse_rsb(node, state, rsb, notify.flow_of(rsb), refusal, ErrorFlag(0))
        resv.drop(node, state, rsb)
    update(node, state, tcsb.interface, tcsb.selector)
    for rsb in holders:
        update_others(node, state, rsb)
