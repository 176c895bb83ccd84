"""An agent made to measure: raw sockets where the process may open them, UDP where it may not.

`p4rsvp host` runs one for all programs of a host; a single application may run its own, within its
process: `async with own_agent() as agent`, then `Session(..., host=agent)`. There is room for one
on a host, since two would both answer for it.
"""

from __future__ import annotations

import logging
import platform
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum

from p4rsvp.engine.config import TimeParameters
from p4rsvp.host.agent import Agent
from p4rsvp.host.kernel import USUAL_TIMES, Kernel
from p4rsvp.host.network import Network
from p4rsvp.host.raw import RSVP, RawNetwork
from p4rsvp.host.udp import UdpNetwork
from p4rsvp.security.guard import UNSECURED, Integrity

LOG = logging.getLogger(__name__)


class Transport(Enum):
    """How RSVP messages travel (RFC 2205 appendix C)."""

    AUTO = "raw, or udp where that is not allowed"
    RAW = "protocol 46"
    UDP = "UDP, for hosts that can do nothing else (Hu)"
    BOTH = "protocol 46, and UDP for such hosts on the links (Hr)"


def may_open_raw_sockets() -> bool:
    """Whether this process may (CAP_NET_RAW)."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, RSVP).close()
    except PermissionError:
        return False
    return True


def network_of(transport: Transport, kernel: Kernel) -> Network:
    """The network of a transport."""
    if transport is Transport.AUTO:
        transport = Transport.RAW if may_open_raw_sockets() else Transport.UDP
        if transport is Transport.UDP:
            LOG.warning("no raw sockets without CAP_NET_RAW: RSVP goes in UDP (RFC 2205 C)")
    if transport is Transport.RAW:
        return RawNetwork()
    return UdpNetwork(kernel.gateway, RawNetwork() if transport is Transport.BOTH else None)


@asynccontextmanager
async def own_agent(
    transport: Transport = Transport.AUTO,
    *,
    interfaces: frozenset[str] = frozenset(),
    rate_bits_per_s: float = 0,
    times: TimeParameters = USUAL_TIMES,
    integrity: Integrity = UNSECURED,
) -> AsyncIterator[Agent]:
    """An agent for as long as the context lasts; at its end, all that is open is torn down."""
    kernel = Kernel(only=interfaces, rate_bits_per_s=rate_bits_per_s, times=times)
    network = network_of(transport, kernel)
    agent = Agent(
        network, kernel, seed=secrets.randbits(64), name=platform.node(), integrity=integrity
    )
    await agent.start()
    try:
        yield agent
    finally:
        await agent.stop()
