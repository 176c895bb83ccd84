"""A decision point, asked so that nothing waits but who asked.

Equal questions are asked once at a time, and an answer holds for `cache_s`; so many are remembered.
Where nobody answers in time, nobody is asked for `retry_s`, and every question is answered with
that; what was decided before goes on to hold meanwhile, however old it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from p4rsvp.daemon.decisions.opa import NoAnswerError
from p4rsvp.engine.effects import AskPolicy
from p4rsvp.engine.events import Answer, PolicyAnswer
from p4rsvp.security.rules import Ask

LOG = logging.getLogger(__name__)


class Manner(NamedTuple):
    """How a decision point is asked."""

    timeout_s: float
    cache_s: float
    cache_entries: int
    concurrent: int
    retry_s: float


class _Known(NamedTuple):
    answer: Answer
    until_s: float


class DecisionPoint:
    """One, and who waits for it."""

    def __init__(
        self,
        manner: Manner,
        ask: Callable[[Ask], Answer],
        answered: Callable[[PolicyAnswer], None],
    ) -> None:
        """Make one.

        `ask` runs on a thread and raises NoAnswerError; `answered` takes what comes of it, on the
        event loop, and never within `take`.
        """
        self.asked = 0  # over the network
        self.failed = 0
        self._manner = manner
        self._ask = ask
        self._answered = answered
        self._threads = ThreadPoolExecutor(manner.concurrent, "decision")
        self._known: OrderedDict[Ask, _Known] = OrderedDict()
        self._waiting: dict[Ask, list[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._away_until_s = float("-inf")
        self._why_away = ""

    def take(self, effect: AskPolicy) -> None:
        """A node asks."""
        ask = effect.question
        assert isinstance(ask, Ask), "what security/policy.py asks"
        loop = asyncio.get_running_loop()
        known = self._known.get(ask)
        is_away = loop.time() < self._away_until_s
        if known is not None and (is_away or loop.time() < known.until_s):
            self._known.move_to_end(ask)
            loop.call_soon(self._answered, PolicyAnswer(effect.query, known.answer))
        elif is_away:
            nobody = Answer(None, self._why_away)
            loop.call_soon(self._answered, PolicyAnswer(effect.query, nobody))
        elif ask in self._waiting:
            self._waiting[ask].append(effect.query)
        else:
            self._waiting[ask] = [effect.query]
            task = loop.create_task(self._decide(ask))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _decide(self, ask: Ask) -> None:
        loop = asyncio.get_running_loop()
        self.asked += 1
        try:
            # Who waits for a thread to be free waits within the same time.
            found = loop.run_in_executor(self._threads, self._ask, ask)
            answer = await asyncio.wait_for(found, self._manner.timeout_s)
            self._remember(ask, answer, loop.time())
        except (NoAnswerError, TimeoutError) as error:
            answer = self._gone(ask, str(error) or "no answer in time", loop.time())
        for query in self._waiting.pop(ask):
            self._answered(PolicyAnswer(query, answer))

    def _remember(self, ask: Ask, answer: Answer, now_s: float) -> None:
        self._away_until_s = float("-inf")
        self._known[ask] = _Known(answer, now_s + self._manner.cache_s)
        self._known.move_to_end(ask)
        if len(self._known) > self._manner.cache_entries:
            self._known.popitem(last=False)

    def _gone(self, ask: Ask, why: str, now_s: float) -> Answer:
        """Nobody answers: what was decided before holds, where there is such."""
        self.failed += 1
        if now_s >= self._away_until_s:
            LOG.warning("no decision point answers: %s", why)
        self._away_until_s, self._why_away = now_s + self._manner.retry_s, why
        known = self._known.get(ask)
        return Answer(None, why) if known is None else known.answer

    def close(self) -> None:
        """Ask nobody any more."""
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
