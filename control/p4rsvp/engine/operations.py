"""The steps from what the data plane holds of a reservation to what it shall hold.

RFC 2205 3.11.2's calls, as one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine.effects import (
    AddFilter,
    AddFlowspec,
    DelFilter,
    DelFlowspec,
    ModFlowspec,
    Operation,
    PoliceFlag,
)
from p4rsvp.engine.state import LOCAL, Installed, Tcsb
from p4rsvp.intserv.link import Plan, plan
from p4rsvp.wire.filter_spec import Selector

if TYPE_CHECKING:
    from p4rsvp.engine.config import InterfaceConfig
    from p4rsvp.engine.node import Node


def plan_of(interface: InterfaceConfig, wanted: Installed) -> Plan:
    """What a reservation means for the link; raises Refused."""
    entry = PoliceFlag.E in wanted.police
    return plan(interface.link, wanted.forward, wanted.path_te, wanted.upstream, entry=entry)


def operations(
    node: Node, tcsb: Tcsb, planned: Plan | None, *, anew: bool
) -> tuple[Operation, ...]:
    """The transaction that makes `tcsb.wanted` of `tcsb.installed`; empty if nothing is to do."""
    if tcsb.interface == LOCAL:
        return ()
    if tcsb.wanted is None:
        if tcsb.installed is None:
            return ()
        return (DelFlowspec(tcsb.interface, tcsb.rhandle),)
    steps = _flowspec_steps(node, tcsb, tcsb.wanted, planned, anew=anew)
    return (*steps, *_filter_steps(tcsb, tcsb.wanted))


def _flowspec_steps(
    node: Node, tcsb: Tcsb, wanted: Installed, planned: Plan | None, *, anew: bool
) -> tuple[Operation, ...]:
    old = tcsb.installed
    if old is not None and not anew and _same_flowspec(old, wanted):
        return ()
    the_plan = planned or plan_of(node.interfaces[tcsb.interface], wanted)
    if old is not None:
        return (ModFlowspec(tcsb.interface, tcsb.rhandle, the_plan, wanted.police),)
    session = tcsb.session
    style = session.style
    assert style is not None, "a reservation without an RSB"
    return (
        AddFlowspec(tcsb.interface, tcsb.rhandle, session.session, style, the_plan, wanted.police),
    )


def _same_flowspec(old: Installed, new: Installed) -> bool:
    return old._replace(selectors=new.selectors) == new


def _filter_steps(tcsb: Tcsb, wanted: Installed) -> list[Operation]:
    """New filters before old ones go, so that no packet falls between."""
    session = tcsb.session.session
    new = _filters(wanted)
    old = () if tcsb.installed is None else _filters(tcsb.installed)
    added = [s for s in new if s not in old]
    gone = [s for s in old if s not in new]
    steps: list[Operation] = []
    steps += [AddFilter(tcsb.interface, tcsb.rhandle, session, s) for s in added]
    steps += [DelFilter(tcsb.interface, tcsb.rhandle, session, s) for s in gone]
    return steps


def _filters(value: Installed) -> tuple[Selector | None, ...]:
    """The selectors, or for WF the one filter that lets every sender in."""
    return value.selectors or (None,)
