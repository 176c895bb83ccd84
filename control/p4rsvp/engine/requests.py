"""What has been asked for, and what it comes to: reservation state (RSB), and the values of a TCSB.

An `Rsb` is what one next hop wants. A `Request` is what the RSBs and the senders of one reservation
come to, `Installed` that together with what it takes of the link. A `Change` remembers what an RSB
was, until traffic control has said yes (KR-I, RFC 2205 2.5).
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from p4rsvp.engine.effects import PoliceFlag
from p4rsvp.engine.lifetimes import Lifetime
from p4rsvp.intserv.admission import Demand
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import ResvConfirm
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import Scope, Style
from p4rsvp.wire.tspec import Tspec

# The interface of our own applications: nothing is sent to it, nothing is programmed for it.
LOCAL = 0


class Rsb:
    """Reservation state: what one next hop, or one application of ours, has asked for."""

    __slots__ = (
        "app",
        "confirm",
        "extras",
        "flowspec",
        "interface",
        "lifetimes",
        "nhop",
        "policy",
        "scope",
        "selectors",
        "style",
    )

    def __init__(
        self, style: Style, interface: int, nhop: Address | None, app: int, flowspec: Flowspec
    ) -> None:
        self.style = style
        self.interface = interface  # OI; LOCAL for an application of ours
        self.nhop = nhop
        self.app = app
        self.flowspec = flowspec
        self.selectors: tuple[Selector, ...] = ()  # Filter_spec_list; empty for WF
        self.lifetimes: tuple[Lifetime, ...] = ()  # of each selector; of the whole for WF
        self.confirm: ResvConfirm | None = None
        self.scope: Scope | None = None
        self.policy: Policy = ()
        self.extras: tuple[WireObject, ...] = ()

    @property
    def flow(self) -> FlowDescriptor:
        """The flow descriptor that it came from."""
        return flow_of(self.flowspec, self.selectors)

    @property
    def is_local(self) -> bool:
        """Whether an application of ours asked."""
        return self.interface == LOCAL

    def matches(self, selector: Selector) -> bool:
        """Whether it wants this sender's packets."""
        return not self.selectors or selector in self.selectors


def flow_of(flowspec: Flowspec, selectors: tuple[Selector, ...]) -> FlowDescriptor:
    """What is asked for, or held, as messages have it; no selectors means every sender."""
    return FlowDescriptor(flowspec, tuple([FilterSpec(selector) for selector in selectors]))


class Request(NamedTuple):
    """What the RSBs and senders of one reservation come to."""

    flowspec: Flowspec
    path_te: Tspec
    upstream: ErrorTerms  # how far the path so far may have distorted the traffic
    police: PoliceFlag
    selectors: tuple[Selector, ...]  # empty for WF


class Installed(NamedTuple):
    """What traffic control is to hold, or holds, of one reservation."""

    flowspec: Flowspec  # as of the request, and so the next four
    path_te: Tspec
    upstream: ErrorTerms
    police: PoliceFlag
    selectors: tuple[Selector, ...]
    forward: Flowspec  # Fwd_Flowspec: what is asked of upstream for it
    # What it takes of the link; None: nothing, nor of the data plane, for it is an application's of
    # ours, or of the Null Service.
    demand: Demand | None

    @property
    def flow(self) -> FlowDescriptor:
        """What stands, as messages have it."""
        return flow_of(self.flowspec, self.selectors)

    @property
    def request(self) -> Request:
        """What it was made of."""
        return Request(*self[:5])


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """What an RSB asks for, or asked for before."""

    flowspec: Flowspec
    selectors: tuple[Selector, ...]

    @property
    def flow(self) -> FlowDescriptor:
        """The same as messages have it."""
        return flow_of(self.flowspec, self.selectors)


class Change(NamedTuple):
    """A change of an RSB that waits for traffic control's answer."""

    rsb: Rsb
    asked: Snapshot  # what its message has named, for the error where it is refused
    before: Snapshot | None  # None: the RSB is new
