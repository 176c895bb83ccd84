"""What the command line says of a port's link: its rate and its faults.

`--rate 2=10M` shapes port 2 to 10 Mbit/s; `--fault 2=loss:0.01,delay:5ms` gives it faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4rsvp.softswitch.kernels.queues import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from p4rsvp.softswitch.engine import Engine

_MULTIPLES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}
_TIMES_NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
_RATE = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)")
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s)")
_FAULTS = {"loss", "duplicate", "reorder", "delay"}
QUEUE_MS = 100  # of traffic at the link's rate, in each queue
LEAST_QUEUE_BYTES = 16 * 1518


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
        limit = max(LEAST_QUEUE_BYTES, rate * QUEUE_MS // 1000)
        engine.shape(port, rate, limit_bytes=limit)

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


def parse_rate(text: str) -> tuple[int, int]:
    """Read PORT=RATE; the rate in bit/s."""
    port, _, rate = text.partition("=")
    found = _RATE.fullmatch(rate)
    if not port.isdigit() or int(port) >= PORTS or found is None:
        raise ValueError(f"{text!r} is not PORT=RATE in bit/s, such as 2=10M")
    return int(port), round(float(found[1]) * _MULTIPLES[found[2]])


def parse_fault(text: str) -> tuple[int, dict[str, float]]:
    """Read PORT=KIND:VALUE,...; chances from 0 to 1, the delay in ns."""
    port, _, rest = text.partition("=")
    faults: dict[str, float] = {}
    for part in rest.split(","):
        kind, _, value = part.partition(":")
        if not port.isdigit() or int(port) >= PORTS or kind not in _FAULTS:
            known = ", ".join(sorted(_FAULTS))
            raise ValueError(f"{text!r} is not PORT=KIND:VALUE,... with kinds {known}")
        faults[kind] = _delay_ns(value) if kind == "delay" else _chance(text, value)
    return int(port), faults


def _chance(text: str, value: str) -> float:
    try:
        chance = float(value)
    except ValueError:
        chance = -1.0
    if not 0.0 <= chance <= 1.0:
        raise ValueError(f"{text!r}: {value} is not a chance from 0 to 1")
    return chance


def _delay_ns(text: str) -> float:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time such as 5ms")
    return float(found[1]) * _TIMES_NS[found[2]]
