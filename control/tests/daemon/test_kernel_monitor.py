"""A real kernel's tables, followed over netlink: read whole, then change by change."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from pyroute2 import netns

from p4rsvp.daemon.forwarding import DISCARD, Way
from p4rsvp.daemon.kernel.monitor import KernelMonitor
from p4rsvp.daemon.kernel.tables import (
    Change,
    KernelTables,
    LinkIs,
    NeighbourIs,
    RouteIs,
    Rule,
    TreeIs,
)
from p4rsvp.engine.events import Prefix
from p4rsvp.wire.address import Address
from tests.daemon.namespace import Namespace, missing, namespace

PATIENCE_S = 20.0
BIRD = 12

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there are namespaces")


def prefix(text: str) -> Prefix:
    address, _, length = text.partition("/")
    return Prefix(Address.parse(address), int(length))


def address(text: str) -> Address:
    return Address.parse(text)


class Followed:
    """A namespace that is followed, and all that has been told of it."""

    def __init__(self, where: Namespace, rule: Rule, *, neighbours: bool) -> None:
        self.where = where
        self.told: list[Change] = []
        self.routes: dict[Prefix, Way | None] = {}
        self._new = asyncio.Event()
        self.monitor = KernelMonitor(
            KernelTables({"v1": 1, "v2": 2}, rule),
            self._take,
            namespace=where.name,
            neighbours=neighbours,
        )

    def _take(self, changes: list[Change]) -> None:
        self.told += changes
        for change in changes:
            if isinstance(change, RouteIs):
                self.routes[change.destination] = change.way
        self._new.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._new.clear()
                await self._new.wait()

    def link_is_up(self, number: int) -> bool | None:
        links = [one for one in self.told if isinstance(one, LinkIs) and one.number == number]
        return links[-1].is_up if links else None

    async def route_is(self, destination: str, way: Way | None) -> None:
        await self.until(lambda: self.routes.get(prefix(destination)) == way)


@pytest.fixture
def where() -> Iterator[Namespace]:
    with namespace() as made:
        made.ip("link set dev lo up")
        for number in (1, 2):
            made.cable(f"v{number}", f"10.0.{number}.1/24")
            made.ip(f"addr add 2001:db8:{number}::1/64 dev v{number} nodad")
        yield made


def following(
    where: Namespace,
    test: Callable[[Followed], Coroutine[Any, Any, None]],
    rule: Rule | None = None,
    *,
    neighbours: bool = False,
) -> None:
    async def run() -> None:
        followed = Followed(where, rule or Rule(254), neighbours=neighbours)
        try:
            await followed.monitor.start()
            await test(followed)
        finally:
            followed.monitor.close()

    asyncio.run(run())


def test_what_the_kernel_holds_already_is_told_at_the_start(where: Namespace) -> None:
    where.ip("route add 192.0.2.0/24 via 10.0.2.9")
    where.ip("route add 2001:db8:9::/48 via 2001:db8:1::9")
    where.ip("route add blackhole 198.51.100.0/24")

    async def test(followed: Followed) -> None:
        assert followed.routes == {
            prefix("192.0.2.0/24"): Way(2, address("10.0.2.9")),
            prefix("2001:db8:9::/48"): Way(1, address("2001:db8:1::9")),
            prefix("198.51.100.0/24"): DISCARD,
        }
        links = {one.number: one for one in followed.told if isinstance(one, LinkIs)}
        assert links[1].is_up
        assert prefix("10.0.1.1/24") in links[1].networks
        assert prefix("2001:db8:2::1/64") in links[2].networks

    following(where, test)


def test_routes_that_come_change_and_go_are_told_as_they_do(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("route add default via 10.0.1.9")
        await followed.route_is("0.0.0.0/0", Way(1, address("10.0.1.9")))
        where.ip("route replace default via 10.0.2.9")
        await followed.route_is("0.0.0.0/0", Way(2, address("10.0.2.9")))
        where.ip("route del default")
        await followed.route_is("0.0.0.0/0", None)
        assert followed.monitor.readings == 1

    following(where, test)


def test_only_the_protocols_and_the_table_asked_for_are_followed(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("route add 192.0.2.0/24 via 10.0.1.9 proto static")
        where.ip("route add 192.0.3.0/24 via 10.0.1.9 proto bird")
        where.ip("route add 192.0.4.0/24 via 10.0.1.9 proto bird table 7")
        where.ip("route add 192.0.4.0/24 via 10.0.1.9 proto bird table 77")
        await followed.route_is("192.0.4.0/24", Way(1, address("10.0.1.9")))
        assert followed.routes.keys() == {prefix("192.0.4.0/24")}

    following(where, test, Rule(77, frozenset({BIRD})))


@pytest.mark.parametrize("version", ["10.0.{}.9", "2001:db8:{}::9"])
def test_of_several_ways_one_is_chosen_and_another_when_its_link_goes_down(
    where: Namespace, version: str
) -> None:
    destination = "192.0.2.0/24" if "." in version[:5] else "2001:db8:9::/48"
    ways = [Way(number, address(version.format(number))) for number in (1, 2)]

    async def test(followed: Followed) -> None:
        hops = " ".join(f"nexthop via {way.via}" for way in ways)
        where.ip(f"route add {destination} {hops}")
        await followed.until(lambda: followed.routes.get(prefix(destination)) in ways)
        (first,) = [way for way in ways if way == followed.routes[prefix(destination)]]
        (other,) = [way for way in ways if way != first]
        where.ip(f"link set dev v{first.interface} down")
        await followed.route_is(destination, other)

    following(where, test)


def test_ipv4_routes_that_vanish_silently_with_a_link_are_found_gone(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("route add 192.0.2.0/24 via 10.0.1.9")
        await followed.route_is("192.0.2.0/24", Way(1, address("10.0.1.9")))
        where.ip("link set dev v1 down")
        await followed.route_is("192.0.2.0/24", None)
        await followed.until(lambda: followed.link_is_up(1) is False)
        where.ip("link set dev v1 up")
        await followed.until(lambda: followed.link_is_up(1) is True)

    following(where, test)


def test_one_way_of_an_ipv6_route_can_go_by_itself(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("route add 2001:db8:9::/48 nexthop via 2001:db8:1::9 nexthop via 2001:db8:2::9")
        await followed.until(lambda: prefix("2001:db8:9::/48") in followed.routes)
        where.ip("route del 2001:db8:9::/48 via 2001:db8:1::9")
        await followed.route_is("2001:db8:9::/48", Way(2, address("2001:db8:2::9")))
        where.ip("route append 2001:db8:9::/48 via 2001:db8:1::9")
        where.ip("route del 2001:db8:9::/48 via 2001:db8:2::9")
        await followed.route_is("2001:db8:9::/48", Way(1, address("2001:db8:1::9")))

    following(where, test)


def test_a_next_hop_object_that_changes_moves_its_routes(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("nexthop add id 7 via 10.0.1.9 dev v1")
        where.ip("route add 192.0.2.0/24 nhid 7")
        await followed.route_is("192.0.2.0/24", Way(1, address("10.0.1.9")))
        where.ip("nexthop replace id 7 via 10.0.2.9 dev v2")
        await followed.route_is("192.0.2.0/24", Way(2, address("10.0.2.9")))

    following(where, test)


def test_after_an_overflow_everything_is_read_again(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        # A buffer of two kilobytes overflows at some 400 messages in one go.
        followed.monitor._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        lines = [f"route add 192.0.{n // 250}.{n % 250}/32 via 10.0.1.9" for n in range(400)]
        where.batch(lines)  # while the loop does not run
        last = "192.0.1.149/32"
        await followed.route_is(last, Way(1, address("10.0.1.9")))
        assert followed.monitor.overflows >= 1
        assert followed.monitor.readings >= 2
        assert sum(way is not None for way in followed.routes.values()) == 400

    following(where, test)


def test_neighbours_are_told_where_they_are_wanted(where: Namespace) -> None:
    async def test(followed: Followed) -> None:
        where.ip("neigh add 10.0.1.9 lladdr 02:00:00:00:00:99 dev v1")
        expected = NeighbourIs(1, address("10.0.1.9"), bytes.fromhex("020000000099"))
        await followed.until(lambda: expected in followed.told)

    following(where, test, neighbours=True)


MRT_INIT, MRT_ADD_VIF, MRT_ADD_MFC = 200, 202, 204
VIFF_USE_IFINDEX = 0x8


def test_a_multicast_route_of_the_kernel_is_told(where: Namespace) -> None:
    netns.pushns(where.name)
    try:
        router = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
        indices = {device: socket.if_nametoindex(device) for device in ("v1", "v2")}
    finally:
        netns.popns()
    with router:
        router.setsockopt(socket.IPPROTO_IP, MRT_INIT, 1)
        for vif, index in enumerate(indices.values()):
            packed = struct.pack("=HBBIi4x", vif, VIFF_USE_IFINDEX, 1, 0, index)
            router.setsockopt(socket.IPPROTO_IP, MRT_ADD_VIF, packed)

        async def test(followed: Followed) -> None:
            group, source = address("239.1.1.1"), address("10.0.1.2")
            ttls = bytes([0, 1]) + bytes(30)
            line = struct.pack("=4s4sH32s2xIIIi", source, group, 0, ttls, 0, 0, 0, 0)
            router.setsockopt(socket.IPPROTO_IP, MRT_ADD_MFC, line)
            expected = TreeIs(group, source, 1, (2,))
            await followed.until(lambda: expected in followed.told)

        following(where, test)
