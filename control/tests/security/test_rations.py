"""Whose messages are looked at: neighbours, strangers and interfaces, with the clock by hand."""

from __future__ import annotations

from p4rsvp.security.allowance import NS_PER_S
from p4rsvp.security.rations import (
    FORGOTTEN_NS,
    STATIONS_PER_INTERFACE,
    Rates,
    Rations,
    Shortage,
)

GOOD, BAD = b"\2good\2", b"\2bad\2\2"
RATES = Rates(neighbour_per_s=1_000, strangers_per_s=300, interface_per_s=1_500)
SHORT = 200  # bytes: a token


def taken(rations: Rations, station: bytes, count: int, now_ns: int = 0, interface: int = 1) -> int:
    """How many of so many messages are looked at."""
    return sum(rations.take(interface, station, SHORT, now_ns) for _ in range(count))


def test_strangers_share_one_ration_and_leave_a_neighbours_alone() -> None:
    rations = Rations(RATES)
    rations.know(1, GOOD, 0)
    crowd = [bytes((2, 0, 0, 0, 0, number)) for number in range(20)]
    assert sum(taken(rations, one, 50) for one in crowd) == 300
    assert taken(rations, GOOD, 900) == 900
    assert rations.withheld == {Shortage.STRANGERS: 700}


def test_a_neighbour_that_floods_uses_up_its_own_ration_only() -> None:
    rations = Rations(RATES)
    rations.know(1, GOOD, 0)
    rations.know(1, BAD, 0)
    assert taken(rations, BAD, 5_000) == 1_000
    assert taken(rations, GOOD, 400) == 400
    assert rations.withheld == {Shortage.NEIGHBOUR: 4_000}


def test_an_interface_has_no_more_than_its_ration_however_many_are_known() -> None:
    rations = Rations(RATES)
    for number in range(10):
        rations.know(1, bytes((2, number)), 0)
    assert sum(taken(rations, bytes((2, number)), 900) for number in range(10)) == 1_500
    assert taken(rations, GOOD, 100, interface=2) == 100
    assert rations.withheld == {Shortage.INTERFACE: 7_500}


def test_a_ration_comes_back_with_time() -> None:
    rations = Rations(RATES)
    assert taken(rations, BAD, 500) == 300
    assert taken(rations, BAD, 500, NS_PER_S // 10) == 30
    assert taken(rations, BAD, 500, 10 * NS_PER_S) == 300


def test_a_long_message_takes_more_than_a_short_one() -> None:
    rations = Rations(RATES)
    assert rations.take(1, BAD, 10_000, 0)
    assert taken(rations, BAD, 500) == 300 - 40


def test_even_the_smallest_ration_has_room_for_the_longest_message() -> None:
    rations = Rations(Rates(1, 1, 1))
    assert rations.take(1, BAD, 65_535, 0)


def test_a_station_without_news_gives_its_place_up_when_places_are_short() -> None:
    rations = Rations(RATES)
    for number in range(STATIONS_PER_INTERFACE):
        rations.know(1, number.to_bytes(6), 0)
    rations.take(1, bytes(6), SHORT, FORGOTTEN_NS)  # this one has news
    rations.know(1, GOOD, FORGOTTEN_NS - 1)
    assert taken(rations, GOOD, 500, FORGOTTEN_NS) == 300  # there was no place: a stranger
    rations.know(1, GOOD, FORGOTTEN_NS)
    assert taken(rations, GOOD, 500, FORGOTTEN_NS) == 500
    assert taken(rations, bytes(6), 500, FORGOTTEN_NS) == 500
    assert taken(rations, (7).to_bytes(6), 500, FORGOTTEN_NS) == 0


def test_other_rates_hold_at_once_and_neighbours_stay_neighbours() -> None:
    rations = Rations(RATES)
    rations.know(1, GOOD, 0)
    taken(rations, BAD, 100)
    rations.reload(Rates(2_000, 500, 3_000))
    assert taken(rations, GOOD, 3_000) == 2_000
    assert taken(rations, BAD, 600) == 500


def test_an_interface_may_have_a_ration_of_its_own_and_nobody_there_more() -> None:
    rations = Rations(RATES._replace(interfaces_per_s={2: 400}))
    rations.know(2, GOOD, 0)
    assert taken(rations, GOOD, 500, interface=2) == 400
    assert taken(rations, BAD, 500, interface=1) == 300
