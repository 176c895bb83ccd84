"""The steps from what the data plane holds of a reservation to what it shall hold.

RFC 2205 3.11.2's calls, as one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

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


Fhandles: TypeAlias = tuple[tuple[Selector | None, int], ...]


def plan_of(interface: InterfaceConfig, wanted: Installed) -> Plan:
    """What a reservation means for the link; raises Refused."""
    request = wanted.request
    entry = PoliceFlag.E in request.police
    return plan(interface.link, wanted.forward, request.path_te, request.upstream, entry=entry)


def operations(node: Node, tcsb: Tcsb, *, anew: bool) -> tuple[tuple[Operation, ...], Fhandles]:
    """The transaction that makes `tcsb.flying` of `tcsb.installed`, and the filter handles then."""
    if tcsb.interface == LOCAL or tcsb.interface not in node.interfaces:
        return (), ()
    if tcsb.flying is None:
        if tcsb.installed is None:
            return (), ()
        return (DelFlowspec(tcsb.interface, tcsb.rhandle),), ()
    flowspec_steps = _flowspec_steps(node, tcsb, tcsb.flying, anew=anew)
    filter_steps, fhandles = _filter_steps(node, tcsb, tcsb.flying)
    return (*flowspec_steps, *filter_steps), fhandles


def _flowspec_steps(
    node: Node, tcsb: Tcsb, wanted: Installed, *, anew: bool
) -> tuple[Operation, ...]:
    old = tcsb.installed
    if old is not None and not anew and _same_flowspec(old, wanted):
        return ()
    the_plan = tcsb.plan or plan_of(node.interfaces[tcsb.interface], wanted)
    if old is not None:
        return (ModFlowspec(tcsb.interface, tcsb.rhandle, the_plan, wanted.request.police),)
    session = tcsb.session
    style = session.style
    assert style is not None, "a reservation without an RSB"
    return (
        AddFlowspec(
            tcsb.interface, tcsb.rhandle, session.session, style, the_plan, wanted.request.police
        ),
    )


def _same_flowspec(old: Installed, new: Installed) -> bool:
    same_filters = old.request._replace(selectors=new.selectors)
    return old._replace(request=same_filters) == new


def _filter_steps(node: Node, tcsb: Tcsb, wanted: Installed) -> tuple[list[Operation], Fhandles]:
    """New filters before old ones go, so that no packet falls between."""
    selectors: tuple[Selector | None, ...] = wanted.selectors or (None,)
    held = dict(tcsb.fhandles)
    steps: list[Operation] = []
    for selector in selectors:
        if selector not in held:
            held[selector] = node.next_id()
            steps.append(
                AddFilter(
                    tcsb.interface,
                    tcsb.rhandle,
                    held[selector],
                    tcsb.session.session,
                    selector,
                )
            )
    gone = [selector for selector in held if selector not in selectors]
    steps += [DelFilter(tcsb.interface, tcsb.rhandle, held.pop(selector)) for selector in gone]
    return steps, tuple(held.items())
