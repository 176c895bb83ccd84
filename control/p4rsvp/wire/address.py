"""IPv4 and IPv6 addresses as RSVP carries them: four or sixteen bytes, in network order.

An `Address` is a `bytes`, so that equality, hashing and ordering run in C: they are on the path of
every message, where `ipaddress` costs several times as much. Parsing and printing are left to
`ipaddress`.
"""

from ipaddress import ip_address
from typing import Self

IPV4_BYTES = 4
IPV6_BYTES = 16
UNSPECIFIED = frozenset((bytes(IPV4_BYTES), bytes(IPV6_BYTES)))  # 0.0.0.0 and ::


class Address(bytes):
    """One IPv4 (4 bytes) or IPv6 (16 bytes) address."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `192.0.2.1` or `2001:db8::1`; raises ValueError for anything else."""
        return cls(ip_address(text).packed)

    @property
    def version(self) -> int:
        """4 or 6."""
        return 4 if len(self) == IPV4_BYTES else 6

    @property
    def is_multicast(self) -> bool:
        """True for 224.0.0.0/4 and ff00::/8."""
        return self[0] == 0xFF if len(self) == IPV6_BYTES else self[0] >> 4 == 0xE

    @property
    def is_link_local(self) -> bool:
        """True for fe80::/10, which means something on its link only (RFC 4291 2.5.6)."""
        return len(self) == IPV6_BYTES and self[0] == 0xFE and self[1] >> 6 == 0b10

    @property
    def is_unicast(self) -> bool:
        """True for an address of one interface: neither multicast nor unspecified."""
        first = self[0]
        if first == 0 and self in UNSPECIFIED:
            return False
        return first != 0xFF if len(self) == IPV6_BYTES else first >> 4 != 0xE

    @property
    def is_unspecified(self) -> bool:
        """True for 0.0.0.0 and ::."""
        return self in UNSPECIFIED

    def __str__(self) -> str:
        return str(ip_address(bytes(self)))

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"
