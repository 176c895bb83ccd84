"""Quantities as people read them: a prefix, few digits, and always a unit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and how much of the base unit it is."""

    name: str
    size: float

    def of(self, value: float) -> float:
        """The value in this unit."""
        return value / self.size


RATES = (Unit("bit/s", 1), Unit("kbit/s", 1e3), Unit("Mbit/s", 1e6), Unit("Gbit/s", 1e9))
DELAYS = (Unit("µs", 1), Unit("ms", 1e3), Unit("s", 1e6))  # in microseconds


def fitting(units: tuple[Unit, ...], greatest: float) -> Unit:
    """The largest unit that leaves the greatest value at least 1."""
    return next((unit for unit in reversed(units) if greatest >= unit.size), units[0])


def digits(value: float) -> str:
    """Three digits that count, thousands marked, no needless zeros."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def rate(bits_per_s: float) -> str:
    """A rate."""
    unit = fitting(RATES, bits_per_s)
    return f"{digits(unit.of(bits_per_s))} {unit.name}"


def delay(delay_us: float | None) -> str:
    """A time; "none" where nothing was measured."""
    if delay_us is None:
        return "none"
    unit = fitting(DELAYS, delay_us)
    return f"{digits(unit.of(delay_us))} {unit.name}"


def duration(duration_ns: float) -> str:
    """A time that people wait for."""
    return f"{duration_ns / 1e9:,.1f} s"


def share(part: float) -> str:
    """A percentage; next to nothing is not shown as nothing."""
    if 0 < part < 0.0001:
        return "< 0.01 %"
    return f"{part * 100:.3g} %"
