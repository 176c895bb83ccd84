"""Sequence numbers that we give out, and those that we have seen (RFC 2747 3, 4.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.security.sequence import NS_PER_S, Sequence, Window

WALL_NS = 1_700_000_000 * NS_PER_S
MODULUS = 1 << 64


@pytest.mark.rfc("2747", "3.2")
def test_a_number_is_an_ntp_timestamp() -> None:
    assert (
        Sequence().next(WALL_NS + NS_PER_S // 2) == (1_700_000_000 + 2_208_988_800) << 32 | 1 << 31
    )


@pytest.mark.rfc("2747", "3")
@given(st.lists(st.integers(-(10**10), 10**10), min_size=2, max_size=30))
def test_numbers_grow_whatever_the_clock_does(steps: list[int]) -> None:
    sequence = Sequence()
    numbers = [sequence.next(WALL_NS + step) for step in steps]
    assert numbers == sorted(set(numbers))


@pytest.mark.rfc("2747", "3.2")
def test_a_restart_goes_on_above_where_it_was() -> None:
    before = Sequence()
    used = [before.next(WALL_NS) for _ in range(1_000)]
    assert Sequence().next(WALL_NS + 1_000) > max(used)


@pytest.mark.rfc("2747", "4.2")
def test_a_number_counts_once() -> None:
    window = Window(100, 32)
    assert window.has_room_for(101)
    window.add(101)
    assert not window.has_room_for(101)
    assert not window.has_room_for(100)


@pytest.mark.rfc("2747", "4.2")
def test_what_comes_out_of_order_within_the_window_is_good_once() -> None:
    window = Window(100, 4)
    window.add(110)
    assert window.has_room_for(105)
    window.add(105)
    assert not window.has_room_for(105)
    assert window.has_room_for(107)


@pytest.mark.rfc("2747", "4.2")
def test_what_is_older_than_the_window_is_not_good() -> None:
    window = Window(100, 3)
    for number in (110, 120, 130):
        window.add(number)
    assert not window.has_room_for(105)
    assert window.has_room_for(115)


@pytest.mark.rfc("2747", "4.2")
def test_a_window_of_one_takes_nothing_out_of_order() -> None:
    window = Window(100, 1)
    window.add(110)
    assert not window.has_room_for(105)
    assert window.has_room_for(111)


@pytest.mark.rfc("2747", "3")
def test_numbers_grow_modulo_2_to_the_64() -> None:
    window = Window(MODULUS - 1, 8)
    assert window.has_room_for(3)
    window.add(3)
    assert window.has_room_for(1)
    assert not window.has_room_for(MODULUS - 1)
    assert not window.has_room_for(MODULUS - 5)


@pytest.mark.rfc("2747", "4.2")
@given(st.lists(st.integers(0, 60), max_size=80), st.integers(1, 8))
def test_a_window_is_a_list_of_the_last_numbers(numbers: list[int], size: int) -> None:
    window, listed = Window(20, size), [20]
    for number in numbers:
        is_good = number > max(listed) or (number > min(listed) and number not in listed)
        assert window.has_room_for(number) == is_good
        if is_good:
            window.add(number)
            listed = sorted([*listed, number])[-size:]
