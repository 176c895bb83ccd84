"""What a node is told about itself: its interfaces, its time parameters, its limits. Plain values.

Time parameters are RFC 2205 3.7's (R, K, Slew.Max), 3.6's (W) and 3.5's (Kb), per interface where
the RFC wants them so. Limits bound every table; reaching one is an error to the peer and a counter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from functools import lru_cache

from p4rsvp.engine.sharing import MOST_SHARED
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.wire.address import Address

SECOND_NS = 1_000_000_000

# The least R that a neighbour is believed: with R = 0, or nearly so, its state would end as soon as
# it stands, and each of its messages would make others tear down and set up (RFC 2205 3.7 names no
# bound, and leaves it to whoever receives R to work out a lifetime from it).
LEAST_REFRESH_PERIOD_MS = 100

# The most likewise: with R = 49 days, what a flood leaves behind would stay for nine months. It is
# 31.5 h so (with K = 3), and who truly refreshes more seldom than that is torn down in between.
MOST_REFRESH_PERIOD_MS = 6 * 3_600_000

# What an IPv4 datagram has room for beside its header and the Router Alert option (RFC 2113).
MOST_MESSAGE_BYTES = 0xFFFF - 24 & ~3

# RFC 2205 leaves the TTL of messages to a neighbour open; with 255 a hop that is no neighbour
# shows.
NEIGHBOUR_TTL = 255


class Role(IntFlag):
    """What a node does; a router with applications on it is both."""

    ROUTER = 1
    HOST = 2


@dataclass(frozen=True, slots=True)
class TimeParameters:
    """RFC 2205 3.5 to 3.7; the defaults are the RFC's where it names one."""

    refresh_period_ms: int = 30_000  # R
    lifetime_factor: int = 3  # K: L = (K + 0.5) * 1.5 * R
    slew_max: float = 0.30  # how fast R may grow from one refresh to the next
    local_repair_delay_ms: int = 2_000  # W
    blockade_factor: int = 2  # Kb: Tb = Kb * R

    def lifetime_ns(self, refresh_period_ms: int) -> int:
        """L for state that its sender refreshes every `refresh_period_ms` (3.7, rule 2)."""
        return _lifetime_ns(self.lifetime_factor, refresh_period_ms)


@lru_cache(MOST_SHARED)
def _lifetime_ns(lifetime_factor: int, refresh_period_ms: int) -> int:
    believed_ms = min(max(refresh_period_ms, LEAST_REFRESH_PERIOD_MS), MOST_REFRESH_PERIOD_MS)
    return (2 * lifetime_factor + 1) * 3 * believed_ms * 1_000_000 // 4


@dataclass(frozen=True, slots=True)
class InterfaceConfig:
    """One logical interface. Its id is the LIH that we put into Path messages (RFC 2205 3.3)."""

    id: int  # from 1: an LIH of zero means "none"
    name: str
    addresses: tuple[Address, ...]  # the first of each family speaks for the interface
    link: LinkConfig
    rsvp: bool = True
    polices: bool = True  # whether the data plane can police here (RFC 2205 3.8, E_Police)
    non_rsvp_hop: bool = False  # said by hand where the TTL cannot tell (RFC 2205 3.8)
    half_open_states: int | None = None  # None: as the limits of the node say
    times: TimeParameters = TimeParameters()

    def address_towards(self, peer: Address) -> Address | None:
        """Our address on the interface for whoever has an address of this family."""
        for address in self.addresses:
            if len(address) == len(peer):
                return address
        return None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much state a node keeps; zero flow descriptors or senders make no sense."""

    sessions: int = 1_100_000
    senders_per_session: int = 1_024
    reservations_per_session: int = 1_024
    filters_per_reservation: int = 256
    flows_per_message: int = 256  # flow descriptors of a Resv; all of them are at work at once
    states_per_neighbour: int = 1_000_000
    states_per_user: int = 1_000_000  # of those that POLICY_DATA names
    # Half open: path state of sessions in which nobody reserves. A neighbour's address is its own
    # claim where messages are unsigned; the interface that they come by is not.
    half_open_states_per_neighbour: int = 50_000
    half_open_states_per_interface: int = 100_000
    half_open_states: int = 250_000
    path_states: int = 2_000_000
    reservation_states: int = 2_000_000


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """A whole node."""

    name: str
    interfaces: tuple[InterfaceConfig, ...]
    role: Role = Role.ROUTER
    limits: Limits = field(default_factory=Limits)
    seed: int = 0  # of the jitter and of every identifier drawn
    accounts: bool = False  # whether somebody wants to hear of reservations (accounts.py)
    null_dscp: int | None = None  # what senders are told to mark the Null Service with (RFC 2996)
