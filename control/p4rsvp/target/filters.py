"""From a session and a sender to the entry of the classifier that finds their packets.

RSVP's filters have few shapes, and each has a table (docs/dataplane.md). Which one it is follows
from what the session and the selector leave open: RFC 2205 3.2 (ports), A.9 (flow labels), RFC 2207
(SPI).
"""

from __future__ import annotations

from typing import NamedTuple

from p4rsvp.target.cells import Entry
from p4rsvp.target.numbers import Shape
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FlowLabelSelector, GpiSelector, PortSelector, Selector
from p4rsvp.wire.session import GpiSession, Session


class Filter(NamedTuple):
    """An entry of the classifier, and the shape that the interface must name for it."""

    shape: Shape
    entry: Entry


def filter_of(interface: int, session: Session | GpiSession, selector: Selector | None) -> Filter:
    """The filter of a sender, or (None) of every sender, on an outgoing interface."""
    sort, fields = _fields(session, selector)
    family = f"ipv{session.destination.version}"
    table = f"{family}_{sort}"
    return Filter(Shape[table.upper()], Entry(table, (interface, *fields)))


def _fields(
    session: Session | GpiSession, selector: Selector | None
) -> tuple[str, tuple[int, ...]]:
    """The name of the shape, and its key behind the interface, in the order of the P4Info."""
    destination, protocol = _number(session.destination), session.protocol
    found: tuple[str, tuple[int, ...]]
    port = session.port if isinstance(session, Session) else 0
    if selector is None:
        if port:
            return "any_source", (destination, protocol, port)
        return "any_source_no_ports", (destination, protocol)
    source = _number(selector.source)
    match selector:
        case GpiSelector():
            found = "spi", (destination, protocol, source, selector.spi)
        case FlowLabelSelector():
            found = "flow_label", (destination, source, selector.flow_label)
        case PortSelector() if not port:
            found = "no_ports", (destination, protocol, source)
        case PortSelector() if not selector.port:
            found = "no_source_port", (destination, protocol, port, source)
        case PortSelector():
            found = "five_tuple", (destination, protocol, port, source, selector.port)
        case _:
            raise TypeError(f"no shape of filter finds the packets of {selector}")
    return found


def _number(address: Address) -> int:
    return int.from_bytes(address)
