"""What a socket and its QOS mean to RSVP: pure, one function for each object of RSVP.

| Object          | Comes from                                                                    |
|-----------------|-------------------------------------------------------------------------------|
| SENDER_TSPEC    | the sending flowspec                                                          |
| SENDER_TEMPLATE | the bound source address and port                                             |
| SESSION         | sending: the destination and the protocol, TCP or UDP by the socket's type    |
|                 | receiving: the multicast group joined, or the local address                   |
| FLOWSPEC        | the receiving flowspec, or RSVP_RESERVE_INFO's flow descriptors               |
| FILTER_SPEC     | the peer; of an unconnected socket, whoever announces itself                  |
| STYLE           | RSVP_RESERVE_INFO's; else WF for a group, and for an unconnected UDP receiver, |
|                 | which knows no sender, FF for a connected one                                 |

Signalling starts as soon as either direction is something else than best effort or no traffic. For
guaranteed service R is the token rate, or what keeps latency and delay variation, once a Path tells
how far the network may lag (RFC 2212). A qualitative direction is the Null Service (RFC 2997): it
says how large its packets are, and the network decides what they get, and how they are marked.
"""

from __future__ import annotations

import socket
from math import inf
from typing import NamedTuple

from p4rsvp.host.flowspecs import BURST_S, OPEN_NULL_PATH, Wish
from p4rsvp.host.happenings import (
    Confirmed,
    Happening,
    PathArrived,
    PathGone,
    PathRefused,
    Refused,
    ReservationGone,
    Reserved,
)
from p4rsvp.host.qos import FLOWSPEC, NOT_SPECIFIED, QOS, RsvpStyle, ServiceType, StatusCode
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.intserv.single import single_up
from p4rsvp.intserv.tspec import usual_min_policed_bytes
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Style
from p4rsvp.wire.tspec import NullTspec, Tspec

PROTOCOLS = {socket.SOCK_STREAM: 6, socket.SOCK_DGRAM: 17}
STYLES = {RsvpStyle.WILDCARD: WF, RsvpStyle.FIXED_FILTER: FF, RsvpStyle.SHARED_EXPLICIT: SE}
SERVICES = {
    ServiceType.CONTROLLED_LOAD: Service.CONTROLLED_LOAD,
    ServiceType.GUARANTEED: Service.GUARANTEED,
    ServiceType.QUALITATIVE: Service.NULL,
}


class End(NamedTuple):
    """One end of a socket."""

    address: Address
    port: int

    @property
    def selector(self) -> PortSelector:
        """As RSVP names a sender."""
        return PortSelector(self.address, self.port)


class Ends(NamedTuple):
    """What a socket is bound to, connected to, and a member of."""

    protocol: int
    local: End | None
    peer: End | None = None
    group: Address | None = None


def tspec(flowspec: FLOWSPEC, mtu_bytes: int) -> Tspec:
    """SENDER_TSPEC; raises ValueError without a token rate, unless it is qualitative."""
    if flowspec.service is ServiceType.QUALITATIVE:
        return NullTspec.of(min(_or(flowspec.max_sdu_size, mtu_bytes), mtu_bytes))
    if flowspec.token_rate == NOT_SPECIFIED:
        raise ValueError("a flowspec that is to be signalled has to say its token_rate")
    largest = min(_or(flowspec.max_sdu_size, mtu_bytes), mtu_bytes)
    rate = flowspec.token_rate
    bucket = _or(flowspec.token_bucket_size, max(2 * largest, int(rate * BURST_S)))
    usual = usual_min_policed_bytes(rate, largest)
    smallest = min(_or(flowspec.minimum_policed_size, usual), largest)
    peak = flowspec.peak_bandwidth
    return Tspec(
        single_up(rate),
        single_up(bucket),
        inf if peak == NOT_SPECIFIED else single_up(peak),
        smallest,
        largest,
    )


def adspec(flowspec: FLOWSPEC) -> Adspec:
    """ADSPEC: which services the sender allows."""
    return OPEN_NULL_PATH if flowspec.service is ServiceType.QUALITATIVE else OPEN_PATH


def _or(value: int, default: int) -> int:
    return default if value == NOT_SPECIFIED else value


def sending_session(qos: QOS, ends: Ends) -> Session | None:
    """SESSION of what the socket sends; None as long as nobody knows where to, or does not care."""
    if not qos.sending.signals:
        return None
    named = qos.destination
    if named is not None:
        return Session(Address.parse(named.address), ends.protocol, named.port)
    return None if ends.peer is None else Session(ends.peer.address, ends.protocol, ends.peer.port)


