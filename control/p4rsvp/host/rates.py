"""Rates and sizes as people write them: `5 Mbit/s`, `5Mbit`, `625 kB/s`, `1500`, `15 kB`.

Prefixes are powers of 1000, a `Ki` or `Mi` of 1024. A unit names bits or bytes; a rate without one
would be off by eight for half of its readers, and is refused. A plain number in a program is bytes
per second, as RSVP counts (RFC 2215 3.6).
"""

from __future__ import annotations

import re
from math import isfinite

_PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_PREFIXES |= {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_QUANTITY = re.compile(
    r"\s*(?P<number>\d+(\.\d*)?|\.\d+)\s*(?P<prefix>[kmgt]i?)?(?P<unit>bits?|b|bytes?)?"
    r"(?P<per>/s|ps)?\s*",
    re.IGNORECASE,
)
_BITS_PER_BYTE = 8


def rate_bytes_per_s(value: str | float) -> float:
    """A rate in bytes per second; raises ValueError with an example."""
    if not isinstance(value, str):
        return _positive(float(value), f"{value}")
    found = _QUANTITY.fullmatch(value)
    unit = found["unit"] if found is not None else None
    if found is None or unit is None:
        raise ValueError(f"{value!r} is no rate: write it as in '5 Mbit/s' or '625 kB/s'")
    return _positive(_scaled(found) / (1 if _is_bytes(unit) else _BITS_PER_BYTE), value)


def size_bytes(value: str | float) -> float:
    """A size in bytes; a bare number is one too. Raises ValueError with an example."""
    if not isinstance(value, str):
        return _positive(float(value), f"{value}")
    found = _QUANTITY.fullmatch(value)
    unit = found["unit"] if found is not None else None
    if found is None or found["per"] or (unit is not None and not _is_bytes(unit)):
        raise ValueError(f"{value!r} is no size: write it as in '1500' or '15 kB'")
    return _positive(_scaled(found), value)


def _is_bytes(unit: str) -> bool:
    """`B` is bytes; `b`, as in kbps, is bits."""
    return unit == "B" or unit.lower().startswith("byte")


def _scaled(found: re.Match[str]) -> float:
    return float(found["number"]) * _PREFIXES[(found["prefix"] or "").lower()]


def _positive(value: float, text: str) -> float:
    if value <= 0 or not isfinite(value):
        raise ValueError(f"{text!r} has to be more than nothing, and finite")
    return value
