"""Chance from a seed: the jitter of refreshes and the identifiers that peers must not guess.

The engine may not draw from the world, or a run would not replay; so its generator (splitmix64) is
a number that it carries. Not for keys.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1


class Chance:
    """A stream of pseudo-random numbers."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def word(self) -> int:
        """64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
        return mixed ^ mixed >> 31

    def below(self, bound: int) -> int:
        """An integer from 0 to bound - 1; the bias is bound / 2**64."""
        return self.word() * bound >> 64

    def jittered_ns(self, period_ms: int) -> int:
        """A wait in [0.5R, 1.5R], so that nodes do not fall into step (RFC 2205 3.7, rule 1)."""
        period_ns = period_ms * 1_000_000
        return period_ns // 2 + (self.word() * (period_ns + 1) >> 64)
