"""An IP interface as the data plane and its link see it."""

from __future__ import annotations

from dataclasses import dataclass

from p4rsvp.engine.events import Prefix
from p4rsvp.target.numbers import REPLICATION_INTERFACE, REPLICATION_PORT
from p4rsvp.target.plan import Departure


@dataclass(frozen=True, slots=True)
class Interface:
    """A port of the switch, or one VLAN of it."""

    number: int
    port: int
    vlan_id: int  # 0: untagged
    mac: bytes
    networks: tuple[Prefix, ...]  # our address, and how much of it the link has in common
    mtu_bytes: int
    rsvp: bool = True
    udp_encapsulation: bool = False
    listeners: bool = False  # hosts there may join groups (IGMP, MLD)

    def departure(self) -> Departure:
        """How packets leave by it."""
        mac = int.from_bytes(self.mac)
        return Departure(self.number, self.port, mac, self.vlan_id, self.mtu_bytes)


# The replication port as an interface (docs/dataplane.md, Groups).
REPLICATION = Departure(REPLICATION_INTERFACE, REPLICATION_PORT, mac=0, vlan_id=0, mtu_bytes=0xFFFF)
