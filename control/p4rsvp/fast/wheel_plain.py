"""The reference of the refresh wheel: a dict, searched from end to end."""

from dataclasses import dataclass
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


@dataclass
class _Entry(Generic[_Item]):
    item: _Item
    period_ns: int
    deadline_ns: int


def delay_ns(seed: int, index: int, number: int, period_ns: int) -> int:
    """How long this id waits in this round: between 0.5 R and 1.5 R."""
    word = (seed + index * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) % 2**64
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ word >> 27) * 0x94D049BB133111EB % 2**64
    word ^= word >> 31
    waits_ns = range((period_ns + 1) // 2, period_ns * 3 // 2 + 1)
    return waits_ns[word % len(waits_ns)]


class PlainRefreshWheel(Generic[_Item]):
    """Items and when they are due."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.entries: dict[int, _Entry[_Item]] = {}
        self.rounds: list[int] = []  # by id: how often it was wound up, by whatever item
        self.free: list[int] = []

    def schedule(self, item: _Item, period_ns: int, now_ns: int) -> int:
        """Have this item come up; gives its id."""
        if self.free:
            index = self.free.pop()
        else:
            index = len(self.rounds)
            self.rounds.append(0)
        self.entries[index] = _Entry(item, period_ns, 0)
        self._wind(index, now_ns)
        return index

    def cancel(self, index: int) -> None:
        """Forget an item."""
        del self.entries[index]
        self.free.append(index)

    def pop_due(self, now_ns: int) -> list[int]:
        """All ids that are due; each is wound up again."""
        due = [index for index, entry in self.entries.items() if entry.deadline_ns <= now_ns]
        for index in due:
            self._wind(index, now_ns)
        return due

    def next_due_ns(self) -> int | None:
        """When the next item is due, if there is any."""
        return min((entry.deadline_ns for entry in self.entries.values()), default=None)

    def _wind(self, index: int, now_ns: int) -> None:
        entry = self.entries[index]
        wait_ns = delay_ns(self.seed, index, self.rounds[index], entry.period_ns)
        entry.deadline_ns = now_ns + wait_ns
        self.rounds[index] += 1
