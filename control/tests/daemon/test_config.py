"""The configuration file: what it comes to, and what its mistakes are told in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import RouterConfig, read_router
from p4rsvp.daemon.settings import LimitsTable
from p4rsvp.engine.config import Limits
from p4rsvp.wire.address import Address
from tests.daemon.files import SWITCH, interface, write


def read(tmp_path: Path, *parts: str) -> RouterConfig:
    return read_router(write(tmp_path, *parts))


def mistake(tmp_path: Path, *parts: str) -> str:
    """What is said of a file, behind its name."""
    path = write(tmp_path, *parts)
    with pytest.raises(ConfigError) as caught:
        read_router(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def test_an_interface_becomes_the_engines_and_the_links(tmp_path: Path) -> None:
    router = read(tmp_path, SWITCH, interface(1, "vlan_id = 100\nrefresh_period_ms = 5000"))
    config = router.node.interfaces[0]
    assert config.addresses == (Address.parse("10.0.1.1"), Address.parse("2001:db8:1::1"))
    assert config.times.refresh_period_ms == 5000
    assert config.link.rate_bytes_per_s == 12_500_000
    assert config.link.guaranteed.rate_bytes_per_s == 5_000_000
    assert router.interfaces[1].mac == bytes.fromhex("020000000001")
    assert [one.length_bits for one in router.interfaces[1].networks] == [24, 64]


def test_a_tagged_interface_costs_four_bytes_more_on_the_link(tmp_path: Path) -> None:
    router = read(tmp_path, SWITCH, interface(1), interface(2, "vlan_id = 7"))
    plain, tagged = (one.link for one in router.node.interfaces)
    assert tagged.layer.header_bytes == plain.layer.header_bytes + 4


@pytest.mark.parametrize(
    ("vlan_ids", "least", "most"), [((0, 0), 14, 14), ((7, 8), 18, 18), ((0, 7), 14, 18)]
)
def test_a_meter_counts_the_tag_that_a_packet_came_with(
    tmp_path: Path, vlan_ids: tuple[int, int], least: int, most: int
) -> None:
    tables = (interface(i, f"vlan_id = {one}") for i, one in enumerate(vlan_ids, 1))
    router = read(tmp_path, SWITCH, 'target = "bmv2"\n', *tables)
    for target in (one.link.target for one in router.node.interfaces):
        assert target.counted_bytes(100, 64) == 100 + least
        assert target.counted_bytes(100, 64, is_tagged=True) == 100 + most


def test_a_link_without_a_wire_pads_no_frames(tmp_path: Path) -> None:
    veth = interface(1, "frame_min_bytes = 0\nframe_gap_bytes = 0")
    router = read(tmp_path, SWITCH, veth, interface(2))
    virtual, real = (one.link.layer for one in router.node.interfaces)
    assert (virtual.wire_bytes(20), real.wire_bytes(20)) == (38, 84)


def test_bmv2_reads_the_clock_in_microseconds_and_the_softswitch_exactly(tmp_path: Path) -> None:
    for target, tick_ns in (("softswitch", 0), ("bmv2", 1000)):
        router = read(tmp_path, SWITCH, f'target = "{target}"\n', interface(1))
        assert router.node.interfaces[0].link.target.tick_ns == tick_ns
        assert not router.node.interfaces[0].link.target.knows_min_policed


def test_the_limits_are_the_engines(tmp_path: Path) -> None:
    assert LimitsTable.__struct_fields__ == tuple(f.name for f in dataclasses.fields(Limits))
    assert read(tmp_path, SWITCH, interface(1)).node.limits == Limits()
    some = read(tmp_path, SWITCH, interface(1), "[limits]\nsessions = 5")
    assert some.node.limits == Limits(sessions=5)


def test_routes_name_a_link_or_a_neighbour_on_it(tmp_path: Path) -> None:
    router = read(
        tmp_path,
        SWITCH,
        interface(1),
        interface(2),
        '[[route]]\ndestination = "0.0.0.0/0"\ninterface = 2\nvia = "10.0.2.9"\n',
        '[[multicast_route]]\ngroup = "239.1.1.1"\nincoming = 1\noutgoing = [2]\n',
    )
    (route,) = router.routes
    assert (route.interface, route.via) == (2, Address.parse("10.0.2.9"))
    (tree,) = router.multicast_routes
    assert tree.route is not None
    assert (tree.route.incoming, tree.route.outgoing) == (1, (2,))


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ("portt = 3", "interface[2].portt: no such key; there are number, port, mac"),
        ('mtu_bytes = "a"', "interface[2].mtu_bytes = 'a': expected `int`"),
        ("mtu_bytes = 3", "interface[2].mtu_bytes = 3: expected `int` >= 576"),
        ("guaranteed_share = 1.5", "interface[2].guaranteed_share = 1.5: expected `float` <= 1"),
        ("guaranteed_share = 0.95", "interface[2]: guaranteed.rate_bytes_per_s 11875000 is not"),
        ("[switch.tls]\nkey = 'x'", "switch.tls.ca: missing, and has to be there"),
        ("[switch.tls]\nca = 'x'\nkey = 'x'", "switch.tls: certificate and key are given both"),
        ("[router]\nid = 7", "router.id: no such key; there are name"),
        ("[rooter]\nid = 7", "rooter: no such table; there are "),
        ("[route]\ninterface = 1", "route = {'interface': 1}: has to be written as [[route]]"),
        ("[log]\nformat = 'xml'", "log.format = 'xml': invalid enum value 'xml'"),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_is_allowed(
    tmp_path: Path, addition: str, said: str
) -> None:
    text = mistake(tmp_path, SWITCH, interface(1), interface(2, addition))
    assert text.startswith(said)


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ('destination = "10.1.0.1/16"\ninterface = 1', "route[1].destination = '10.1.0.1/16'"),
        ('destination = "10.1.0.0/16"\ninterface = 7', "route[1].interface = 7: has to be the"),
        (
            'destination = "10.1.0.0/16"\ninterface = 1\nvia = "10.0.2.9"',
            "route[1].via = '10.0.2.9': has to be on the link of interface 1, which has 10.0.1.1",
        ),
    ],
)
def test_a_route_that_leads_nowhere_is_a_mistake(tmp_path: Path, route: str, said: str) -> None:
    assert mistake(tmp_path, SWITCH, interface(1), "[[route]]\n", route).startswith(said)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ('group = "10.1.1.1"\noutgoing = [1]', "multicast_route[1].group = '10.1.1.1': has to"),
        ('group = "239.1.1.1"\noutgoing = []', "multicast_route[1].outgoing = []: expected"),
        ('group = "239.1.1.1"\noutgoing = [9]', "multicast_route[1].outgoing = 9: has to be"),
        (
            'group = "239.1.1.1"\noutgoing = [1]\nsource = "::1"',
            "multicast_route[1].source = '::1': has to be of the group's family",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_a_mistake(tmp_path: Path, tree: str, said: str) -> None:
    assert mistake(tmp_path, SWITCH, interface(1), "[[multicast_route]]\n", tree).startswith(said)


def test_what_two_interfaces_share_is_told(tmp_path: Path) -> None:
    said = mistake(tmp_path, SWITCH, interface(1), interface(1))
    assert said == "interface: the number 1 is given to two of them"


def test_an_address_needs_its_prefix_length(tmp_path: Path) -> None:
    text = interface(1).replace("10.0.1.1/24", "10.0.1.1")
    assert "has to say its prefix length, as in 10.0.1.1/24" in mistake(tmp_path, SWITCH, text)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    switch = SWITCH.replace(".json", ".jsn")
    assert "there is no such file" in mistake(tmp_path, switch, interface(1))
    with pytest.raises(ConfigError, match="No such file"):
        read_router(tmp_path / "nothing.toml")


def test_a_text_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "not TOML" in mistake(tmp_path, "[switch\n")
    assert mistake(tmp_path, SWITCH) == "interface: missing; [[interface]] has to be there"


def test_an_interface_has_at_least_what_a_neighbour_may_have(tmp_path: Path) -> None:
    told = mistake(tmp_path, SWITCH, "[messages]\nneighbour_per_s = 5_000\n", interface(1))
    assert "interface_per_s" in told
