"""The refresh wheel: what a node sends again and again, each at its own jittered times.

It holds serialised messages, with wherever they go, under ids that it gives out, and says which
are due. The next time of each lies between 0.5 R and 1.5 R from the last (RFC 2205 3.7), drawn for
every id and round by itself from one seed: a run repeats, in whatever order the ids come up.
`wheel_plain.py` is the reference.

A hashed timing wheel in flat arrays: a deadline belongs to a tick, a tick to one of SPOKES lists.
What lies more than a lap ahead stays in its list until its lap has come. To schedule and to cancel
costs the same however many there are. Nothing comes early, and late only as it is asked for late.

What it leaves out: sending, INTEGRITY (signed anew whenever it is sent, RFC 2747), rapid
retransmission, whose times double (RFC 2961 6), and a change of R, for which its owner cancels and
schedules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from p4rsvp.fast.jit import Int, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPOKES: Final = 4096
DEFAULT_TICK_NS: Final = 20_000_000  # a lap of 82 s; 1.5 R is 45 s for the default R of 30 s
LONGEST_PERIOD_NS: Final = 2**61
POPPED_AT_ONCE: Final = 1024

_Item = TypeVar("_Item")

# Columns of the entries, one cache line each. The entries of a spoke are a doubly linked list.
_DEADLINE, _PERIOD, _ROUND, _SPOKE, _NEXT, _PREVIOUS = range(6)
_COLUMNS: Final = 8
_NOBODY: Final = -1
_NEVER: Final = 2**63 - 1

_ID_STEP = np.uint64(0x9E3779B97F4A7C15)
_ROUND_STEP = np.uint64(0xD1B54A32D192ED03)
_MIX_FACTORS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_MIX_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))


class RefreshWheel(Generic[_Item]):
    """Items and when they are due. The id of a cancelled item is given out again."""

    def __init__(self, seed: int, now_ns: int, tick_ns: int = DEFAULT_TICK_NS) -> None:
        self._seed = np.uint64(seed)
        self._tick_ns = tick_ns
        self._tick: Int = now_ns // tick_ns  # all before this tick has been popped
        self._entries: NDArray[np.int64] = np.zeros((64, _COLUMNS), np.int64)
        self._spokes: NDArray[np.int64] = np.full(SPOKES, _NOBODY, np.int64)  # first id of each
        self._items: list[_Item | None] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._items) - len(self._free)

    def __getitem__(self, index: int) -> _Item:
        item = self._items[index]
        assert item is not None, f"nothing is scheduled under id {index}"
        return item

    def schedule(self, item: _Item, period_ns: int, now_ns: int) -> int:
        """Have this item come up, for the first time one jittered period from now; gives its id."""
        assert 0 < period_ns <= LONGEST_PERIOD_NS
        if self._free:
            index = self._free.pop()
            self._items[index] = item
        else:
            index = len(self._items)
            self._items.append(item)
        if index == len(self._entries):
            self._entries = np.concatenate([self._entries, np.zeros_like(self._entries)])
        self._entries[index, _PERIOD] = period_ns
        _wind(self._entries, self._spokes, index, now_ns, self._seed, self._tick, self._tick_ns)
        return index

    def replace(self, index: int, item: _Item) -> None:
        """Send this from now on in the place of what is scheduled, at the same times."""
        assert self._items[index] is not None, f"nothing is scheduled under id {index}"
        self._items[index] = item

    def cancel(self, index: int) -> None:
        """Forget an item."""
        assert self._items[index] is not None, f"nothing is scheduled under id {index}"
        _unlink(self._entries, self._spokes, index)
        self._items[index] = None
        self._free.append(index)

    def pop_due(self, now_ns: int, limit: int = POPPED_AT_ONCE) -> list[int]:
        """Ids that are due, up to a limit; each is wound up again, from now. Fewer: that is all."""
        due = np.empty(limit, np.int64)
        count, self._tick = _pop_due(
            self._entries, self._spokes, now_ns, self._seed, self._tick, self._tick_ns, due
        )
        found: list[int] = due[:count].tolist()
        return found

    def next_due_ns(self) -> int | None:
        """When the next item is due, if there is any."""
        due = _next_due(self._entries, self._spokes, self._tick, self._tick_ns)
        return None if due == _NEVER else int(due)


@kernel
def _delay(seed: np.uint64, index: Int, number: Int, period: Int) -> Int:
    """Between 0.5 R and 1.5 R, and not zero: SplitMix64's mixing of a counter by id and round."""
    word = seed + np.uint64(index) * _ID_STEP + np.uint64(number) * _ROUND_STEP
    word = (word ^ word >> _MIX_SHIFTS[0]) * _MIX_FACTORS[0]
    word = (word ^ word >> _MIX_SHIFTS[1]) * _MIX_FACTORS[1]
    word ^= word >> _MIX_SHIFTS[2]
    shortest, longest = (period + 1) // 2, period * 3 // 2
    return shortest + np.int64(word % np.uint64(longest - shortest + 1))


