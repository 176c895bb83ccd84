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
from p4rsvp.engine.requests import Installed
from p4rsvp.engine.state import Tcsb
from p4rsvp.intserv.link import Plan, plan
from p4rsvp.wire.filter_spec import Selector

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def operations(
    node: Core, tcsb: Tcsb, planned: Plan | None, *, anew: bool
) -> tuple[Operation, ...]:
    """The transaction that makes `tcsb.wanted` of `tcsb.installed`; empty if nothing is to do."""
    wanted, installed = _of_data_plane(tcsb.wanted), _of_data_plane(tcsb.installed)
    if wanted is None:
        return () if installed is None else (DelFlowspec(tcsb.interface, tcsb.rhandle),)
    if installed is None:
        return _install(node, tcsb, wanted, planned)
    steps = _filter_steps(tcsb, installed, wanted)
    if not anew and _same_flowspec(installed, wanted):
        return steps
    the_plan = planned or _plan(node, tcsb, wanted)
    return (ModFlowspec(tcsb.interface, tcsb.rhandle, the_plan, wanted.police), *steps)


def _of_data_plane(value: Installed | None) -> Installed | None:
    return None if value is None or value.demand is None else value


def _install(
    node: Core, tcsb: Tcsb, wanted: Installed, planned: Plan | None
) -> tuple[Operation, ...]:
    interface, rhandle, state = tcsb.interface, tcsb.rhandle, tcsb.session
    style, session = state.style, state.session
    assert style is not None, "a reservation without an RSB"
    the_plan = planned or _plan(node, tcsb, wanted)
    filters = [AddFilter(interface, rhandle, session, s) for s in _filters(wanted)]
    return (AddFlowspec(interface, rhandle, session, style, the_plan, wanted.police), *filters)


def _plan(node: Core, tcsb: Tcsb, wanted: Installed) -> Plan:
    """What a reservation means for the link; raises Refused."""
    link = node.interfaces[tcsb.interface].link
    entry = PoliceFlag.E in wanted.police
    return plan(link, wanted.forward, wanted.path_te, wanted.upstream, entry=entry)


def _same_flowspec(old: Installed, new: Installed) -> bool:
    return old._replace(selectors=new.selectors) == new


def _filter_steps(tcsb: Tcsb, installed: Installed, wanted: Installed) -> tuple[Operation, ...]:
    """New filters before old ones go, so that no packet falls between."""
    interface, rhandle, session = tcsb.interface, tcsb.rhandle, tcsb.session.session
    new, old = _filters(wanted), _filters(installed)
    added = [AddFilter(interface, rhandle, session, s) for s in new if s not in old]
    gone = [DelFilter(interface, rhandle, session, s) for s in old if s not in new]
    return (*added, *gone)


def _filters(value: Installed) -> tuple[Selector | None, ...]:
    """The selectors, or for WF the one filter that lets every sender in."""
    return value.selectors or (None,)
