"""RSBs by themselves: how one is found, begins, shrinks, ends, or falls back on what it was.

What follows for traffic control and upstream is the business of whoever calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import checks
from p4rsvp.engine.requests import Rsb, Snapshot
from p4rsvp.engine.state import SessionState
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.style import Style, StyleId

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


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


def add(node: Core, state: SessionState, rsb: Rsb) -> None:
    """Take a new RSB into its session."""
    state.rsbs += (rsb,)
    node.counters.reservation_states += 1
    node.holders.resv_begins(state, rsb)


def drop(node: Core, state: SessionState, rsb: Rsb) -> None:
    """Forget an RSB, and nothing else."""
    if rsb not in state.rsbs:
        return
    state.rsbs = tuple(other for other in state.rsbs if other is not rsb)
    node.counters.reservation_states -= 1
    node.holders.resv_ends(state, rsb)
    for lifetime in rsb.lifetimes:
        node.lifetimes.drop(lifetime)
    rsb.lifetimes = ()


def strike(node: Core, rsb: Rsb, gone: set[Selector]) -> None:
    """Take some senders out of an RSB, and nothing else."""
    kept = []
    for selector, lifetime in zip(rsb.selectors, rsb.lifetimes, strict=True):
        if selector in gone:
            node.lifetimes.drop(lifetime)
        else:
            kept.append((selector, lifetime))
    rsb.selectors = tuple(selector for selector, _ in kept)
    rsb.lifetimes = tuple(lifetime for _, lifetime in kept)


def restore(node: Core, state: SessionState, rsb: Rsb, before: Snapshot) -> None:
    """Give an RSB its old request back; what its message refreshed stays refreshed.

    Senders that have been torn down since do not come back.
    """
    if rsb not in state.rsbs:
        return
    by = checks.Requester(rsb.interface, rsb.nhop, rsb.app)
    if checks.service_conflict(state, rsb.flow, before.flowspec, by) is not None:
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
            strike(node, rsb, new)
    forget(node, rsb)  # the same request again is to be tried again


def forget(node: Core, rsb: Rsb) -> None:
    """Let every message that has named some of it be looked at in full if it comes again."""
    for lifetime in rsb.lifetimes:
        node.lifetimes.forget(lifetime)
