"""The refresh wheel: its times, and its twin."""

from itertools import chain
from statistics import mean

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p4rsvp.fast.wheel import DEFAULT_TICK_NS, SPOKES, RefreshWheel
from p4rsvp.fast.wheel_plain import PlainRefreshWheel

pytestmark = pytest.mark.kernel

SECOND_NS = 10**9
PERIOD_NS = 30 * SECOND_NS
LAP_NS = SPOKES * DEFAULT_TICK_NS


def next_due_ns(wheel: RefreshWheel[bytes]) -> int:
    due_ns = wheel.next_due_ns()
    assert due_ns is not None
    return due_ns


@pytest.mark.rfc("2205", "3.7")
def test_every_wait_lies_between_half_and_one_and_a_half_periods() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    wheel.schedule(b"Path", PERIOD_NS, 0)
    now_ns, waits_ns = 0, []
    for _ in range(500):
        due_ns = next_due_ns(wheel)
        waits_ns.append(due_ns - now_ns)
        now_ns = due_ns
        assert wheel.pop_due(now_ns) == [0]
    assert min(waits_ns) >= PERIOD_NS // 2
    assert max(waits_ns) <= PERIOD_NS * 3 // 2
    # Spread over the whole range, and R on average.
    assert min(waits_ns) < 0.55 * PERIOD_NS
    assert max(waits_ns) > 1.45 * PERIOD_NS
    assert 0.95 * PERIOD_NS < mean(waits_ns) < 1.05 * PERIOD_NS


def test_nothing_is_due_a_nanosecond_early() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    index = wheel.schedule(b"Path", PERIOD_NS, 0)
    due_ns = next_due_ns(wheel)
    assert wheel.pop_due(due_ns - 1) == []
    assert wheel.pop_due(due_ns) == [index]


@pytest.mark.rfc("2205", "3.7")
def test_what_starts_together_does_not_stay_together() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    for _ in range(1000):
        wheel.schedule(b"Path", PERIOD_NS, 0)
    counts = [len(wheel.pop_due(second * SECOND_NS)) for second in range(1, 46)]
    assert counts[:14] == [0] * 14
    assert sum(counts) >= 1000
    assert max(counts) < 80  # 33 a second, evenly


def test_one_seed_gives_one_run_and_another_seed_another() -> None:
    def run(seed: int) -> list[list[int]]:
        wheel = RefreshWheel[bytes](seed, now_ns=0)
        for _ in range(20):
            wheel.schedule(b"Path", PERIOD_NS, 0)
        return [wheel.pop_due(second * SECOND_NS) for second in range(100)]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_cancelled_item_never_comes_up() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    gone, kept = wheel.schedule(b"gone", PERIOD_NS, 0), wheel.schedule(b"kept", PERIOD_NS, 0)
    wheel.cancel(gone)
    assert len(wheel) == 1
    assert wheel.pop_due(2 * PERIOD_NS) == [kept]
    with pytest.raises(AssertionError, match="nothing is scheduled under id 0"):
        wheel.cancel(gone)


def test_a_replaced_item_keeps_its_times() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    index = wheel.schedule(b"old", PERIOD_NS, 0)
    due_ns = next_due_ns(wheel)
    wheel.replace(index, b"new")
    assert wheel.next_due_ns() == due_ns
    assert wheel[index] == b"new"


@pytest.mark.parametrize("period_ns", [1, 2, 3, LAP_NS, 3 * LAP_NS, 2**61])
def test_periods_below_a_tick_and_beyond_a_lap_are_kept(period_ns: int) -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    wheel.schedule(b"Path", period_ns, 0)
    due_ns = next_due_ns(wheel)
    assert period_ns <= 2 * due_ns <= 3 * period_ns
    assert wheel.pop_due(due_ns - 1) == []
    assert wheel.pop_due(due_ns) == [0]


def test_a_long_silence_is_caught_up_with_once() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    for _ in range(100):
        wheel.schedule(b"Path", PERIOD_NS, 0)
    assert sorted(wheel.pop_due(100 * LAP_NS)) == list(range(100))
    assert wheel.pop_due(100 * LAP_NS) == []


def test_no_silence_is_so_long_that_a_spoke_is_skipped() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    wheel.schedule(b"Path", PERIOD_NS, 0)
    # The wheel stands one tick before it would come by the spoke of this deadline again.
    assert wheel.pop_due(next_due_ns(wheel) + LAP_NS - DEFAULT_TICK_NS) == [0]


def test_what_is_due_can_be_popped_in_batches() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    for _ in range(100):
        wheel.schedule(b"Path", PERIOD_NS, 0)
    batches = [wheel.pop_due(2 * PERIOD_NS, limit=30) for _ in range(5)]
    assert [len(batch) for batch in batches] == [30, 30, 30, 10, 0]
    assert sorted(chain.from_iterable(batches)) == list(range(100))


def test_an_empty_wheel_is_never_due() -> None:
    wheel = RefreshWheel[bytes](seed=1, now_ns=0)
    assert wheel.next_due_ns() is None
    assert wheel.pop_due(LAP_NS) == []


PERIODS = st.integers(1, 100) | st.integers(1, 10 * LAP_NS) | st.just(PERIOD_NS)


class Twins(RuleBasedStateMachine):
    """Runs the wheel and its reference side by side, with a clock that may also step back."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ns = 5 * LAP_NS
        self.wheel = RefreshWheel[int](7, self.now_ns)
        self.plain = PlainRefreshWheel[int](7)

    @rule(step_ns=st.integers(-2 * SECOND_NS, 60 * SECOND_NS) | st.integers(0, 20 * LAP_NS))
    def time_passes(self, step_ns: int) -> None:
        self.now_ns = max(0, self.now_ns + step_ns)

    @rule(periods_ns=st.lists(PERIODS, min_size=1, max_size=50))
    def schedule(self, periods_ns: list[int]) -> None:
        for number, period_ns in enumerate(periods_ns):
            index = self.plain.schedule(number, period_ns, self.now_ns)
            assert self.wheel.schedule(number, period_ns, self.now_ns) == index

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.plain.entries:
            index = data.draw(st.sampled_from(sorted(self.plain.entries)))
            self.plain.cancel(index)
            self.wheel.cancel(index)

    @rule(limit=st.integers(1, 20))
    def pop(self, limit: int) -> None:
        found: list[int] = []
        while batch := self.wheel.pop_due(self.now_ns, limit):
            found += batch
        assert sorted(found) == sorted(self.plain.pop_due(self.now_ns))

    @rule()
    def look_ahead(self) -> None:
        assert self.wheel.next_due_ns() == self.plain.next_due_ns()

    @invariant()
    def they_hold_the_same(self) -> None:
        assert len(self.wheel) == len(self.plain.entries)
        for index, entry in self.plain.entries.items():
            assert self.wheel[index] == entry.item


Twins.TestCase.settings = settings(deadline=None, max_examples=50, stateful_step_count=25)
TestTwins = Twins.TestCase
