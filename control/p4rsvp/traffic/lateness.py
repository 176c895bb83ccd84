"""When a sender was behind its schedule: spans of time, in words that others may read meanwhile.

A span lasts from when the first late packet was due to when the last one left; late ones that were
due within a span lengthen it. A sender that is microseconds late is on time: only what is later
than `LATE_NS` is told. Where there are too many spans, the last one holds all that follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.jit import Words, kernel, u64

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LATE_NS = 20_000_000
MOST_SPANS = 255
LATENESS_WORDS = 1 + 2 * MOST_SPANS  # how many spans, and the beginning and end of each

ONE = u64(1)
TWO = u64(2)
LATE = u64(LATE_NS)
SPANS = u64(MOST_SPANS)


@kernel
def note_lateness(lateness: Words, due: int, left: int) -> None:
    """A packet was due, and left."""
    if left <= due + LATE:
        return
    count = lateness[0]
    end = count * TWO  # of the last span; while there is none, the count itself, which is 0
    if count == SPANS:
        lateness[end] = left
    elif lateness[end] > due:
        lateness[end] = max(lateness[end], left)
    else:
        lateness[end + ONE] = due
        lateness[end + TWO] = left
        lateness[0] = count + ONE


def late_spans(lateness: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Beginning and end of each, by the clock that the packets were noted by."""
    count = int(lateness[0])
    pairs: list[list[int]] = lateness[1 : 1 + 2 * count].reshape(-1, 2).tolist()
    return [(begin, end) for begin, end in pairs]
