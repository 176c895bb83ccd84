"""Chance for the simulator: what random.Random offers, from a generator that never changes.

A seed in a bug report must draw the same network with every Python, so the engine's own generator
(splitmix64) stands below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from p4rsvp.engine.chance import Chance

Item = TypeVar("Item")
_WHOLE = 1 << 32


class Dice:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Chance(seed)

    def happens(self, probability: float) -> bool:
        """True with this probability; draws nothing where the answer is certain."""
        return probability > 0 and self._chance.below(_WHOLE) < probability * _WHOLE

    def between(self, low: int, high: int) -> int:
        """An integer of [low, high]."""
        return low + self._chance.below(high - low + 1)

    def choice(self, items: Sequence[Item]) -> Item:
        """One of these."""
        return items[self._chance.below(len(items))]

    def sample(self, items: Iterable[Item], count: int) -> list[Item]:
        """So many of these, each once, in the order of drawing; all of them if there are fewer."""
        left = list(items)
        return [left.pop(self._chance.below(len(left))) for _ in range(min(count, len(left)))]

    def fork(self) -> Dice:
        """Other dice, so that a draw more here changes nothing there."""
        return Dice(self._chance.word())

    def seed(self) -> int:
        """A seed for somebody else."""
        return self._chance.word()
