"""What an operator says of a port's link: its rate and its faults.

`2=10M` shapes port 2 to 10 Mbit/s; `2=loss:0.01,delay:5ms` gives it faults.
"""

from __future__ import annotations

import re
from typing import Final

PORTS: Final = 512  # port numbers have nine bits in v1model
QUEUE_MS: Final = 100  # of traffic at the link's rate, in each queue
LEAST_QUEUE_BYTES: Final = 16 * 1518

_MULTIPLES: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}
_TIMES_NS: Final = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)")
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s)")
_FAULTS: Final = {"loss", "duplicate", "reorder", "delay"}


def queue_bytes(rate_bytes_per_s: int) -> int:
    """How much each queue of a link of this rate holds."""
    return max(LEAST_QUEUE_BYTES, rate_bytes_per_s * QUEUE_MS // 1000)


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
