"""The state blocks of RFC 2209 1: PSB, TCSB, BSB, and the session that they belong to.

The RSB, and what a TCSB is made of, are in requests.py.

Plain holders with slots, since a router keeps millions: who may change what, and what follows from
it, is in path.py, resv.py, traffic.py and upstream.py. A session's blocks are lists that are
searched from end to end, as RFC 2209 words it; their lengths are limited (config.Limits). What is
equal is shared: a selector or an address that is already here is not kept twice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from p4rsvp.engine.lifetimes import Lifetime
from p4rsvp.engine.requests import LOCAL, Change, Installed, Rsb
from p4rsvp.engine.sharing import MOST_SHARED
from p4rsvp.engine.timers import NEVER
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, ResvConfirm
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Policy, Resv
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style, StyleId
from p4rsvp.wire.tspec import OpaqueTspec, SenderTspec

KnownTspec: TypeAlias = SenderTspec | OpaqueTspec
AnyAdspec: TypeAlias = Adspec | Opaque


class Phop(NamedTuple):
    """A previous hop as reservations know it: where it is, and by which of our interfaces."""

    interface: int
    address: Address


@lru_cache(MOST_SHARED)
def _phop(interface: int, address: Address) -> Phop:
    return Phop(interface, address)


class PathOut:
    """One Path message that we send: out of which interface, and as it was last sent."""

    __slots__ = ("data", "due_ns", "interface", "psb", "refresh_period_ms")

    def __init__(self, psb: Psb, interface: int) -> None:
        self.psb = psb
        self.interface = interface
        self.data = b""
        self.refresh_period_ms = 0
        self.due_ns = NEVER


class Psb:
    """Path state: one sender of one session, as one previous hop announces it."""

    __slots__ = (
        "adspec",
        "app",
        "e_police",
        "extras",
        "hop",
        "interface",
        "lifetime",
        "local_only",
        "non_rsvp",
        "outs",
        "policy",
        "selector",
        "session",
        "tspec",
        "ttl",
    )

    def __init__(self, session: SessionState, selector: Selector, tspec: KnownTspec) -> None:
        self.session = session
        self.selector = selector  # which packets are the sender's: its SENDER_TEMPLATE
        self.tspec = tspec
        self.adspec: AnyAdspec | None = None
        self.policy: Policy = ()
        self.extras: tuple[WireObject, ...] = ()
        self.hop: Hop | None = None  # None: an application of ours sends
        self.interface = LOCAL  # where its Path messages come in (IncInterface)
        self.app = 0
        self.ttl = 0
        self.e_police = False
        self.non_rsvp = False
        self.local_only = False  # RFC 2205 3.9: not to be forwarded
        self.outs: tuple[PathOut, ...] = ()  # OutInterface_list
        self.lifetime: Lifetime | None = None  # None: as long as its application

    @property
    def phop(self) -> Phop | None:
        """The previous hop; None for an application of ours."""
        return None if self.hop is None else _phop(self.interface, self.hop.address)

    def routes_to(self, interface: int) -> bool:
        """Whether its data leaves by this interface, or for LOCAL reaches applications of ours."""
        if interface == LOCAL:
            return self.session.delivers(self)
        for out in self.outs:  # noqa: SIM110  # any() costs twice the time, and all ask this
            if out.interface == interface:
                return True
        return False


class Tcsb:
    """Traffic control state: one reservation on one outgoing interface."""

    __slots__ = (
        "changes",
        "confirm",
        "due_ns",
        "flight",
        "held",
        "installed",
        "interface",
        "rhandle",
        "selector",
        "session",
        "wanted",
    )

    def __init__(
        self, session: SessionState, interface: int, selector: Selector | None, rhandle: int
    ) -> None:
        self.session = session
        self.interface = interface
        self.selector = selector  # of a distinct (FF) reservation; None for a shared one
        self.rhandle = rhandle
        self.installed: Installed | None = None  # what the data plane has acknowledged
        self.flight: Flight | None = None
        self.wanted: Installed | None = None  # what it should come to
        self.changes: tuple[Change, ...] = ()  # not yet on their way
        self.held: tuple[Change, ...] = ()  # refused together with another, to be tried by itself
        self.due_ns = NEVER  # when to try again what the data plane would not do
        self.confirm: ResvConfirm | None = None

    def matches(self, selector: Selector) -> bool:
        """Whether this sender's packets use the installed reservation."""
        selectors = self.installed.selectors if self.installed else ()
        return not selectors or selector in selectors


