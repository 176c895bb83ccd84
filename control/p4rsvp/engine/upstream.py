"""RESV REFRESH (RFC 2209 2): what we ask of each previous hop, merged from what is installed here.

For each previous hop of a session there is one Resv message, which holds what was last sent
(ResvOut). A refresh works out what it should be and compares: what is gone is torn down, what is
new is sent at once, what is the same is left to the refresh timer. So merging stops what it should
stop (RFC 2205 2.2), and an order of events leaves no trace in the result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.engine import blockade, confirm, sharing
from p4rsvp.engine.config import NEIGHBOUR_TTL
from p4rsvp.engine.extras import as_extras
from p4rsvp.engine.state import Phop, Psb, ResvOut, Rsb, SessionState, Tcsb
from p4rsvp.engine.timers import NEVER
from p4rsvp.intserv.services import glb, lub
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Resv, ResvTear
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import Scope, StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.node import Node


class Merged(NamedTuple):
    """What all reservations for a previous hop come to."""

    flows: tuple[FlowDescriptor, ...]
    scope: Scope | None = None
    confirm: ResvConfirm | None = None
    is_blockaded: bool = False  # every reservation is: what is asked for is their minimum
    rsbs: tuple[Rsb, ...] = ()  # whose requests these are


def refresh_all(
    node: Node,
    state: SessionState,
    *,
    came_by: int,
    lost: Selector | None = None,
    extras: tuple[WireObject, ...] = (),
) -> None:
    """Bring every previous hop up to date, but for those beyond the news (RFC 2205 3.3).

    `lost`: a sender whose path state has ended here.
    """
    confirm.answer_for_local_senders(node, state)
    phops = {psb.phop: None for psb in state.psbs if psb.phop is not None}
    phops.update({out.phop: None for out in state.outs})
    offers = confirm.Offers(node, state)
    for phop in phops:
        if phop.interface != came_by:
            _refresh(node, state, phop, offers, lost=lost, extras=extras)
    offers.end()


def interface_changed(node: Node, state: SessionState, interface: int) -> None:
    """Ask again by an interface that has come or changed; do not ask by one that has gone."""
    if interface not in node.interfaces:
        for out in state.outs:
            if out.phop.interface == interface:
                node.timers.cancel(out)
                out.data = b""
        return
    for phop in dict.fromkeys(psb.phop for psb in state.psbs):
        if phop is not None and phop.interface == interface:
            refresh(node, state, phop)


def refresh(
    node: Node,
    state: SessionState,
    phop: Phop,
    *,
    lost: Selector | None = None,
    unless_blockaded: bool = False,
) -> None:
    """Send a previous hop what has changed, but nothing of a `lost` sender's reservations.

    RFC 2205 3.1.5: whoever tore its path state down has ended those already. `unless_blockaded`:
    send nothing at all if every reservation is blockaded (3.5, step 4); the next refresh then asks
    for their minimum.
    """
    offers = confirm.Offers(node, state)
    _refresh(node, state, phop, offers, lost=lost, unless_blockaded=unless_blockaded)
    offers.end()


def _refresh(
    node: Node,
    state: SessionState,
    phop: Phop,
    offers: confirm.Offers,
    *,
    lost: Selector | None = None,
    unless_blockaded: bool = False,
    extras: tuple[WireObject, ...] = (),
) -> None:
    senders = [psb for psb in state.psbs if psb.phop == phop]
    out = next((o for o in state.outs if o.phop == phop), None)
    style = state.style
    if style is None and out is None:
        return
    merged = merge(state, phop, senders, offers)
    if style is None or not merged.flows:
        if out is not None:
            knows = lost is not None and not senders  # the last of its senders has gone with it
            _end(node, state, out, extras, lost, knows=knows)
        return
    if out is None:
        out = ResvOut(state, phop, senders[0].hop or Hop(phop.address), style)
        state.outs += (out,)
    gone = _gone(out, merged.flows)
    torn = [selector for selector in gone if selector != lost]
    if torn:
        _tear(node, out, torn, extras)
    out.hop, out.style = senders[0].hop or out.hop, style
    old, out.data = _without(out.data, gone), _message(node, out, merged)
    if unless_blockaded and merged.is_blockaded:
        if out.due_ns == NEVER:
            _arrange(node, out)
        return
    if merged.confirm is not None:
        _arrange(node, out)
        _send(node, out, _message(node, out, merged, merged.confirm))
    elif out.data != old:
        resend(node, out)


def merge(state: SessionState, phop: Phop, senders: list[Psb], offers: confirm.Offers) -> Merged:
    """Merge what is installed for the senders of one previous hop."""
    per_sender: list[tuple[Psb, Flowspec]] = []
    is_blockaded = True
    confirmation: ResvConfirm | None = None
    for psb in senders:
        tcsbs = [t for t in state.tcsbs if _serves(state, t, psb)]
        if not tcsbs:
            continue
        free = [t for t in tcsbs if not (state.bsbs and blockade.holds(state, psb, phop, t))]
        if free:
            is_blockaded = False
            flowspec = lub([t.installed.forward for t in free if t.installed])
            confirmation = offers.largest(free) or confirmation
        else:
            # RFC 2205 3.5: with every reservation blockaded, the smallest has the best chance.
            flowspec = glb([t.installed.forward for t in tcsbs if t.installed])
        if len(free) < len(tcsbs):
            offers.withdraw([t for t in tcsbs if t not in free])
        assert isinstance(flowspec, Flowspec), "resv.py lets no other in"
        per_sender.append((psb, flowspec))
    if not per_sender:
        return Merged(())
    scope = _scope(state, senders)
    if scope is not None and not scope.senders:
        return Merged(())  # RFC 2205 3.4: an empty SCOPE is not forwarded
    rsbs = _contributing(state, phop, [psb for psb, _ in per_sender])
    return Merged(_flows(state, per_sender), scope, confirmation, is_blockaded, rsbs)


def _contributing(state: SessionState, phop: Phop, senders: list[Psb]) -> tuple[Rsb, ...]:
    return tuple(
        [
            rsb
            for rsb in state.rsbs
            if rsb.interface != phop.interface
            and any(rsb.matches(psb.selector) and psb.routes_to(rsb.interface) for psb in senders)
        ]
    )


def _serves(state: SessionState, tcsb: Tcsb, psb: Psb) -> bool:
    """Whether an installed reservation, which is to stay, is for this sender's data."""
    return (
        tcsb.installed is not None
        and tcsb.wanted is not None
        # While it changes its service, it merges with none of the old service or of the new.
        and tcsb.installed.forward.service is tcsb.wanted.forward.service
        and tcsb.interface != psb.interface
        and psb.routes_to(tcsb.interface)
        and tcsb.matches(psb.selector)
        and (not tcsb.wanted.selectors or psb.selector in tcsb.wanted.selectors)
        # RFC 2205 3.4: what came with a SCOPE is asked of the senders in it, and of no other.
        and any(r.interface == tcsb.interface and covers(r, psb) for r in state.rsbs)
    )


