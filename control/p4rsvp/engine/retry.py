"""What has waited for an answer of the data plane is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import budget, traffic
from p4rsvp.engine.effective import effective
from p4rsvp.engine.state import Tcsb

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def try_held(node: Core, tcsb: Tcsb) -> None:
    """Try what is held back, up to the first change that has to wait for an answer."""
    state = tcsb.session
    for _ in tcsb.held:  # what has to wait once more comes last
        if not tcsb.held or tcsb.flight is not None:
            break
        change, *others = tcsb.held
        tcsb.held = tuple(others)
        if change.rsb in state.rsbs:
            traffic.update(node, state, tcsb.interface, tcsb.selector, change)
    if tcsb.flight is None:
        again(node, tcsb)


def try_waiting(node: Core, interface: int) -> None:
    """Something has gone from a link: try what there may be room for now (evict.py)."""
    for tcsb in node.standing.take_waiting(interface):
        if tcsb.flight is None:
            try_held(node, tcsb)


def again(node: Core, tcsb: Tcsb) -> None:
    """Begin once more from what is installed."""
    state = tcsb.session
    if tcsb.installed is None and not tcsb.held and effective(tcsb) is None:
        state.tcsbs = tuple(other for other in state.tcsbs if other is not tcsb)
    budget.settle(node, tcsb)
    traffic.update(node, state, tcsb.interface, tcsb.selector)
    node.drop_if_empty(state)
