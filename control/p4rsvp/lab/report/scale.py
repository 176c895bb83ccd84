"""From quantities to pixels, and where an axis has its ticks. Pure arithmetic.

A tick is a round number: 1, 2 or 5 times a power of ten. A logarithmic axis has them at least at
the powers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True, slots=True)
class Linear:
    """Equal steps are equally far apart."""

    low: float
    high: float
    start_px: float
    end_px: float
    most_ticks: int = 6

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start_px + share * (self.end_px - self.start_px)

    def ticks(self) -> list[float]:
        """Round numbers within the range, no more than wanted."""
        step = round_step((self.high - self.low) / self.most_ticks)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Equal factors are equally far apart; what is below the range is drawn at its end."""

    low: float
    high: float
    start_px: float
    end_px: float

    def __call__(self, value: float) -> float:
        share = log10(max(value, self.low) / self.low) / log10(self.high / self.low)
        return self.start_px + share * (self.end_px - self.start_px)

    def ticks(self) -> list[float]:
        """The powers of ten; where they are few, 2 and 5 times them as well."""
        first, last = floor(log10(self.low)), ceil(log10(self.high))
        digits = (1,) if last - first > 3 else (1, 2, 5)
        every = (digit * 10.0**power for power in range(first, last + 1) for digit in digits)
        return [tick for tick in every if self.low * 0.999 <= tick <= self.high * 1.001]


Scale = Linear | Logarithmic


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least so much."""
    power = 10.0 ** floor(log10(least))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))


def upwards(values: Iterable[float], start_px: float, end_px: float, at_least: float = 0) -> Linear:
    """An axis from 0 to a round number over the greatest value."""
    greatest = max(max(values, default=0) * 1.02, at_least) or 1
    step = round_step(greatest / 5)
    return Linear(0, ceil(greatest / step - 1e-9) * step, start_px, end_px, most_ticks=5)


def by_factors(values: Iterable[float], start_px: float, end_px: float) -> Scale:
    """A logarithmic axis between round numbers; one from 0 where all values are much the same."""
    positive = [value for value in values if value > 0]
    if not positive or max(positive) / min(positive) < 30:
        return upwards(positive, start_px, end_px)
    low = 10.0 ** floor(log10(min(positive)))
    top = max(positive) * 1.1
    return Logarithmic(low, round_step(top), start_px, end_px)
