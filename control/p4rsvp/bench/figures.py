"""What a bench finds: figures, each with all its runs, so that the spread can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured several times."""

    name: str
    unit: str
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.runs)

    @property
    def low(self) -> float:
        return min(self.runs)

    @property
    def high(self) -> float:
        return max(self.runs)


def ratio(name: str, over: Figure, under: Figure) -> Figure:
    """Divide two figures round by round: what disturbs the machine in a round disturbs both."""
    assert over.unit == under.unit, f"{over.name} and {under.name} differ in their unit"
    pairs = zip(over.runs, under.runs, strict=True)
    return Figure(name, "times", tuple(upper / lower for upper, lower in pairs))
