"""Guaranteed service (RFC 2212): a Tspec and an Rspec. The delay bounds are in delay.py."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from p4rsvp.intserv import tspec as algebra
from p4rsvp.intserv.delay import reshaping_buffer_bytes
from p4rsvp.intserv.refusal import traffic_control
from p4rsvp.intserv.service import Envelope
from p4rsvp.intserv.single import single_up
from p4rsvp.intserv.tspec import RATE_MAX_BYTES_PER_S, Ordering
from p4rsvp.wire.codes import TrafficControlValue
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.tspec import Tspec


class Guaranteed:
    """The service module."""

    __slots__ = ()

    def check(self, flowspec: Flowspec) -> None:
        """RFC 2212, Invocation Information."""
        fault = algebra.why_unreasonable(flowspec.tspec) or _why_unreasonable(flowspec)
        if fault is not None:
            raise traffic_control(TrafficControlValue.BAD_FLOWSPEC, f"guaranteed service: {fault}")

    def compare(self, a: Flowspec, b: Flowspec) -> Ordering:
        """RFC 2212: Tspec and Rspec must be ordered alike."""
        return Ordering.of(at_least=_covers(a, b), at_most=_covers(b, a))

    def lub(self, a: Flowspec, b: Flowspec) -> Flowspec:
        """RFC 2212: the largest R and the smallest S."""
        one, other = rspec_of(a), rspec_of(b)
        rspec = Rspec(
            max(one.rate_bytes_per_s, other.rate_bytes_per_s), min(one.slack_us, other.slack_us)
        )
        return Flowspec(Service.GUARANTEED, algebra.merge(a.tspec, b.tspec), rspec)

    def glb(self, a: Flowspec, b: Flowspec) -> Flowspec:
        one, other = rspec_of(a), rspec_of(b)
        rspec = Rspec(
            min(one.rate_bytes_per_s, other.rate_bytes_per_s), max(one.slack_us, other.slack_us)
        )
        return Flowspec(Service.GUARANTEED, algebra.greatest_lower(a.tspec, b.tspec), rspec)

    def effective(self, flowspec: Flowspec, path_te: Tspec) -> Flowspec:
        """Take the smaller Tspec and leave R: the receiver chose R for its delay bound."""
        return replace(flowspec, tspec=algebra.minimum(flowspec.tspec, path_te))

    def envelope(self, flowspec: Flowspec, upstream: ErrorTerms, *, entry: bool) -> Envelope:
        """RFC 2212, Policing: conforming traffic may arrive in bursts of b + Csum + Dsum * r.

        Behind a distorting hop the peak rate says nothing any more, and it may always be ignored.
        """
        tspec = flowspec.tspec
        if upstream.c_sum_bytes or upstream.d_sum_us:
            burst_bytes = single_up(reshaping_buffer_bytes(tspec, upstream))
            tspec = replace(tspec, bucket_bytes=burst_bytes, peak_rate_bytes_per_s=inf)
        return Envelope(Service.GUARANTEED, rspec_of(flowspec).rate_bytes_per_s, tspec)


def rspec_of(flowspec: Flowspec) -> Rspec:
    """The Rspec, which a guaranteed flowspec always has."""
    assert flowspec.rspec is not None, "a guaranteed flowspec without an Rspec"
    return flowspec.rspec


def _covers(a: Flowspec, b: Flowspec) -> bool:
    one, other = rspec_of(a), rspec_of(b)
    return (
        algebra.covers(a.tspec, b.tspec)
        and one.rate_bytes_per_s >= other.rate_bytes_per_s
        and one.slack_us <= other.slack_us
    )


def _why_unreasonable(flowspec: Flowspec) -> str | None:
    rate, tspec = rspec_of(flowspec).rate_bytes_per_s, flowspec.tspec
    token_rate, peak_rate = tspec.token_rate_bytes_per_s, tspec.peak_rate_bytes_per_s
    if peak_rate < token_rate:
        return f"peak rate p = {peak_rate:g} bytes/s is below r = {token_rate:g} bytes/s"
    if not token_rate <= rate <= RATE_MAX_BYTES_PER_S:
        return f"rate R = {rate:g} bytes/s is not within r = {token_rate:g} and 40 terabytes/s"
    return None
