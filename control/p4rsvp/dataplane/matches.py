"""What a match value must be by its kind (P4Runtime 9.1.1), whoever looks it up."""

from __future__ import annotations

from p4rsvp.dataplane.entities import MatchValue
from p4rsvp.dataplane.errors import Status


def match_fault(kind: str, width: int, part: MatchValue) -> tuple[Status, str] | None:
    """Why a match value cannot be, if it cannot."""
    ones = (1 << width) - 1
    if part is None:
        wrong = kind == "exact"
        return (Status.INVALID_ARGUMENT, "an exact field must be given") if wrong else None
    if isinstance(part, tuple) != (kind in {"lpm", "ternary", "range"}):
        return Status.INVALID_ARGUMENT, f"a value of another kind than {kind}"
    first, second = part if isinstance(part, tuple) else (part, 0)
    if not 0 <= first <= ones or (kind in {"ternary", "range"} and not 0 <= second <= ones):
        return Status.OUT_OF_RANGE, f"does not fit {width} bits"
    return _pair_fault(kind, width, first, second)


def _pair_fault(kind: str, width: int, first: int, second: int) -> tuple[Status, str] | None:
    """P4Runtime 9.1.1: don't-care bits are zero, and what matches everything is left out."""
    invalid = Status.INVALID_ARGUMENT
    if kind == "lpm":
        if not 0 < second <= width:
            return invalid, f"a prefix length from 1 to {width}; for 0 leave the field out"
        if first & ((1 << (width - second)) - 1):
            return invalid, "bits beyond the prefix are not zero"
    if kind == "ternary" and (not second or first & ~second):
        return (
            invalid,
            "leave a zero mask out" if not second else "bits outside the mask are not zero",
        )
    if kind == "range":
        if first > second:
            return invalid, "low is above high"
        if first == 0 and second == (1 << width) - 1:
            return invalid, "leave a range of everything out"
    return None
