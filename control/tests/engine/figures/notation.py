"""RFC 2205's own notation: `WF( *{4B} )`, `FF( S1{4B}, S3{B} )`, `SE( (S1,S3){3B} )`.

S1 is a sender, {3B} a flowspec of three times a base quantity. Tears have no flowspecs: `FF( S3 )`.
"""

from __future__ import annotations

import re
from math import inf

from p4rsvp.intserv.link import Plan
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Resv, ResvErr, ResvTear
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import FF, SE, WF, Scope, Style, StyleId
from p4rsvp.wire.tspec import Tspec

BASE_BYTES_PER_S = 1_000.0
BASE_BYTES = 3_000.0
_FLOW = re.compile(r"(\*|\(S[\dS,]*\)|S\d+)(?:\{(\d*)B\})?")


def tspec(multiple: int) -> Tspec:
    """So many times B."""
    return Tspec(multiple * BASE_BYTES_PER_S, multiple * BASE_BYTES, inf, 64, 1_500)


def flowspec(multiple: int) -> Flowspec:
    """So many times B, as a request for controlled load."""
    return Flowspec(Service.CONTROLLED_LOAD, tspec(multiple))


def sender(name: str) -> Selector:
    """S1 is 10.0.0.1, port 7001."""
    number = int(name[1:])
    return PortSelector(Address.parse(f"10.0.0.{number}"), 7_000 + number)


def read(text: str) -> tuple[Style, tuple[FlowDescriptor, ...]]:
    """Read `FF( S1{4B}, S3{B} )`."""
    style = {"WF": WF, "FF": FF, "SE": SE}[text[:2]]
    flows = []
    for names, multiple in _FLOW.findall(text.replace(", ", ";").replace(" ", "")):
        wanted = None if multiple is None else flowspec(int(multiple or 1))
        filters = tuple(FilterSpec(sender(name)) for name in re.findall(r"S\d+", names))
        flows.append(FlowDescriptor(wanted, filters))
    return style, tuple(flows)


def show(message: Resv | ResvTear | ResvErr) -> str:
    """Write a message's style and flow descriptors."""
    style = message.style.id
    assert style is not None
    flows = ", ".join(_show_flow(flow, style) for flow in message.flows)
    return f"{style.name}( {flows} )"


def show_scope(scope: Scope | None) -> str:
    """Write `[S1, S4]`; nothing where there is none."""
    if scope is None:
        return ""
    return "[" + ", ".join(f"S{address[-1]}" for address in scope.senders) + "]"


def show_reservation(style: Style, plan: Plan, selectors: frozenset[Selector | None]) -> str:
    """Write what stands in a box of the "Reserves" column."""
    filters = tuple(FilterSpec(s) for s in selectors if s is not None)
    assert style.id is not None
    return _show_flow(FlowDescriptor(plan.effective, filters), style.id)


def _show_flow(flow: FlowDescriptor, style: StyleId) -> str:
    names = sorted(_name(item) for item in flow.filters)
    who = ",".join(names) if names else "*"
    if style is StyleId.SE and len(names) > 1:
        who = f"({who})"
    return who + _show_flowspec(flow.flowspec)


def _name(item: WireObject) -> str:
    assert isinstance(item, FilterSpec)
    return f"S{item.selector.source[-1]}"


def _show_flowspec(wanted: WireObject | None) -> str:
    if wanted is None:
        return ""
    assert isinstance(wanted, Flowspec)
    multiple = wanted.tspec.token_rate_bytes_per_s / BASE_BYTES_PER_S
    return "{B}" if multiple == 1 else f"{{{multiple:g}B}}"
