"""Which key signs, which is believed, and when (RFC 2747 4, 5)."""

import pytest

from p4rsvp.engine.config import InterfaceConfig
from p4rsvp.security.keys import Keys, Lifetime
from p4rsvp.wire.address import Address
from tests.engine.network import ETHERNET
from tests.security.ends import LEFT, RIGHT, SECOND_NS, SESSION, WALL_NS, key

INTERFACE = InterfaceConfig(1, "if1", (LEFT,), ETHERNET)
OTHER = InterfaceConfig(2, "if2", (), ETHERNET)
STRANGER = Address.parse("10.0.1.77")


def from_(seconds: int) -> Lifetime:
    return Lifetime(WALL_NS + seconds * SECOND_NS)


def until(seconds: int) -> Lifetime:
    return Lifetime(0, WALL_NS + seconds * SECOND_NS)


@pytest.mark.rfc("2747", "4")
def test_the_key_that_says_more_is_chosen() -> None:
    keys = Keys([key(1), key(2, interface="1"), key(3, neighbour=RIGHT)])
    assert keys.signing(INTERFACE, RIGHT, WALL_NS) is keys.all[2]
    assert keys.signing(INTERFACE, STRANGER, WALL_NS) is keys.all[1]
    assert keys.signing(OTHER, STRANGER, WALL_NS) is keys.all[0]


@pytest.mark.rfc("2747", "4")
def test_an_interface_goes_by_its_name_or_its_number() -> None:
    keys = Keys([key(1, interface="if1"), key(2, interface="2")])
    assert keys.find(1, INTERFACE, RIGHT) is keys.all[0]
    assert keys.find(1, OTHER, RIGHT) is None
    assert keys.find(2, OTHER, RIGHT) is keys.all[1]


@pytest.mark.rfc("2747", "4")
def test_a_neighbours_key_is_nobody_elses() -> None:
    keys = Keys([key(1, neighbour=RIGHT)])
    assert keys.find(1, INTERFACE, STRANGER) is None


@pytest.mark.rfc("2747", "4.1")
def test_a_path_to_a_session_is_signed_with_the_only_neighbours_key() -> None:
    keys = Keys([key(1, neighbour=RIGHT)])
    assert keys.signing(INTERFACE, SESSION, WALL_NS) is keys.all[0]


@pytest.mark.rfc("2747", "4.1")
def test_with_two_neighbours_and_no_key_for_both_a_path_has_none() -> None:
    keys = Keys([key(1, neighbour=RIGHT), key(2, neighbour=STRANGER)])
    assert keys.signing(INTERFACE, SESSION, WALL_NS) is None


@pytest.mark.rfc("2747", "5.1")
def test_a_key_rolls_over_without_a_gap() -> None:
    old = key(1, sends=until(10), accepts=until(20))
    new = key(2, sends=from_(10), accepts=from_(0))
    keys = Keys([old, new])
    for second in range(30):
        chosen = keys.signing(INTERFACE, RIGHT, WALL_NS + second * SECOND_NS)
        assert chosen is (old if second < 10 else new)
        assert keys.accepts(chosen, WALL_NS + second * SECOND_NS)


@pytest.mark.rfc("2747", "5.1")
def test_nobody_is_believed_before_a_key_begins_or_after_it_is_replaced() -> None:
    old, new = key(1, accepts=until(20)), key(2, accepts=from_(0))
    keys = Keys([old, new])
    assert not keys.accepts(new, WALL_NS - SECOND_NS)
    assert not keys.accepts(old, WALL_NS + 20 * SECOND_NS)


@pytest.mark.rfc("2747", "5.3")
def test_the_last_key_goes_on_when_all_are_over() -> None:
    first = key(1, sends=until(5), accepts=until(6))
    last = key(2, sends=until(10), accepts=until(11))
    keys = Keys([first, last])
    late_ns = WALL_NS + 60 * SECOND_NS
    assert keys.signing(INTERFACE, RIGHT, late_ns) is last
    assert keys.accepts(last, late_ns)
    assert not keys.accepts(first, late_ns)


def test_what_is_printed_of_a_key_holds_no_secret() -> None:
    one = key(1, secret=b"hunter2hunter2")
    assert "hunter2" not in repr(one)
    assert "mac" not in repr(one)
