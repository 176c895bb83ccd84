"""UDP encapsulation (RFC 2205 appendix C): who sends what to which port, and who listens where.

Figures 13 and 14 as tables. The two flavours differ by port: Pu is sent by hosts that can do
nothing else, Pu' by the raw-capable for the sake of such hosts, so that nobody processes a message
twice. The payload is the message as it is. RFC 2205 C: the IP TTL being out of reach, the receiver
of an encapsulated Path or PathTear takes Send_TTL in its place (`effective_ttl`).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from p4rsvp.wire.address import Address
from p4rsvp.wire.messages import Message

PU = 1698
PU_PRIME = 1699
GROUP_V4 = Address.parse("224.0.0.14")  # G*, never forwarded off the link
GROUP_V6 = Address.parse("ff02::e")


class Node(Enum):
    """The columns of figures 13 and 14."""

    HU = "a host that can only do UDP"
    HR = "a host that can do raw network I/O"
    ROUTER = "a router's interface"


class Target(Enum):
    """An address as the figures name it."""

    D = "the session's destination"
    D_OR_RA = "D where it is local, else the first-hop router"
    RA = "the interface's own address"
    G = "the well-known group"
    D_HERE = "the local address that the message was sent to"


class Way(NamedTuple):
    """One way for a message; no port means raw IP, protocol 46."""

    target: Target
    port: int | None = None
    if_udp: bool = False  # only on interfaces with UDP-only hosts


class Rules(NamedTuple):
    """What one node sends, and where it listens for what is to be processed."""

    send: tuple[Way, ...]
    listen: tuple[Way, ...]


_RAW = Way(Target.D)

# Figure 13. All messages but Path and PathTear are unicast and follow it, whatever the session is.
UNICAST: dict[Node, Rules] = {
    Node.HU: Rules(
        (Way(Target.D_OR_RA, PU),), (Way(Target.D_HERE, PU), Way(Target.D_HERE, PU_PRIME))
    ),
    Node.HR: Rules((_RAW, Way(Target.D, PU_PRIME, if_udp=True)), (_RAW, Way(Target.D_HERE, PU))),
    Node.ROUTER: Rules((_RAW, Way(Target.D, PU_PRIME, if_udp=True)), (_RAW, Way(Target.RA, PU))),
}

# Figure 14: Path and PathTear of a multicast session.
MULTICAST: dict[Node, Rules] = {
    Node.HU: Rules((Way(Target.G, PU),), (Way(Target.D, PU_PRIME), Way(Target.G, PU))),
    Node.HR: Rules((_RAW, Way(Target.D, PU_PRIME, if_udp=True)), (_RAW, Way(Target.G, PU))),
    Node.ROUTER: Rules((_RAW, Way(Target.D, PU_PRIME, if_udp=True)), (_RAW, Way(Target.G, PU))),
}


def effective_ttl(message: Message, ip_ttl: int | None) -> int:
    """The TTL to reckon with: the IP header's, or Send_TTL where UDP hid it."""
    return message.send_ttl if ip_ttl is None else ip_ttl
