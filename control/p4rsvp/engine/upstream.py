"""RESV REFRESH (RFC 2209 2): what each previous hop is told of what is installed here (merge.py).

For each previous hop of a session there is one Resv message, which holds what was last sent
(ResvOut). A refresh works out what it should be and compares: what is gone is torn down, what is
new is sent at once, what is the same is left to the refresh timer. So merging stops what it should
stop (RFC 2205 2.2).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec.structs import replace

from p4rsvp.engine import confirm, sharing
from p4rsvp.engine.config import NEIGHBOUR_TTL
from p4rsvp.engine.extras import as_extras
from p4rsvp.engine.merge import Merged, merge
from p4rsvp.engine.state import Phop, Psb, ResvOut, SessionState
from p4rsvp.engine.timers import NEVER
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Resv, ResvTear
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def refresh_all(
    node: Core,
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
    phops: dict[Phop, list[Psb]] = {}
    for psb in state.psbs:
        phop = psb.phop
        if phop is not None:
            phops.setdefault(phop, []).append(psb)
    for out in state.outs:
        phops.setdefault(out.phop, [])
    offers = confirm.Offers(node, state)
    for phop, senders in phops.items():
        if phop.interface != came_by:
            _refresh(node, state, phop, senders, offers, lost=lost, extras=extras)
    offers.end()


def interface_changed(node: Core, state: SessionState, interface: int) -> None:
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
    node: Core,
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
    senders = [psb for psb in state.psbs if psb.phop == phop]
    offers = confirm.Offers(node, state)
    _refresh(node, state, phop, senders, offers, lost=lost, unless_blockaded=unless_blockaded)
    offers.end()


def _refresh(
    node: Core,
    state: SessionState,
    phop: Phop,
    senders: list[Psb],
    offers: confirm.Offers,
    *,
    lost: Selector | None = None,
    unless_blockaded: bool = False,
    extras: tuple[WireObject, ...] = (),
) -> None:
    out = _find(state, phop)
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
    elif out.data:
        _withdraw(node, out, merged.flows, lost, extras)
    out.hop, out.style = senders[0].hop or out.hop, style
    old, out.data = out.data, _message(node, out, merged)
    if unless_blockaded and merged.is_blockaded:
        if out.due_ns == NEVER:
            _arrange(node, out)
        return
    if merged.confirm is not None:
        _arrange(node, out)
        _send(node, out, _message(node, out, merged, merged.confirm))
    elif out.data != old:
        resend(node, out)


def _find(state: SessionState, phop: Phop) -> ResvOut | None:
    for out in state.outs:
        if out.phop == phop:
            return out
    return None


def _withdraw(
    node: Core,
    out: ResvOut,
    flows: tuple[FlowDescriptor, ...],
    lost: Selector | None,
    extras: tuple[WireObject, ...],
) -> None:
    """Tear down what the last Resv named and the next will not."""
    gone = _gone(out, flows)
    if not gone:
        return
    torn = [selector for selector in gone if selector != lost]
    if torn:
        _tear(node, out, torn, extras)
    out.data = _without(out.data, gone)


def _gone(out: ResvOut, new: tuple[FlowDescriptor, ...]) -> list[Selector]:
    """The senders that the last Resv named and the next will not; WF names none."""
    kept = {f.selector for flow in new for f in flow.filters if isinstance(f, FilterSpec)}
    return [selector for selector in out.senders if selector not in kept]


def _without(data: bytes, gone: list[Selector]) -> bytes:
    """The last Resv as a ResvTear for these senders has left it: what repeats it is no news."""
    message = decode(data)
    assert isinstance(message, Resv), "what we have sent ourselves"
    torn = {FilterSpec(selector) for selector in gone}
    flows = [
        replace(f, filters=tuple(i for i in f.filters if i not in torn)) for f in message.flows
    ]
    return encode(replace(message, flows=tuple(flow for flow in flows if flow.filters)))


def _end(
    node: Core,
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
    node: Core, out: ResvOut, selectors: list[Selector], extras: tuple[WireObject, ...]
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


def _our_hop(node: Core, out: ResvOut) -> Hop | None:
    """Our address towards the previous hop, with the LIH that it gave us (RFC 2205 3.3)."""
    interface = node.interfaces.get(out.phop.interface)
    address = None if interface is None else interface.address_towards(out.phop.address)
    return None if address is None else sharing.hop(address, out.hop.lih)


def _message(
    node: Core, out: ResvOut, merged: Merged, confirmation: ResvConfirm | None = None
) -> bytes:
    hop = _our_hop(node, out)
    if hop is None:
        return b""
    state = out.session
    times = node.interfaces[out.phop.interface].times
    return node.encoded(
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
            extras=as_extras(_extras(node, merged)),
        )
    )


def _extras(node: Core, merged: Merged) -> Collection[WireObject]:
    """RFC 2205 3.10, rule 3: the union of what came with the requests, each once.

    For the Null Service, whose marks are ours to choose, our own DCLASS takes the place of those
    that came (RFC 2996 3).
    """
    items = dict.fromkeys([item for rsb in merged.rsbs for item in rsb.extras])
    dscp = node.config.null_dscp
    flowspec = merged.flows[0].flowspec
    if dscp is None or not isinstance(flowspec, Flowspec) or flowspec.service is not Service.NULL:
        return items
    return [item for item in items if not isinstance(item, Dclass)] + [Dclass((dscp,))]


def resend(node: Core, out: ResvOut) -> None:
    """Send the message as it stands: the refresh timer has come due, or it is new."""
    _arrange(node, out)
    _send(node, out, out.data)


def _with_period(data: bytes, period_ms: int) -> bytes:
    """The same Resv with another R in its TIME_VALUES."""
    message = decode(data)
    assert isinstance(message, Resv), "what we have sent ourselves"
    return encode(replace(message, time_values=TimeValues(period_ms)))


def _send(node: Core, out: ResvOut, data: bytes) -> None:
    if data:
        node.send_bytes(out.phop.interface, out.phop.address, Resv.type, data)


def _arrange(node: Core, out: ResvOut) -> None:
    """Set the refresh timer, and let a changed R slew (RFC 2205 3.7, rule 5)."""
    interface = node.interfaces.get(out.phop.interface)
    if interface is None:
        return
    period_ms = node.slewed(out.refresh_period_ms, interface.times)
    was_first = not out.refresh_period_ms  # the first message says what is configured
    if period_ms != out.refresh_period_ms and out.data and not was_first:
        out.data = _with_period(out.data, period_ms)
    out.refresh_period_ms = period_ms
    node.timers.set_roughly(out, node.now_ns + node.chance.jittered_ns(period_ms))
