"""Scouting: asking for table entries before a packet's turn, when tables outgrow the caches.

A lookup in a table of megabytes is a wait for memory, and a packet has several, each depending on
the one before. But packets of a flow touch the same places. So each flow has a hint, found by a
hash of the header fields that large tables look at: the places of the entry, the meter and the
counter that its last packet touched. Ahead of each batch, the hints of all its packets are
fetched, then what they point to. A wrong hint costs a useless fetch and nothing else.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Words, kernel, prefetch, u64
from p4rsvp.softswitch.layout import Ctl, Row

HINT_WORDS = 4  # entry, meter, counter, register
HINTS = 1 << 16

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
MASK = u64(HINTS - 1)
SIZE = u64(HINT_WORDS)
HINT = u64(Row.HINT)
C_ROW_WORDS = u64(Ctl.ROW_WORDS)


@kernel
def mark(mem: Words, phv: Words, row: int, hints: int, hashed: int) -> None:
    """Note where the hint of this packet's flow is, and fetch it."""
    place = hints + (hashed & MASK) * SIZE
    phv[row + HINT] = place
    prefetch(mem, place)


@kernel
def fetch_hinted(mem: Words, phv: Words, ctl: Words, first: int, count: int) -> None:
    """Fetch what the hints of a batch point to."""
    words = ctl[C_ROW_WORDS]
    for n in range(count):
        hint = phv[ctl[first + u64(n)] * words + HINT]
        prefetch(mem, mem[hint])
        prefetch(mem, mem[hint + ONE])
        prefetch(mem, mem[hint + TWO])
