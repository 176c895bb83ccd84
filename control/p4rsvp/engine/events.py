"""Everything that can happen to a node. A run is a list of (time, event), and replays from it.

The API events are RFC 2205 3.11.1's calls, RouteChanged 3.11.3's notification, TargetResult and
TargetPreempts the answers and upcalls of 3.11.2. Routes come as events and are kept by the node, so
that it asks nobody anything.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import msgspec

from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import Tspec

AnyAppSession: TypeAlias = Session | GpiSession


class PacketIn(msgspec.Struct, frozen=True, gc=False):
    """An RSVP message has arrived; `data` starts at the common header."""

    interface: int
    source: Address
    destination: Address
    ip_ttl: int | None  # None: it came in UDP (RFC 2205 C)
    router_alert: bool
    data: bytes


class Prefix(NamedTuple):
    """A block of addresses."""

    address: Address
    length_bits: int


class Route(NamedTuple):
    """Where data goes, and for multicast where it must come from."""

    outgoing: tuple[int, ...]  # interface ids; for multicast, where the group has members
    incoming: int | None = None  # the reverse path's interface (multicast)
    local: bool = False  # the destination is this node, or has members on it


class RouteChanged(msgspec.Struct, frozen=True, gc=False):
    """Routing now says this of a destination; `route` None withdraws what it said before."""

    destination: Prefix
    route: Route | None
    source: Address | None = None  # multicast (S, G); None is unicast, or (*, G)


class InterfaceChanged(msgspec.Struct, frozen=True, gc=False):
    """An interface is new, has other properties, or (config None) has gone down."""

    interface: int
    config: InterfaceConfig | None


class TargetResult(msgspec.Struct, frozen=True, gc=False):
    """The data plane has carried out a transaction, or has refused it and holds what it held."""

    txn: int
    ok: bool
    why: str = ""


class TargetPreempts(msgspec.Struct, frozen=True, gc=False):
    """Traffic control gives a reservation up (TC_Preempt)."""

    session: Session | GpiSession
    rhandle: int
    why: str = ""


class Answer(NamedTuple):
    """What somebody outside has decided about a message (RFC 2753)."""

    allows: bool | None  # None: nobody could say
    why: str = ""
    priority: tuple[int, int] | None = None  # that it gives: preemption and defending (RFC 3181)


class PolicyAnswer(msgspec.Struct, frozen=True, gc=False):
    """The answer to an AskPolicy."""

    query: int
    answer: Answer


class Tick(msgspec.Struct, frozen=True, gc=False):
    """Nothing but that time has passed; due at `node.deadline()`."""


class TearDown(msgspec.Struct, frozen=True, gc=False):
    """Some state ends by an operator's will, and all neighbours are told; by default all of it.

    What is given narrows it down: path state by session, sender, where its Path messages come in
    and from whom; reservations by session, sender, where they lead out and who asked for them.
    """

    session: AnyAppSession | None = None
    sender: Selector | None = None
    interface: int | None = None
    neighbour: Address | None = None
    paths: bool = True
    reservations: bool = True


class ApiSession(msgspec.Struct, frozen=True, gc=False):
    """Register: application `app` takes part in a session (SESSION)."""

    app: int
    session: AnyAppSession


class ApiSender(msgspec.Struct, frozen=True, gc=False):
    """Application `app` sends (SENDER); `tspec` None withdraws the sender."""

    app: int
    selector: Selector
    tspec: Tspec | None
    adspec: Adspec | None = None
    ttl: int = 63
    policy: Policy = ()


class ApiReserve(msgspec.Struct, frozen=True, gc=False):
    """Application `app` wants this and nothing else (RESERVE); no flows takes it all back."""

    app: int
    style: Style
    flows: tuple[FlowDescriptor, ...]
    receiver: Address | None = None  # which local address receives; None: the default
    confirm: bool = False
    policy: Policy = ()


class ApiRelease(msgspec.Struct, frozen=True, gc=False):
    """Application `app` leaves: its senders and reservations are torn down (RELEASE)."""

    app: int


class ApiDiagnose(msgspec.Struct, frozen=True, gc=False):
    """Ask what the nodes between the last hop and a sender hold (RFC 2745); see DiagReply."""

    session: AnyAppSession
    sender: Selector
    last_hop: Address
    interface: int  # by which the last hop is reached; 0: it is this node
    request_id: int
    max_hops: int = 0  # no limit
    along_route: bool = False  # the answer comes hop by hop, for firewalls' sake


Event: TypeAlias = (
    PacketIn
    | RouteChanged
    | InterfaceChanged
    | TargetResult
    | TargetPreempts
    | PolicyAnswer
    | Tick
    | TearDown
    | ApiSession
    | ApiSender
    | ApiReserve
    | ApiRelease
    | ApiDiagnose
)
