"""Rates and faults of a switch's links, for the engines that it has and those that it will have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4rsvp.dataplane.links import queue_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from p4rsvp.softswitch.engine import Engine


@dataclass(slots=True)
class Links:
    """Rates in bit/s and faults, by port."""

    rates: dict[int, int] = field(default_factory=dict)
    faults: dict[int, dict[str, float]] = field(default_factory=dict)
    seed: int = 1

    def prepare(self, engine: Engine) -> None:
        """Set an engine up."""
        for port, rate_bits_per_s in self.rates.items():
            self._shape(engine, port, rate_bits_per_s)
        for port, faults in self.faults.items():
            self._impair(engine, port, faults)

    def shape(self, port: int, rate_bits_per_s: int, engines: Iterable[Engine]) -> None:
        """Give a link another rate, in these engines and all that are made later; 0 lifts it."""
        self.rates[port] = rate_bits_per_s
        for engine in engines:
            self._shape(engine, port, rate_bits_per_s)

    @staticmethod
    def _shape(engine: Engine, port: int, rate_bits_per_s: int) -> None:
        rate = rate_bits_per_s // 8
        engine.shape(port, rate, limit_bytes=queue_bytes(rate))

    def impair(self, port: int, faults: dict[str, float], engines: Iterable[Engine]) -> None:
        """Give a link other faults, in these engines and all that are made later."""
        self.faults[port] = faults
        for engine in engines:
            self._impair(engine, port, faults)

    def _impair(self, engine: Engine, port: int, faults: dict[str, float]) -> None:
        engine.impair(
            port,
            loss=faults.get("loss", 0.0),
            duplicate=faults.get("duplicate", 0.0),
            reorder=faults.get("reorder", 0.0),
            delay_ns=round(faults.get("delay", 0.0)),
            seed=self.seed + engine.number,
        )
