"""Adds records up, by user, session or day. Pure.

Amounts in records are cumulative, so what counts is what each adds to the one before it of the same
reservation; it belongs to the day on which the record was written. A reservation with several users
counts for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

AMOUNTS: Final = (
    "sent_bytes",
    "demoted_bytes",
    "dropped_bytes",
    "sent_packets",
    "demoted_packets",
    "dropped_packets",
    "duration_s",
)
NOBODY: Final = "(nobody)"


@dataclass(slots=True)
class Sum:
    """What one user, session or day comes to."""

    reservations: set[str] = field(default_factory=set)  # by id
    amounts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(AMOUNTS, 0))


def summed(records: Iterable[dict[str, Any]], by: str) -> dict[str, Sum]:
    """The sums by "user", "session" or "day", in the order of their names."""
    sums: dict[str, Sum] = {}
    before: dict[str, dict[str, float]] = {}
    for record in records:
        name = record["id"]
        now = {key: _number(record.get(key)) for key in AMOUNTS}
        last = before.get(name, {})
        for key in _keys(record, by):
            one = sums.setdefault(key, Sum())
            one.reservations.add(name)
            for amount, value in now.items():
                one.amounts[amount] += max(value - last.get(amount, 0), 0)
        before[name] = now
        if record.get("record") == "stop":
            del before[name]
    return dict(sorted(sums.items()))


def _keys(record: dict[str, Any], by: str) -> list[str]:
    if by == "day":
        return [str(record.get("time", ""))[:10]]
    if by == "session":
        return [str(record.get("session", ""))]
    return [str(user) for user in record.get("users") or [NOBODY]]


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
