"""One object for equal values: of a million states, few differ in their hops and demands.

Only for immutable values. What is remembered is bounded; forgetting costs memory and nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TypeVar

from p4rsvp.wire.address import Address
from p4rsvp.wire.hop import Hop, TimeValues

MOST_SHARED = 65_536

_Value = TypeVar("_Value", bound=Hashable)

_shared: dict[Hashable, Hashable] = {}


def share(value: _Value) -> _Value:
    """Give an object equal to `value`: the one that was given before, if there was one."""
    known = _shared.get(value)
    if known is not None and type(known) is type(value):
        return known
    if len(_shared) >= MOST_SHARED:
        _shared.clear()
    _shared[value] = value
    return value


@lru_cache(MOST_SHARED)
def hop(address: Address, lih: int) -> Hop:
    """Make an RSVP_HOP of ours; messages to one neighbour have the same."""
    return Hop(address, lih)


@lru_cache(MOST_SHARED)
def time_values(refresh_period_ms: int) -> TimeValues:
    """Make a TIME_VALUES of ours."""
    return TimeValues(refresh_period_ms)
