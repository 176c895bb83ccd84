"""The calls that RSVP makes on flowspecs without knowing a service (RFC 2205 3.11.6, 2.2).

Flowspecs of different services, and of services unknown here, do not merge: neither RFC 2211 nor
RFC 2212 offers itself as a substitute in the sense of RFC 2216, and RFC 2210 2.2 wants one service
a session. That is a service conflict (error 21, value 1). A flowspec of an unknown service can be
compared with its equal and nothing else.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from p4rsvp.intserv.controlled_load import ControlledLoad
from p4rsvp.intserv.guaranteed import Guaranteed
from p4rsvp.intserv.null import NullService
from p4rsvp.intserv.refusal import traffic_control
from p4rsvp.intserv.tspec import Ordering, why_unreasonable
from p4rsvp.wire.codes import TrafficControlValue
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import NullTspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from p4rsvp.intserv.service import Envelope, QosService
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.tspec import Tspec

AnyFlowspec = Flowspec | OpaqueFlowspec

SERVICES: dict[Service, QosService] = {
    Service.CONTROLLED_LOAD: ControlledLoad(),
    Service.GUARANTEED: Guaranteed(),
    Service.NULL: NullService(),
}


def compare(a: AnyFlowspec, b: AnyFlowspec) -> Ordering:
    """Compare_Flowspecs: how `a` stands to `b`."""
    if a == b:
        return Ordering.EQUAL
    if isinstance(a, Flowspec) and isinstance(b, Flowspec) and a.service == b.service:
        return SERVICES[a.service].compare(a, b)
    return Ordering.INCOMPATIBLE


def lub(flowspecs: Iterable[AnyFlowspec]) -> AnyFlowspec:
    """Merge one or more flowspecs; raises Refused (21/01) where the services differ."""
    return reduce(lambda a, b: _combine(a, b, lambda service: service.lub), flowspecs)


def glb(flowspecs: Iterable[AnyFlowspec]) -> AnyFlowspec:
    """The greatest lower bound of one or more flowspecs (RFC 2205 3.5, for those blockaded)."""
    return reduce(lambda a, b: _combine(a, b, lambda service: service.glb), flowspecs)


def _combine(
    a: AnyFlowspec,
    b: AnyFlowspec,
    operation: Callable[[QosService], Callable[[Flowspec, Flowspec], Flowspec]],
) -> AnyFlowspec:
    if a == b:
        return a
    if isinstance(a, Flowspec) and isinstance(b, Flowspec) and a.service == b.service:
        return operation(SERVICES[a.service])(a, b)
    raise traffic_control(
        TrafficControlValue.SERVICE_CONFLICT, f"{_name(a)} does not merge with {_name(b)}"
    )


def understood(flowspec: AnyFlowspec) -> Flowspec:
    """The flowspec, if it is sound and of a service that we have; else Refused (21/02, 21/03)."""
    if not isinstance(flowspec, Flowspec):
        raise traffic_control(
            TrafficControlValue.SERVICE_UNSUPPORTED, f"{_name(flowspec)} is not supported"
        )
    SERVICES[flowspec.service].check(flowspec)
    return flowspec


def sound(tspec: Tspec) -> Tspec:
    """A sender's Tspec, where it is sound; else Refused (21/04)."""
    if isinstance(tspec, NullTspec):
        return tspec
    fault = why_unreasonable(tspec)
    if fault is not None:
        raise traffic_control(TrafficControlValue.BAD_TSPEC, f"SENDER_TSPEC: {fault}")
    return tspec


def effective(flowspec: Flowspec, path_te: Tspec) -> Flowspec:
    """What traffic control installs: the minimum of Resv_Te and Path_Te, as the service has it."""
    return SERVICES[flowspec.service].effective(flowspec, path_te)


def envelope(flowspec: Flowspec, upstream: ErrorTerms, *, entry: bool) -> Envelope:
    """What one element reserves and polices for an effective flowspec."""
    return SERVICES[flowspec.service].envelope(flowspec, upstream, entry=entry)


def _name(flowspec: AnyFlowspec) -> str:
    if isinstance(flowspec, Flowspec):
        return flowspec.service.name.lower().replace("_", " ") + " service"
    # RFC 2210 A1.2: the service number is the first byte behind the message header.
    return f"service {flowspec.data[4]}"
