"""Delay and buffer bounds of guaranteed service (RFC 2212), and how to choose R for a delay.

All of it is exact: rational numbers in microseconds and bytes, rounded once, to the safe side. The
queueing delay comes on top of the path's minimum latency, which the ADSPEC gives apart.

M is taken as at most b, since a packet larger than its bucket never conforms; where a real router
said M = 0 ("not said"), it is taken as b, and then the peak rate brings nothing.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from p4rsvp.intserv.single import Number, single_down, single_up
from p4rsvp.intserv.tspec import RATE_MAX_BYTES_PER_S
from p4rsvp.wire.flowspec import Rspec

if TYPE_CHECKING:
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.tspec import Tspec

US_PER_S = 1_000_000
# RFC 2212, Exported Information: a sum that reached this stands for any larger one.
UNBOUNDED = 2**32 - 1
SLACK_MAX_US = 2**32 - 1


def queueing_delay_us(tspec: Tspec, rate_bytes_per_s: float, terms: ErrorTerms) -> Fraction | None:
    """The end-to-end bound of RFC 2212, End-to-End Behavior; None where there is none.

    [(b-M)/R * (p-R)/(p-r)] + (M+Ctot)/R + Dtot    for p > R >= r
    (M+Ctot)/R + Dtot                              for r <= p <= R
    """
    if rate_bytes_per_s < tspec.token_rate_bytes_per_s or _is_unbounded(terms):
        return None
    rate = Fraction(rate_bytes_per_s)
    bucket, packet = _bucket_and_packet(tspec)
    backlog = packet + terms.c_tot_bytes
    peak = tspec.peak_rate_bytes_per_s
    if peak == inf:
        backlog += bucket - packet
    elif peak > rate_bytes_per_s:
        token_rate = Fraction(tspec.token_rate_bytes_per_s)
        backlog += (bucket - packet) * (Fraction(peak) - rate) / (Fraction(peak) - token_rate)
    return backlog * US_PER_S / rate + terms.d_tot_us


def rspec_for_delay(tspec: Tspec, terms: ErrorTerms, delay_us: float) -> Rspec | None:
    """The smallest R whose bound meets a queueing delay, and what delay is left over as slack.

    None where no rate meets it. Inverts `queueing_delay_us`, which falls steadily as R grows.
    """
    wanted_s = Fraction(delay_us) / US_PER_S - Fraction(terms.d_tot_us, US_PER_S)
    if wanted_s <= 0 or _is_unbounded(terms):
        return None
    exact = _least_rate(tspec, terms.c_tot_bytes, wanted_s)
    rate_bytes_per_s = max(single_up(exact), tspec.token_rate_bytes_per_s)
    if rate_bytes_per_s > RATE_MAX_BYTES_PER_S:
        return None
    bound_us = queueing_delay_us(tspec, rate_bytes_per_s, terms)
    assert bound_us is not None
    assert bound_us <= delay_us
    return Rspec(rate_bytes_per_s, min(floor(Fraction(delay_us) - bound_us), SLACK_MAX_US))


def _least_rate(tspec: Tspec, c_tot_bytes: int, wanted_s: Fraction) -> Fraction:
    """Solve the bound for R: first as if p > R, then, if that gives R >= p, without the burst."""
    bucket, packet = _bucket_and_packet(tspec)
    peak = tspec.peak_rate_bytes_per_s
    if peak == inf:
        return (bucket + c_tot_bytes) / wanted_s
    if peak > tspec.token_rate_bytes_per_s:
        burst_s = (bucket - packet) / (Fraction(peak) - Fraction(tspec.token_rate_bytes_per_s))
        rate = (burst_s * Fraction(peak) + packet + c_tot_bytes) / (wanted_s + burst_s)
        if rate < peak:
            return rate
    return (packet + c_tot_bytes) / wanted_s


def buffer_bytes(tspec: Tspec, rspec: Rspec, upstream: ErrorTerms) -> int:
    """The buffer that loses nothing (RFC 2212, Guidelines for Implementors).

    M + (b-M)(p-X)/(p-r) + (Csum/R + Dsum) X, or b + Csum + Dsum R where p is unknown. Slack that
    this element keeps adds to Dsum; the caller adds it.
    """
    rate = Fraction(rspec.rate_bytes_per_s)
    token_rate = Fraction(tspec.token_rate_bytes_per_s)
    bucket, packet = _bucket_and_packet(tspec)
    c_sum, d_sum_s = upstream.c_sum_bytes, Fraction(upstream.d_sum_us, US_PER_S)
    if tspec.peak_rate_bytes_per_s == inf:
        return ceil(bucket + c_sum + d_sum_s * rate)
    peak = Fraction(tspec.peak_rate_bytes_per_s)
    lag_s = c_sum / rate + d_sum_s
    if peak <= token_rate:
        return ceil(packet + lag_s * peak)
    burst_s = (bucket - packet) / (peak - token_rate)
    x = token_rate if burst_s < lag_s else min(rate, peak)
    return ceil(packet + burst_s * (peak - x) + lag_s * x)


def reshaping_buffer_bytes(tspec: Tspec, upstream: ErrorTerms) -> int:
    """The longest burst of a flow that once conformed: b + Csum + Dsum r (RFC 2212, Policing)."""
    growth = Fraction(upstream.d_sum_us, US_PER_S) * Fraction(tspec.token_rate_bytes_per_s)
    return ceil(Fraction(tspec.bucket_bytes) + upstream.c_sum_bytes + growth)


def spend_slack(
    tspec: Tspec, rspec: Rspec, c_tot_bytes: int, available_bytes_per_s: Number
) -> Rspec | None:
    """Lower R to what is available, if the slack pays for it (RFC 2212, Ordering and Merging).

    Sout + b/Rout + Ctot/Rout <= Sin + b/Rin + Ctot/Rin, and r <= Rout <= Rin; Ctot is summed up to
    and with this element. None where the slack is too small or what is available is below r.
    """
    rate_in = rspec.rate_bytes_per_s
    rate_out = min(rate_in, single_down(max(available_bytes_per_s, 0)))
    if rate_out < tspec.token_rate_bytes_per_s:
        return None
    backlog = Fraction(tspec.bucket_bytes) + c_tot_bytes
    spent_s = backlog / Fraction(rate_out) - backlog / Fraction(rate_in)
    slack_us = floor(rspec.slack_us - spent_s * US_PER_S)
    return Rspec(rate_out, slack_us) if slack_us >= 0 else None


def _bucket_and_packet(tspec: Tspec) -> tuple[Fraction, Fraction]:
    bucket = Fraction(tspec.bucket_bytes)
    packet = Fraction(tspec.max_packet_bytes)
    return bucket, min(packet, bucket) if packet else bucket


def _is_unbounded(terms: ErrorTerms) -> bool:
    return terms.c_tot_bytes >= UNBOUNDED or terms.d_tot_us >= UNBOUNDED
