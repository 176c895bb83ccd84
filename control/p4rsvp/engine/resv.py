"""Reservation state: RESV and RTEAR arrive (RFC 2209 2; RFC 2205 3.1.4, 3.1.6).

FF has an RSB for each next hop and sender, SE and WF one for each next hop. A selector of an RSB
lives by the message that last named it, so that senders left out of later SE messages time out by
themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import checks, notify, traffic, upstream
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.extras import forwardable
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import Change, Psb, Rsb, SessionState, Snapshot
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import Style, StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.known import KnownResv, KnownResvTear
    from p4rsvp.engine.lifetimes import Lifetime
    from p4rsvp.engine.node import Node


def arrives(node: Node, oi: InterfaceConfig, resv: KnownResv) -> None:
    """RESV MESSAGE ARRIVES; what is refused as a whole has been refused (arrival.py, checks.py)."""
    state = node.find_session(resv.session)
    assert state is not None, "checked: there is path state"
    lifetime = node.lifetimes.start(
        state, node.now_ns, oi.times.lifetime_ns(resv.time_values.refresh_period_ms)
    )
    node.lifetimes.hold(lifetime)  # until the last flow descriptor has been looked at
    accepted = [_take(node, oi, state, resv, flow, lifetime) for flow in resv.flows]
    node.lifetimes.let_go(lifetime)
    # A repetition with a RESV_CONFIRM would be answered once more, so it is never just a
    # repetition.
    if all(accepted) and lifetime.uses and resv.confirm is None:
        node.remember(lifetime)


def _take(
    node: Node,
    oi: InterfaceConfig,
    state: SessionState,
    resv: KnownResv,
    flow: FlowDescriptor,
    lifetime: Lifetime,
) -> bool:
    """Process one flow descriptor; whether it was accepted as far as this node can say now."""
    asked = tuple([item.selector for item in flow.filters if isinstance(item, FilterSpec)])
    # The senders' own selectors, which are equal, so that the session holds each but once.
    known = tuple(
        {p.selector: None for p in state.psbs if p.selector in asked and p.routes_to(oi.id)}
    )
    if not known and (asked or not any(p.routes_to(oi.id) for p in state.psbs)):
        refusal = Refusal(ErrorCode.NO_SENDER_INFORMATION, 0, "no such sender routes there")
        notify.refuse_resv(node, oi, resv, flow, refusal)
        return False
    nhop = resv.hop.address
    rsb = find(state, oi.id, nhop, resv.style, known)
    by = checks.Requester(oi.id, nhop, 0)
    no = checks.refuses_flow(node, state, flow, by, rsb)
    if no is not None:
        notify.refuse_resv(node, oi, resv, flow, no)
        return False
    flowspec = flow.flowspec
    assert isinstance(flowspec, Flowspec), "checked: it is of a service that we have"
    before = None if rsb is None else _passed_on(rsb)
    rsb = rsb or Rsb(resv.style, oi.id, nhop, 0, flowspec)
    rsb.extras = forwardable(resv)
    rsb.policy = resv.policy
    rsb.scope = resv.scope
    rsb.confirm = resv.confirm
    store(node, state, rsb, flowspec, known, lifetime)
    if before is not None and _passed_on(rsb) != before:
        upstream.refresh_all(node, state, came_by=oi.id)
    is_in_place = bool(rsb.lifetimes)
    return is_in_place and len(known) == len(asked) and rsb.flowspec == flow.flowspec


def _passed_on(rsb: Rsb) -> tuple[object, ...]:
    """What goes upstream with a reservation, and traffic control does not look at."""
    return rsb.scope, rsb.policy, rsb.extras


def find(
    state: SessionState,
    interface: int,
    nhop: Address | None,
    style: Style,
    selectors: tuple[Selector, ...],
    app: int = 0,
) -> Rsb | None:
    """The RSB of a next hop; for a distinct style, of one of its senders."""
    for rsb in state.rsbs:
        same = rsb.interface == interface and rsb.nhop == nhop and rsb.app == app
        if same and (style.id is not StyleId.FF or rsb.selectors == selectors):
            return rsb
    return None


def store(
    node: Node,
    state: SessionState,
    rsb: Rsb,
    flowspec: Flowspec,
    named: tuple[Selector, ...],
    lifetime: Lifetime | None,
) -> None:
    """Put a request into an RSB, and its consequences into motion."""
    is_new = rsb not in state.rsbs
    before = None if is_new else Snapshot(rsb.flowspec, rsb.selectors)
    if is_new:
        state.rsbs += (rsb,)
        node.counters.reservation_states += 1
        if rsb.nhop is not None:
            node.counters.by_neighbour[rsb.nhop] += 1
    changed = rsb.flowspec != flowspec or not set(named) <= set(rsb.selectors)
    # What a message does not name, others may have; what an application does not name, it gives up.
    changed = changed or (lifetime is None and len(named) < len(rsb.selectors))
    rsb.flowspec = flowspec
    _live_by(node, rsb, named, lifetime)
    if not (is_new or changed or rsb.confirm is not None):
        return
    if is_new or changed:
        node.trace(TraceKind.RESV_NEW if is_new else TraceKind.RESV_CHANGED, state.session)
    key = rsb.selectors[0] if rsb.style.id is StyleId.FF else None
    change = None
    if is_new or changed:
        asked = FlowDescriptor(flowspec, tuple([FilterSpec(selector) for selector in named]))
        change = Change(rsb, asked, before)
    traffic.update(node, state, rsb.interface, key, change)
    traffic.update_others(node, state, rsb)


def _live_by(node: Node, rsb: Rsb, named: tuple[Selector, ...], lifetime: Lifetime | None) -> None:
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


def tear_arrives(node: Node, tear: KnownResvTear) -> None:
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
    node: Node,
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
        drop(node, state, rsb)
    else:
        _strike(node, rsb, gone)
    for key in keys:
        traffic.update(node, state, rsb.interface, key)
    traffic.update_others(node, state, rsb)
    # A removal needs no acknowledgement before upstream may know of it.
    upstream.refresh_all(node, state, came_by=rsb.interface, lost=lost, extras=extras)


def _strike(node: Node, rsb: Rsb, gone: set[Selector]) -> None:
    """Take some senders out of an RSB, and nothing else."""
    kept = []
    for selector, lifetime in zip(rsb.selectors, rsb.lifetimes, strict=True):
        if selector in gone:
            node.lifetimes.drop(lifetime)
        else:
            kept.append((selector, lifetime))
    rsb.selectors = tuple(selector for selector, _ in kept)
    rsb.lifetimes = tuple(lifetime for _, lifetime in kept)


def drop(node: Node, state: SessionState, rsb: Rsb) -> None:
    """Forget an RSB, and nothing else."""
    if rsb not in state.rsbs:
        return
    state.rsbs = tuple(other for other in state.rsbs if other is not rsb)
    node.counters.reservation_states -= 1
    if rsb.nhop is not None:
        node.counters.release(rsb.nhop)
    for lifetime in rsb.lifetimes:
        node.lifetimes.drop(lifetime)
    rsb.lifetimes = ()


def restore(node: Node, state: SessionState, rsb: Rsb, before: Snapshot) -> None:
    """Give an RSB its old request back; what its message refreshed stays refreshed.

    Senders that have been torn down since do not come back.
    """
    if rsb not in state.rsbs:
        return
    by = checks.Requester(rsb.interface, rsb.nhop, rsb.app)
    if checks.service_conflict(state, notify.flow_of(rsb), before.flowspec, by) is not None:
        drop(node, state, rsb)  # others have made up their minds for another service since
        return
    rsb.flowspec = before.flowspec
    if rsb.is_local:
        rsb.selectors = before.selectors
    elif rsb.selectors:
        new = set(rsb.selectors) - set(before.selectors)
        if new == set(rsb.selectors):
            drop(node, state, rsb)
        else:
            _strike(node, rsb, new)
    for lifetime in rsb.lifetimes:
        node.lifetimes.forget(lifetime)  # the same request again is to be tried again


def forget_sender(node: Node, psb: Psb) -> None:
    """Path state is gone: so are reservations that were for it alone.

    RFC 2205 3.1.5: the PathTear has made the same changes upstream already.
    """
    state = psb.session
    for rsb in state.rsbs:
        if rsb.is_local or not rsb.matches(psb.selector):
            continue
        others = [p for p in state.psbs if upstream.covers(rsb, p)]
        if rsb.style.is_wildcard:
            if upstream.covers(rsb, psb) and not others:
                take_away(node, state, rsb, None, lost=psb.selector)
        elif not any(p.selector == psb.selector for p in others):
            take_away(node, state, rsb, {psb.selector}, lost=psb.selector)
    traffic.update_sender(node, psb)
