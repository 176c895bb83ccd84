"""From a Tspec to a two-rate meter (RFC 2698), with the error of the target's counting stated.

A Tspec counts IP bytes and takes a packet below m for one of m bytes (RFC 2212, Policing). A target
may count whole frames and know no m. The mapping scales rates and bursts up so that no conforming
packet is ever marked, and says how much more than the Tspec may pass as conforming in return, and
what all that passes takes of the link:

    counted bytes that pass in any time T  <=  excess_factor * (r T + b) + excess_bytes
    bytes on the wire in any time T        <=  wire_per_meter * (CIR T + CBS + one tick of CIR)

The second is what a reservation is charged. No safe charge is below wire_per_tspec * r, which is
what conforming packets take that cost the link most; a target that counts as the link does, or as
the Tspec does, comes down to it.

Committed bucket: r, b. Peak bucket: p, M; where p is unknown it is as wide as the target allows.
Green is conforming; how yellow and red packets fare is for the target's tables to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, inf
from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.intserv.refusal import admission
from p4rsvp.wire.codes import AdmissionValue

if TYPE_CHECKING:
    from p4rsvp.wire.tspec import Tspec

NS_PER_S = 1_000_000_000
IP_HEADER_BYTES = 20  # no IP packet is shorter
# What m = 0, which RFC 2210 3.1 forbids and real routers send, is taken for.
UNSAID_MIN_POLICED_BYTES = 64


@dataclass(frozen=True, slots=True)
class MeterTarget:
    """How one kind of meter counts."""

    name: str
    frame_bytes: int = 0  # what it counts on top of the IP packet
    tag_bytes: int = 0  # how much more it counts for packets that came in tagged, where some do
    least_bytes: int = 0  # what it counts for any packet
    knows_min_policed: bool = True  # it is told max(length, m)
    tick_ns: int = 0  # how coarsely it reads the time
    rate_step_bytes_per_s: int = 1
    burst_step_bytes: int = 1
    rate_max_bytes_per_s: int = 2**40
    burst_max_bytes: int = 2**32 - 1

    def counted_bytes(
        self, ip_bytes: int, min_policed_bytes: int, *, is_tagged: bool = False
    ) -> int:
        """What the meter takes out of its buckets for a packet."""
        length = max(ip_bytes, min_policed_bytes) if self.knows_min_policed else ip_bytes
        return max(length + self.frame_bytes + self.tag_bytes * is_tagged, self.least_bytes)

    def bytes_per_tick(self, rate_bytes_per_s: int) -> int:
        """What arrives in one tick of the target's clock, by which it may misread an interval."""
        return -(-rate_bytes_per_s * self.tick_ns // NS_PER_S)


EXACT = MeterTarget("exact")  # one that is told the length that counts
# The softswitch counts what a frame takes on an Ethernet.
WIRE = MeterTarget("wire", frame_bytes=38, least_bytes=84, knows_min_policed=False)
# bmv2 counts the frame from the Ethernet header on, without m, in ticks of a microsecond.
BMV2 = MeterTarget("bmv2", frame_bytes=14, knows_min_policed=False, tick_ns=1000)


@dataclass(frozen=True, slots=True)
class LinkLayer:
    """What a packet costs on the wire; the defaults are Ethernet's."""

    header_bytes: int = 18  # addresses, type, frame check sequence
    frame_min_bytes: int = 64
    gap_bytes: int = 20  # preamble and the gap between frames

    def wire_bytes(self, ip_bytes: int) -> int:
        """The time that a packet takes on the link, in bytes."""
        return max(ip_bytes + self.header_bytes, self.frame_min_bytes) + self.gap_bytes

    def wire_per_tspec(self, tspec: Tspec) -> Fraction:
        """The most that conforming packets take of the link for a byte that the Tspec counts.

        That is packets of m bytes: shorter ones count as m, longer ones have less on top.
        """
        m = min_policed_bytes(tspec)
        return Fraction(self.wire_bytes(m), m)


class Ratios(NamedTuple):
    """How a target's count, the Tspec's and the link's compare, at their extremes over packets."""

    meter_per_tspec: Fraction  # at most so many meter's bytes for one of a conforming packet's
    tspec_per_meter: Fraction  # at most so many of the Tspec's for one that the meter counts
    wire_per_meter: Fraction  # at most so many on the link for one that the meter counts


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter's configuration in the target's own bytes, and what it means."""

    cir_bytes_per_s: int
    cbs_bytes: int
    pir_bytes_per_s: int
    pbs_bytes: int
    min_policed_bytes: int  # the length that a shorter packet counts for, where the target knows m
    tspec: Tspec  # what it polices
    target: MeterTarget
    ratios: Ratios

    @property
    def excess_factor(self) -> Fraction:
        """How much more than the Tspec's rate may pass."""
        rate = Fraction(self.tspec.token_rate_bytes_per_s)
        return self.ratios.tspec_per_meter * self.cir_bytes_per_s / rate

    @property
    def excess_bytes(self) -> int:
        """How much more than `excess_factor` times its bucket may pass at once."""
        at_once = self.cbs_bytes + self.target.bytes_per_tick(self.cir_bytes_per_s)
        bucket = Fraction(self.tspec.bucket_bytes)
        return max(ceil(self.ratios.tspec_per_meter * at_once - self.excess_factor * bucket), 0)


def meter_for(tspec: Tspec, target: MeterTarget, layer: LinkLayer, mtu_bytes: int) -> Meter:
    """Map a policed Tspec; raises Refused (01/02) where the target cannot hold it."""
    m = min_policed_bytes(tspec)
    largest = tspec.max_packet_bytes or mtu_bytes
    ratios = _ratios(target, layer, m, min(largest, mtu_bytes), mtu_bytes)
    scale = ratios.meter_per_tspec
    cir = _to_step(scaled_up(scale, tspec.token_rate_bytes_per_s), target.rate_step_bytes_per_s)
    cbs = scaled_up(scale, tspec.bucket_bytes) + target.bytes_per_tick(cir)
    cbs = _to_step(cbs, target.burst_step_bytes)
    if cir > target.rate_max_bytes_per_s or cbs > target.burst_max_bytes:
        raise admission(
            AdmissionValue.BANDWIDTH_UNAVAILABLE,
            f"the {target.name} meter cannot hold {cir} bytes/s and {cbs} bytes",
        )
    pir, pbs = _peak(tspec, target, scale, max(largest, m), cir)
    return Meter(cir, cbs, pir, pbs, m, tspec, target, ratios)


def min_policed_bytes(tspec: Tspec) -> int:
    """The m to calculate with: no packet is shorter than its header."""
    return max(tspec.min_policed_bytes or UNSAID_MIN_POLICED_BYTES, IP_HEADER_BYTES)


def scaled_up(ratio: Fraction, value: float) -> int:
    """A value times a ratio, rounded up to a whole number; exact, and fast for many calls."""
    numerator, denominator = value.as_integer_ratio()
    return -(-ratio.numerator * numerator // (ratio.denominator * denominator))


@lru_cache(maxsize=4096)
def _ratios(
    target: MeterTarget, layer: LinkLayer, m: int, largest_bytes: int, mtu_bytes: int
) -> Ratios:
    """Between these lengths all ratios are monotonic, so that they hold the extremes.

    A packet that conforms may come tagged and count for more, one that passes untagged for less.
    """
    corners = {
        IP_HEADER_BYTES,
        m,
        target.least_bytes - target.frame_bytes,
        layer.frame_min_bytes - layer.header_bytes,
    }
    conforming = [n for n in corners if IP_HEADER_BYTES <= n <= largest_bytes] + [largest_bytes]
    passing = [n for n in corners if IP_HEADER_BYTES <= n <= mtu_bytes] + [mtu_bytes]
    return Ratios(
        max(Fraction(target.counted_bytes(n, m, is_tagged=True), max(n, m)) for n in conforming),
        max(Fraction(max(n, m), target.counted_bytes(n, m)) for n in passing),
        max(Fraction(layer.wire_bytes(n), target.counted_bytes(n, m)) for n in passing),
    )


def _peak(
    tspec: Tspec, target: MeterTarget, scale: Fraction, packet_bytes: int, cir: int
) -> tuple[int, int]:
    """The peak bucket: p and M. A limit of the target that is wider than the link harms nobody."""
    peak = tspec.peak_rate_bytes_per_s
    if peak == inf:
        return target.rate_max_bytes_per_s, target.burst_max_bytes
    pir = max(_to_step(scaled_up(scale, peak), target.rate_step_bytes_per_s), cir)
    pir = min(pir, target.rate_max_bytes_per_s)
    pbs = scaled_up(scale, packet_bytes) + target.bytes_per_tick(pir)
    return pir, min(_to_step(pbs, target.burst_step_bytes), target.burst_max_bytes)


def _to_step(value: int, step: int) -> int:
    return -(-value // step) * step
