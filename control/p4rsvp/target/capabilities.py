"""What differs between data planes that speak P4Runtime: a record each, and no ifs elsewhere.

bmv2 does none of its writes atomically either, so that the client never asks for it (session.py).
Its queues have rates in packets, and over Thrift only, which whoever starts it makes up for
(bmv2.py, lab/spaces/bmv2_links.py). docs/dataplane.md lists all its limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from p4rsvp.intserv.meter import MeterTarget

ETHERNET_BYTES = 14  # addresses and type; v1model's frames are without the FCS
TAG_BYTES = 4
FRAME_MIN_BYTES = 60
ON_WIRE_BYTES = 24  # FCS, preamble and gap


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One kind of data plane."""

    name: str
    meter_tick_ns: int  # how coarsely its meters read the time
    counts_on_wire: bool  # as the program wants of `reservation_meter`; else frames as they came

    def meter(self, vlan_ids: Iterable[int]) -> MeterTarget:
        """How a meter counts packets that come in by interfaces of these VLANs (0: none).

        The frame counted is the one that came in, with its tag, whatever it leaves with.
        """
        tags = {TAG_BYTES if vlan_id else 0 for vlan_id in vlan_ids} or {0}
        on_top = ON_WIRE_BYTES if self.counts_on_wire else 0
        return MeterTarget(
            self.name,
            frame_bytes=ETHERNET_BYTES + min(tags) + on_top,
            tag_bytes=max(tags) - min(tags),
            least_bytes=FRAME_MIN_BYTES + on_top if self.counts_on_wire else 0,
            knows_min_policed=False,
            tick_ns=self.meter_tick_ns,
        )


TARGETS = {
    one.name: one
    for one in (
        Capabilities("softswitch", meter_tick_ns=0, counts_on_wire=True),
        Capabilities("dpdk", meter_tick_ns=0, counts_on_wire=True),
        Capabilities("bmv2", meter_tick_ns=1000, counts_on_wire=False),
    )
}
