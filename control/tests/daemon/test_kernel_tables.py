"""What the kernel's tables come to for a router: which routes count, and which of several ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.daemon.forwarding import DISCARD, Way
from p4rsvp.daemon.kernel.facts import (
    Fact,
    Hop,
    KernelRoute,
    KernelTree,
    Link,
    LinkAddress,
    Place,
    read,
)
from p4rsvp.daemon.kernel.tables import Change, KernelTables, LinkIs, RouteIs, Rule, TreeIs, chosen
from p4rsvp.engine.events import Prefix
from p4rsvp.wire.address import Address

DESTINATION = Prefix(Address.parse("192.0.2.0"), 24)
GROUP, SOURCE = Address.parse("239.1.1.1"), Address.parse("10.0.1.2")
UP = (Link(11, "swp1", is_up=True, is_gone=False), Link(12, "swp2", is_up=True, is_gone=False))
MANAGEMENT = Link(1, "eth0", is_up=True, is_gone=False)
BIRD = 12


def via(number: int, device: int) -> Hop:
    return Hop(device, Address.parse(f"10.0.{number}.9"))


def way(number: int) -> Way:
    return Way(number, Address.parse(f"10.0.{number}.9"))


def route(*hops: Hop, metric: int = 0, **others: Any) -> KernelRoute:
    values: dict[str, Any] = {"table": 254, "protocol": BIRD, "place": Place.FIRST}
    values |= {"is_gone": False, **others}
    return KernelRoute(DESTINATION, metric=metric, hops=hops, **values)


def tables(*facts: Fact) -> tuple[KernelTables, list[Change]]:
    made = KernelTables({"swp1": 1, "swp2": 2}, Rule(254))
    return made, made.replace([*UP, MANAGEMENT, *facts])


def routes(changes: list[Change]) -> list[RouteIs]:
    return [one for one in changes if isinstance(one, RouteIs)]


def test_the_lowest_metric_counts_and_the_next_one_when_it_goes() -> None:
    low, high = route(via(1, 11), metric=10), route(via(2, 12), metric=20)
    kernel, changes = tables(high, low)
    assert routes(changes) == [RouteIs(DESTINATION, way(1))]
    assert kernel.take([low._replace(is_gone=True)]) == [RouteIs(DESTINATION, way(2))]
    assert kernel.take([high._replace(is_gone=True)]) == [RouteIs(DESTINATION, None)]
    assert not kernel.must_read


def test_a_route_by_a_device_of_nobody_does_not_count() -> None:
    elsewhere = route(via(9, MANAGEMENT.device_index), metric=1)
    _, changes = tables(elsewhere, route(via(1, 11), metric=2))
    assert routes(changes) == [RouteIs(DESTINATION, way(1))]


def test_a_route_that_discards_covers_less_specific_ones() -> None:
    _, changes = tables(route())
    assert routes(changes) == [RouteIs(DESTINATION, DISCARD)]


@pytest.mark.parametrize("other", [{"table": 255}, {"protocol": 2}, {"protocol": 1}])
def test_other_tables_redirects_and_what_follows_from_addresses_are_left_alone(
    other: dict[str, int],
) -> None:
    _, changes = tables(route(via(1, 11), **other))
    assert not routes(changes)


def test_a_link_that_goes_down_takes_its_routes_and_asks_for_another_reading() -> None:
    kernel, _ = tables(route(via(1, 11), via(2, 12), metric=1), route(via(2, 12), metric=2))
    changes = kernel.take([UP[0]._replace(is_up=False), UP[1]._replace(is_up=False)])
    assert changes[0] == RouteIs(DESTINATION, None)
    assert {one.number for one in changes if isinstance(one, LinkIs) and not one.is_up} == {1, 2}
    assert kernel.must_read
    assert routes(kernel.take([UP[1]])) == [RouteIs(DESTINATION, way(2))]


def test_a_device_that_is_none_of_ours_changes_nothing() -> None:
    kernel, _ = tables(route(via(1, 11)))
    assert kernel.take([MANAGEMENT._replace(is_up=False)]) == []


def test_an_interface_whose_device_is_missing_is_down() -> None:
    kernel = KernelTables({"swp1": 1}, Rule(254))
    assert kernel.replace([]) == [LinkIs(1, is_up=False, networks=())]


def test_the_addresses_of_an_interface_are_told_with_it() -> None:
    network = Prefix(Address.parse("10.0.1.1"), 24)
    kernel, changes = tables(LinkAddress(11, network, is_gone=False))
    assert LinkIs(1, is_up=True, networks=(network,)) in changes
    gone = kernel.take([LinkAddress(11, network, is_gone=True)])
    assert gone == [LinkIs(1, is_up=True, networks=())]


def test_what_is_appended_counts_when_what_stood_before_it_goes() -> None:
    first, second = route(via(1, 11)), route(via(2, 12), place=Place.LAST)
    kernel, changes = tables(first)
    assert routes(changes) == [RouteIs(DESTINATION, way(1))]
    assert kernel.take([second]) == []
    assert kernel.take([first._replace(is_gone=True)]) == [RouteIs(DESTINATION, way(2))]


def test_a_route_that_goes_and_was_never_told_asks_for_another_reading() -> None:
    kernel, _ = tables()
    kernel.take([route(via(1, 11), is_gone=True)])
    assert kernel.must_read


def test_reading_again_tells_only_what_is_different() -> None:
    kernel, _ = tables(route(via(1, 11)))
    assert kernel.replace([*UP, MANAGEMENT, route(via(1, 11))]) == []
    assert kernel.replace([*UP, MANAGEMENT]) == [RouteIs(DESTINATION, None)]


def test_a_tree_leaves_by_those_of_its_devices_that_are_interfaces_of_ours() -> None:
    tree = KernelTree(GROUP, SOURCE, 253, 11, (12, MANAGEMENT.device_index), is_gone=False)
    kernel, changes = tables(tree)
    assert changes[-1] == TreeIs(GROUP, SOURCE, 1, (2,))
    gone = tree._replace(is_gone=True, outgoing=())
    assert kernel.take([gone]) == [TreeIs(GROUP, SOURCE, None, ())]


WAYS = st.lists(
    st.builds(Way, st.integers(1, 9), st.binary(min_size=4, max_size=4).map(Address)),
    min_size=1,
    unique=True,
)
PREFIXES = st.builds(Prefix, st.binary(min_size=4, max_size=4).map(Address), st.integers(0, 32))


@given(PREFIXES, WAYS, st.randoms())
def test_the_choice_of_a_way_does_not_depend_on_the_order_of_ways(
    destination: Prefix, ways: list[Way], chance: Any
) -> None:
    mixed = list(ways)
    chance.shuffle(mixed)
    assert chosen(destination, mixed) == chosen(destination, ways)


@given(PREFIXES, WAYS, st.data())
def test_a_way_that_goes_moves_only_the_destinations_that_it_had(
    destination: Prefix, ways: list[Way], data: Any
) -> None:
    gone = data.draw(st.sampled_from(ways))
    before, left = chosen(destination, ways), [one for one in ways if one != gone]
    if before != gone:
        assert chosen(destination, left) == before


def test_destinations_are_spread_over_the_ways() -> None:
    ways = [way(1), way(2)]
    taken = [chosen(Prefix(Address((10, n, 0, 0)), 16), ways).interface for n in range(200)]
    assert 60 < taken.count(1) < 140


def test_a_message_of_another_kind_is_no_fact() -> None:
    assert read({"event": "RTM_NEWQDISC", "attrs": []}) is None
    assert read({"event": "RTM_GETROUTE", "attrs": []}) is None


def test_an_ipv4_route_may_go_by_an_ipv6_neighbour() -> None:
    message = {
        "event": "RTM_NEWROUTE",
        "header": {"flags": 0},
        "family": 2,
        "dst_len": 0,
        "src_len": 0,
        "tos": 0,
        "table": 254,
        "proto": 186,
        "type": 1,
        "attrs": [("RTA_OIF", 11), ("RTA_VIA", {"family": 10, "addr": "fe80::1"})],
    }
    found = read(message)
    assert isinstance(found, KernelRoute)
    assert found.destination == Prefix(Address(bytes(4)), 0)
    assert found.hops == (Hop(11, Address.parse("fe80::1")),)
