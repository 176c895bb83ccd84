"""Rounding to IEEE single precision, which is how rates and buckets travel (RFC 2215 3.6).

What we compute ends up in an object, so it is rounded here, to the safe side, and a node's own
state equals what its peer reads.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf
from struct import Struct

_SINGLE = Struct("!f")
_BITS = Struct("!I")
SINGLE_MAX = 2.0**128 - 2.0**104

Number = int | float | Fraction


def single(value: Number) -> float:
    """The nearest single to a non-negative value; what is too large becomes the largest."""
    if value == inf:
        return inf
    found: float = _SINGLE.unpack(_SINGLE.pack(min(float(value), SINGLE_MAX)))[0]
    return found


def single_up(value: Number) -> float:
    """The smallest single that is not below a non-negative value."""
    found = single(value)
    return found if found >= value else _step(found, 1)


def single_down(value: Number) -> float:
    """The largest single that is not above a non-negative value."""
    found = single(value)
    return found if found <= value else _step(found, -1)


def _step(value: float, by: int) -> float:
    """Neighbours among non-negative singles are neighbours as integers; infinity comes last."""
    (bits,) = _BITS.unpack(_SINGLE.pack(value))
    found: float = _SINGLE.unpack(_BITS.pack(bits + by))[0]
    return found
