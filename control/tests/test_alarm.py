import asyncio
from collections.abc import Iterator

import pytest

from p4rsvp.alarm import NS_PER_S, Alarm

BUCKET_NS = NS_PER_S // 2


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is what the test says."""

    now_ns = 0

    def time(self) -> float:
        return self.now_ns / NS_PER_S

    def clock_ns(self) -> int:
        return self.now_ns

    def step_to(self, now_ns: int) -> None:
        """Let it be this late, and let ring what is due."""
        self.now_ns = now_ns
        self.call_soon(self.stop)
        self.run_forever()


class Bell:
    """An alarm, and the times at which it rang."""

    def __init__(self, loop: SteppedLoop, bucket_ns: int) -> None:
        self._loop = loop
        self.rung_ns: list[int] = []
        self.alarm = Alarm(
            loop.clock_ns, lambda: self.rung_ns.append(loop.now_ns), bucket_ns=bucket_ns
        )

    def set(self, *deadlines_ns: int | None) -> None:
        async def on_the_loop() -> None:
            self.alarm.set(*deadlines_ns)

        self._loop.run_until_complete(on_the_loop())

    def waiting(self) -> list[asyncio.TimerHandle]:
        """What the loop still holds for later."""
        scheduled: list[asyncio.TimerHandle] = self._loop._scheduled  # type: ignore[attr-defined]  # asyncio tells nobody
        return [handle for handle in scheduled if not handle.cancelled()]


@pytest.fixture
def loop() -> Iterator[SteppedLoop]:
    loop = SteppedLoop()
    yield loop
    loop.close()


@pytest.fixture
def bell(loop: SteppedLoop) -> Bell:
    return Bell(loop, 1)


def test_it_rings_when_the_first_thing_is_due_and_only_once(loop: SteppedLoop, bell: Bell) -> None:
    bell.set(3 * NS_PER_S, None, 2 * NS_PER_S)
    for second in range(5):
        loop.step_to(second * NS_PER_S)
    assert bell.rung_ns == [2 * NS_PER_S]


def test_it_never_rings_for_nothing(loop: SteppedLoop, bell: Bell) -> None:
    bell.set(None, None)
    loop.step_to(1000 * NS_PER_S)
    assert bell.rung_ns == []


def test_what_is_overdue_rings_at_once(loop: SteppedLoop, bell: Bell) -> None:
    loop.step_to(5 * NS_PER_S)
    bell.set(NS_PER_S)
    loop.step_to(5 * NS_PER_S)
    assert bell.rung_ns == [5 * NS_PER_S]


def test_a_new_deadline_takes_the_place_of_the_old_one(loop: SteppedLoop, bell: Bell) -> None:
    bell.set(2 * NS_PER_S)
    bell.set(4 * NS_PER_S)
    loop.step_to(3 * NS_PER_S)
    assert bell.rung_ns == []
    loop.step_to(4 * NS_PER_S)
    assert bell.rung_ns == [4 * NS_PER_S]


def test_to_set_it_to_what_it_is_set_to_leaves_its_timer_alone(bell: Bell) -> None:
    bell.set(2 * NS_PER_S)
    before = bell.waiting()
    bell.set(3 * NS_PER_S, 2 * NS_PER_S)
    assert len(before) == 1
    assert bell.waiting()[0] is before[0]


def test_it_rings_again_for_the_same_deadline_once_it_has_rung(
    loop: SteppedLoop, bell: Bell
) -> None:
    for _ in range(2):
        bell.set(NS_PER_S)
        loop.step_to(NS_PER_S)
    assert bell.rung_ns == [NS_PER_S, NS_PER_S]


def test_what_falls_into_one_bucket_rings_at_its_end(loop: SteppedLoop) -> None:
    bell = Bell(loop, BUCKET_NS)
    bell.set(NS_PER_S + 1)
    loop.step_to(NS_PER_S + 1)
    assert bell.rung_ns == []
    loop.step_to(NS_PER_S + BUCKET_NS)
    assert bell.rung_ns == [NS_PER_S + BUCKET_NS]


def test_what_is_due_at_the_end_of_a_bucket_waits_for_no_other(loop: SteppedLoop) -> None:
    bell = Bell(loop, BUCKET_NS)
    bell.set(NS_PER_S)
    loop.step_to(NS_PER_S)
    assert bell.rung_ns == [NS_PER_S]


def test_a_cancelled_one_does_not_ring(loop: SteppedLoop, bell: Bell) -> None:
    bell.set(NS_PER_S)
    bell.alarm.cancel()
    loop.step_to(2 * NS_PER_S)
    assert bell.rung_ns == []


def test_one_rung_by_hand_does_not_ring_a_second_time(loop: SteppedLoop, bell: Bell) -> None:
    bell.set(NS_PER_S)
    bell.alarm.ring()
    loop.step_to(2 * NS_PER_S)
    assert bell.rung_ns == [0]
