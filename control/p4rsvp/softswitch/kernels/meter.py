"""The two-rate three-colour marker (RFC 2698, colour-blind), exact to byte and nanosecond.

Tokens are counted in byte-nanoseconds-per-second: a rate of r bytes a second adds r tokens a
nanosecond, and a packet of B bytes costs B * 10^9. So refills need no division and lose no
fraction. A meter is eight words, one cache line: rate, capacity and tokens of the committed and of
the peak bucket, the time of the last refill, and `reach`. Two shift counts in `reach` bound the
time that a refill may multiply: after 2^shift ns the bucket is full from any level, so a longer
gap says no more, and no product overflows.

With several workers a meter has one user at a time: the highest bit of `reach` is its lock. So
tokens are spent once, whoever comes, and a colour is as exact as with one worker. Packets of
different workers are judged in the order in which they come to the meter, and time does not run
backwards there.

A byte is one of the frame as it came in, or, for a meter whose program says so, one on the wire of
an Ethernet: a short frame is padded there, and each has a check sequence, a preamble and a gap.
"""

from __future__ import annotations

from p4rsvp.softswitch.jit import Words, atomic_and, atomic_or, kernel, u64
from p4rsvp.softswitch.layout import Ctl

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
THREE = u64(3)
FOUR = u64(4)
FIVE = u64(5)
SIX = u64(6)
SEVEN = u64(7)
EIGHT = u64(8)
SHIFT_MASK = u64(63)
LOCK = u64(1 << 63)
ALL_BUT_LOCK = u64((1 << 63) - 1)
C_WORKERS = u64(Ctl.WORKERS)
BILLION = u64(1_000_000_000)
FRAME_MIN = u64(60)  # without the check sequence
ON_WIRE = u64(24)

GREEN = u64(0)
YELLOW = u64(1)
RED = u64(2)


@kernel
def wire_bytes(length: int) -> int:
    """What a frame takes on an Ethernet."""
    return max(length, FRAME_MIN) + ON_WIRE


@kernel
def refill(rate: int, capacity: int, tokens: int, elapsed_ns: int, shift: int) -> int:
    """The bucket's level after some time without packets."""
    longest = ONE << shift
    elapsed_ns = min(elapsed_ns, longest)
    tokens += rate * elapsed_ns
    return min(capacity, tokens)


@kernel
def judge(mem: Words, meter: int, amount: int, now_ns: int) -> int:
    """Colour a packet by a meter that is set and that nobody else uses."""
    reach = mem[meter + SEVEN]
    last_ns = mem[meter + SIX]
    elapsed_ns = now_ns - last_ns if now_ns > last_ns else ZERO
    mem[meter + SIX] = last_ns + elapsed_ns
    shift = (reach >> EIGHT) & SHIFT_MASK
    committed = refill(
        mem[meter], mem[meter + ONE], mem[meter + TWO], elapsed_ns, reach & SHIFT_MASK
    )
    peak = refill(mem[meter + THREE], mem[meter + FOUR], mem[meter + FIVE], elapsed_ns, shift)
    cost = amount * BILLION
    colour = RED
    if peak >= cost:
        peak -= cost
        colour = YELLOW
        if committed >= cost:
            committed -= cost
            colour = GREEN
    mem[meter + TWO] = committed
    mem[meter + FIVE] = peak
    return colour


@kernel
def execute_meter(mem: Words, ctl: Words, meter: int, amount: int, now_ns: int) -> int:
    """Colour a packet of `amount` bytes (or 1 packet); unset meters say green."""
    if mem[meter + SEVEN] == ZERO:
        return GREEN
    if ctl[C_WORKERS] <= ONE:
        return judge(mem, meter, amount, now_ns)
    while (atomic_or(mem, meter + SEVEN, LOCK) & LOCK) != ZERO:
        pass
    colour = judge(mem, meter, amount, now_ns)
    atomic_and(mem, meter + SEVEN, ALL_BUT_LOCK)
    return colour
