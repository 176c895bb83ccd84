"""One IP datagram that carries RSVP, and what lay around it in its frame.

The layers of a frame (links.py, ip.py) are functions from the datagram so far and the bytes that
are left to the layer that comes next and its bytes, or to None where RSVP cannot follow. No layer
is followed by itself without having taken a byte, so a walk ends within the length of the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from p4rsvp.wire.address import Address

NOWHERE = Address()  # no bytes: no IP header has been met


@dataclass(slots=True)
class Datagram:
    """Filled from the outside in, while the layers are walked; tunnels keep the outer addresses."""

    src: Address = NOWHERE
    dst: Address = NOWHERE
    ip_ttl: int = 0
    router_alert: bool = False
    e2e_ignore: bool = False  # RFC 3175 3.1: not for the routers inside an aggregation region
    vlans: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # MPLS, outermost first
    tunnels: list[tuple[Address, Address]] = field(default_factory=list)  # IP in IP, likewise
    udp_ports: tuple[int, int] | None = None  # RFC 2205 appendix C
    fragment_offset_bytes: int = 0
    more_fragments: bool = False
    missing_bytes: int = 0  # of the datagram, by its own length: not captured, or never there
    rsvp: bytes | None = None  # the RSVP message, or what there is of it


Next = tuple["Layer", bytes] | None
Layer = Callable[[Datagram, bytes], Next]


class FrameError(Exception):
    """A frame that is too short or too odd to tell whether it carries RSVP."""


def expect(data: bytes, size: int, what: str) -> None:
    """Insist that the frame is long enough to hold a header."""
    if len(data) < size:
        raise FrameError(f"the frame ends inside the {what}, after {len(data)} of {size} bytes")
