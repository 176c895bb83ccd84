"""Admission on one link: never too much, exact, and a failed increase leaves what was (KR-I)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p4rsvp.intserv.admission import ClassLimit, Demand, LinkBudget, LinkLimits
from p4rsvp.intserv.refusal import Refused
from p4rsvp.wire.intserv import Service

LIMITS = LinkLimits(1000, ClassLimit(600, 5000), ClassLimit(800, 9000))
VOICE = Demand(Service.GUARANTEED, 400, 2000)
DATA = Demand(Service.CONTROLLED_LOAD, 500, 4000)
services = st.sampled_from((Service.GUARANTEED, Service.CONTROLLED_LOAD))
demands = st.builds(Demand, services, st.integers(0, 700), st.integers(0, 6000))


def refusal(budget: LinkBudget[str], key: str, demand: Demand) -> tuple[int, int]:
    with pytest.raises(Refused) as caught:
        budget.admit(key, demand)
    return caught.value.code, caught.value.value


@pytest.mark.rfc("2205", "B")
def test_each_limit_is_refused_by_its_own_name() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("voice", VOICE)
    assert refusal(budget, "more", Demand(Service.GUARANTEED, 201, 0)) == (1, 2)
    assert refusal(budget, "more", Demand(Service.GUARANTEED, 0, 3001)) == (1, 1)
    assert refusal(budget, "more", Demand(Service.CONTROLLED_LOAD, 601, 0)) == (1, 2)
    assert refusal(budget, "more", Demand(Service.CONTROLLED_LOAD, 0, 9001)) == (1, 2)
    assert len(budget) == 1


@pytest.mark.rfc("2205", "3.5")
def test_a_failed_increase_leaves_the_old_reservation() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("voice", VOICE)
    assert refusal(budget, "voice", replace(VOICE, rate_bytes_per_s=601)) == (1, 2)
    assert budget.demand("voice") == VOICE
    assert budget.rate_bytes_per_s() == 400


def test_an_increase_counts_what_the_reservation_holds_already() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("voice", VOICE)
    budget.admit("voice", Demand(Service.GUARANTEED, 600, 5000))
    assert budget.rate_bytes_per_s(Service.GUARANTEED) == 600
    assert budget.burst_bytes(Service.GUARANTEED) == 5000


@pytest.mark.rfc("2211", "5")
def test_a_reduction_is_never_denied_even_where_the_limit_fell() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("voice", VOICE)
    budget.limits = LinkLimits(100, ClassLimit(100, 100), ClassLimit(100, 100))
    budget.admit("voice", VOICE)
    budget.admit("voice", Demand(Service.GUARANTEED, 300, 2000))
    assert budget.rate_bytes_per_s() == 300


def test_a_change_of_service_moves_the_reservation_between_the_classes() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("flow", DATA)
    budget.admit("flow", VOICE)
    assert budget.rate_bytes_per_s(Service.CONTROLLED_LOAD) == 0
    assert budget.burst_bytes(Service.CONTROLLED_LOAD) == 0
    assert budget.rate_bytes_per_s(Service.GUARANTEED) == 400


def test_releasing_what_is_not_held_changes_nothing() -> None:
    budget: LinkBudget[str] = LinkBudget(LIMITS)
    budget.admit("voice", VOICE)
    budget.release("nobody")
    assert budget.rate_bytes_per_s() == 400


@given(st.lists(st.tuples(st.integers(0, 5), demands), max_size=12), demands, services)
def test_admission_is_monotone(
    history: list[tuple[int, Demand]], wanted: Demand, service: Service
) -> None:
    """What fits still fits when less is asked for, and the rate that is said to be free is."""
    budget: LinkBudget[int] = LinkBudget(LIMITS)
    for key, demand in history:
        try:
            budget.admit(key, demand)
        except Refused:
            continue
    free = budget.available_bytes_per_s(service)
    with pytest.raises(Refused):
        budget.admit(99, Demand(service, free + 1, 0))
    budget.admit(99, Demand(service, free, 0))
    budget.release(99)
    try:
        budget.admit(99, wanted)
    except Refused:
        return
    budget.release(99)
    half = Demand(wanted.service, wanted.rate_bytes_per_s // 2, wanted.burst_bytes // 2)
    budget.admit(99, half)


class Budget(RuleBasedStateMachine):
    """The budget against a list of what is admitted, summed from scratch each time."""

    def __init__(self) -> None:
        super().__init__()
        self.budget: LinkBudget[int] = LinkBudget(LIMITS)
        self.model: dict[int, Demand] = {}

    def total(self, service: Service, field: str, without: int | None = None) -> int:
        held = (one for key, one in self.model.items() if key != without)
        return sum(getattr(one, field) for one in held if one.service is service)

    def fits(self, key: int, demand: Demand) -> bool:
        service = demand.service
        limit = LIMITS.of(service)
        rates = [self.total(one, "rate_bytes_per_s", key) for one in Service if one != 1]
        rate = self.total(service, "rate_bytes_per_s", key) + demand.rate_bytes_per_s
        burst = self.total(service, "burst_bytes", key) + demand.burst_bytes
        return (
            sum(rates) + demand.rate_bytes_per_s <= LIMITS.rate_bytes_per_s
            and rate <= limit.rate_bytes_per_s
            and burst <= limit.burst_bytes
        )

    @rule(key=st.integers(0, 5), demand=demands)
    def admit(self, key: int, demand: Demand) -> None:
        if self.fits(key, demand):
            self.budget.admit(key, demand)
            self.model[key] = demand
        else:
            with pytest.raises(Refused):
                self.budget.admit(key, demand)

    @rule(key=st.integers(0, 5))
    def release(self, key: int) -> None:
        self.budget.release(key)
        self.model.pop(key, None)

    @invariant()
    def sums_are_exact_and_within_the_limits(self) -> None:
        for service in (Service.GUARANTEED, Service.CONTROLLED_LOAD):
            rate = self.budget.rate_bytes_per_s(service)
            burst = self.budget.burst_bytes(service)
            assert rate == self.total(service, "rate_bytes_per_s")
            assert burst == self.total(service, "burst_bytes")
            assert rate <= LIMITS.of(service).rate_bytes_per_s
            assert burst <= LIMITS.of(service).burst_bytes
        assert self.budget.rate_bytes_per_s() <= LIMITS.rate_bytes_per_s
        assert {key: self.budget.demand(key) for key in self.model} == self.model

    def teardown(self) -> None:
        for key in list(self.model):
            self.budget.release(key)
        assert self.budget.rate_bytes_per_s() == 0
        assert len(self.budget) == 0


TestBudget = Budget.TestCase
TestBudget.settings = settings(max_examples=50, stateful_step_count=20)
