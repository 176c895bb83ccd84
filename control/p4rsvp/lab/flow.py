"""Flows of a lab's traffic: who sends what to whom, and when.

A packet carries its flow's number, a sequence number and the time of its sending at its end
(traffic/stamp.py). The schedules say when packets leave; chance comes from the flow's number, so
that a flow sends the same at every run. Rates are of IP, headers included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from p4rsvp.traffic import STAMP_BYTES, constant, on_off, poisson, repeated
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

UDP = 17
NS_PER_S = 1_000_000_000
MOST_FLOWS = 64  # in one lab
MOST_PACKETS = 1 << 22  # of one flow
MOST_S = 600.0  # that a flow lasts
LEAST_BYTES = 40 + 8 + STAMP_BYTES  # IPv6, UDP
MOST_BYTES = 1500


class Cbr(Struct, frozen=True, tag=True):
    """Packets at equal distances."""

    rate_bits_per_s: float

    def times_ns(self, packet_bytes: int, _: int) -> NDArray[np.uint64]:
        """When packets leave, from the flow's beginning."""
        per_s = _packets_per_s(self.rate_bits_per_s, packet_bytes)
        return constant(0, per_s, _duration_ns(per_s)).times_ns


class Poisson(Struct, frozen=True, tag=True):
    """Packets at exponentially distributed distances."""

    rate_bits_per_s: float  # the mean

    def times_ns(self, packet_bytes: int, seed: int) -> NDArray[np.uint64]:
        """When packets leave, from the flow's beginning."""
        per_s = _packets_per_s(self.rate_bits_per_s, packet_bytes)
        return poisson(0, per_s, _duration_ns(per_s), seed=seed).times_ns[:MOST_PACKETS]


class OnOff(Struct, frozen=True, tag=True):
    """A constant rate for a while, then silence for a while."""

    rate_bits_per_s: float  # while it is on
    on_ms: float
    off_ms: float

    def times_ns(self, packet_bytes: int, _: int) -> NDArray[np.uint64]:
        """When packets leave, from the flow's beginning."""
        per_s = _packets_per_s(self.rate_bits_per_s, packet_bytes)
        on_ns, off_ns = round(self.on_ms * 1e6), round(self.off_ms * 1e6)
        return on_off(0, per_s, _duration_ns(per_s), on_ns=on_ns, off_ns=off_ns).times_ns


class Trace(Struct, frozen=True, tag=True):
    """Packets at given times, over and over again."""

    times_us: tuple[int, ...]  # rising, from 0
    period_us: int  # when the times begin anew; more than the last

    def times_ns(self, packet_bytes: int, _: int) -> NDArray[np.uint64]:
        """When packets leave, from the flow's beginning."""
        times = np.array(self.times_us, dtype=np.uint64) * np.uint64(1000)
        duration_ns = round(MOST_S * NS_PER_S)
        return repeated(0, times, self.period_us * 1000, duration_ns).times_ns[:MOST_PACKETS]


def _packets_per_s(rate_bits_per_s: float, packet_bytes: int) -> float:
    return rate_bits_per_s / 8 / packet_bytes


def _duration_ns(packets_per_s: float) -> int:
    return round(min(MOST_S, MOST_PACKETS / packets_per_s) * NS_PER_S)


Schedule: TypeAlias = Cbr | Poisson | OnOff | Trace


@dataclass(frozen=True, slots=True)
class Flow:
    """One stream of UDP datagrams."""

    name: str
    number: int  # distinct within a world
    source: Address
    destination: Address  # a host's or a group's
    source_port: int
    destination_port: int
    packet_bytes: int  # of IP, headers included: even, for the stamp's sake
    schedule: Schedule

    def __post_init__(self) -> None:
        """Check what would else only be found by looking at packets."""
        if not 0 <= self.number < MOST_FLOWS:
            raise ValueError(
                f"flow {self.name}: the number {self.number} is not below {MOST_FLOWS}"
            )
        if not LEAST_BYTES <= self.packet_bytes <= MOST_BYTES or self.packet_bytes % 2:
            raise ValueError(
                f"flow {self.name}: a packet of {self.packet_bytes} bytes is not one of "
                f"{LEAST_BYTES} to {MOST_BYTES} bytes with an even number of them"
            )

    def times_ns(self) -> NDArray[np.uint64]:
        """When its packets leave, from its beginning, in order."""
        return self.schedule.times_ns(self.packet_bytes, self.number)

    @property
    def session(self) -> Session:
        """The RSVP session that the flow belongs to."""
        return Session(self.destination, UDP, self.destination_port)

    @property
    def selector(self) -> PortSelector:
        """What a filter or a sender template says of its sender."""
        return PortSelector(self.source, self.source_port)
