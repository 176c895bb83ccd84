"""Token buckets in exact arithmetic, as the RFCs word them: what the mapping is held against."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf

from p4rsvp.intserv.meter import NS_PER_S, Meter, MeterTarget
from p4rsvp.wire.tspec import Tspec


@dataclass
class Bucket:
    """Starts full (RFC 2212, Policing)."""

    rate_bytes_per_s: Fraction
    depth_bytes: Fraction
    level_bytes: Fraction
    filled_ns: int = 0

    @classmethod
    def full(cls, rate_bytes_per_s: float, depth_bytes: float) -> Bucket:
        return cls(Fraction(rate_bytes_per_s), Fraction(depth_bytes), Fraction(depth_bytes))

    def fill(self, now_ns: int) -> Fraction:
        gained = self.rate_bytes_per_s * (now_ns - self.filled_ns) / NS_PER_S
        self.level_bytes = min(self.depth_bytes, self.level_bytes + gained)
        self.filled_ns = now_ns
        return self.level_bytes


class Conformance:
    """M + min[pT, rT + b - M] over all T (RFC 2212, Policing); a short packet counts as m."""

    def __init__(self, tspec: Tspec) -> None:
        self.tspec = tspec
        self.buckets = [Bucket.full(tspec.token_rate_bytes_per_s, tspec.bucket_bytes)]
        if tspec.peak_rate_bytes_per_s != inf:
            self.buckets.append(
                Bucket.full(tspec.peak_rate_bytes_per_s, float(tspec.max_packet_bytes))
            )

    def accepts(self, now_ns: int, ip_bytes: int) -> bool:
        counted = max(ip_bytes, self.tspec.min_policed_bytes)
        levels = [bucket.fill(now_ns) for bucket in self.buckets]
        if ip_bytes > self.tspec.max_packet_bytes or min(levels) < counted:
            return False
        for bucket in self.buckets:
            bucket.level_bytes -= counted
        return True


class TwoRateMeter:
    """RFC 2698 3, colour-blind, as a target of this kind runs it."""

    def __init__(self, meter: Meter, target: MeterTarget) -> None:
        self.meter, self.target = meter, target
        self.committed = Bucket.full(meter.cir_bytes_per_s, meter.cbs_bytes)
        self.peak = Bucket.full(meter.pir_bytes_per_s, meter.pbs_bytes)

    def is_green(self, now_ns: int, ip_bytes: int, *, is_tagged: bool = False) -> bool:
        tick_ns = self.target.tick_ns or 1
        read_ns = now_ns // tick_ns * tick_ns
        m = self.meter.min_policed_bytes
        counted = self.target.counted_bytes(ip_bytes, m, is_tagged=is_tagged)
        if self.peak.fill(read_ns) < counted:
            self.committed.fill(read_ns)
            return False
        self.peak.level_bytes -= counted
        if self.committed.fill(read_ns) < counted:
            return False
        self.committed.level_bytes -= counted
        return True
