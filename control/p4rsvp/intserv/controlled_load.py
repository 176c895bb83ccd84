"""Controlled load (RFC 2211): a Tspec, no Rspec. Conformance is r and b alone; p does not count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from p4rsvp.intserv import tspec as algebra
from p4rsvp.intserv.refusal import traffic_control
from p4rsvp.intserv.service import Envelope
from p4rsvp.intserv.single import single_up
from p4rsvp.wire.codes import TrafficControlValue
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.intserv.tspec import Ordering
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.flowspec import Flowspec
    from p4rsvp.wire.tspec import Tspec


@dataclass(frozen=True, slots=True)
class ControlledLoad:
    """The service module."""

    # RFC 2211 7: inside the network, be ready for bursts "somewhat larger than the actual TSpec".
    burst_tolerance: float = 1.25

    def check(self, flowspec: Flowspec) -> None:
        """RFC 2211 5; p is not looked at, since the service may always ignore it."""
        fault = algebra.why_unreasonable(flowspec.tspec)
        if fault is not None:
            raise traffic_control(TrafficControlValue.BAD_FLOWSPEC, f"controlled load: {fault}")

    def compare(self, a: Flowspec, b: Flowspec) -> Ordering:
        return algebra.compare(a.tspec, b.tspec)

    def lub(self, a: Flowspec, b: Flowspec) -> Flowspec:
        return replace(a, tspec=algebra.merge(a.tspec, b.tspec))

    def glb(self, a: Flowspec, b: Flowspec) -> Flowspec:
        return replace(a, tspec=algebra.greatest_lower(a.tspec, b.tspec))

    def effective(self, flowspec: Flowspec, path_te: Tspec) -> Flowspec:
        return replace(flowspec, tspec=algebra.minimum(flowspec.tspec, path_te))

    def envelope(self, flowspec: Flowspec, upstream: ErrorTerms, *, entry: bool) -> Envelope:
        """RFC 2211 7: over any time T, rT + b; the burst is widened behind the first hop."""
        tspec = flowspec.tspec
        bucket_bytes = tspec.bucket_bytes
        if not entry:
            bucket_bytes = single_up(bucket_bytes * self.burst_tolerance)
        policed = replace(tspec, bucket_bytes=bucket_bytes, peak_rate_bytes_per_s=inf)
        return Envelope(Service.CONTROLLED_LOAD, tspec.token_rate_bytes_per_s, policed)
