"""A router, and any number of reservations for it: what `bench engine` and `setup` measure with.

Unicast sessions, each with a sender and a receiver of its own beyond two neighbours. Senders, rates
and the ADSPEC recur as they do in a network: 256 hosts, 64 codecs, one path upstream.
"""

from __future__ import annotations

from typing import NamedTuple

from p4rsvp.engine.config import InterfaceConfig, Limits, NodeConfig
from p4rsvp.engine.events import PacketIn, Prefix, Route, RouteChanged
from p4rsvp.engine.node import Node
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import (
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
)
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Path, Resv, ResvConf
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import SenderTspec, Tspec

UPSTREAM, DOWNSTREAM = 1, 2  # interfaces, and their LIHs
_RECEIVERS, _SENDERS = 0x0A80_0000, 0x0A40_0000  # 10.128.0.0 and 10.64.0.0, and on from there
_UDP, _PORT = 17, 5004
_TTL = 60
_REFRESH_PERIOD = TimeValues(30_000)
_ADSPEC = Adspec(
    GeneralFragment(3, 1.25e6, 300, 1500),
    GuaranteedFragment(ErrorTerms(100, 200, 50, 60)),
    ControlledLoadFragment(),
)
# Wide enough to admit a million; what admission costs does not depend on what is left.
_LINK = LinkConfig(
    rate_bytes_per_s=10**12,
    mtu_bytes=1500,
    guaranteed=ClassLimit(10**11, 10**9),
    controlled_load=ClassLimit(8 * 10**11, 8 * 10**10),
    best_effort_rate_bytes_per_s=10**9,
    control_rate_bytes_per_s=10**6,
    control_burst_bytes=10_000,
)


class Neighbours(NamedTuple):
    """Who sends to the router from either side, and how each calls its interface."""

    previous: Address
    previous_lih: int
    next: Address
    lih: int  # what the router calls its own, downstream
    ours: Address


_AROUND = Neighbours(
    Address.parse("10.0.1.2"), 9, Address.parse("10.0.2.2"), DOWNSTREAM, Address.parse("10.0.2.1")
)


class Reservation(NamedTuple):
    """The two packets that set up one reservation, and refresh it from then on."""

    path: PacketIn
    resv: PacketIn


def router() -> Node:
    """Make a router between the two neighbours."""
    interfaces = tuple(
        InterfaceConfig(number, f"if{number}", (Address.parse(f"10.0.{number}.1"),), _LINK)
        for number in (UPSTREAM, DOWNSTREAM)
    )
    limits = Limits(states_per_neighbour=2_000_000)
    node = Node(NodeConfig("router", interfaces, limits=limits, seed=2205))
    node.handle(RouteChanged(Prefix(Address.parse("10.128.0.0"), 9), Route((DOWNSTREAM,))), 0)
    return node


def reservation(
    number: int, around: Neighbours = _AROUND, *, confirmed: bool = False
) -> Reservation:
    """Make the packets of one reservation."""
    session, sender = _session(number), _sender(number)
    tspec = _tspec(number)
    path = Path(
        session,
        Hop(around.previous, around.previous_lih),
        _REFRESH_PERIOD,
        SenderTemplate(sender),
        SenderTspec(tspec),
        _ADSPEC,
        send_ttl=_TTL,
    )
    resv = Resv(
        session,
        Hop(around.next, around.lih),
        _REFRESH_PERIOD,
        FF,
        (_flow(number),),
        ResvConfirm(session.destination) if confirmed else None,
        send_ttl=_TTL,
    )
    return Reservation(
        PacketIn(
            UPSTREAM, sender.source, session.destination, _TTL, router_alert=True, data=encode(path)
        ),
        PacketIn(DOWNSTREAM, around.next, around.ours, _TTL, router_alert=False, data=encode(resv)),
    )


def confirmation(number: int, around: Neighbours) -> PacketIn:
    """Make what the sender answers to a request that asks for it (RFC 2205 2.6)."""
    session = _session(number)
    conf = ResvConf(
        session,
        ErrorSpec(around.previous, ErrorCode.CONFIRMATION, 0),
        ResvConfirm(session.destination),
        FF,
        (_flow(number),),
        send_ttl=_TTL,
    )
    return PacketIn(
        UPSTREAM, around.previous, session.destination, _TTL, router_alert=True, data=encode(conf)
    )


def _session(number: int) -> Session:
    return Session(Address((_RECEIVERS + number).to_bytes(4)), _UDP, _PORT)


def _sender(number: int) -> PortSelector:
    return PortSelector(Address((_SENDERS + number % 256).to_bytes(4)), 1024 + number // 256)


def _tspec(number: int) -> Tspec:
    rate = 8_000.0 * (1 + number % 64)
    return Tspec(rate, 3000.0, 2 * rate, 64, 1500)


def _flow(number: int) -> FlowDescriptor:
    spec = Flowspec(Service.CONTROLLED_LOAD, _tspec(number))
    return FlowDescriptor(spec, (FilterSpec(_sender(number)),))
