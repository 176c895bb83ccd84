"""The algebra of token buckets: order, merge, bounds, sum and minimum (RFC 2211 8, RFC 2212).

RFC 2211 8 and RFC 2212 (Ordering and Merging) give the same rules in the same words. Two operations
look alike and differ in M: `merge` is what RSVP sends upstream and takes the smallest M, so that
the sender keeps to what every branch can carry; `least_common` describes any one of the flows and
takes the largest. Only the latter is an upper bound in every field of the RFCs' order.

m = 0 or M = 0 is outside the RFCs, yet real routers send both: they pass, and mean "not said".
"""

from __future__ import annotations

from enum import Enum
from math import fsum
from typing import TYPE_CHECKING

from p4rsvp.intserv.single import single_up
from p4rsvp.wire.tspec import Tspec

if TYPE_CHECKING:
    from collections.abc import Iterable

# RFC 2215 3.6: from 1 byte/s to 40 terabytes/s, and from 1 byte to 250 gigabytes.
LEAST = 1.0
RATE_MAX_BYTES_PER_S = single_up(40e12)
BUCKET_MAX_BYTES = single_up(250e9)

USUAL_PACKETS_PER_S = 1000  # what a flow sends at most, unless it says otherwise
LEAST_USUAL_BYTES = 64


class Ordering(Enum):
    """The result codes of Compare_Flowspecs (RFC 2205 3.11.6)."""

    EQUAL = "equal"
    GREATER = "the first is greater"
    LESS = "the second is greater"
    INCOMPARABLE = "incomparable, but a bound can be computed"
    INCOMPATIBLE = "incompatible"

    @classmethod
    def of(cls, *, at_least: bool, at_most: bool) -> Ordering:
        """Name the order of two values of a partial order."""
        if at_least:
            return cls.EQUAL if at_most else cls.GREATER
        return cls.LESS if at_most else cls.INCOMPARABLE


def covers(a: Tspec, b: Tspec) -> bool:
    """RFC 2211 8: A is a substitute for B, "as good or better than"."""
    return (
        a.token_rate_bytes_per_s >= b.token_rate_bytes_per_s
        and a.bucket_bytes >= b.bucket_bytes
        and a.peak_rate_bytes_per_s >= b.peak_rate_bytes_per_s
        and a.min_policed_bytes <= b.min_policed_bytes
        and a.max_packet_bytes >= b.max_packet_bytes
    )


def compare(a: Tspec, b: Tspec) -> Ordering:
    """Compare_Tspecs of RFC 2205 3.11.6."""
    return Ordering.of(at_least=covers(a, b), at_most=covers(b, a))


def merge(a: Tspec, b: Tspec) -> Tspec:
    """RFC 2211 8: the Tspec that RSVP installs and sends upstream; the smallest M."""
    return Tspec(
        max(a.token_rate_bytes_per_s, b.token_rate_bytes_per_s),
        max(a.bucket_bytes, b.bucket_bytes),
        max(a.peak_rate_bytes_per_s, b.peak_rate_bytes_per_s),
        min(a.min_policed_bytes, b.min_policed_bytes),
        min(a.max_packet_bytes, b.max_packet_bytes),
    )


def least_common(a: Tspec, b: Tspec) -> Tspec:
    """RFC 2211 8: enough to describe either flow; the largest M."""
    return Tspec(
        max(a.token_rate_bytes_per_s, b.token_rate_bytes_per_s),
        max(a.bucket_bytes, b.bucket_bytes),
        max(a.peak_rate_bytes_per_s, b.peak_rate_bytes_per_s),
        min(a.min_policed_bytes, b.min_policed_bytes),
        max(a.max_packet_bytes, b.max_packet_bytes),
    )


def greatest_lower(a: Tspec, b: Tspec) -> Tspec:
    """The largest Tspec that both cover (RFC 2205 3.5 wants it for blockaded reservations).

    The largest m may exceed the smallest M, and no legal Tspec lies below both: m gives way, since
    RFC 2212 wants m <= M.
    """
    max_packet_bytes = min(a.max_packet_bytes, b.max_packet_bytes)
    return Tspec(
        min(a.token_rate_bytes_per_s, b.token_rate_bytes_per_s),
        min(a.bucket_bytes, b.bucket_bytes),
        min(a.peak_rate_bytes_per_s, b.peak_rate_bytes_per_s),
        min(max(a.min_policed_bytes, b.min_policed_bytes), max_packet_bytes),
        max_packet_bytes,
    )


def minimum(a: Tspec, b: Tspec) -> Tspec:
    """RFC 2211 8: the smaller if they are ordered, else the smaller of each but the larger b."""
    if covers(a, b):
        return b
    if covers(b, a):
        return a
    return Tspec(
        min(a.token_rate_bytes_per_s, b.token_rate_bytes_per_s),
        max(a.bucket_bytes, b.bucket_bytes),
        min(a.peak_rate_bytes_per_s, b.peak_rate_bytes_per_s),
        min(a.min_policed_bytes, b.min_policed_bytes),
        min(a.max_packet_bytes, b.max_packet_bytes),
    )


def total(tspecs: Iterable[Tspec]) -> Tspec:
    """RFC 2211 8: the sum over one or more flows; exact, hence the same in whatever order."""
    flows = list(tspecs)
    return Tspec(
        single_up(fsum(flow.token_rate_bytes_per_s for flow in flows)),
        single_up(fsum(flow.bucket_bytes for flow in flows)),
        single_up(fsum(flow.peak_rate_bytes_per_s for flow in flows)),
        min(flow.min_policed_bytes for flow in flows),
        max(flow.max_packet_bytes for flow in flows),
    )


def usual_min_policed_bytes(rate_bytes_per_s: float, largest_bytes: int) -> int:
    """An m for a flow that names none: what its rate carries in a millisecond.

    A link reserves for packets of m bytes, r/m of them a second. RFC 2210 3.1: an m above the
    smallest packet makes a refusal less likely, and costs the few packets below it that they count
    as m; with this m, only who sends more than a thousand packets a second sends mostly such.
    """
    usual = int(rate_bytes_per_s / USUAL_PACKETS_PER_S)
    return min(max(usual, LEAST_USUAL_BYTES), largest_bytes)


def why_unreasonable(tspec: Tspec) -> str | None:
    """Say what RFC 2211 5 and RFC 2215 3.6 forbid in it, or None."""
    rate, bucket = tspec.token_rate_bytes_per_s, tspec.bucket_bytes
    if not LEAST <= rate <= RATE_MAX_BYTES_PER_S:
        return f"token rate r = {rate:g} bytes/s is not within 1 byte/s and 40 terabytes/s"
    if not LEAST <= bucket <= BUCKET_MAX_BYTES:
        return f"bucket b = {bucket:g} bytes is not within 1 byte and 250 gigabytes"
    if tspec.min_policed_bytes > tspec.max_packet_bytes:
        smallest, largest = tspec.min_policed_bytes, tspec.max_packet_bytes
        return f"minimum policed unit m = {smallest} bytes exceeds M = {largest} bytes"
    return None
