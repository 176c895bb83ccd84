"""One outgoing link with strict-priority queues: its limits, what it exports, what a flow costs it.

Queues from the top: control, guaranteed, controlled load, best effort. Every reserved flow is
policed before its queue, by a token bucket (rate, burst) in bytes on the wire. As long as the rates
admitted stay below what the link has left, a packet leaves the guaranteed queue within

    (bursts admitted + control burst + blocking) / (link rate - control rate)

where blocking is what of lower priority the port may have taken already: one frame of maximum size
on an ideal scheduler. The bursts have a budget, so that the bound is a property of the link and not
of today's reservations: it is exported as D (RFC 2212, Exported Information), C being no more
than the 1 byte that the RFC asks for at least, since the delay does not depend on R.

Best effort keeps its minimum rate: it is taken off the reservable rate before any class gets some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from p4rsvp.intserv.admission import ClassLimit, Demand, LinkLimits
from p4rsvp.intserv.advertise import GuaranteedHop, Hop
from p4rsvp.intserv.delay import US_PER_S
from p4rsvp.intserv.meter import EXACT, LinkLayer, Meter, MeterTarget, meter_for, scaled_up
from p4rsvp.intserv.once import once
from p4rsvp.intserv.refusal import admission
from p4rsvp.intserv.services import effective, envelope
from p4rsvp.wire.adspec import NO_OVERRIDES, ErrorTerms, Overrides
from p4rsvp.wire.codes import AdmissionValue

if TYPE_CHECKING:
    from p4rsvp.intserv.service import Envelope
    from p4rsvp.wire.flowspec import Flowspec
    from p4rsvp.wire.tspec import Tspec

# RFC 2212, Exported Information: an element's own C and D lie between 1 and 2**28.
TERM_MIN, TERM_MAX = 1, 2**28


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """A link as its operator describes it; rates and bursts are bytes on the wire."""

    rate_bytes_per_s: int
    mtu_bytes: int  # of IP packets
    guaranteed: ClassLimit
    controlled_load: ClassLimit
    best_effort_rate_bytes_per_s: int
    control_rate_bytes_per_s: int
    control_burst_bytes: int
    blocking_bytes: int | None = None  # None: one frame of maximum size
    latency_us: int = 0  # propagation and processing at their least (RFC 2215 3.4)
    jitter_us: int = 0  # how much longer than that processing may take, queueing apart
    layer: LinkLayer = field(default_factory=LinkLayer)
    target: MeterTarget = EXACT

    def __post_init__(self) -> None:
        """Refuse a description that promises more than the link has."""
        left = self.reservable_rate_bytes_per_s
        if left < 0:
            raise ValueError(
                f"rate_bytes_per_s {self.rate_bytes_per_s} is less than control_rate_bytes_per_s "
                "and best_effort_rate_bytes_per_s together"
            )
        for name in ("guaranteed", "controlled_load"):
            limit: ClassLimit = getattr(self, name)
            if not 0 <= limit.rate_bytes_per_s <= left:
                raise ValueError(
                    f"{name}.rate_bytes_per_s {limit.rate_bytes_per_s} is not within 0 and the "
                    f"{left} that control and best effort leave"
                )
        if self.exported_d_us > TERM_MAX:
            raise ValueError(
                f"the delay bound of {self.exported_d_us} us is more than RFC 2212 can express: "
                "lower guaranteed.burst_bytes"
            )

    @property
    def reservable_rate_bytes_per_s(self) -> int:
        """What reservations may take together."""
        return (
            self.rate_bytes_per_s
            - self.control_rate_bytes_per_s
            - self.best_effort_rate_bytes_per_s
        )

    @property
    def limits(self) -> LinkLimits:
        """The limits that admission holds."""
        return LinkLimits(self.reservable_rate_bytes_per_s, self.guaranteed, self.controlled_load)

    @property
    def exported_d_us(self) -> int:
        """D: the bound with the whole burst budget admitted, and the jitter of processing."""
        bound_us = self.guaranteed_delay_us(self.guaranteed.burst_bytes)
        return max(ceil(bound_us) + self.jitter_us, TERM_MIN)

    def guaranteed_delay_us(self, burst_bytes: int) -> Fraction:
        """The longest wait in the guaranteed queue with so much burst admitted."""
        backlog_bytes = burst_bytes + self.control_burst_bytes + self._blocking()
        left = self.rate_bytes_per_s - self.control_rate_bytes_per_s
        return Fraction(backlog_bytes * US_PER_S, left)

    def controlled_load_delay_us(self, guaranteed: ClassLimit, burst_bytes: int) -> Fraction:
        """The longest wait in the controlled-load queue below so much guaranteed traffic.

        RFC 2211 promises no bound; this one is for the operator who sets the limits.
        """
        backlog_bytes = (
            burst_bytes + guaranteed.burst_bytes + self.control_burst_bytes + self._blocking()
        )
        left = self.rate_bytes_per_s - self.control_rate_bytes_per_s - guaranteed.rate_bytes_per_s
        return Fraction(backlog_bytes * US_PER_S, left)

    def hop(self) -> Hop:
        """What goes into the ADSPEC: the limits, not what is free of them.

        RFC 2215 3.3 allows to overestimate; a value that moved with every admission would have
        every Path below sent anew at once.
        """
        link = self._ip_rate(self.rate_bytes_per_s)
        return Hop(
            link,
            self.latency_us,
            self.mtu_bytes,
            GuaranteedHop(TERM_MIN, self.exported_d_us, self._overrides(link, self.guaranteed)),
            self._overrides(link, self.controlled_load),
        )

    def _overrides(self, link_bytes_per_s: float, limit: ClassLimit) -> Overrides:
        share = self._ip_rate(limit.rate_bytes_per_s)
        if share >= link_bytes_per_s:
            return NO_OVERRIDES
        return Overrides(path_bandwidth_bytes_per_s=share)

    def _ip_rate(self, wire_bytes_per_s: int) -> float:
        """What a rate on the wire carries in IP packets of maximum size."""
        return wire_bytes_per_s * self.mtu_bytes / self.layer.wire_bytes(self.mtu_bytes)

    def _blocking(self) -> int:
        if self.blocking_bytes is not None:
            return self.blocking_bytes
        return self.layer.wire_bytes(self.mtu_bytes)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one reservation means for one link."""

    effective: Flowspec  # what is installed
    forward: Flowspec  # what goes upstream: Fwd_Flowspec of RFC 2205 3.11.2
    envelope: Envelope
    meter: Meter
    demand: Demand

    @property
    def charge(self) -> str:
        """What is charged, and why."""
        rate, m = self.envelope.rate_bytes_per_s, self.meter.min_policed_bytes
        return (
            f"{rate:.0f} bytes/s in packets of {m} bytes (m) and more may take "
            f"{self.demand.rate_bytes_per_s} bytes/s of the link"
        )