def _flows(
    state: SessionState, per_sender: list[tuple[Psb, Flowspec]]
) -> tuple[FlowDescriptor, ...]:
    """The flow descriptor list, in an order that does not depend on that of arrival."""
    style = state.style
    assert style is not None, "something is installed"
    if len(per_sender) > 1:
        per_sender = sorted(per_sender, key=lambda pair: pair[0].selector.body())
    if style.id is StyleId.FF:
        return tuple(
            [FlowDescriptor(flowspec, (FilterSpec(psb.selector),)) for psb, flowspec in per_sender]
        )
    flowspec = lub(flowspec for _, flowspec in per_sender)
    filters: tuple[FilterSpec, ...] = ()
    if not style.is_wildcard:
        selectors = dict.fromkeys(psb.selector for psb, _ in per_sender)
        filters = tuple(FilterSpec(selector) for selector in selectors)
    return (FlowDescriptor(flowspec, filters),)


def _scope(state: SessionState, senders: list[Psb]) -> Scope | None:
    """The SCOPE, once wildcard reservations go to more than one previous hop (RFC 2205 3.4)."""
    style = state.style
    if style is None or not style.is_wildcard:
        return None
    scoped = any(rsb.scope is not None for rsb in state.rsbs)
    if not scoped and len({psb.phop for psb in state.psbs if psb.phop is not None}) < 2:
        return None
    wanted = [psb for psb in senders if any(covers(rsb, psb) for rsb in state.rsbs)]
    return Scope(tuple(sorted({psb.selector.source for psb in wanted})))


def covers(rsb: Rsb, psb: Psb) -> bool:
    """Whether a sender's data goes where a request came from, and is not beyond its SCOPE."""
    if not psb.routes_to(rsb.interface):
        return False
    return rsb.scope is None or psb.selector.source in rsb.scope.senders


