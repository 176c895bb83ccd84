"""Everything that a node can ask of the world. The shell carries effects out, in their order.

`Program` is RFC 2205 3.11.2's traffic control interface: one transaction makes one reservation on
one outgoing interface what it now has to be, wholly or not at all, and is answered by a
TargetResult. `Upcall` is 3.11.1's, `Trace` a named fact for logs, counters and tests.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum, IntFlag, auto
from typing import TypeAlias

import msgspec

from p4rsvp.intserv.link import Plan
from p4rsvp.wire.address import Address
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.extensions import Drep
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import Tspec


class SendPacket(msgspec.Struct, frozen=True, gc=False):
    """Send an RSVP message out of an interface."""

    interface: int
    source: Address
    destination: Address
    ttl: int
    router_alert: bool  # RFC 2205 3.3: Path, PathTear and ResvConf
    data: bytes
    in_transit: bool = False  # passed on as data is: not ours, and not to be signed


class PoliceFlag(IntFlag):
    """Where policing is due (RFC 2205 3.8)."""

    E = 1  # entry: the first node that can police
    M = 2  # merge: several senders share the reservation
    B = 4  # branch: a larger reservation stands on another interface


NOWHERE = PoliceFlag(0)


class AddFlowspec(msgspec.Struct, frozen=True, gc=False):
    """TC_AddFlowspec; the handle is the engine's and is never used again."""

    interface: int
    rhandle: int
    session: Session | GpiSession
    style: Style
    plan: Plan
    police: PoliceFlag


class ModFlowspec(msgspec.Struct, frozen=True, gc=False):
    """TC_ModFlowspec."""

    interface: int
    rhandle: int
    plan: Plan
    police: PoliceFlag


class DelFlowspec(msgspec.Struct, frozen=True, gc=False):
    """TC_DelFlowspec; its filters go with it."""

    interface: int
    rhandle: int


class AddFilter(msgspec.Struct, frozen=True, gc=False):
    """TC_AddFilter: these packets of the session use the reservation; None means every sender's."""

    interface: int
    rhandle: int
    session: Session | GpiSession
    selector: Selector | None


class DelFilter(msgspec.Struct, frozen=True, gc=False):
    """TC_DelFilter. The RFC's Fhandle is the reservation's handle and the sender."""

    interface: int
    rhandle: int
    session: Session | GpiSession
    selector: Selector | None


Operation: TypeAlias = AddFlowspec | ModFlowspec | DelFlowspec | AddFilter | DelFilter


class Program(msgspec.Struct, frozen=True, gc=False):
    """A transaction for the data plane: all of it or nothing."""

    txn: int
    operations: tuple[Operation, ...]


class AskPolicy(msgspec.Struct, frozen=True, gc=False):
    """Have somebody outside decide; a PolicyAnswer with the same number has to follow."""

    query: int
    question: Hashable  # what the node's policy wants to know; nothing to the engine


class UpcallKind(Enum):
    """RFC 2205 3.11.1's asynchronous reports, and what the application's own timers add."""

    PATH_EVENT = auto()
    RESV_EVENT = auto()
    PATH_ERROR = auto()
    RESV_ERROR = auto()
    RESV_CONFIRM = auto()
    PATH_TEAR = auto()
    RESV_TEAR = auto()
    API_ERROR = auto()


class Upcall(msgspec.Struct, frozen=True, gc=False):
    """A report to an application; fields that the kind does not have are empty."""

    app: int
    kind: UpcallKind
    error: ErrorSpec | None = None
    style: Style | None = None
    flows: tuple[FlowDescriptor, ...] = ()
    selector: Selector | None = None  # of the sender, in path events
    tspec: Tspec | None = None
    adspec: WireObject | None = None
    policy: tuple[WireObject, ...] = ()
    text: str = ""
    dscps: tuple[int, ...] = ()  # what the reserved packets are to be marked with (RFC 2996)


class Stage(Enum):
    """What has become of a reservation."""

    BEGUN = auto()
    CHANGED = auto()
    ENDED = auto()


class Cause(Enum):
    """Why a reservation has ended."""

    ANOTHER = "another request has taken its place"
    TORN = "torn down by who had asked for it"
    SENDER_GONE = "its sender has gone"
    EXPIRED = "nobody has refreshed it"
    PREEMPTED = "preempted by one of higher priority"
    GIVEN_UP = "given up by the data plane or an operator"
    CLEARED = "cleared by an operator"
    ROUTING = "routes or interfaces have changed"
    RELEASED = "released by an application here"


class Account(msgspec.Struct, frozen=True, gc=False):
    """A reservation has begun, changed or ended: for who keeps accounts (accounts.py)."""

    stage: Stage
    interface: int
    rhandle: int
    session: Session | GpiSession
    style: Style | None
    flow: FlowDescriptor
    policy: Policy  # of those who ask for it now
    next_hops: tuple[Address, ...]
    cause: Cause | None  # where it has ended


class TraceKind(Enum):
    """Facts worth a log line or a counter; each has one name here and no other anywhere."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    MALFORMED = "a message was malformed"
    NOT_FOR_US = "a message was passed on to its destination"
    PATH_NEW = "path state was created"
    PATH_CHANGED = "path state changed"
    PATH_EXPIRED = "path state timed out"
    PATH_TORN = "path state was torn down"
    RESV_NEW = "reservation state was created"
    RESV_CHANGED = "reservation state changed"
    RESV_EXPIRED = "reservation state timed out"
    RESV_TORN = "reservation state was torn down"
    INSTALLED = "the data plane holds a reservation"
    REMOVED = "the data plane gave a reservation up"
    REFUSED = "a request was refused"
    BLOCKADED = "blockade state was set"
    LIMIT = "a limit was reached"
    TOO_LONG = "a message was too long to be sent"
    DROPPED = "a message had no effect"


class Trace(msgspec.Struct, frozen=True, gc=False):
    """One fact, with the session that it concerns."""

    kind: TraceKind
    session: WireObject | None = None
    text: str = ""


class DiagReply(msgspec.Struct, frozen=True, gc=False):
    """An answer to an ApiDiagnose has come, or a part of one (RFC 2745 4.3)."""

    reply: Drep


Effect: TypeAlias = SendPacket | Program | Upcall | Trace | DiagReply | Account | AskPolicy
