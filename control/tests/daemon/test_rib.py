"""Routes, trees and links: whose counts, and what the engine and the switch are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from p4rsvp.daemon.forwarding import DISCARD, RESOLVE, Forwarding, Way
from p4rsvp.daemon.rib import Rib, Tree
from p4rsvp.daemon.router import RouterConfig, read_router
from p4rsvp.engine.events import InterfaceChanged, Prefix, Route, RouteChanged
from p4rsvp.target import static
from p4rsvp.wire.address import Address
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.test_reload import ROUTE, TREE

DESTINATION = Prefix(Address.parse("192.0.2.0"), 24)
GROUP = Address.parse("239.1.1.1")
BEFORE_LAST = (SWITCH, interface(1), interface(2))


def made(tmp_path: Path, *more: str) -> tuple[Rib, RouterConfig]:
    config = read_router(write(tmp_path, *BEFORE_LAST, *more))
    rib = Rib(config, Forwarding(config.interfaces.values()))
    return rib, config


@pytest.fixture
def rib(tmp_path: Path) -> Rib:
    rib, _ = made(tmp_path)
    rib.start()
    list(rib.begin())
    return rib


def test_a_route_reaches_the_engine_and_the_switch(rib: Rib) -> None:
    update = rib.set_route(DESTINATION, Way(2, None))
    assert update.events == [RouteChanged(DESTINATION, Route((2,)))]
    assert update.wishes == [(static.route_cell(DESTINATION), static.route(RESOLVE))]
    update = rib.set_route(DESTINATION, None)
    assert update.events == [RouteChanged(DESTINATION, None)]
    assert update.wishes == [(static.route_cell(DESTINATION), None)]


def test_a_route_that_discards_leads_nowhere(rib: Rib) -> None:
    update = rib.set_route(DESTINATION, DISCARD)
    assert update.events == [RouteChanged(DESTINATION, Route(()))]
    assert update.wishes == [(static.route_cell(DESTINATION), static.DISCARD)]


def test_the_file_counts_before_the_kernel(tmp_path: Path) -> None:
    rib, config = made(tmp_path, ROUTE)
    rib.start()
    assert rib.set_route(DESTINATION, Way(1, None)).events == []
    without = read_router(write(tmp_path, *BEFORE_LAST))
    assert rib.reload(without).events == [RouteChanged(DESTINATION, Route((1,)))]
    assert rib.reload(config).events == [RouteChanged(DESTINATION, Route((2,)))]


def test_nobody_routes_the_prefix_of_a_link_of_ours(rib: Rib) -> None:
    link = Prefix(Address.parse("10.0.1.0"), 24)
    assert rib.set_route(link, Way(2, None)).events == []


@pytest.mark.rfc("2205", "3.11.3")
def test_a_link_that_goes_down_takes_what_leads_there_and_brings_it_back(tmp_path: Path) -> None:
    rib, config = made(tmp_path, ROUTE, TREE)
    rib.start()
    list(rib.begin())
    down = rib.set_link(2, None)
    assert InterfaceChanged(2, None) in down.events
    assert RouteChanged(DESTINATION, None) in down.events
    assert RouteChanged(Prefix(GROUP, 32), None) in down.events
    networks = config.interfaces[2].networks
    assert {(static.route_cell(one), None) for one in networks} <= set(down.wishes)
    assert rib.set_link(2, None).events == []
    up = rib.set_link(2, networks)
    assert InterfaceChanged(2, config.node.interfaces[1]) in up.events
    assert RouteChanged(DESTINATION, Route((2,))) in up.events
    assert RouteChanged(Prefix(GROUP, 32), Route((2,), 1)) in up.events


def test_a_new_address_is_the_engines_and_the_switchs(rib: Rib) -> None:
    network = Prefix(Address.parse("10.9.0.1"), 16)
    update = rib.set_link(1, (network,))
    (changed,) = [one for one in update.events if isinstance(one, InterfaceChanged)]
    assert changed.config is not None
    assert changed.config.addresses == (network.address,)
    assert (static.host_cell(network.address), static.DELIVER) in update.wishes
    assert (static.host_cell(Address.parse("10.0.1.1")), None) in update.wishes
    assert (static.route_cell(network), static.route(RESOLVE)) in update.wishes


def test_a_down_interface_hears_of_a_reload_when_it_comes_up(tmp_path: Path) -> None:
    rib, config = made(tmp_path)
    rib.start()
    rib.set_link(2, None)
    slower = (SWITCH, interface(1), interface(2, "refresh_period_ms = 5000"))
    assert rib.reload(read_router(write(tmp_path, *slower))).events == []
    (changed,) = [
        one
        for one in rib.set_link(2, config.interfaces[2].networks).events
        if isinstance(one, InterfaceChanged)
    ]
    assert changed.config is not None
    assert changed.config.times.refresh_period_ms == 5000


def test_trees_have_numbers_of_their_own_which_are_given_out_again(rib: Rib) -> None:
    first = rib.set_tree(GROUP, None, Tree(1, (2,))).wishes
    other = rib.set_tree(Address.parse("239.1.1.2"), None, Tree(1, (2,))).wishes
    assert {cell for cell, _ in first}.isdisjoint(cell for cell, _ in other)
    gone = rib.set_tree(GROUP, None, None).wishes
    assert dict(gone) == dict.fromkeys(cell for cell, _ in first)
    again = rib.set_tree(GROUP, None, Tree(1, (2,))).wishes
    assert again == first
