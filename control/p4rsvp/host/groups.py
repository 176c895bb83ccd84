"""Which multicast groups a host listens to, so that their Path messages come in (RFC 2205 3.9).

A socket for each membership: Linux allows twenty of them to one IPv4 socket, and a socket that is
closed leaves by itself. They receive nothing, being bound to no port.
"""

from __future__ import annotations

import logging
import socket
from struct import pack
from typing import NamedTuple, Protocol

from p4rsvp.wire.address import Address

LOG = logging.getLogger(__name__)


class Membership(NamedTuple):
    """A group, on one interface."""

    group: Address
    interface: int


class Memberships(Protocol):
    """What an agent says of the groups that it wants to be in."""

    def want(self, wanted: set[Membership]) -> None:
        """Be a member of these and no others."""
        ...


class Groups:
    """The memberships of an agent."""

    def __init__(self) -> None:
        self._sockets: dict[Membership, socket.socket] = {}

    def want(self, wanted: set[Membership]) -> None:
        """Be a member of these and no others."""
        for gone in self._sockets.keys() - wanted:
            self._sockets.pop(gone).close()
        for new in wanted - self._sockets.keys():
            try:
                self._sockets[new] = _join(new)
            except OSError as error:
                # The interface may have gone again: then the next change of it asks anew.
                LOG.warning("%s not joined on interface %d: %s", new.group, new.interface, error)


def _join(membership: Membership) -> socket.socket:
    group, interface = membership
    is_v4 = group.version == 4
    one = socket.socket(socket.AF_INET if is_v4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        if is_v4:
            mreq = pack("=4s4si", group, bytes(4), interface)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreq)
        else:
            mreq = pack("=16si", group, interface)
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, mreq)
    except OSError:
        one.close()
        raise
    return one
