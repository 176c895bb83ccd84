"""Quantities as an engineer reads them: scaled by SI prefixes, the unit always named.

RSVP counts rates in bytes per second (RFC 2215 3.6) and links are sold in bits, which confuses
every user: a rate is printed in both. Six significant digits are what single precision is good for.
"""

from math import isfinite

_PREFIXES = ("", "k", "M", "G", "T")
_ROUNDS_TO_1000 = 999.9995


def scaled(value: float, unit: str) -> str:
    """`scaled(1_250_000, "B/s")` is `1.25 MB/s`."""
    if not isfinite(value):
        return "unlimited"
    step = 0
    while value >= _ROUNDS_TO_1000 and step < len(_PREFIXES) - 1:
        value /= 1000
        step += 1
    return f"{value:.6g} {_PREFIXES[step]}{unit}"


def rate(bytes_per_s: float) -> str:
    """`rate(1_250_000)` is `1.25 MB/s (10 Mbit/s)`."""
    in_bytes = scaled(bytes_per_s, "B/s")
    return f"{in_bytes} ({scaled(bytes_per_s * 8, 'bit/s')})" if isfinite(bytes_per_s) else in_bytes


def size(count_bytes: float) -> str:
    """`size(64_000)` is `64 kB`."""
    return scaled(count_bytes, "B")


def duration(count_us: int) -> str:
    """`duration(1_500)` is `1.5 ms`, `duration(30_000_000)` is `30 s`."""
    for unit, in_us in (("s", 1_000_000), ("ms", 1000)):
        if count_us >= in_us:
            return f"{count_us / in_us:.6g} {unit}"
    return f"{count_us} us" if count_us else "0 s"
