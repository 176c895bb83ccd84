"""Sequence numbers (RFC 2747 3, 4.2): those that we give out, and those that we have seen.

Both are 64-bit numbers that grow modulo 2^64. Ours are NTP timestamps of the wall clock (3.2), so
that they grow over a restart with nothing kept on disk; a clock that was set back across a restart
is for the neighbours' handshakes to mend (4.3).
"""

from __future__ import annotations

from collections import deque

NS_PER_S = 1_000_000_000
_NTP_EPOCH_S = 2_208_988_800  # from 1900 to 1970 (RFC 5905 6)
_MASK = (1 << 64) - 1
_HALF = 1 << 63


class Sequence:
    """The numbers of one sender, for all of its keys: each is larger than all before it."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = 0

    def next(self, wall_ns: int) -> int:
        """The next number at this time since 1970; a clock that stands still or back adds one."""
        stamp = ((wall_ns << 32) // NS_PER_S + (_NTP_EPOCH_S << 32)) & _MASK
        last = self._last
        if not 0 < (stamp - last) & _MASK < _HALF and last:
            stamp = (last + 1) & _MASK
        self._last = stamp
        return stamp


class Window:
    """The numbers that one sender has used with one key: the last few, and none before them.

    RFC 2747 4.2 (6): a number is good if it is the largest so far, or lies within the window and
    has not been seen. `has_room_for` asks, `add` states: a message may still fail in between.
    """

    __slots__ = ("_seen",)

    def __init__(self, first: int, messages: int) -> None:
        """Begin with a number that the sender has used; `messages` 1 takes none out of order."""
        self._seen: deque[int] = deque((first,), messages)

    def has_room_for(self, number: int) -> bool:
        """Whether a message with this number is neither a repetition nor too old."""
        seen = self._seen
        ahead = (number - seen[-1]) & _MASK
        if 0 < ahead < _HALF:
            return True
        return 0 < (number - seen[0]) & _MASK < _HALF and number not in seen

    def add(self, number: int) -> None:
        """A message with this number is good; there was room for it."""
        seen = self._seen
        if 0 < (number - seen[-1]) & _MASK < _HALF:
            seen.append(number)  # and the oldest goes, where the window is full
            return
        later = []
        while 0 < (seen[-1] - number) & _MASK < _HALF:
            later.append(seen.pop())
        if len(seen) + len(later) == seen.maxlen:
            seen.popleft()
        seen.append(number)
        seen.extend(reversed(later))
