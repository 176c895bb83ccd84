"""The wheel of a node's timers: what is due, in its order, a bounded part of it at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.engine.timers import BUCKET_NS, MOST_LOOKED_AT, NEVER, Timers

MOST = 256
A_LOT = 3 * MOST_LOOKED_AT
# Some looks at each timer in a bucket, and no more than two buckets' worth of them beyond.
MOST_LOOKS = 16 * MOST_LOOKED_AT


class Alarm:
    """Something that comes due, and counts how often any of its kind is looked at."""

    looks = 0

    def __init__(self, name: int) -> None:
        self.name = name
        self._due_ns = NEVER

    @property
    def due_ns(self) -> int:
        Alarm.looks += 1
        return self._due_ns

    @due_ns.setter
    def due_ns(self, due_ns: int) -> None:
        self._due_ns = due_ns


def rung(timers: Timers, now_ns: int, most: int = MOST) -> list[int]:
    """The names of what one call gives."""
    return [alarm.name for alarm in timers.pop_due(now_ns, most) if isinstance(alarm, Alarm)]


def calls_until_quiet(timers: Timers, now_ns: int) -> list[list[int]]:
    """What each call gives, as long as the deadline says that there is more."""
    calls = []
    while (due_ns := timers.deadline()) is not None and due_ns <= now_ns:
        calls.append(rung(timers, now_ns))
    return calls


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),  # which of ten alarms
            st.integers(-1, 5 * BUCKET_NS),  # to ring after so long; -1: never
            st.integers(0, BUCKET_NS),  # how long nothing happens then
        ),
        max_size=60,
    ),
    st.integers(1, 4),
)
def test_whatever_is_set_moved_and_cancelled_rings_once_in_the_order_of_times(
    steps: list[tuple[int, int, int]], most: int
) -> None:
    timers, alarms = Timers(), [Alarm(name) for name in range(10)]
    expected: dict[int, int] = {}
    now_ns = 0
    for name, delay_ns, pause_ns in [*steps, (0, -1, 6 * BUCKET_NS)]:
        if delay_ns < 0:
            timers.cancel(alarms[name])
            expected.pop(name, None)
        else:
            timers.set(alarms[name], now_ns + delay_ns)
            expected[name] = now_ns + delay_ns
        now_ns += pause_ns
        due = sorted((due_ns, name) for name, due_ns in expected.items() if due_ns <= now_ns)
        heard = []
        while (deadline_ns := timers.deadline()) is not None and deadline_ns <= now_ns:
            heard += (found := rung(timers, now_ns, most))
            assert len(found) <= most
        assert sorted(heard) == sorted(name for _, name in due)
        assert [expected[name] for name in heard] == [due_ns for due_ns, _ in due]
        for rang in heard:
            del expected[rang]
        assert timers.count == len(expected)


def test_many_that_are_due_at_once_come_a_bounded_number_at_a_time_and_none_is_lost() -> None:
    timers = Timers()
    for name in range(A_LOT):
        timers.set(Alarm(name), BUCKET_NS + name)
    calls = calls_until_quiet(timers, 2 * BUCKET_NS)
    assert [name for call in calls for name in call] == list(range(A_LOT))
    assert max(map(len, calls)) == MOST


def test_what_is_due_at_one_time_comes_in_the_order_in_which_it_was_set() -> None:
    timers = Timers()
    for name in range(2 * MOST):
        timers.set(Alarm(name), 5)
    assert calls_until_quiet(timers, 5) == [list(range(MOST)), list(range(MOST, 2 * MOST))]


def test_what_has_been_cancelled_while_it_waited_for_its_call_does_not_ring() -> None:
    timers, alarms = Timers(), [Alarm(name) for name in range(4)]
    for alarm in alarms:
        timers.set(alarm, 5)
    assert rung(timers, 5, most=1) == [0]
    timers.cancel(alarms[1])
    timers.set(alarms[2], 7)
    assert timers.count == 2
    assert [rung(timers, 5), rung(timers, 7)] == [[3], [2]]


def test_no_call_takes_longer_for_how_many_are_due() -> None:
    timers = Timers()
    for name in range(10 * A_LOT):
        timers.set(Alarm(name), name % 7)
    for _ in range(10):
        Alarm.looks = 0
        assert len(rung(timers, BUCKET_NS)) == MOST
        assert Alarm.looks < MOST_LOOKS


def test_no_call_takes_longer_for_how_many_have_been_cancelled() -> None:
    timers, last = Timers(), Alarm(-1)
    for name in range(10 * A_LOT):
        alarm = Alarm(name)
        timers.set(alarm, name * BUCKET_NS // 1000)
        timers.cancel(alarm)
    timers.set(last, 10 * A_LOT * BUCKET_NS // 1000)
    calls = 0
    while last.due_ns != NEVER:
        Alarm.looks = 0
        rung(timers, 10 * A_LOT * BUCKET_NS)
        assert Alarm.looks < MOST_LOOKS
        calls += 1
    assert calls > 1
    assert timers.deadline() is None
