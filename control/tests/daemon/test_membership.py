"""Who listens on a link, with the clock stepped by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.daemon.membership import (
    GROUPS,
    LAST_MEMBER_NS,
    LAST_MEMBERS_NS,
    MEMBERSHIP_NS,
    OTHER_QUERIER_NS,
    QUERY_INTERVAL_NS,
    STARTUP_NS,
    Kind,
    Link,
    Membership,
    Query,
    Record,
)
from p4rsvp.wire.address import Address

LINK, OTHER = Link(1, 4), Link(2, 4)
OWN = Address.parse("10.0.1.5")
GROUP = Address.parse("239.1.1.1")
A, B, C = (Address.parse(f"192.0.2.{number}") for number in (1, 2, 3))


@pytest.fixture
def it() -> Membership:
    made = Membership()
    made.begin(LINK, OWN, 0)
    made.begin(OTHER, OWN, 0)
    made.tick(0)
    return made


def say(it: Membership, kind: Kind, *sources: Address, now_ns: int = 0, link: Link = LINK) -> None:
    it.reported(link, [Record(kind, GROUP, frozenset(sources))], now_ns)


def asked(queries: list[Query]) -> list[Query]:
    return [query for query in queries if query.group is not None]


def test_a_router_asks_soon_again_and_then_regularly() -> None:
    it = Membership()
    it.begin(LINK, OWN, 0)
    assert it.tick(0) == [Query(LINK)]
    assert it.deadline() == STARTUP_NS
    assert it.tick(STARTUP_NS) == [Query(LINK)]
    assert it.deadline() == STARTUP_NS + QUERY_INTERVAL_NS


def test_a_listener_counts_until_it_is_silent_for_a_lifetime(it: Membership) -> None:
    say(it, Kind.IS_EXCLUDE)
    assert it.members(GROUP, None) == it.members(GROUP, A) == (1,)
    it.tick(MEMBERSHIP_NS - 1)
    assert it.members(GROUP, None) == (1,)
    it.take_changed()
    it.tick(MEMBERSHIP_NS)
    assert it.members(GROUP, None) == ()
    assert it.take_changed() == {GROUP}
    assert not it.take_changed()


def test_every_link_has_its_own_listeners(it: Membership) -> None:
    say(it, Kind.IS_EXCLUDE)
    say(it, Kind.ALLOW, A, link=OTHER)
    assert it.members(GROUP, A) == (1, 2)
    assert it.members(GROUP, B) == (1,)
    it.end(LINK)
    assert it.members(GROUP, A) == (2,)


def test_after_a_leave_the_router_asks_twice_before_it_believes_it(it: Membership) -> None:
    say(it, Kind.IS_EXCLUDE)
    say(it, Kind.TO_INCLUDE, now_ns=10)
    assert asked(it.tick(10)) == [Query(LINK, GROUP)]
    assert asked(it.tick(10 + LAST_MEMBER_NS)) == [Query(LINK, GROUP)]
    assert it.members(GROUP, None) == (1,)
    it.tick(10 + LAST_MEMBERS_NS)
    assert it.members(GROUP, None) == ()


def test_another_listener_who_answers_keeps_the_group(it: Membership) -> None:
    say(it, Kind.IS_EXCLUDE)
    say(it, Kind.TO_INCLUDE, now_ns=10)
    say(it, Kind.IS_EXCLUDE, now_ns=LAST_MEMBER_NS)
    it.tick(10 + LAST_MEMBERS_NS)
    assert it.members(GROUP, None) == (1,)


def test_only_sources_that_were_asked_for_are_wanted(it: Membership) -> None:
    say(it, Kind.ALLOW, A, B)
    assert it.members(GROUP, A) == (1,)
    assert it.members(GROUP, C) == ()
    say(it, Kind.BLOCK, A, now_ns=5)
    assert asked(it.tick(5)) == [Query(LINK, GROUP, (A,))]
    it.tick(5 + LAST_MEMBERS_NS)
    assert it.members(GROUP, A) == ()
    assert it.members(GROUP, B) == (1,)


def test_sources_may_be_excluded_and_allowed_again(it: Membership) -> None:
    say(it, Kind.TO_EXCLUDE, A)
    assert it.members(GROUP, A) == ()
    assert it.members(GROUP, B) == (1,)
    say(it, Kind.ALLOW, A)
    assert it.members(GROUP, A) == (1,)


def test_what_one_includes_another_cannot_exclude(it: Membership) -> None:
    say(it, Kind.ALLOW, A)
    say(it, Kind.IS_EXCLUDE, A, B)
    assert it.members(GROUP, A) == (1,)
    assert it.members(GROUP, B) == ()
    it.tick(MEMBERSHIP_NS)
    assert it.members(GROUP, A) == ()


def test_when_all_that_exclude_are_gone_the_wanted_sources_stay(it: Membership) -> None:
    say(it, Kind.IS_EXCLUDE)
    say(it, Kind.ALLOW, A, now_ns=10)
    it.tick(MEMBERSHIP_NS)
    assert it.members(GROUP, A) == (1,)
    assert it.members(GROUP, B) == ()


def test_the_router_with_the_lower_address_asks_until_it_falls_silent(it: Membership) -> None:
    it.queried(LINK, Address.parse("10.0.1.9"), Query(LINK), 5)
    assert Query(LINK) in it.tick(STARTUP_NS)
    it.queried(LINK, Address.parse("10.0.1.2"), Query(LINK), STARTUP_NS)
    assert Query(LINK) not in it.tick(STARTUP_NS + QUERY_INTERVAL_NS)
    assert Query(LINK) in it.tick(STARTUP_NS + OTHER_QUERIER_NS)


def test_who_does_not_ask_believes_the_other_router(it: Membership) -> None:
    lower = Address.parse("10.0.1.2")
    say(it, Kind.IS_EXCLUDE)
    it.queried(LINK, lower, Query(LINK), 0)
    say(it, Kind.TO_INCLUDE, now_ns=5)
    assert asked(it.tick(5)) == []
    it.queried(LINK, lower, Query(LINK, GROUP), 6)
    it.tick(6 + LAST_MEMBERS_NS)
    assert it.members(GROUP, None) == ()


def test_the_groups_of_a_link_are_bounded(it: Membership) -> None:
    for number in range(GROUPS + 5):
        group = Address((0xEF000000 + number).to_bytes(4))
        it.reported(LINK, [Record(Kind.IS_EXCLUDE, group)], 0)
    assert not it.members(Address((0xEF000000 + GROUPS).to_bytes(4)), None)


records = st.builds(
    Record, st.sampled_from(Kind), st.just(GROUP), st.frozensets(st.sampled_from([A, B, C]))
)


@given(st.lists(st.tuples(records, st.integers(0, MEMBERSHIP_NS))))
def test_whatever_was_said_ends_in_silence(said: list[tuple[Record, int]]) -> None:
    it, now_ns = Membership(), 0
    it.begin(LINK, OWN, 0)
    for record, later_ns in said:
        now_ns += later_ns
        it.tick(now_ns)
        it.reported(LINK, [record], now_ns)
    it.tick(now_ns + MEMBERSHIP_NS)  # those that exclude end, and what they left
    it.tick(now_ns + 2 * MEMBERSHIP_NS)
    assert it.members(GROUP, None) == ()
