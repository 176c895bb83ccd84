"""A host's link for admission and for what is exported about it: all of it may be reserved.

A host knows its applications' wishes and nothing of other traffic; so nearly the whole link may be
reserved, by either service, and the routers are the ones to say no. The burst budget is what the
link carries in `BURST_MS`, or enough for a slow link's few flows.
"""

from __future__ import annotations

from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig

BURST_MS = 10
BURST_BYTES_LEAST = 64_000
CONTROL_BURST_BYTES = 3_000
BEST_EFFORT_SHARE = 0.05
CONTROL_SHARE = 0.01


def link_of(rate_bytes_per_s: int, mtu_bytes: int) -> LinkConfig:
    """A link of this rate."""
    best_effort = int(rate_bytes_per_s * BEST_EFFORT_SHARE)
    control = int(rate_bytes_per_s * CONTROL_SHARE)
    burst_bytes = max(rate_bytes_per_s * BURST_MS // 1000, BURST_BYTES_LEAST)
    limit = ClassLimit(rate_bytes_per_s - best_effort - control, burst_bytes)
    return LinkConfig(
        rate_bytes_per_s=rate_bytes_per_s,
        mtu_bytes=mtu_bytes,
        guaranteed=limit,
        controlled_load=limit,
        best_effort_rate_bytes_per_s=best_effort,
        control_rate_bytes_per_s=control,
        control_burst_bytes=CONTROL_BURST_BYTES,
    )