def receiving_session(qos: QOS, ends: Ends) -> Session | None:
    """SESSION of what the socket receives; None as long as it has no address for it."""
    if not qos.receiving.signals or ends.local is None:
        return None
    if ends.protocol == PROTOCOLS[socket.SOCK_STREAM] and ends.peer is None:
        return None  # it listens: its connections receive, each from its own peer
    address = ends.group or ends.local.address
    if address.is_unspecified:
        return None
    return Session(address, ends.protocol, ends.local.port)


def template(ends: Ends, source: Address) -> PortSelector:
    """SENDER_TEMPLATE; `source` stands in for the wildcard address."""
    if ends.local is None:
        return PortSelector(source)
    address = source if ends.local.address.is_unspecified else ends.local.address
    return PortSelector(address, ends.local.port)


def style(qos: QOS, ends: Ends) -> Style:
    """STYLE."""
    asked = STYLES.get(qos.reserve_info.style)
    if asked is not None:
        return asked
    return WF if ends.group is not None or ends.peer is None else FF


def wish(qos: QOS, ends: Ends, mtu_bytes: int) -> Wish | None:
    """FLOWSPEC and FILTER_SPEC, as they follow from each Path; None where nothing is reserved."""
    flowspec = qos.receiving
    service = SERVICES.get(flowspec.service)
    if service is None:
        return None
    rate_is_said = flowspec.token_rate != NOT_SPECIFIED and service is not Service.NULL
    peer = ends.peer if ends.group is None else None
    return Wish(
        style(qos, ends),
        service,
        tspec(flowspec, mtu_bytes) if rate_is_said else None,
        delay_us=_said(flowspec.delay_variation),
        latency_us=_said(flowspec.latency),
        senders=None if peer is None else (peer.selector,),
        senders_max=qos.reserve_info.senders_max,
    )


def flows(qos: QOS, mtu_bytes: int) -> tuple[FlowDescriptor, ...]:
    """RSVP_RESERVE_INFO's flow descriptors, where it has any."""
    found = []
    for one in qos.reserve_info.flows:
        service = SERVICES[one.flowspec.service]
        bucket = tspec(one.flowspec, mtu_bytes)
        rspec = None
        if service is Service.GUARANTEED:
            rspec = Rspec(bucket.token_rate_bytes_per_s, 0)
        filters = tuple(FilterSpec(selector) for selector in one.filters)
        found.append(FlowDescriptor(Flowspec(service, bucket, rspec), filters))
    return tuple(found)


def _said(value: int) -> int | None:
    return None if value == NOT_SPECIFIED else value


_FAILURES = {
    ErrorCode.ADMISSION_CONTROL_FAILURE: StatusCode.ADMISSION_FAILURE,
    ErrorCode.POLICY_CONTROL_FAILURE: StatusCode.POLICY_FAILURE,
    ErrorCode.CONFLICTING_STYLE: StatusCode.BAD_STYLE,
    ErrorCode.UNKNOWN_STYLE: StatusCode.BAD_STYLE,
    ErrorCode.UNKNOWN_OBJECT_CLASS: StatusCode.BAD_OBJECT,
    ErrorCode.UNKNOWN_OBJECT_C_TYPE: StatusCode.BAD_OBJECT,
    ErrorCode.TRAFFIC_CONTROL_ERROR: StatusCode.TRAFFIC_CTRL_ERROR,
    ErrorCode.TRAFFIC_CONTROL_SYSTEM_ERROR: StatusCode.TRAFFIC_CTRL_ERROR,
}
_NEWS: dict[type, StatusCode] = {
    PathArrived: StatusCode.SENDERS,
    PathGone: StatusCode.NO_SENDERS,
    Reserved: StatusCode.RECEIVERS,
    ReservationGone: StatusCode.NO_RECEIVERS,
    Confirmed: StatusCode.REQUEST_CONFIRMED,
}


def status(happening: Happening) -> StatusCode:
    """RSVP_STATUS_INFO's code of what has happened."""
    if isinstance(happening, Refused | PathRefused):
        if happening.code not in ErrorCode.__members__.values():
            return StatusCode.GENERIC_ERROR
        return _FAILURES.get(ErrorCode(happening.code), StatusCode.GENERIC_ERROR)
    return _NEWS.get(type(happening), StatusCode.GENERIC_ERROR)
