"""A bench's figures as a table for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from p4rsvp.bench.figures import Figure
    from p4rsvp.bench.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is told of one run of a bench."""

    bench: str
    date: str  # ISO 8601, UTC
    took_s: float
    machine: dict[str, str]
    versions: dict[str, str]
    figures: dict[str, Figure]
    targets: dict[str, Target]
    left_out: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report with stable field names."""
        return {
            "bench": self.bench,
            "date": self.date,
            "took_s": round(self.took_s, 3),
            "machine": self.machine,
            "versions": self.versions,
            "left_out": self.left_out,
            "figures": [self._figure_as_json(figure) for figure in self.figures.values()],
        }

    def _figure_as_json(self, figure: Figure) -> dict[str, Any]:
        told = {
            "name": figure.name,
            "unit": figure.unit,
            "median": figure.median,
            "low": figure.low,
            "high": figure.high,
            "runs": list(figure.runs),
        }
        target = self.targets.get(figure.name)
        if target is not None:
            told["target"] = {
                "at_least": target.at_least,
                "at_most": target.at_most,
                "reason": target.reason,
                "met": target.is_met(figure),
            }
        return told

    def as_table(self) -> Table:
        """The figures, one a line, with their targets."""
        table = Table(title=f"p4rsvp bench {self.bench}", caption="\n".join(self._circumstances()))
        table.add_column("figure")
        for heading in ("median", "lowest", "highest"):
            table.add_column(heading, justify="right")
        table.add_column("unit")
        table.add_column("runs", justify="right")
        table.add_column("target")
        for figure in self.figures.values():
            target = self.targets.get(figure.name)
            values = (_number(value) for value in (figure.median, figure.low, figure.high))
            verdict = "" if target is None else _verdict(target, figure)
            table.add_row(figure.name, *values, figure.unit, str(len(figure.runs)), verdict)
        return table

    def _circumstances(self) -> Iterator[str]:
        machine = self.machine
        yield f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}"
        yield f"{machine['system']}; load {machine['load']}"
        yield ", ".join(f"{name} {version}" for name, version in self.versions.items())
        for what, why in self.left_out.items():
            yield f"left out: {what} ({why})"
        yield f"{self.date}, took {self.took_s:.1f} s; a figure is of one core"


def _number(value: float) -> str:
    """Four digits that count, thousands marked."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def _verdict(target: Target, figure: Figure) -> str:
    return f"{target}: {'met' if target.is_met(figure) else 'MISSED'}"
