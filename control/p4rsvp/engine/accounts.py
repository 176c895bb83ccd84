"""What somebody who keeps accounts is told: each reservation that begins, changes or ends, and why.

Why it ends is what was going on when it was given up: the data plane lets go of it later. Where
nobody keeps accounts (`NodeConfig.accounts`) nothing is told and nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.effects import Account, Cause, Stage
from p4rsvp.engine.requests import LOCAL, Installed
from p4rsvp.engine.state import Tcsb

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def ends(node: Core, tcsb: Tcsb, cause: Cause | None = None) -> None:
    """A reservation is not wanted any more, because of this or of what is going on."""
    if node.config.accounts and tcsb.interface != LOCAL:
        node.endings[tcsb.rhandle] = cause or node.cause


def changed(node: Core, tcsb: Tcsb, before: Installed | None) -> None:
    """The data plane holds something else of a reservation than `before`."""
    if tcsb.interface == LOCAL:
        return
    holds, cause = tcsb.installed, node.endings.pop(tcsb.rhandle, node.cause)
    if (holds or before) is None or holds == before:
        return
    stage = Stage.BEGUN if before is None else Stage.ENDED if holds is None else Stage.CHANGED
    rsbs = rsbs_of(tcsb.session, tcsb.interface, tcsb.selector)
    told = holds or before
    assert told is not None, "one of them is there"
    node.emit(
        Account(
            stage,
            tcsb.interface,
            tcsb.rhandle,
            tcsb.session.session,
            tcsb.session.style,
            told.flow,
            tuple(dict.fromkeys(item for rsb in rsbs for item in rsb.policy)),
            tuple(dict.fromkeys(rsb.nhop for rsb in rsbs if rsb.nhop is not None)),
            cause if stage is Stage.ENDED else None,
        )
    )
