"""The small network that every packet test lives in.

Interface i has the addresses 10.0.i.1/24 and 2001:db8:i::1/64 and one neighbour, 10.0.i.2, that is
the next hop to all of them. Interfaces 1 to 4 are the ports 1 to 4, untagged; 5 is VLAN 100 of
port 4, where the tag's priority shows the queue. RSVP is on everywhere but on interface 3.
"""

from typing import NamedTuple

VLAN_ID = 100
MTU_BYTES = 1500


class Interface(NamedTuple):
    """An IP interface of the switch."""

    number: int
    port: int
    vlan_id: int = 0
    rsvp: bool = True

    @property
    def mac(self) -> str:
        """Its link address."""
        return f"02:00:00:00:00:{self.number:02x}"

    @property
    def neighbour_mac(self) -> str:
        """The link address of its one neighbour."""
        return f"02:00:00:00:{self.number:02x}:02"

    @property
    def ipv4(self) -> str:
        """Its IPv4 address."""
        return f"10.0.{self.number}.1"

    @property
    def ipv6(self) -> str:
        """Its IPv6 address."""
        return f"2001:db8:{self.number:x}::1"

    @property
    def ipv4_prefix(self) -> str:
        """The IPv4 network behind it."""
        return f"10.0.{self.number}.0/24"

    @property
    def ipv6_prefix(self) -> str:
        """The IPv6 network behind it."""
        return f"2001:db8:{self.number:x}::/64"


INTERFACES = {
    interface.number: interface
    for interface in (
        Interface(1, port=1),
        Interface(2, port=2),
        Interface(3, port=3, rsvp=False),
        Interface(4, port=4),
        Interface(5, port=4, vlan_id=VLAN_ID),
    )
}


def host(interface: int) -> str:
    """The neighbour's IPv4 address."""
    return f"10.0.{interface}.2"


def host6(interface: int) -> str:
    """The neighbour's IPv6 address."""
    return f"2001:db8:{interface:x}::2"
