"""Which reservations give way to one that there is no room for: pure (RFC 3181 leaves the choice).

The smallest set that makes room: the fewest reservations; of such sets the one of the least rate;
of those the one of the lowest priorities, and then the youngest. Without any one of a set there
would be no room. A set of one is found by a look at each. For more the search is exact as long as
it ends within `MOST_STEPS`, which it does for dozens of reservations; beyond that those come first
that give most of what is missing, and what turns out superfluous is spared. So the work is bounded
by the number of reservations on the link, and a peer cannot make it more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from p4rsvp.intserv.admission import Amounts, Demand, amounts
from p4rsvp.wire.intserv import Service

MOST_STEPS = 20_000


class Standing(NamedTuple):
    """A reservation that may have to give way."""

    key: int  # the larger, the younger
    demand: Demand
    priority: int  # with which it defends itself


class _Item(NamedTuple):
    key: int
    rate_bytes_per_s: int
    gives: Amounts  # of what is missing, and no more than that
    rank: tuple[int, int]  # priority and age: of two that are alike the lower gives way


_Cost: TypeAlias = tuple[int, list[tuple[int, int]]]
_NOTHING = Amounts(0, 0, 0)


def smallest(
    standing: Iterable[Standing], service: Service, missing: Amounts
) -> tuple[int, ...] | None:
    """The keys whose end makes room where so much is missing for a service; None: no set does."""
    items = []
    for one in standing:
        gives = _least(amounts(one.demand, service), missing)
        if not gives.is_nothing:
            rank = one.priority, -one.key
            items.append(_Item(one.key, one.demand.rate_bytes_per_s, gives, rank))
    enough = _by_size(items, missing)
    if enough is None:
        return None
    alone = [item for item in items if item.gives == missing]
    if alone:
        return (min(alone, key=lambda item: (item.rate_bytes_per_s, item.rank)).key,)
    found = _Search(items, missing).within(len(enough)) or enough
    return tuple(sorted(item.key for item in found))


def _least(a: Amounts, b: Amounts) -> Amounts:
    return Amounts(*map(min, a, b))


def _covers(items: Iterable[_Item], missing: Amounts) -> bool:
    for item in items:
        missing = missing.minus(item.gives)
    return missing.is_nothing


def _by_size(items: Sequence[_Item], missing: Amounts) -> list[_Item] | None:
    """Enough of those that give most, and none that could be spared."""
    weights = [1 / amount if amount else 0.0 for amount in missing]

    def share(item: _Item) -> float:
        return sum(w * amount for w, amount in zip(weights, item.gives, strict=True))

    chosen: list[_Item] = []
    left = missing
    for item in sorted(items, key=lambda item: (-share(item), item.rate_bytes_per_s, item.rank)):
        if left.is_nothing:
            break
        after = left.minus(item.gives)
        if after != left:
            chosen.append(item)
            left = after
    if not left.is_nothing:
        return None
    return _without_superfluous(chosen, missing)


def _without_superfluous(chosen: list[_Item], missing: Amounts) -> list[_Item]:
    """Spare whom the others make up for, the largest first: in one pass over running sums."""
    sums = Amounts(*[sum(part) for part in zip(*(item.gives for item in chosen), strict=True)])
    kept = []
    for item in chosen:
        rest = Amounts(*[a - b for a, b in zip(sums, item.gives, strict=True)])
        if missing.minus(rest).is_nothing:
            sums = rest
        else:
            kept.append(item)
    return kept


class _Search:
    """Sets of equal size, by branch and bound; the largest reservations are looked at first."""

    def __init__(self, items: Iterable[_Item], missing: Amounts) -> None:
        self._items = sorted(items, key=lambda item: (-item.rate_bytes_per_s, -item.key))
        self._missing = missing
        # Of the items from each place on: the most that one gives.
        self._most = [_NOTHING] * (len(self._items) + 1)
        for place in range(len(self._items) - 1, -1, -1):
            gives = self._items[place].gives
            self._most[place] = Amounts(*map(max, self._most[place + 1], gives))
        self._steps = 0
        self._cost: _Cost = (0, [])
        self._best: list[_Item] | None = None

    def within(self, most: int) -> list[_Item] | None:
        """The best set of no more than so many; None: not found in time."""
        for size in range(2, most + 1):
            self._extend([], 0, size, 0, self._missing)
            if self._steps > MOST_STEPS:
                return None  # what has been found may not be the best
            if self._best is not None:
                return self._best
        return None

    def _extend(
        self, chosen: list[_Item], start: int, more: int, rate: int, missing: Amounts
    ) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            return
        if not more:
            if missing.is_nothing:
                self._offer(chosen, rate)
            return
        for place in range(start, len(self._items) - more + 1):
            if any(
                lack > more * most for lack, most in zip(missing, self._most[place], strict=True)
            ):
                return  # nor would any further on
            item = self._items[place]
            total = rate + item.rate_bytes_per_s
            least = total + (more - 1) * self._items[-1].rate_bytes_per_s
            if self._best is None or least <= self._cost[0]:
                left = missing.minus(item.gives)
                self._extend([*chosen, item], place + 1, more - 1, total, left)

    def _offer(self, chosen: list[_Item], rate: int) -> None:
        cost = rate, sorted((item.rank for item in chosen), reverse=True)
        if self._best is None or cost < self._cost:
            self._best, self._cost = chosen, cost
