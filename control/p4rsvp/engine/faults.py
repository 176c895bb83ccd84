"""Formatting errors (RFC 2205 3.1, 3.2, appendix B): logged, counted, and never reported.

Whoever asks gets a sentence, or None. What is reported to the peer is in checks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from p4rsvp.engine.extras import rejected
from p4rsvp.engine.known import APP_SESSIONS, AppSession
from p4rsvp.wire.address import Address
from p4rsvp.wire.extensions import Drep
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, PortSelector, Selector, SenderTemplate
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Message, Path, Resv, ResvConf, ResvErr
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.session import GpiSession, Session

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core

# isinstance takes a tuple in half the time of a union, which is made anew wherever it is written.
_SENDERS: Final = (SenderTemplate, FilterSpec)
_NO_HOP = Hop(Address(bytes(4)))  # of messages that have none


def fault_of(node: Core, message: Message) -> str | None:
    """A formatting error that appendix B wants logged and not reported."""
    return _FAULTS.get(type(message), _answer_fault)(node, message)


def _path_fault(node: Core, path: Path) -> str | None:
    session, template = path.session, path.template
    if not isinstance(session, APP_SESSIONS):
        return None
    fault = hop_fault(node, session, path.hop)
    if fault is None and isinstance(template, SenderTemplate):
        fault = selector_fault(session, template.selector)
    return fault


def _resv_fault(node: Core, resv: Resv) -> str | None:
    session = resv.session
    if not resv.flows:
        return "the flow descriptor list is empty"
    if not isinstance(session, APP_SESSIONS):
        return None
    fault = hop_fault(node, session, resv.hop)
    for flow in resv.flows:
        for item in flow.filters:
            if fault is None and isinstance(item, FilterSpec):
                fault = selector_fault(session, item.selector)
    if fault is None and resv.confirm is not None:
        fault = receiver_fault(session, resv.confirm.receiver)
    return fault


def _answer_fault(node: Core, message: Message) -> str | None:
    """What is wrong with a tear, an error or a confirmation: nobody is told of any fault in it."""
    session = getattr(message, "session", None)
    if isinstance(session, APP_SESSIONS):
        fault = hop_fault(node, session, getattr(message, "hop", None))
        if fault is not None:
            return fault
        for selector in _selectors_of(message):
            fault = selector_fault(session, selector)
            if fault is not None:
                return fault
    # What would be refused in a Path or a Resv.
    if not isinstance(getattr(message, "hop", _NO_HOP), Hop):
        return "a hop of a type that we do not read"
    if isinstance(message, ResvConf) and not message.flows:
        return "the flow descriptor list is empty"
    if isinstance(message, ResvErr) and len(message.flows) > 1:
        return "a ResvErr with more than one flow descriptor"
    return "an object of a class that we do not read" if rejected(message) else None


def _drep_fault(_: Core, __: Drep) -> str | None:
    """RFC 2745 3.2: its hop is that of the last DREQ, which may well have been ours."""
    return None


_FAULTS: dict[type[Message], Callable[[Core, Any], str | None]] = {
    Path: _path_fault,
    Resv: _resv_fault,
    Drep: _drep_fault,
}


def receiver_fault(session: AppSession, receiver: Address | None) -> str | None:
    """What is wrong with a receiver's own address, where one is given."""
    if receiver is None:
        return None
    if not receiver.is_unicast:
        return f"the receiver's address {receiver} is not unicast"
    if len(receiver) != len(session.destination):
        return "receiver and session are of different address families"
    return None


def hop_fault(node: Core, session: AppSession, hop: WireObject | None) -> str | None:
    """What is wrong with a neighbour's address; appendix B: it is illegal."""
    if not isinstance(hop, Hop):
        return None
    address = hop.address
    if not address.is_unicast:
        return f"the hop's address {address} is illegal"
    if address in node.own_addresses:
        return f"the hop's address {address} is our own"
    if len(address) != len(session.destination):
        return "hop and session are of different address families"
    return None


def _selectors_of(message: Message) -> list[Selector]:
    """Every sender that a message names."""
    named: list[WireObject | None] = [getattr(message, "template", None)]
    for descriptor in getattr(message, "flows", ()):
        named += descriptor.filters
    return [item.selector for item in named if isinstance(item, _SENDERS)]


def selector_fault(session: Session | GpiSession, selector: Selector) -> str | None:
    """What is wrong with a sender in a session."""
    if len(selector.source) != len(session.destination):
        return "sender and session are of different address families"
    # RFC 2205 3.2, rule 2: with DstPort zero, SrcPort must be zero.
    source_port = selector.port if isinstance(selector, PortSelector) else 0
    if source_port and isinstance(session, Session) and session.port == 0:
        return f"source port {source_port} in a session without a destination port"
    if selector.source.is_multicast:
        return f"the sender's address {selector.source} is multicast"
    # RFC 2207 3: SPIs belong to sessions with virtual ports, and to no others.
    if isinstance(selector, GpiSelector) != isinstance(session, GpiSession):
        return "the sender's form is not that of its session"
    return None
