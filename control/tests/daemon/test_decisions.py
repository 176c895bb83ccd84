"""A decision point over real HTTP, with whatever it answers, or fails to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from p4rsvp.daemon.decisions.opa import NoAnswerError, ask_opa, decision, question
from p4rsvp.daemon.decisions.point import DecisionPoint, Manner
from p4rsvp.engine.effects import AskPolicy
from p4rsvp.engine.events import Answer, PolicyAnswer
from p4rsvp.security.rules import Ask, Subject
from p4rsvp.wire.address import Address
from tests.daemon.opa import Opa, error

ASK = Ask(
    Subject.RESERVATION,
    Address.parse("10.9.0.9"),
    2,
    Address.parse("10.0.2.9"),
    users=("CN=Ann",),
    protocol=17,
    port=5004,
    service="guaranteed",
    rate_bytes_per_s=125_000.0,
    signed=True,
)
PATIENCE_S = 20.0
QUICK = Manner(timeout_s=5.0, cache_s=60.0, cache_entries=2, concurrent=2, retry_s=60.0)


def small_for_ann(asked: dict[str, Any]) -> Any:
    allow = asked["users"] == ["CN=Ann"] and asked["rate_bytes_per_s"] <= 200_000
    return {"allow": allow, "reason": "too much, or not Ann", "preemption_priority": 5}


def asked_of(opa: Opa, timeout_s: float = 5.0) -> Answer:
    return ask_opa(opa.url, None, timeout_s, question(ASK, "r1"))


def test_a_decision_point_is_told_who_wants_what_where() -> None:
    with Opa(small_for_ann) as opa:
        assert asked_of(opa) == Answer(allows=True, why="too much, or not Ann", priority=(5, 5))
    assert opa.questions == [
        {
            "router": "r1",
            "subject": "reservation",
            "destination": "10.9.0.9",
            "protocol": 17,
            "port": 5004,
            "interface": 2,
            "neighbour": "10.0.2.9",
            "signed": True,
            "users": ["CN=Ann"],
            "applications": [],
            "sources": [],
            "service": "guaranteed",
            "rate_bytes_per_s": 125_000.0,
        }
    ]


@pytest.mark.parametrize(("result", "allows"), [(True, True), (False, False), (None, False)])
def test_a_policy_may_answer_yes_or_no_and_an_undefined_one_says_no(
    result: Any, *, allows: bool
) -> None:
    with Opa(lambda _: result) as opa:
        assert asked_of(opa).allows is allows


@pytest.mark.parametrize("raw", [error("500 Internal Server Error"), b"nonsense\r\n\r\n", b""])
def test_an_error_is_no_answer(raw: bytes) -> None:
    with Opa(small_for_ann) as opa:
        opa.raw = raw
        with pytest.raises(NoAnswerError):
            asked_of(opa)


def test_nobody_there_and_nobody_in_time_are_no_answer() -> None:
    with Opa(small_for_ann) as opa:
        opa.delay_s = PATIENCE_S
        with pytest.raises(NoAnswerError):
            asked_of(opa, timeout_s=0.05)
        opa.stop()
    with pytest.raises(NoAnswerError):
        asked_of(opa)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"result": 1}',
        b'{"result": {"allow": "yes"}}',
        b'{"result": {"allow": true, "preemption_priority": 9, "defending_priority": 8}}',
        b'{"result": {"allow": true, "preemption_priority": true}}',
        b'{"result": {"allow": true, "preemption_priority": 65536}}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_makes_no_sense_is_none(data: bytes) -> None:
    with pytest.raises(NoAnswerError):
        decision(data)


class Desk:
    """A decision point on a loop, and what it has answered."""

    def __init__(self, opa: Opa, manner: Manner) -> None:
        self.answers: dict[int, Answer] = {}
        self._came: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        ask = lambda ask: ask_opa(opa.url, None, manner.timeout_s, question(ask, "r1"))  # noqa: E731
        self.point = DecisionPoint(manner, ask, self._answered)

    def _answered(self, event: PolicyAnswer) -> None:
        self.answers[event.query] = event.answer
        self._came[event.query].set()

    def ask(self, query: int, **parts: Any) -> None:
        self.point.take(AskPolicy(query, ASK._replace(**parts)))

    async def answer(self, query: int) -> Answer:
        await asyncio.wait_for(self._came[query].wait(), PATIENCE_S)
        return self.answers[query]


def at_a_desk(work: Callable[[Desk, Opa], Awaitable[None]], manner: Manner = QUICK) -> None:
    async def run(opa: Opa) -> None:
        desk = Desk(opa, manner)
        try:
            await work(desk, opa)
        finally:
            desk.point.close()

    with Opa(small_for_ann) as opa:
        asyncio.run(run(opa))


def test_an_answer_is_remembered_and_equal_questions_are_asked_once() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        for query in (1, 2):
            desk.ask(query)
        assert not desk.answers  # never at once: nobody who asks waits
        assert (await desk.answer(1)).allows
        assert (await desk.answer(2)).allows
        desk.ask(3)
        await desk.answer(3)
        assert len(opa.questions) == 1

    at_a_desk(work)


def test_so_many_answers_are_remembered_and_no_more() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        for query, port in enumerate((1, 2, 3, 1), 1):
            desk.ask(query, port=port)
            await desk.answer(query)
        assert [one["port"] for one in opa.questions] == [1, 2, 3, 1]

    at_a_desk(work)


def test_an_answer_that_is_too_old_is_asked_for_again() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        for query in (1, 2):
            desk.ask(query)
            await desk.answer(query)
        assert len(opa.questions) == 2

    at_a_desk(work, QUICK._replace(cache_s=0))


def test_while_nobody_answers_what_was_decided_holds_and_nobody_is_asked() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        desk.ask(1)
        await desk.answer(1)
        opa.raw = error("503 Service Unavailable")
        desk.ask(2, port=9)
        assert await desk.answer(2) == Answer(None, "status 503")
        desk.ask(3)
        assert (await desk.answer(3)).allows
        desk.ask(4, port=8)
        assert (await desk.answer(4)).allows is None
        assert len(opa.questions) == 2

    at_a_desk(work, QUICK._replace(cache_s=0))


def test_a_decision_point_that_is_back_is_asked_again() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        opa.raw = error("503 Service Unavailable")
        desk.ask(1)
        assert (await desk.answer(1)).allows is None
        opa.raw = None
        desk.ask(2)
        assert (await desk.answer(2)).allows

    at_a_desk(work, QUICK._replace(retry_s=0))


def test_who_is_late_is_not_waited_for() -> None:
    async def work(desk: Desk, opa: Opa) -> None:
        opa.delay_s = PATIENCE_S
        desk.ask(1)
        assert (await desk.answer(1)).allows is None

    at_a_desk(work, QUICK._replace(timeout_s=0.05))