@once
def plan(
    config: LinkConfig, flowspec: Flowspec, path_te: Tspec, upstream: ErrorTerms, *, entry: bool
) -> Plan:
    """Work out what to install and to admit for (Re, Resv_Te) and Path_Te (RFC 2205 2.2 step 3).

    `upstream` and `entry` are as in `QosService.envelope`. Raises Refused, with 01/03 where the
    packets do not fit the link.
    """
    wanted = effective(flowspec, path_te)
    if wanted.tspec.max_packet_bytes > config.mtu_bytes:
        raise admission(
            AdmissionValue.MTU_TOO_LARGE,
            f"M = {wanted.tspec.max_packet_bytes} bytes, MTU {config.mtu_bytes} bytes",
        )
    owed = envelope(wanted, upstream, entry=entry)
    meter = meter_for(owed.tspec, config.target, config.layer, config.mtu_bytes)
    # What the meter lets through is what the link must carry, by its own count.
    rate = max(
        meter.cir_bytes_per_s, scaled_up(meter.ratios.meter_per_tspec, owed.rate_bytes_per_s)
    )
    wire = meter.ratios.wire_per_meter
    demand = Demand(owed.service, scaled_up(wire, rate), scaled_up(wire, meter.cbs_bytes))
    return Plan(wanted, flowspec, owed, meter, demand)
