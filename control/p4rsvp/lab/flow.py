"""Flows of a lab's traffic: who sends what to whom, and when.

A packet carries its flow's number, a sequence number and the time of its sending, so its least
length is that of its headers and `STAMP_BYTES`. The schedules say when packets leave; chance comes
from the flow's number, so that a flow sends the same at every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.session import Session

UDP = 17


@dataclass(frozen=True, slots=True)
class Cbr:
    """Packets at equal distances."""

    rate_bits_per_s: float  # of IP, headers included, as in all schedules


@dataclass(frozen=True, slots=True)
class Poisson:
    """Packets at exponentially distributed distances."""

    rate_bits_per_s: float  # the mean


@dataclass(frozen=True, slots=True)
class OnOff:
    """CBR for a while, then silence for a while."""

    rate_bits_per_s: float  # while it is on
    on_ms: float
    off_ms: float


@dataclass(frozen=True, slots=True)
class Trace:
    """Packets at given times, over and over again."""

    times_us: tuple[int, ...]  # rising, from 0
    period_us: int  # when the times begin anew; more than the last


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
    packet_bytes: int  # of IP, headers included
    schedule: Schedule

    @property
    def session(self) -> Session:
        """The RSVP session that the flow belongs to."""
        return Session(self.destination, UDP, self.destination_port)

    @property
    def selector(self) -> PortSelector:
        """What a filter or a sender template says of its sender."""
        return PortSelector(self.source, self.source_port)
