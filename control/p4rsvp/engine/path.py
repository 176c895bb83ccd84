"""Path state: PATH and PTEAR arrive (RFC 2209 2; RFC 2205 3.1.3, 3.1.5, 3.9).

A unicast sender has one PSB whose previous hop may flip; a multicast sender has one per incoming
interface, of which only that on the reverse path is forwarded (RFC 2205 3.9: the others are
Local_Only). Where 2209 matches unicast state by interface as well, 2205 3.1.3 leaves the choice,
and flipping repairs itself sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import notify, path_out, resv, rsbs, traffic, upstream
from p4rsvp.engine.effects import TraceKind
from p4rsvp.engine.extras import forwardable
from p4rsvp.engine.state import PathOut, Phop, Psb, SessionState
from p4rsvp.wire.codes import SessionFlag
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.messages import PathTear
from p4rsvp.wire.objects import WireObject

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import Route
    from p4rsvp.engine.known import KnownPath
    from p4rsvp.engine.lifetimes import Lifetime

_E_POLICE = int(SessionFlag.E_POLICE)  # several times as fast as the flag


def arrives(
    node: Core,
    state: SessionState | None,
    interface: InterfaceConfig,
    ttl: int,
    path: KnownPath,
) -> None:
    """PATH MESSAGE ARRIVES; what is refused has been refused (arrival.py, checks.py)."""
    state = state or node.begin_session(path.session)
    selector = path.template.selector
    for psb in state.psbs:
        if psb.hop is None and psb.selector == selector:
            node.trace(TraceKind.DROPPED, state.session, "a Path of our own sender has come back")
            return
    lifetime = node.lifetimes.start(
        state, node.now_ns, interface.times.lifetime_ns(path.time_values.refresh_period_ms)
    )
    known = state.find_psb(selector, interface.id)
    if known is None:
        _begin(node, state, interface, ttl, path, lifetime)
    else:
        _renew(node, known, interface, ttl, path, lifetime)
    node.remember(lifetime)


def _begin(
    node: Core,
    state: SessionState,
    interface: InterfaceConfig,
    ttl: int,
    path: KnownPath,
    lifetime: Lifetime,
) -> None:
    """A sender that was not known, or not by this interface."""
    psb = Psb(state, path.template.selector, path.tspec)
    _update(psb, path, interface, ttl)
    psb.lifetime = node.lifetimes.hold(lifetime)
    add(node, psb)
    sync_route(node, psb)
    node.trace(TraceKind.PATH_NEW, state.session)
    notify.path_event(node, psb)
    path_out.refresh(node, psb)
    _settle(node, psb, None)


def _renew(
    node: Core,
    psb: Psb,
    interface: InterfaceConfig,
    ttl: int,
    path: KnownPath,
    lifetime: Lifetime,
) -> None:
    """A sender that is known: what has changed, if anything has, goes on."""
    state = psb.session
    moved = psb.hop != path.hop or psb.interface != interface.id
    old_phop, reported, content = psb.phop, _reported(psb), _content(psb)
    if moved or psb.policy != path.policy:
        node.holders.path_ends(psb)
        _update(psb, path, interface, ttl)
        node.holders.path_begins(psb)
    else:
        _update(psb, path, interface, ttl)
    old, psb.lifetime = psb.lifetime, node.lifetimes.hold(lifetime)
    if old is not None:
        node.lifetimes.drop(old)
    rerouted = sync_route(node, psb) if state.repair is None else False
    if not (moved or rerouted or _content(psb) != content):
        return
    node.trace(TraceKind.PATH_CHANGED, state.session)
    if _reported(psb) != reported:
        notify.path_event(node, psb)
    path_out.refresh(node, psb)
    _settle(node, psb, old_phop if moved else None)


def changed(node: Core, psb: Psb) -> None:
    """An application's sender is new or different: tell the path, and the reservations for it."""
    notify.path_event(node, psb)
    path_out.refresh(node, psb)
    traffic.update_sender(node, psb)


def add(node: Core, psb: Psb) -> None:
    """Take a new PSB into its session."""
    psb.session.psbs += (psb,)
    node.counters.path_states += 1
    node.holders.path_begins(psb)


def _update(psb: Psb, path: KnownPath, interface: InterfaceConfig, ttl: int) -> None:
    """Copy the message into the PSB."""
    psb.hop = path.hop
    psb.interface = interface.id
    psb.tspec = path.tspec
    psb.adspec = path.adspec
    psb.policy = path.policy
    psb.extras = forwardable(path)
    psb.e_police = bool(path.session.flags & _E_POLICE)
    psb.ttl = ttl
    # RFC 2205 3.8: a hop that knows no RSVP shows by the TTL, or is known to the operator.
    psb.non_rsvp = interface.non_rsvp_hop or ttl != path.send_ttl


