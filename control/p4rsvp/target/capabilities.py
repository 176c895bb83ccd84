"""What differs between data planes that speak P4Runtime: a record each, and no ifs elsewhere.

bmv2 does none of its writes atomically either, so that the client never asks for it (session.py).
Its queues have rates in packets, and over Thrift only, which whoever starts it makes up for
(bmv2.py, lab/spaces/bmv2_links.py). docs/dataplane.md lists all its limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from p4rsvp.intserv.meter import MeterTarget

ETHERNET_BYTES = 14  # v1model's meters count from the Ethernet header on, without the FCS
TAGGED_BYTES = 18


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One kind of data plane."""

    name: str
    meter_tick_ns: int  # how coarsely its meters read the time
    meters_count_frames: bool  # and know no m; else they are told max(IP length, m)

    def meter(self, vlan_id: int) -> MeterTarget:
        """How a meter counts the packets that leave by an interface of this VLAN (0: none).

        The frame counted is the one that came in. Where one interface is tagged, packets that come
        in tagged are taken for the rule; untagged ones then pass a little under their count.
        """
        if not self.meters_count_frames:
            return MeterTarget(self.name, tick_ns=self.meter_tick_ns)
        frame_bytes = TAGGED_BYTES if vlan_id else ETHERNET_BYTES
        return MeterTarget(
            self.name,
            frame_bytes=frame_bytes,
            knows_min_policed=False,
            tick_ns=self.meter_tick_ns,
        )


TARGETS = {
    one.name: one
    for one in (
        Capabilities("softswitch", meter_tick_ns=0, meters_count_frames=True),
        Capabilities("bmv2", meter_tick_ns=1000, meters_count_frames=True),
    )
}
