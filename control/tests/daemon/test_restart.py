"""A daemon that is killed and comes back: the switch goes on, and nobody loses what is reserved."""

from __future__ import annotations

from pathlib import Path

import pytest
from packet.softswitch import Softswitch
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from p4rsvp.target.cells import Action, Cell, Content, Entry
from p4rsvp.target.numbers import Shape
from tests.daemon.rig import Rig, host, mac, own_mac
from tests.daemon.test_daemon import held, reserve

LIFETIME_NS = 157_500_000_000  # (3 + 0.5) * 1.5 * 30 s
DATA = bytes(
    Ether(src=mac(1), dst=own_mac(1))
    / IP(src=str(host(1)), dst=str(host(2)))
    / UDP(sport=4000, dport=5004)
    / b"data"
)


@pytest.fixture(name="left")
def _left(switch: Softswitch, tmp_path: Path) -> dict[Cell, Content]:
    """What a daemon has left in the switch: a reservation from host 1 to host 2."""
    with Rig(switch, tmp_path) as first:
        first.meet(1)
        first.meet(2)
        reserve(first)
        first.receive(1)
        return held(first)


def filters(cells: dict[Cell, Content]) -> dict[Cell, Content]:
    return {cell: content for cell, content in cells.items() if cell[0] == "ipv4_five_tuple"}


def shapes(cells: dict[Cell, Content]) -> int:
    leave = cells[Entry("outgoing_interfaces", (2,))]
    assert isinstance(leave, Action)
    return leave.parameters[-1]


def test_what_a_killed_daemon_left_stays_as_it_is(
    switch: Softswitch, tmp_path: Path, left: dict[Cell, Content]
) -> None:
    with Rig(switch, tmp_path) as second:
        assert held(second) == left
        second.inject(1, DATA)
        sent = second.collect()
        assert (sent.port, Ether(sent.frame).dst) == (2, mac(2))


def test_a_request_that_is_refreshed_takes_its_filter_over(
    switch: Softswitch, tmp_path: Path, left: dict[Cell, Content]
) -> None:
    with Rig(switch, tmp_path) as second:
        reserve(second)
        second.receive(1)
        now = filters(held(second))
        assert now.keys() == filters(left).keys()
        assert list(now.values()) == [Action("reserve", (2, 1))]
        second.wait(LIFETIME_NS - 1_000_000_000)
        assert filters(held(second)) == now


def test_what_nobody_refreshes_goes_after_its_lifetime(
    switch: Softswitch, tmp_path: Path, left: dict[Cell, Content]
) -> None:
    with Rig(switch, tmp_path) as second:
        assert filters(held(second)) == filters(left)
        assert shapes(held(second)) == Shape.IPV4_FIVE_TUPLE
        second.wait(LIFETIME_NS)
        assert filters(held(second)) == {}
        assert shapes(held(second)) == 0
        assert not any(cell[0] == "reservation_meter" for cell in held(second))


@pytest.mark.usefixtures("left")
def test_an_index_that_was_left_is_given_out_again_when_it_is_free(
    switch: Softswitch, tmp_path: Path
) -> None:
    with Rig(switch, tmp_path) as second:
        second.wait(LIFETIME_NS)
        second.meet(1)
        second.meet(2)
        reserve(second)
        second.receive(1)
        assert list(filters(held(second)).values()) == [Action("reserve", (1, 1))]
