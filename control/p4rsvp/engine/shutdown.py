"""A node leaves: all that it and others have asked for is torn down (RFC 2205 3.1.5, 3.1.6).

ResvTears go upstream and PathTears downstream, as if every reservation and every sender had been
torn down by its owner. Without it state is left to time out, which is what soft state is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import path, resv
from p4rsvp.engine.effects import TraceKind

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.engine.events import TearDown


def tear_down(node: Core, _: TearDown) -> None:
    """End all state; the data plane answers for its part as always."""
    for state in list(node.sessions.values()):
        for rsb in state.rsbs:
            node.trace(TraceKind.RESV_TORN, state.session)
            resv.take_away(node, state, rsb, None)
        for psb in state.psbs:
            node.trace(TraceKind.PATH_TORN, state.session)
            path.remove(node, psb)
