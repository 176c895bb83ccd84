"""The numbers that the P4 program and its controllers share.

The twin of p4src/shared/numbers.p4, which says what each means; a test holds the two together. They
appear in table entries, in packet-in headers and in counter indices, so they are never renumbered.
"""

from enum import IntEnum, IntFlag
from typing import Final

CPU_PORT: Final = 510
REPLICATION_PORT: Final = 509
REPLICATION_INTERFACE: Final = 0xFFFF
NO_RESERVATION: Final = 0

QUEUE_BEST_EFFORT: Final = 0
QUEUE_NETWORK_CONTROL: Final = 7


class ServiceClass(IntEnum):
    """What kind of service a packet gets."""

    BEST_EFFORT = 0
    CONTROLLED_LOAD = 1
    GUARANTEED = 2
    NETWORK_CONTROL = 3


class Colour(IntEnum):
    """RFC 2698's colours, as v1model numbers them."""

    GREEN = 0
    YELLOW = 1
    RED = 2


class Verdict(IntEnum):
    """What became of a packet of a reservation."""

    SENT = 0
    DEMOTED = 1
    DROPPED = 2


class Shape(IntFlag):
    """Which fields a filter looks at; an interface names the shapes that it has filters of."""

    IPV4_FIVE_TUPLE = 0x0001
    IPV4_SPI = 0x0002
    IPV4_NO_SOURCE_PORT = 0x0004
    IPV4_ANY_SOURCE = 0x0008
    IPV4_NO_PORTS = 0x0010
    IPV4_ANY_SOURCE_NO_PORTS = 0x0020
    IPV6_FIVE_TUPLE = 0x0100
    IPV6_SPI = 0x0200
    IPV6_NO_SOURCE_PORT = 0x0400
    IPV6_ANY_SOURCE = 0x0800
    IPV6_NO_PORTS = 0x1000
    IPV6_ANY_SOURCE_NO_PORTS = 0x2000
    IPV6_FLOW_LABEL = 0x4000


class PuntReason(IntEnum):
    """Why the controller gets a packet."""

    NONE = 0
    RSVP = 1
    RSVP_UDP = 2
    ARP = 3
    NEIGHBOUR = 4
    GROUP_MEMBERSHIP = 5
    ICMP = 6
    LOCAL = 7
    HOP_LIMIT = 8
    NO_NEIGHBOUR = 9
    TOO_BIG = 10


class PuntKind(IntEnum):
    """What punts are metered by, beside the ingress port."""

    RSVP = 0
    LINK = 1
    OTHER = 2


class DropReason(IntEnum):
    """Why a packet ended in the switch."""

    NONE = 0
    DAMAGED = 1
    MALFORMED = 2
    NO_INTERFACE = 3
    NOT_FOR_US = 4
    NOT_IP = 5
    NO_ROUTE = 6
    DISCARDED = 7
    WRONG_INTERFACE = 8
    SCOPE = 9
    NO_NEXT_HOP = 10
    NO_DEPARTURE = 11
    HOP_LIMIT = 12
    TOO_BIG = 13
    EXCESS = 14
    PUNT_LIMIT = 15
    CAME_FROM_THERE = 16


def reservation_cell(reservation: int, verdict: Verdict) -> int:
    """The index in `reservation_traffic`."""
    return reservation * 4 + verdict


def punt_cell(port: int, reason: PuntReason) -> int:
    """The index in `punts`."""
    return port * 32 + reason


def drop_cell(port: int, reason: DropReason) -> int:
    """The index in `drops` and `replica_drops`."""
    return port * 32 + reason


def port_class_cell(port: int, service_class: ServiceClass) -> int:
    """The index in `port_traffic`."""
    return port * 4 + service_class


def punt_meter_cell(port: int, kind: PuntKind) -> int:
    """The index in `punt_meter`."""
    return port * 4 + kind
