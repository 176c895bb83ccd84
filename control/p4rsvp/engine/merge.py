"""What the reservations installed here come to for one previous hop (RFC 2209, RESV REFRESH).

Merging is a function of a session's state: an order of events leaves no trace in it. Most sessions
have one reservation and one sender: `_one` says of such a session what `_all` would, in a third of
the time, and a test holds the two together. What is sent, and when, is in upstream.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from p4rsvp.engine import blockade, confirm
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Phop, Psb, SessionState, Tcsb
from p4rsvp.intserv.services import glb, lub
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.style import Scope, StyleId


class Merged(msgspec.Struct, frozen=True):
    """What all reservations for a previous hop come to."""

    flows: tuple[FlowDescriptor, ...]
    scope: Scope | None = None
    confirm: ResvConfirm | None = None
    is_blockaded: bool = False  # every reservation is: what is asked for is their minimum
    rsbs: tuple[Rsb, ...] = ()  # whose requests these are


NOTHING = Merged(())


def merge(state: SessionState, phop: Phop, senders: list[Psb], offers: confirm.Offers) -> Merged:
    """Merge what is installed for the senders of one previous hop."""
    if (
        len(state.psbs) == len(senders) == len(state.rsbs) == len(state.tcsbs) == 1
        and not state.bsbs
        and state.rsbs[0].scope is None
        and state.tcsbs[0].confirm is None
    ):
        return _one(senders[0], state.rsbs[0], state.tcsbs[0])
    return _all(state, phop, senders, offers)


def _one(psb: Psb, rsb: Rsb, tcsb: Tcsb) -> Merged:
    """Merge the one reservation for the one sender of a session."""
    if not _holds(tcsb, psb) or rsb.interface != tcsb.interface:
        return NOTHING
    assert tcsb.installed is not None, "or it would not serve"
    filters = () if rsb.style.is_wildcard else (FilterSpec(psb.selector),)
    rsbs = (rsb,) if rsb.matches(psb.selector) else ()
    return Merged((FlowDescriptor(tcsb.installed.forward, filters),), rsbs=rsbs)


def _all(state: SessionState, phop: Phop, senders: list[Psb], offers: confirm.Offers) -> Merged:
    """Merge any number of them."""
    per_sender: list[tuple[Psb, Flowspec]] = []
    is_blockaded = True
    confirmation: ResvConfirm | None = None
    held = _by_sender(state.tcsbs)
    for psb in senders:
        # Of distinct reservations only the sender's own are looked at, or the time would grow with
        # the square of their number.
        own = (*held.get(psb.selector, ()), *held.get(None, ()))
        tcsbs = [t for t in own if _serves(state, t, psb)]
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
        return NOTHING
    scope = _scope(state, senders)
    if scope is not None and not scope.senders:
        return NOTHING  # RFC 2205 3.4: an empty SCOPE is not forwarded
    rsbs = _contributing(state, phop, [psb for psb, _ in per_sender])
    return Merged(_flows(state, per_sender), scope, confirmation, is_blockaded, rsbs)


def _by_sender(tcsbs: tuple[Tcsb, ...]) -> dict[Selector | None, list[Tcsb]]:
    found: dict[Selector | None, list[Tcsb]] = {}
    for tcsb in tcsbs:
        found.setdefault(tcsb.selector, []).append(tcsb)
    return found


def _contributing(state: SessionState, phop: Phop, senders: list[Psb]) -> tuple[Rsb, ...]:
    named: dict[Selector, list[Psb]] = {}
    for psb in senders:
        named.setdefault(psb.selector, []).append(psb)
    return tuple(
        [
            rsb
            for rsb in state.rsbs
            if rsb.interface != phop.interface
            and any(psb.routes_to(rsb.interface) for psb in _wanted(rsb, senders, named))
        ]
    )


def _wanted(rsb: Rsb, senders: list[Psb], named: dict[Selector, list[Psb]]) -> Iterator[Psb]:
    """The senders that a request is for."""
    if not rsb.selectors:
        yield from senders
    for selector in rsb.selectors:
        yield from named.get(selector, ())


def _serves(state: SessionState, tcsb: Tcsb, psb: Psb) -> bool:
    """Whether a reservation is held for a sender, and wanted of it.

    RFC 2205 3.4: what came with a SCOPE is asked of the senders in it, and of no other.
    """
    return _holds(tcsb, psb) and any(
        rsb.interface == tcsb.interface and covers(rsb, psb) for rsb in state.rsbs
    )


def _holds(tcsb: Tcsb, psb: Psb) -> bool:
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