class Flight(NamedTuple):
    """A transaction that the data plane has not answered yet."""

    txn: int
    target: Installed | None  # what it asks for; None: that the reservation be gone
    changes: tuple[Change, ...]  # what made it necessary
    exchange: Exchange | None = None  # where reservations give way to another


class Exchange(NamedTuple):
    """Reservations that give way to another, in one transaction (evict.py)."""

    tcsb: Tcsb
    victims: tuple[Tcsb, ...]
    preempting: int  # its priority, which is above those with which they defend themselves
    told: Policy  # what they are told of it
    link: LinkConfig  # as it was when the exchange was planned


class Bsb:
    """Blockade state (RFC 2205 3.5): of one sender, or for WF of one previous hop."""

    __slots__ = ("due_ns", "flowspec", "key", "session")

    def __init__(self, session: SessionState, key: Selector | Phop, flowspec: Flowspec) -> None:
        self.session = session
        self.key = key
        self.flowspec = flowspec
        self.due_ns = NEVER


class ResvOut:
    """The Resv message that we send to one previous hop, as it was last sent."""

    __slots__ = (
        "data",
        "due_ns",
        "hop",
        "phop",
        "refresh_period_ms",
        "session",
        "style",
    )

    def __init__(self, session: SessionState, phop: Phop, hop: Hop, style: Style) -> None:
        self.session = session
        self.phop = phop
        self.hop = hop
        self.style = style
        self.data = b""
        self.refresh_period_ms = 0
        self.due_ns = NEVER

    @property
    def senders(self) -> list[Selector]:
        """The senders that the message names: decoded when asked for, which is seldom."""
        if not self.data:
            return []
        message = decode(self.data)
        assert isinstance(message, Resv), "what we have sent ourselves"
        named = (item for flow in message.flows for item in flow.filters)
        return [item.selector for item in named if isinstance(item, FilterSpec)]


class App(NamedTuple):
    """An application that takes part in a session."""

    id: int
    interface: int | None = None  # by which it wants to receive, if it has said so


class SessionState:
    """All that a node knows of one session."""

    __slots__ = ("apps", "bsbs", "outs", "psbs", "repair", "rsbs", "session", "tcsbs")

    def __init__(self, session: Session | GpiSession) -> None:
        self.session = session  # with no flags
        self.psbs: tuple[Psb, ...] = ()
        self.rsbs: tuple[Rsb, ...] = ()
        self.tcsbs: tuple[Tcsb, ...] = ()
        self.bsbs: tuple[Bsb, ...] = ()
        self.outs: tuple[ResvOut, ...] = ()
        self.apps: tuple[App, ...] = ()
        self.repair: Repair | None = None

    def find_psb(self, selector: Selector, interface: int) -> Psb | None:
        """The path state of this sender, for multicast as it arrives by this interface."""
        multicast = self.session.destination.is_multicast
        for psb in self.psbs:
            if psb.selector == selector and (not multicast or psb.interface == interface):
                return psb
        return None

    def delivers(self, psb: Psb) -> bool:
        """Whether a sender's data reaches applications of ours by this path state.

        RFC 2205 3.9: by a branch of its own to the interface that an application has chosen
        (Local_Only path state), where there is one; else from the reverse path, within the node.
        """
        if psb.local_only:
            return any(app.interface == psb.interface for app in self.apps)
        own = {p.interface for p in self.psbs if p.local_only and p.selector == psb.selector}
        return any(app.interface not in own for app in self.apps)

    @property
    def style(self) -> Style | None:
        """The style of the reservations here; RFC 2205 1.3 has no styles that could be mixed."""
        return self.rsbs[0].style if self.rsbs else None

    @property
    def is_distinct(self) -> bool:
        """Whether each sender has a reservation of its own (FF)."""
        style = self.style
        return style is not None and style.id is StyleId.FF

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to remember."""
        return not (self.psbs or self.rsbs or self.tcsbs or self.apps)


class Repair:
    """A pause after a route change, for routing to settle (RFC 2205 3.6, W)."""

    __slots__ = ("due_ns", "session")

    def __init__(self, session: SessionState) -> None:
        self.session = session
        self.due_ns = NEVER
