"""Who is on our links: asked for, waited for, kept and given up."""

from __future__ import annotations

from p4rsvp.daemon import neighbours
from p4rsvp.daemon.forwarding import RESOLVE, Forwarding, Way
from p4rsvp.daemon.neighbours import (
    KEEP_NS,
    RETRY_NS,
    TRIES,
    WAITING_PACKETS,
    Ask,
    Found,
    Lost,
    Neighbour,
    Neighbours,
)
from p4rsvp.engine.events import Prefix
from p4rsvp.target import static
from p4rsvp.target.cells import Cell, Content
from p4rsvp.target.interface import Interface
from p4rsvp.wire.address import Address

HOST = Neighbour(1, Address.parse("10.0.1.2"))
MAC, OTHER_MAC = bytes(5) + b"\x02", bytes(5) + b"\x03"


def test_somebody_new_is_asked_for_once_while_packets_wait() -> None:
    them = Neighbours()
    assert them.wait(HOST, b"one", 0) == [Ask(HOST, None)]
    assert them.wait(HOST, b"two", 1) == []
    assert them.heard(HOST, MAC, 2) == [Found(HOST, MAC, (b"one", b"two"))]
    assert them.mac(HOST) == MAC


def test_of_too_many_waiting_packets_the_oldest_go() -> None:
    them = Neighbours()
    for number in range(WAITING_PACKETS + 1):
        them.wait(HOST, bytes([number]), 0)
    (found,) = them.heard(HOST, MAC, 1)
    assert isinstance(found, Found)
    assert [one[0] for one in found.waiting] == list(range(1, WAITING_PACKETS + 1))


def test_who_never_answers_is_given_up() -> None:
    them = Neighbours()
    them.wait(HOST, b"packet", 0)
    for attempt in range(1, TRIES):
        assert them.tick(attempt * RETRY_NS) == [Ask(HOST, None)]
    assert them.tick(TRIES * RETRY_NS) == [Lost(HOST, was_known=False)]
    assert them.deadline() is None


def test_who_is_known_is_asked_again_and_lost_when_silent() -> None:
    them = Neighbours()
    them.heard(HOST, MAC, 0)
    assert them.deadline() == KEEP_NS
    assert them.tick(KEEP_NS) == [Ask(HOST, MAC)]
    assert them.heard(HOST, MAC, KEEP_NS + 1) == []
    assert them.deadline() == 2 * KEEP_NS + 1
    now_ns = 2 * KEEP_NS + 1
    for attempt in range(TRIES):
        assert them.tick(now_ns + attempt * RETRY_NS) == [Ask(HOST, MAC)]
    assert them.tick(now_ns + TRIES * RETRY_NS) == [Lost(HOST, was_known=True)]
    assert them.mac(HOST) is None


def test_a_neighbour_that_moves_is_found_again() -> None:
    them = Neighbours()
    them.heard(HOST, MAC, 0)
    assert them.heard(HOST, OTHER_MAC, 1) == [Found(HOST, OTHER_MAC, ())]


def test_there_are_only_so_many_neighbours() -> None:
    them = Neighbours()
    for number in range(neighbours.NEIGHBOURS):
        them.heard(Neighbour(1, Address(number.to_bytes(4))), MAC, 0)
    assert them.wait(HOST, b"packet", 1) == []
    assert them.heard(HOST, MAC, 1) == []


# --- forwarding ---


def link(number: int) -> Interface:
    network = Prefix(Address.parse(f"10.0.{number}.1"), 24)
    return Interface(number, number, 0, bytes(6), (network,), 1500)


class Table:
    """What a switch holds of what forwarding wishes."""

    def __init__(self) -> None:
        self.it = Forwarding([link(1), link(2)])
        self.holds: dict[Cell, Content] = {}
        self.take(self.it.begin())

    def take(self, wishes: object) -> None:
        for cell, content in wishes:  # type: ignore[attr-defined]  # an iterator of wishes
            if content is None:
                del self.holds[cell]
            else:
                self.holds[cell] = content


DEFAULT = Prefix(Address(bytes(4)), 0)
GATEWAY = Neighbour(2, Address.parse("10.0.2.9"))


def test_a_link_resolves_each_address_by_itself() -> None:
    table = Table()
    before = dict(table.holds)
    assert before[static.route_cell(Prefix(HOST.address, 24))] == static.route(RESOLVE)
    table.take(table.it.found(HOST, MAC))
    number = RESOLVE + 1
    assert table.holds[static.host_cell(HOST.address)] == static.route(number)
    assert table.holds[static.next_hop_cell(number)] == static.reach(1, MAC)
    table.take(table.it.lost(HOST))
    assert table.holds == before


def test_routes_by_a_gateway_share_its_next_hop_whether_it_is_found_or_not() -> None:
    table = Table()
    before = dict(table.holds)
    far = Prefix(Address.parse("192.0.2.0"), 24)
    table.take(table.it.add(DEFAULT, Way(2, GATEWAY.address)))
    table.take(table.it.add(far, Way(2, GATEWAY.address)))
    route = table.holds[static.route_cell(DEFAULT)]
    assert table.holds[static.route_cell(far)] == route
    assert list(table.it.gateways()) == [GATEWAY]
    table.take(table.it.found(GATEWAY, MAC))
    table.take(table.it.lost(GATEWAY))
    assert table.holds[static.route_cell(DEFAULT)] == route
    for prefix in (DEFAULT, far):
        table.take(table.it.remove(prefix))
    assert table.holds == before


def test_a_route_in_the_place_of_another_leaves_its_gateway() -> None:
    table = Table()
    table.take(table.it.add(DEFAULT, Way(2, GATEWAY.address)))
    table.take(table.it.add(DEFAULT, Way(1, HOST.address)))
    assert list(table.it.gateways()) == [HOST]
    table.take(table.it.remove(DEFAULT))
    assert table.holds == Table().holds


def test_our_own_packets_take_the_longest_prefix() -> None:
    table = Table()
    table.take(table.it.add(DEFAULT, Way(2, GATEWAY.address)))
    assert table.it.way_of(HOST.address) == Way(1, None)
    assert table.it.way_of(Address.parse("192.0.2.1")) == Way(2, GATEWAY.address)
    assert table.it.next_hop(1, HOST.address) == HOST
    assert table.it.next_hop(2, Address.parse("192.0.2.1")) == GATEWAY
    # An interface that routing would not choose: who is meant must be on its link.
    assert table.it.next_hop(1, Address.parse("192.0.2.1")) == Neighbour(
        1, Address.parse("192.0.2.1")
    )
