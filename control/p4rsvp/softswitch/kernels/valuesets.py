"""The parser's value sets: whether a key fits any of the members that a controller gave.

A set is the number of its members and, for each word of each member's key, a mask, the value under
it, and the lowest and highest value. So exact, ternary and prefix members are tested in the same
way as ranges. Sets are small, by their size in the program, and are searched from the front.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Words, kernel, u64

ONE = u64(1)
TWO = u64(2)
THREE = u64(3)
FOUR = u64(4)


@kernel
def in_value_set(mem: Words, place: int, key: tuple[int, ...]) -> bool:
    """True where a member fits the words of a key."""
    at = place + ONE
    for _ in range(mem[place]):
        fits = True
        for word in key:
            fits &= (word & mem[at]) == mem[at + ONE]
            fits &= (mem[at + TWO] <= word) & (word <= mem[at + THREE])
            at += FOUR
        if fits:
            return True
    return False
