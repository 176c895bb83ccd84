"""Requests whose policy does not merge with that of others (RFC 3181 5.1.3): who asked is told.

Once, when it begins; the reservation itself stands, merged as always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import notify
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import SessionState
from p4rsvp.wire.codes import ErrorFlag

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def near(node: Core, state: SessionState, rsb: Rsb) -> dict[Rsb, Refusal]:
    """Which of the requests that are merged with this one stay out, and why."""
    if len(state.rsbs) < 2:
        return {}
    others = [one for one in state.rsbs if not state.is_distinct or one.selectors == rsb.selectors]
    return dict(node.policy.unmerged(others))


def tell(node: Core, state: SessionState, rsb: Rsb, known: dict[Rsb, Refusal]) -> None:
    """Tell those who stay out now and did not before."""
    for one, refusal in near(node, state, rsb).items():
        if one not in known:
            notify.refuse_rsb(node, state, one, one.flow, refusal, ErrorFlag.IN_PLACE)
