"""The Null Service (RFC 2997): a flow names itself, and leaves to policy what it gets.

It asks for no resources, so nothing is admitted, metered or queued for it, and every link has it.
What it may get is a mark: the DSCP that a router returns in DCLASS (RFC 2996), by its policy. All
that is merged is M, the smallest of which every branch can carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.intserv.refusal import traffic_control
from p4rsvp.intserv.service import Envelope
from p4rsvp.intserv.tspec import Ordering
from p4rsvp.wire.codes import TrafficControlValue
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import NullTspec

if TYPE_CHECKING:
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.tspec import Tspec


class NullService:
    """The service module."""

    __slots__ = ()

    def check(self, flowspec: Flowspec) -> None:
        """M is positive (RFC 2215 3.6)."""
        if not flowspec.tspec.max_packet_bytes:
            raise traffic_control(TrafficControlValue.BAD_FLOWSPEC, "Null Service: M is 0")

    def compare(self, a: Flowspec, b: Flowspec) -> Ordering:
        one, other = a.tspec.max_packet_bytes, b.tspec.max_packet_bytes
        return Ordering.of(at_least=one >= other, at_most=one <= other)

    def lub(self, a: Flowspec, b: Flowspec) -> Flowspec:
        return _smaller(a, b.tspec)

    def glb(self, a: Flowspec, b: Flowspec) -> Flowspec:
        return _smaller(a, b.tspec)

    def effective(self, flowspec: Flowspec, path_te: Tspec) -> Flowspec:
        return _smaller(flowspec, path_te)

    def envelope(self, flowspec: Flowspec, upstream: ErrorTerms, *, entry: bool) -> Envelope:
        """Nothing is owed."""
        return Envelope(Service.NULL, 0.0, flowspec.tspec)


def _smaller(flowspec: Flowspec, other: Tspec) -> Flowspec:
    largest = min(flowspec.tspec.max_packet_bytes, other.max_packet_bytes)
    return Flowspec(Service.NULL, NullTspec.of(largest))
