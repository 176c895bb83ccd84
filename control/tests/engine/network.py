"""Configurations that the engine's and the simulator's tests share."""

from __future__ import annotations

from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig

ETHERNET = LinkConfig(
    rate_bytes_per_s=12_500_000,
    mtu_bytes=1_500,
    guaranteed=ClassLimit(5_000_000, 1_000_000),
    controlled_load=ClassLimit(10_000_000, 10_000_000),
    best_effort_rate_bytes_per_s=1_000_000,
    control_rate_bytes_per_s=100_000,
    control_burst_bytes=3_000,
)
