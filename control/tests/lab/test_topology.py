"""Topologies from files: what follows from them, their routes, and how their mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.lab.routes import Tree, Way, routes
from p4rsvp.lab.topology import Kind, Topology
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.wire.address import Address

TRIANGLE = """
host = [{name = "h1"}, {name = "h2"}, {name = "h3"}]
router = [{name = "r1"}, {name = "r2"}, {name = "r3"}]
link = [
  {ends = ["h1", "r1"]}, {ends = ["r2", "h2"]}, {ends = ["r3", "h3"]},
  {ends = ["r1", "r2"], rate_bits_per_s = 10e6, delay_us = 500}, {ends = ["r1", "r3"]},
  {ends = ["r3", "r2"]},
]
group = [{address = "239.1.1.1", senders = ["h1"], members = ["h2", "h3"]}]
[interface]
refresh_period_ms = 500
"""


def read(tmp_path: Path, text: str) -> Topology:
    path = tmp_path / "triangle.toml"
    path.write_text(text)
    return read_topology(path)


def test_addresses_follow_from_the_order_of_links(tmp_path: Path) -> None:
    topology = read(tmp_path, TRIANGLE)
    assert topology.hosts == ("h1", "h2", "h3")
    assert topology.kinds["r1"] is Kind.ROUTER
    assert str(topology.address("h2")) == "10.0.2.2"
    assert str(topology.address("h2", 6)) == "2001:db8:0:2::2"
    assert str(topology.gateway("h2").address()) == "10.0.2.1"
    assert str(topology.links["r3-r2"].end("r3").address()) == "10.0.6.1"


def test_an_interfaces_number_is_the_place_of_its_link(tmp_path: Path) -> None:
    topology = read(tmp_path, TRIANGLE)
    assert [(end.number, end.device) for end, _ in topology.places("r1")] == [
        (1, "to-h1"),
        (2, "to-r2"),
        (3, "to-r3"),
    ]
    assert topology.place("h1").end.device == "eth0"
    macs = [end.mac for link in topology.links.values() for end in link.ends]
    assert len(set(macs)) == len(macs) == 12


def test_a_link_has_the_properties_that_the_file_gives_it(tmp_path: Path) -> None:
    link = read(tmp_path, TRIANGLE).link_between("r2", "r1")
    assert link.rate_bits_per_s == 10e6
    assert link.faults.delay_us == 500
    assert link.promise.refresh_period_ms == 500


def test_a_network_that_the_file_gives_is_taken(tmp_path: Path) -> None:
    more = 'ends = ["h1", "r1"], networks = ["192.0.2.0/29"]'
    topology = read(tmp_path, TRIANGLE.replace('ends = ["h1", "r1"]', more))
    assert str(topology.address("h1")) == "192.0.2.2"
    assert str(topology.address("h1", 6)) == "2001:db8:0:1::2"


def way(router: str, topology: Topology, destination: str, **options: object) -> Way:
    ways = routes(topology, **options)[router].ways  # type: ignore[arg-type]  # of routes()
    (found,) = (one for one in ways if str(one.destination.address) == destination)
    return found


def test_routes_are_the_shortest(tmp_path: Path) -> None:
    topology = read(tmp_path, TRIANGLE)
    found = way("r1", topology, "10.0.2.0")
    assert (found.interface, str(found.via)) == (2, "10.0.4.2")
    assert str(way("r1", topology, "2001:db8:0:2::").via) == "2001:db8:0:4::2"


def test_routes_avoid_a_link_that_is_down_or_long(tmp_path: Path) -> None:
    topology = read(tmp_path, TRIANGLE)
    assert str(way("r1", topology, "10.0.2.0", down={"r1-r2"}).via) == "10.0.5.2"
    assert str(way("r1", topology, "10.0.2.0", metrics={"r1-r2": 5}).via) == "10.0.5.2"
    assert str(way("r2", topology, "10.0.5.0", metrics={"r1-r2": 5}).via) == "10.0.6.1"


def test_a_group_has_a_tree_from_each_sender_to_its_members(tmp_path: Path) -> None:
    found = routes(read(tmp_path, TRIANGLE))
    group, source = Address.parse("239.1.1.1"), Address.parse("10.0.1.2")
    assert found["r1"].trees == [Tree(group, source, 1, (2, 3))]
    assert found["r2"].trees == [Tree(group, source, 2, (1,))]
    assert found["r3"].trees == [Tree(group, source, 2, (1,))]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "h1"', 'name = "H1"', "host[1].name = 'H1': expected `str` matching"),
        ('name = "h2"', 'name = "h1"', "host = ['h1', 'h1', 'h3']: has a name twice"),
        ('name = "r1"', 'name = "h1"', "router[1].name = 'h1': is given to another node already"),
        ('"h1", "r1"', '"h1", "r9"', "link[1].ends = 'r9': has to be a host or router; there"),
        ('"r1", "r3"', '"h1", "r3"', "link[5].ends = 'h1': is a host, which has one link"),
        ('"r3", "r2"', '"r2", "r1"', "link[6].ends = ['r2', 'r1']: are connected already"),
        ('"r3", "r2"', '"r2", "r2"', "link[6].ends = ['r2', 'r2']: has to be a router, and an"),
        ("delay_us = 500", "delay_us = -1", "link[4].delay_us = -1: expected `int` >= 0"),
        ("delay_us = 500", "delay = 1", "link[4].delay: no such key; there are ends, rate_bits"),
        ("delay_us = 500", "networks = ['x']", "link[4].networks = 'x': has to be PREFIX/LENGTH"),
        ('"239.1.1.1"', '"10.1.1.1"', "group[1].address = '10.1.1.1': has to be a multicast"),
        ('["h1"], mem', '["r1"], mem', "group[1].senders = 'r1': has to be a host's name; there"),
        ("refresh_period_ms = 500", "refresh_period_ms = 1", "interface.refresh_period_ms = 1: "),
    ],
)
def test_a_mistake_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, TRIANGLE.replace(old, new))
    assert str(caught.value).startswith(f"{tmp_path}/triangle.toml: {said}")
