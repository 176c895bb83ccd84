"""What reservations take of a link, while the data plane may hold one value or another.

The budget is taken before a transaction goes out, and what is given up is free only when the data
plane has said so: at every moment the sum of what it may hold is within the limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine.effects import NOWHERE, PoliceFlag
from p4rsvp.engine.requests import LOCAL, Installed, Request
from p4rsvp.engine.state import Exchange, Tcsb
from p4rsvp.intserv.admission import Amounts, Demand
from p4rsvp.intserv.link import Plan
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core

_SERVICES = (Service.GUARANTEED, Service.CONTROLLED_LOAD)


def admit(node: Core, tcsb: Tcsb, request: Request) -> tuple[Installed, Plan | None]:
    """Take the budget for the larger of what is held and what is wanted, or raise Refused."""
    if tcsb.interface == LOCAL or request.flowspec.service is Service.NULL:
        return Installed(*request, request.flowspec, None), None
    control = node.controls[tcsb.interface]
    key = _key(tcsb, request.flowspec.service)
    held = control.budget.demand(key)
    planned = control.add_flowspec(
        key,
        request.flowspec,
        request.path_te,
        request.upstream,
        entry=_is_entry(request),
    )
    if held is not None:
        control.budget.admit(key, _larger(planned.demand, held))
    return Installed(*request, planned.forward, planned.demand), planned


def without_room(node: Core, tcsb: Tcsb, request: Request) -> tuple[Installed, Plan, Amounts]:
    """What a request would come to, and what of that the link has not got; may raise Refused."""
    control = node.controls[tcsb.interface]
    planned = control.planned(
        request.flowspec, request.path_te, request.upstream, entry=_is_entry(request)
    )
    missing = control.budget.shortfall(_key(tcsb, request.flowspec.service), planned.demand)
    return Installed(*request, planned.forward, planned.demand), planned, missing


def exchange(node: Core, what: Exchange) -> None:
    """Hold the larger of what stands and what is to stand in its place."""
    wanted = what.tcsb.wanted
    assert wanted is not None, "a reservation for which others give way is wanted"
    assert wanted.demand is not None, "it is on a link"
    gone = [
        _key(victim, victim.installed.flowspec.service)
        for victim in what.victims
        if victim.installed
    ]
    key = _key(what.tcsb, wanted.flowspec.service)
    node.controls[what.tcsb.interface].budget.exchange(key, wanted.demand, gone)


def exchanged(node: Core, what: Exchange, target: Installed, *, stands: bool) -> None:
    """The data plane has made the exchange, or has refused it."""
    control = node.controls[what.tcsb.interface]
    key = _key(what.tcsb, target.flowspec.service)
    if stands:
        control.commit(key)
    else:
        control.budget.take_back(key)


def _is_entry(request: Request) -> bool:
    return request.police is not NOWHERE and PoliceFlag.E in request.police


def settle(node: Core, tcsb: Tcsb) -> None:
    """Hold what the data plane may hold, and no more."""
    control = node.controls.get(tcsb.interface)
    if control is None:
        return
    held: dict[Service, Demand] = {}
    flying = None if tcsb.flight is None else tcsb.flight.target
    for value in (tcsb.installed, flying, tcsb.wanted):
        if value is not None and value.demand is not None:
            demand = value.demand
            other = held.setdefault(demand.service, demand)
            if other is not demand:
                held[demand.service] = _larger(demand, other)
    for service in _SERVICES:
        key = _key(tcsb, service)
        if service in held:
            control.budget.admit(key, held[service])
        elif control.budget.demand(key) is not None:
            control.delete_flowspec(key)


def _larger(a: Demand, b: Demand) -> Demand:
    return Demand(
        a.service,
        max(a.rate_bytes_per_s, b.rate_bytes_per_s),
        max(a.burst_bytes, b.burst_bytes),
    )


def _key(tcsb: Tcsb, service: Service) -> int:
    """While a reservation changes its service, the data plane may hold either: each has a key."""
    return -tcsb.rhandle if service is Service.GUARANTEED else tcsb.rhandle