@kernel
def _wind(
    entries: NDArray[np.int64],
    spokes: NDArray[np.int64],
    index: Int,
    now: Int,
    seed: np.uint64,
    tick: Int,
    tick_ns: Int,
) -> None:
    """Draw the next deadline of an entry and put it into its spoke."""
    entry = entries[index]
    entry[_DEADLINE] = now + _delay(seed, index, entry[_ROUND], entry[_PERIOD])
    entry[_ROUND] += 1
    # What is due before the wheel's own time, because a caller's clock stepped back, comes up next.
    spoke = max(entry[_DEADLINE] // tick_ns, tick) % SPOKES
    first = spokes[spoke]
    entry[_SPOKE] = spoke
    entry[_NEXT] = first
    entry[_PREVIOUS] = _NOBODY
    if first != _NOBODY:
        entries[first, _PREVIOUS] = index
    spokes[spoke] = index


@kernel
def _unlink(entries: NDArray[np.int64], spokes: NDArray[np.int64], index: Int) -> None:
    """Take an entry out of its spoke."""
    following, previous = entries[index, _NEXT], entries[index, _PREVIOUS]
    if following != _NOBODY:
        entries[following, _PREVIOUS] = previous
    if previous != _NOBODY:
        entries[previous, _NEXT] = following
    else:
        spokes[entries[index, _SPOKE]] = following


@kernel
def _pop_due(
    entries: NDArray[np.int64],
    spokes: NDArray[np.int64],
    now: Int,
    seed: np.uint64,
    tick: Int,
    tick_ns: Int,
    due: NDArray[np.int64],
) -> tuple[Int, Int]:
    """Turn the wheel to now, or until `due` is full: how many are due, and the tick reached."""
    count: Int = 0
    last = max(now // tick_ns, tick)
    for at in range(max(tick, last - SPOKES + 1), last + 1):  # a long silence: each spoke once
        index = spokes[at % SPOKES]
        while index != _NOBODY:
            following = entries[index, _NEXT]
            if entries[index, _DEADLINE] <= now:
                if count == len(due):
                    return count, at
                due[count] = index
                count += 1
                _unlink(entries, spokes, index)
                _wind(entries, spokes, index, now, seed, last, tick_ns)
            index = following
    return count, last


@kernel
def _next_due(
    entries: NDArray[np.int64], spokes: NDArray[np.int64], tick: Int, tick_ns: Int
) -> Int:
    """The earliest deadline: of the first spoke that has one in this lap, else of all."""
    earliest: Int = _NEVER
    for at in range(tick, tick + SPOKES):
        index = spokes[at % SPOKES]
        in_this_lap = False
        while index != _NOBODY:
            deadline = entries[index, _DEADLINE]
            earliest = min(earliest, deadline)
            in_this_lap |= deadline // tick_ns <= at
            index = entries[index, _NEXT]
        if in_this_lap:
            return earliest
    return earliest
