"""Which reservations give way: the smallest set that makes room, compared with all sets."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.intserv import preemption
from p4rsvp.intserv.admission import (
    Amounts,
    ClassLimit,
    Demand,
    LinkBudget,
    LinkLimits,
    amounts,
)
from p4rsvp.intserv.preemption import Standing, smallest
from p4rsvp.wire.intserv import Service

VOICE, DATA = Service.GUARANTEED, Service.CONTROLLED_LOAD
services = st.sampled_from((VOICE, DATA))
demands = st.builds(Demand, services, st.integers(0, 9), st.integers(0, 9))
standing = st.lists(st.tuples(demands, st.integers(0, 2)), max_size=8).map(
    lambda found: [Standing(key, *one) for key, one in enumerate(found, 1)]
)
missing = st.builds(Amounts, *[st.integers(0, 20)] * 3).filter(lambda some: not some.is_nothing)


def makes_room(some: tuple[Standing, ...], service: Service, lack: Amounts) -> bool:
    for one in some:
        lack = lack.minus(amounts(one.demand, service))
    return lack.is_nothing


def cost(some: tuple[Standing, ...]) -> tuple[int, int, list[tuple[int, int]]]:
    """What is to be least: how many, their rate, their priorities and age."""
    rate = sum(one.demand.rate_bytes_per_s for one in some)
    return len(some), rate, sorted(((one.priority, -one.key) for one in some), reverse=True)


def chosen(found: tuple[int, ...], among: list[Standing]) -> tuple[Standing, ...]:
    return tuple(one for one in among if one.key in found)


@given(standing, services, missing)
def test_it_is_the_smallest_of_all_sets_that_make_room(
    among: list[Standing], service: Service, lack: Amounts
) -> None:
    sets = [some for n in range(len(among) + 1) for some in combinations(among, n)]
    good = [some for some in sets if makes_room(some, service, lack)]
    found = smallest(among, service, lack)
    if found is None:
        assert not good
    else:
        assert chosen(found, among) == min(good, key=cost)


@pytest.mark.parametrize("steps", [0, 20_000])
@given(data=st.data())
def test_of_any_number_none_gives_way_that_need_not(data: st.DataObject, steps: int) -> None:
    sizes = st.tuples(st.integers(1, 1_000), st.integers(1, 1_000))
    drawn = data.draw(st.lists(sizes, min_size=1, max_size=40))
    among = [Standing(key, Demand(DATA, *size), key % 3) for key, size in enumerate(drawn)]
    lack = data.draw(st.builds(Amounts, *[st.integers(0, 9_000)] * 3))
    if lack.is_nothing:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preemption, "MOST_STEPS", steps)
        found = smallest(among, DATA, lack)
    if found is None:
        assert not makes_room(tuple(among), DATA, lack)
        return
    some = chosen(found, among)
    assert makes_room(some, DATA, lack)
    for one in some:
        assert not makes_room(tuple(other for other in some if other is not one), DATA, lack)


def test_of_equal_reservations_the_youngest_gives_way() -> None:
    among = [Standing(key, Demand(DATA, 10, 10), 1) for key in (3, 9, 5)]
    assert smallest(among, DATA, Amounts(5, 5, 0)) == (9,)


def test_of_reservations_of_one_size_the_one_of_the_lowest_priority_gives_way() -> None:
    among = [Standing(key, Demand(DATA, 10, 10), key) for key in (5, 3, 9)]
    assert smallest(among, DATA, Amounts(5, 5, 0)) == (3,)


def test_another_class_gives_way_only_for_the_rate_that_classes_share() -> None:
    among = [Standing(1, Demand(VOICE, 10, 10), 1)]
    assert smallest(among, DATA, Amounts(5, 0, 0)) == (1,)
    assert smallest(among, DATA, Amounts(5, 5, 0)) is None


limits = LinkLimits(20, ClassLimit(15, 15), ClassLimit(15, 15))


@given(st.lists(demands, min_size=1, max_size=6), demands, st.lists(demands, max_size=6))
def test_a_budget_holds_both_sides_of_an_exchange_until_one_of_them_stands(
    before: list[Demand], wanted: Demand, others: list[Demand]
) -> None:
    for stands in (False, True):
        budget: LinkBudget[int] = LinkBudget(limits)
        for key, demand in enumerate(before):
            if budget.shortfall(key, demand).is_nothing:
                budget.admit(key, demand)
        held = [Standing(key, one, 1) for key in range(9) if (one := budget.demand(key))]
        lack = budget.shortfall(99, wanted)
        gone = () if lack.is_nothing else smallest(held, wanted.service, lack)
        if gone is None:
            return
        budget.exchange(99, wanted, gone)
        for key, demand in enumerate(others, 200):
            if budget.shortfall(key, demand).is_nothing:
                budget.admit(key, demand)
        (budget.commit if stands else budget.take_back)(99)
        remain = [one for key in range(300) if (one := budget.demand(key))]
        assert all(budget.demand(key) is None for key in gone) == (stands or not gone)
        for service in (VOICE, DATA):
            mine = [one for one in remain if one.service is service]
            assert budget.rate_bytes_per_s(service) == sum(d.rate_bytes_per_s for d in mine) <= 15
            assert budget.burst_bytes(service) == sum(d.burst_bytes for d in mine) <= 15
        assert budget.rate_bytes_per_s() == sum(d.rate_bytes_per_s for d in remain) <= 20