def _gone(out: ResvOut, new: tuple[FlowDescriptor, ...]) -> list[Selector]:
    """The senders that the last Resv named and the next will not; WF names none."""
    if not out.data:
        return []
    kept = {f.selector for flow in new for f in flow.filters if isinstance(f, FilterSpec)}
    return [selector for selector in out.senders if selector not in kept]


def _without(data: bytes, gone: list[Selector]) -> bytes:
    """The last Resv as a ResvTear for these senders has left it: what repeats it is no news."""
    if not gone or not data:
        return data
    message = decode(data)
    assert isinstance(message, Resv), "what we have sent ourselves"
    torn = {FilterSpec(selector) for selector in gone}
    flows = [
        replace(f, filters=tuple(i for i in f.filters if i not in torn)) for f in message.flows
    ]
    return encode(replace(message, flows=tuple(flow for flow in flows if flow.filters)))


def _end(
    node: Node,
    state: SessionState,
    out: ResvOut,
    extras: tuple[WireObject, ...],
    lost: Selector | None,
    *,
    knows: bool,
) -> None:
    node.timers.cancel(out)
    state.outs = tuple(other for other in state.outs if other is not out)
    named = [selector for selector in out.senders if selector != lost]
    if named or (out.style.is_wildcard and not knows):
        _tear(node, out, named, extras)


def _tear(
    node: Node, out: ResvOut, selectors: list[Selector], extras: tuple[WireObject, ...]
) -> None:
    """Send a ResvTear for these senders; for WF, for all (RFC 2205 3.1.6)."""
    filters = tuple(FilterSpec(selector) for selector in selectors)
    flows: tuple[FlowDescriptor, ...]
    if out.style.id is StyleId.FF:
        flows = tuple(FlowDescriptor(None, (one,)) for one in filters)
    else:
        flows = (FlowDescriptor(None, filters),)
    hop = _our_hop(node, out)
    if hop is not None:
        tear = ResvTear(out.session.session, hop, out.style, flows, extras=as_extras(extras))
        node.send_to_neighbour(out.phop.interface, out.phop.address, tear)


def _our_hop(node: Node, out: ResvOut) -> Hop | None:
    """Our address towards the previous hop, with the LIH that it gave us (RFC 2205 3.3)."""
    interface = node.interfaces.get(out.phop.interface)
    address = None if interface is None else interface.address(out.phop.address.version)
    return None if address is None else sharing.hop(address, out.hop.lih)


def _message(
    node: Node, out: ResvOut, merged: Merged, confirmation: ResvConfirm | None = None
) -> bytes:
    hop = _our_hop(node, out)
    if hop is None:
        return b""
    state = out.session
    times = node.interfaces[out.phop.interface].times
    return encode(
        Resv(
            state.session,
            hop,
            sharing.time_values(out.refresh_period_ms or times.refresh_period_ms),
            out.style,
            merged.flows,
            confirmation,
            merged.scope,
            node.policy.merge_resv(merged.rsbs),
            send_ttl=NEIGHBOUR_TTL,
            # RFC 2205 3.10, rule 3: the union of what came with the requests, each once.
            extras=as_extras(dict.fromkeys([i for rsb in merged.rsbs for i in rsb.extras])),
        )
    )


def resend(node: Node, out: ResvOut) -> None:
    """Send the message as it stands: the refresh timer has come due, or it is new."""
    _arrange(node, out)
    _send(node, out, out.data)


def _with_period(data: bytes, period_ms: int) -> bytes:
    """The same Resv with another R in its TIME_VALUES."""
    message = decode(data)
    assert isinstance(message, Resv), "what we have sent ourselves"
    return encode(replace(message, time_values=TimeValues(period_ms)))


def _send(node: Node, out: ResvOut, data: bytes) -> None:
    if data:
        node.send_bytes(out.phop.interface, out.phop.address, Resv.type, data)


def _arrange(node: Node, out: ResvOut) -> None:
    """Set the refresh timer, and let a changed R slew (RFC 2205 3.7, rule 5)."""
    interface = node.interfaces.get(out.phop.interface)
    if interface is None:
        return
    period_ms = node.slewed(out.refresh_period_ms, interface.times)
    was_first = not out.refresh_period_ms  # the first message says what is configured
    if period_ms != out.refresh_period_ms and out.data and not was_first:
        out.data = _with_period(out.data, period_ms)
    out.refresh_period_ms = period_ms
    node.timers.set(out, node.now_ns + node.chance.jittered_ns(period_ms))
