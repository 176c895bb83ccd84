"""Reservation state: RESV and RTEAR arrive (RFC 2209 2; RFC 2205 3.1.4, 3.1.6).

FF has an RSB for each next hop and sender, SE and WF one for each next hop. A selector of an RSB
lives by the message that last named it, so that senders left out of later SE messages time out by
themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import checks, notify, rsbs, traffic, unmerged, upstream
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.extras import forwardable
from p4rsvp.engine.merge import covers
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Change, Rsb, Snapshot
from p4rsvp.engine.state import Psb, SessionState
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.known import KnownResv, KnownResvTear
    from p4rsvp.engine.lifetimes import Lifetime


def arrives(node: Core, state: SessionState, oi: InterfaceConfig, resv: KnownResv) -> None:
    """RESV MESSAGE ARRIVES; what is refused as a whole has been refused (arrival.py, checks.py)."""
    lifetime = node.lifetimes.start(
        state, node.now_ns, oi.times.lifetime_ns(resv.time_values.refresh_period_ms)
    )
    node.lifetimes.hold(lifetime)  # until the last flow descriptor has been looked at
    accepted = [_take(node, oi, state, resv, flow, lifetime) for flow in resv.flows]
    node.lifetimes.let_go(lifetime)
    # A repetition with a RESV_CONFIRM would be answered once more, so it is never just a
    # repetition.
    if all(accepted) and node.lifetimes.is_used(lifetime) and resv.confirm is None:
        node.remember(lifetime)


def _take(
    node: Core,
    oi: InterfaceConfig,
    state: SessionState,
    resv: KnownResv,
    flow: FlowDescriptor,
    lifetime: Lifetime,
) -> bool:
    """Process one flow descriptor; whether it was accepted as far as this node can say now."""
    asked = [item.selector for item in flow.filters if isinstance(item, FilterSpec)]
    # The senders' own selectors, which are equal, so that the session holds each but once.
    senders = [psb for psb in state.psbs if psb.routes_to(oi.id)]
    known = tuple([p.selector for p in senders if p.selector in asked])
    if len(known) > 1:
        known = tuple(dict.fromkeys(known))
    if not known and (asked or not senders):
        refusal = Refusal(ErrorCode.NO_SENDER_INFORMATION, 0, "no such sender routes there")
        notify.refuse_resv(node, oi, resv, flow, refusal)
        return False
    nhop = resv.hop.address
    rsb = rsbs.find(state, oi.id, nhop, resv.style, known)
    by = checks.Requester(oi.id, nhop, 0)
    no = checks.refuses_flow(node, state, flow, by, rsb, resv)
    if no is not None:
        notify.refuse_resv(node, oi, resv, flow, no)
        return False
    flowspec = flow.flowspec
    assert isinstance(flowspec, Flowspec), "checked: it is of a service that we have"
    before = None if rsb is None else _passed_on(rsb)
    asked_before = None if rsb is None else (rsb.flowspec, rsb.confirm, before)
    if rsb is not None:
        node.holders.users_hold(rsb.policy, -1)
        node.holders.users_hold(resv.policy, 1)
    rsb = rsb or Rsb(resv.style, oi.id, nhop, 0, flowspec)
    alone = unmerged.near(node, state, rsb) if node.policy.preempts else {}
    rsb.extras = forwardable(resv)
    rsb.policy = resv.policy
    rsb.scope = resv.scope
    if resv.confirm is not None:  # a refresh that has none takes no wish back that still waits
        rsb.confirm = resv.confirm
    if asked_before != (flowspec, rsb.confirm, _passed_on(rsb)):
        rsbs.forget(node, rsb)  # what other messages have named would change it back
    store(node, state, rsb, flowspec, known, lifetime)
    if node.policy.preempts:
        unmerged.tell(node, state, rsb, alone)
    if before is not None and _passed_on(rsb) != before:
        traffic.weigh(node, rsb, state)
        upstream.refresh_all(node, state, came_by=oi.id)
    is_in_place = bool(rsb.lifetimes)
    return is_in_place and len(known) == len(asked) and rsb.flowspec == flow.flowspec


def _passed_on(rsb: Rsb) -> tuple[object, ...]:
    """What goes upstream with a reservation, and traffic control does not look at."""
    return rsb.scope, rsb.policy, rsb.extras


def store(
    node: Core,
    state: SessionState,
    rsb: Rsb,
    flowspec: Flowspec,
    named: tuple[Selector, ...],
    lifetime: Lifetime | None,
) -> None:
    """Put a request into an RSB, and its consequences into motion."""
    asked = Snapshot(flowspec, named)
    if rsb not in state.rsbs:
        rsbs.add(node, state, rsb)
        node.trace(TraceKind.RESV_NEW, state.session)
        change: Change | None = Change(rsb, asked, None)
    elif _is_changed(rsb, asked, lifetime):
        node.trace(TraceKind.RESV_CHANGED, state.session)
        change = Change(rsb, asked, Snapshot(rsb.flowspec, rsb.selectors))
    else:
        change = None
    rsb.flowspec = flowspec
    _live_by(node, rsb, named, lifetime)
    if change is None and rsb.confirm is None:
        return
    key = rsb.selectors[0] if rsb.style.id is StyleId.FF else None
    traffic.update(node, state, rsb.interface, key, change)
    traffic.update_others(node, state, rsb)


def _is_changed(rsb: Rsb, asked: Snapshot, lifetime: Lifetime | None) -> bool:
    """Whether a request is another than before.

    What a message does not name, others may have; what an application does not name, it gives up.
    """
    if rsb.flowspec != asked.flowspec or not set(asked.selectors) <= set(rsb.selectors):
        return True
    return lifetime is None and len(asked.selectors) < len(rsb.selectors)


def _live_by(node: Core, rsb: Rsb, named: tuple[Selector, ...], lifetime: Lifetime | None) -> None:
    """Let the selectors that the message names live by it, and keep the others as they are."""
    if lifetime is None:  # an application's: it lives as long as the application wants it
        rsb.selectors = named
        return
    if not rsb.lifetimes:
        rsb.selectors = named
        rsb.lifetimes = tuple([node.lifetimes.hold(lifetime) for _ in named or (None,)])
        return
    lives: dict[Selector | None, Lifetime] = dict(
        zip(rsb.selectors or (None,), rsb.lifetimes, strict=False)
    )
    for selector in named or (None,):
        old = lives.get(selector)
        lives[selector] = node.lifetimes.hold(lifetime)
        if old is not None:
            node.lifetimes.drop(old)
    rsb.selectors = tuple(s for s in lives if s is not None)
    rsb.lifetimes = tuple(lives.values())


def tear_arrives(node: Core, tear: KnownResvTear) -> None:
    """RTEAR MESSAGE ARRIVES."""
    state = node.find_session(tear.session)
    oi = node.interfaces.get(tear.hop.lih)
    if state is None or oi is None or state.style is None or state.style.id is not tear.style.id:
        node.trace(TraceKind.DROPPED, tear.session, "a ResvTear matches no reservation")
        return
    nhop = tear.hop.address
    wildcard = tear.style.is_wildcard
    named = {
        item.selector
        for flow in tear.flows
        for item in flow.filters
        if isinstance(item, FilterSpec)
    }
    for rsb in state.rsbs:
        if rsb.interface == oi.id and rsb.nhop == nhop and not rsb.is_local:
            gone = None if wildcard else named & set(rsb.selectors)
            if gone is None or gone:
                node.trace(TraceKind.RESV_TORN, state.session)
                take_away(node, state, rsb, gone, extras=forwardable(tear))
    node.drop_if_empty(state)


def take_away(
    node: Core,
    state: SessionState,
    rsb: Rsb,
    gone: set[Selector] | None,
    *,
    lost: Selector | None = None,
    extras: tuple[WireObject, ...] = (),
) -> None:
    """Take senders, or (None) everything, out of an RSB; traffic control and upstream follow.

    `extras`: what of the ResvTear that did it has to travel on (RFC 2205 3.10, 1, rule 1).
    """
    keys: list[Selector | None] = [None]
    if rsb.style.id is StyleId.FF:
        keys = list(rsb.selectors)
    if gone is None or gone >= set(rsb.selectors):
        rsbs.drop(node, state, rsb)
    else:
        rsbs.strike(node, rsb, gone)
    for key in keys:
        traffic.update(node, state, rsb.interface, key)
    traffic.update_others(node, state, rsb)
    # A removal needs no acknowledgement before upstream may know of it.
    upstream.refresh_all(node, state, came_by=rsb.interface, lost=lost, extras=extras)


def forget_sender(node: Core, psb: Psb) -> None:
    """Path state is gone: so are reservations that were for it alone.

    RFC 2205 3.1.5: the PathTear has made the same changes upstream already.
    """
    state = psb.session
    for rsb in state.rsbs:
        if rsb.is_local or not rsb.matches(psb.selector):
            continue
        others = [p for p in state.psbs if covers(rsb, p)]
        if rsb.style.is_wildcard:
            if covers(rsb, psb) and not others:
                take_away(node, state, rsb, None, lost=psb.selector)
        elif not any(p.selector == psb.selector for p in others):
            take_away(node, state, rsb, {psb.selector}, lost=psb.selector)
    traffic.update_sender(node, psb)