def _content(psb: Psb) -> tuple[object, ...]:
    """What of a PSB makes a difference to what we send or reserve."""
    return (psb.tspec, psb.adspec, psb.policy, psb.extras, psb.e_police, psb.ttl, psb.non_rsvp)


def _reported(psb: Psb) -> tuple[object, ...]:
    """What a PATH_EVENT tells: applications hear of no other changes (RFC 2205 3.11.1)."""
    return psb.tspec, psb.adspec, psb.policy


def _settle(node: Core, psb: Psb, old_phop: Phop | None) -> None:
    """Bring reservations in line with changed path state."""
    state = psb.session
    if not (state.rsbs or state.tcsbs or state.outs):
        return  # as for nearly every new sender
    if old_phop is not None:
        # Before anything else is asked upstream, so that nobody tears down what the old previous
        # hop holds: it ends by itself, and serves until then if the route flaps.
        upstream.refresh(node, state, old_phop, lost=psb.selector)
    traffic.update_sender(node, psb)
    if psb.phop is not None:
        # RFC 2205 3.6: a new previous hop gets an immediate Resv.
        upstream.refresh(node, state, psb.phop)


def tear_arrives(node: Core, interface: InterfaceConfig, tear: PathTear) -> None:
    """PTEAR MESSAGE ARRIVES."""
    state = node.find_session(tear.session)
    psb = None
    if state is not None and isinstance(tear.template, SenderTemplate):
        psb = state.find_psb(tear.template.selector, interface.id)
    # RFC 2205 3.1.5: SESSION, SENDER_TEMPLATE and PHOP must match; another PHOP's tear goes
    # nowhere.
    if psb is None or psb.hop is None or psb.hop != tear.hop:
        node.trace(TraceKind.DROPPED, tear.session, "a PathTear matches no path state")
        return
    node.trace(TraceKind.PATH_TORN, psb.session.session)
    remove(node, psb, forwardable(tear))


def remove(node: Core, psb: Psb, extras: tuple[WireObject, ...] = ()) -> None:
    """End a PSB: torn down, timed out or withdrawn. Tears go downstream; upstream knows already.

    `extras`: what of the PathTear that did it has to travel on (RFC 2205 3.10, 1, rule 1).
    """
    state = psb.session
    for out in psb.outs:
        node.timers.cancel(out)
        if out.data:
            path_out.tear(node, out, extras)
    state.psbs = tuple(other for other in state.psbs if other is not psb)
    node.counters.path_states -= 1
    node.holders.path_ends(psb)
    if psb.lifetime is not None:
        node.lifetimes.drop(psb.lifetime)
    notify.path_tear(node, psb)
    resv.forget_sender(node, psb)
    if psb.phop is not None:
        upstream.refresh(node, state, psb.phop, lost=psb.selector)
    psb.outs = ()  # they point back to it: so both go at once, without the garbage collector
    node.drop_if_empty(state)


def sync_route(node: Core, psb: Psb) -> bool:
    """Bring OutInterface_list and Local_Only in line with routing; whether anything changed."""
    route = route_of(node, psb)
    incoming = None if route is None else route.incoming
    local_only = (
        incoming is not None
        and incoming != psb.interface
        and psb.hop is not None
        and psb.session.session.destination.is_multicast
    )
    wanted = () if route is None or local_only else _outgoing(node, psb, route)
    if local_only == psb.local_only and wanted == tuple([out.interface for out in psb.outs]):
        return False
    psb.local_only = local_only
    _set_outs(node, psb, wanted)
    for rsb in psb.session.rsbs:
        rsbs.forget(node, rsb)  # a Resv counts for those of its senders only that route to it
    return True


def route_of(node: Core, psb: Psb) -> Route | None:
    """What routing says of this sender's data (RFC 2205 3.11.3)."""
    destination = psb.session.session.destination
    source = psb.selector.source if destination.is_multicast else None
    return node.routes.lookup(destination, source)


def _outgoing(node: Core, psb: Psb, route: Route) -> tuple[int, ...]:
    if psb.hop is not None and not node.is_router:
        return ()
    usable = [
        i
        for i in route.outgoing
        if i != psb.interface and i in node.interfaces and node.interfaces[i].rsvp
    ]
    if psb.hop is None:
        # RFC 2205 3.9: our application's data leaves by the interface whose address it bears.
        home = node.home_of(psb.selector.source)
        usable = [i for i in usable if home is None or i == home]
    return tuple(sorted(usable))


def _set_outs(node: Core, psb: Psb, wanted: tuple[int, ...]) -> None:
    kept = {out.interface: out for out in psb.outs}
    for out in psb.outs:
        if out.interface not in wanted:
            node.timers.cancel(out)
    psb.outs = tuple([kept.get(interface) or PathOut(psb, interface) for interface in wanted])
