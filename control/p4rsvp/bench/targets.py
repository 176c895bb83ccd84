"""The targets of the benches: read from targets.toml, held against what a bench found."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from p4rsvp.bench.figures import Figure

TARGETS = Path(__file__).with_name("targets.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The bound that the median of a figure must keep, and why."""

    reason: str
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a target has either `at_least` or `at_most`")

    def is_met(self, figure: Figure) -> bool:
        """Whether the median keeps the bound."""
        if self.at_least is not None:
            return figure.median >= self.at_least
        assert self.at_most is not None
        return figure.median <= self.at_most

    def __str__(self) -> str:
        if self.at_least is not None:
            return f"at least {_plain(self.at_least)}"
        assert self.at_most is not None
        return f"at most {_plain(self.at_most)}"


def _plain(bound: float) -> str:
    """A bound as targets.toml has it, thousands marked."""
    return f"{bound:,.0f}" if bound >= 1000 else f"{bound:g}"


def read_targets(bench: str, path: Path = TARGETS) -> dict[str, Target]:
    """The targets of this bench by the name of the figure that each is for."""
    tables = tomllib.loads(path.read_text()).get(bench, {})
    return {figure: Target(**entry) for figure, entry in tables.items()}


def shortfalls(
    figures: Mapping[str, Figure], targets: Mapping[str, Target], left_out: Iterable[str] = ()
) -> list[str]:
    """A line for each target that is missed; a figure that is not there misses its own.

    What was left out, and said to be, misses none: this machine cannot measure it.
    """
    lines = []
    for name, target in targets.items():
        figure = figures.get(name)
        if figure is None and any(part in name for part in left_out):
            continue
        if figure is None:
            lines.append(f"{name}: not measured, and its target is {target}")
        elif not target.is_met(figure):
            found = f"{figure.median:,.4g} {figure.unit}"
            lines.append(f"{name}: {found} falls short of {target} ({target.reason})")
    return lines
