"""A host's interfaces and routes, as the kernel has them (rtnetlink, by pyroute2).

Interfaces are those that are up, have an address and are no loopback; they keep the kernel's
numbers, which so become their Logical Interface Handles. Routes are asked for one by one, as the
kernel would decide them for data, so that rules, metrics and tables need not be understood here. A
change of any kind is told as such: who hears of it reads anew.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from pyroute2 import AsyncIPRoute, NetlinkDumpInterrupted, NetlinkError

from p4rsvp.engine.config import InterfaceConfig, TimeParameters
from p4rsvp.engine.events import Route
from p4rsvp.host.links import link_of
from p4rsvp.wire.address import Address

BITS_PER_BYTE = 8
USUAL_TIMES = TimeParameters()
RATE_BITS_PER_S = 1e9  # where the driver does not tell

# linux/if.h, linux/if_addr.h, linux/rtnetlink.h
_IFF_UP, _IFF_LOOPBACK = 0x1, 0x8
_IFA_F_DADFAILED, _IFA_F_TENTATIVE = 0x08, 0x40
_RTN_UNICAST, _RTN_LOCAL = 1, 2
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL))
_RTMGRP_LINK, _RTMGRP_IPV4_IFADDR, _RTMGRP_IPV4_ROUTE = 0x1, 0x10, 0x40
_RTMGRP_IPV6_IFADDR, _RTMGRP_IPV6_ROUTE = 0x100, 0x400
_GROUPS = (
    _RTMGRP_LINK
    | _RTMGRP_IPV4_IFADDR
    | _RTMGRP_IPV4_ROUTE
    | _RTMGRP_IPV6_IFADDR
    | _RTMGRP_IPV6_ROUTE
)


_Message: TypeAlias = Any  # pyroute2 has no types; a message is a mapping with `get`


class Kernel:
    """Netlink sockets to the kernel, in the network namespace in which they were opened."""

    def __init__(
        self,
        *,
        only: frozenset[str] = frozenset(),
        rate_bits_per_s: float = 0,
        times: TimeParameters = USUAL_TIMES,
    ) -> None:
        """`only` these interfaces, if any are named; the drivers know the rates that are zero."""
        self._times = times
        self._only = only
        self._rate_bits_per_s = rate_bits_per_s
        self._ask = AsyncIPRoute()
        self._hear = AsyncIPRoute()

    async def open(self) -> None:
        """Begin to ask and to hear."""
        await self._ask.setup_endpoint()
        await self._hear.setup_endpoint()
        await self._hear.bind(groups=_GROUPS)

    def close(self) -> None:
        """End it."""
        self._ask.close()
        self._hear.close()

    async def interfaces(self) -> dict[int, InterfaceConfig]:
        """What there is to send by."""
        while True:
            with suppress(NetlinkDumpInterrupted):  # something changed meanwhile: once more
                return await self._read_interfaces()

    async def _read_interfaces(self) -> dict[int, InterfaceConfig]:
        addresses: dict[int, list[tuple[int, Address]]] = {}
        async for message in await self._ask.get_addr():
            if _flags(message) & (_IFA_F_TENTATIVE | _IFA_F_DADFAILED):
                continue  # nothing may be sent from it (RFC 4862 5.4)
            text = message.get("IFA_LOCAL") or message.get("IFA_ADDRESS")
            found = addresses.setdefault(message["index"], [])
            found.append((message["scope"], Address.parse(text)))
        interfaces: dict[int, InterfaceConfig] = {}
        async for message in await self._ask.get_links():
            index, name = message["index"], message.get("IFLA_IFNAME")
            is_usable = message["flags"] & (_IFF_UP | _IFF_LOOPBACK) == _IFF_UP
            if is_usable and index in addresses and (not self._only or name in self._only):
                interfaces[index] = self._interface(index, name, message, addresses[index])
        return interfaces

    def _interface(
        self, index: int, name: str, message: _Message, addresses: list[tuple[int, Address]]
    ) -> InterfaceConfig:
        # The widest scope speaks for the interface: neighbours beyond the link may have to answer.
        own = tuple(one for _, one in sorted(addresses, key=lambda pair: pair[0]))
        rate_bytes_per_s = int((self._rate_bits_per_s or driver_rate(name)) // BITS_PER_BYTE)
        link = link_of(rate_bytes_per_s, message.get("IFLA_MTU"))
        # RFC 2205 3.8: this host polices nothing, so the first router has to.
        return InterfaceConfig(index, name, own, link, polices=False, times=self._times)

    async def route(self, destination: Address) -> Route | None:
        """Which way data goes; None where there is none."""
        found = await self._ask_route(destination)
        if found is None or found["type"] not in {_RTN_UNICAST, _RTN_LOCAL}:
            return None
        if found["type"] == _RTN_LOCAL:
            return Route((), local=True)
        return Route((found.get("RTA_OIF"),))

    async def gateway(self, destination: Address) -> Address | None:
        """The router that data goes by; None where the destination is on the link."""
        return _address(await self._ask_route(destination), "RTA_GATEWAY")

    async def source(self, destination: Address) -> Address | None:
        """The address that data goes from, unless its socket is bound to another."""
        return _address(await self._ask_route(destination), "RTA_PREFSRC")

    async def _ask_route(self, destination: Address) -> _Message | None:
        family = socket.AF_INET if destination.version == 4 else socket.AF_INET6
        try:
            (found,) = await self._ask.route("get", dst=str(destination), family=family)
        except NetlinkError as error:
            if error.code in _NO_ROUTE:
                return None
            raise
        return found

    async def changes(self) -> AsyncIterator[None]:
        """Something is different: links, addresses or routes."""
        while True:  # `get` ends with a batch
            async for _ in self._hear.get():
                yield


def _address(route: _Message | None, attribute: str) -> Address | None:
    text = None if route is None else route.get(attribute)
    return None if text is None else Address.parse(text)


def _flags(message: _Message) -> int:
    flags: int = message.get("IFA_FLAGS") or message["flags"]
    return flags


def driver_rate(name: str) -> float:
    """The rate of a link in bit/s as its driver has it, else a guess (`RATE_BITS_PER_S`)."""
    try:
        speed = int(Path(f"/sys/class/net/{name}/speed").read_text())  # in Mbit/s
    except (OSError, ValueError):  # many drivers refuse to say
        return RATE_BITS_PER_S
    return speed * 1e6 if speed > 0 else RATE_BITS_PER_S
