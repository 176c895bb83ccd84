"""The policer: token buckets of RFC 2215 3.6 in integers, a packet and a nanosecond at a time.

Conformance is that of RFC 2211 7 and RFC 2212 ("Policing"): a flow may send rT + b bytes in any
time T and, where it has a peak rate, M + pT. A packet shorter than m counts as m, one longer than M
never conforms, and a packet that does not conform takes no tokens. `policer_plain.py` is the
reference.

Tokens are counted in nanobytes, 10^-9 of a byte, because a rate in bytes a second times a time in
nanoseconds is a whole number of those: nothing is ever rounded, so nothing drifts, however long a
bucket runs and however finely its packets are spaced. The price is a limit of 9 GB a bucket (RFC
2215 knows 250 GB), beyond which a bucket is refused.

A batch is policed packet by packet, also where many of them share a bucket. A clock that steps back
gives no tokens. What happens to a packet that does not conform is for others to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.fast.jit import Int, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NANO: Final = 10**9
LARGEST_BUCKET_BYTES: Final = 9 * 10**9
LARGEST_RATE_BYTES_PER_S: Final = 40 * 10**12  # RFC 2215 3.6: 40 terabytes a second
LARGEST_PACKET_BYTES: Final = 0xFFFF


class Verdict(IntEnum):
    """What the policer says of a packet."""

    CONFORMS = 0
    EXCESS = 1  # not enough tokens
    TOO_LONG = 2  # longer than M


@dataclass(frozen=True, slots=True)
class Profile:
    """A token bucket in whole bytes: r, b, m, M and p; without a peak only r and b are policed."""

    rate_bytes_per_s: int
    bucket_bytes: int
    min_policed_bytes: int
    max_packet_bytes: int
    peak_rate_bytes_per_s: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the arithmetic cannot hold."""
        limits = (
            ("rate_bytes_per_s", self.rate_bytes_per_s, 0, LARGEST_RATE_BYTES_PER_S),
            ("bucket_bytes", self.bucket_bytes, 0, LARGEST_BUCKET_BYTES),
            ("max_packet_bytes", self.max_packet_bytes, 1, LARGEST_PACKET_BYTES),
            ("min_policed_bytes", self.min_policed_bytes, 0, self.max_packet_bytes),
            ("peak_rate_bytes_per_s", self.peak_rate_bytes_per_s, 1, LARGEST_RATE_BYTES_PER_S),
        )
        for name, value, low, high in limits:
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name} is {value}: want {low} to {high}")


# Columns of the buckets, one cache line each. A peak rate of 0 means that there is none.
_RATE, _FULL, _LEVEL, _PEAK_RATE, _PEAK_LEVEL, _MIN_POLICED, _MAX_PACKET, _LAST = range(8)
_COLUMNS: Final = 8
_CONFORMS, _EXCESS, _TOO_LONG = map(int, Verdict)


class Policer:
    """A row of buckets, each with its own profile."""

    def __init__(self, buckets: int) -> None:
        self._rows: NDArray[np.int64] = np.zeros((buckets, _COLUMNS), np.int64)

    def install(self, bucket: int, profile: Profile, now_ns: int) -> None:
        """Give a bucket this profile, and fill it."""
        self._write(bucket, profile, now_ns)
        row = self._rows[bucket]
        row[_LEVEL] = row[_FULL]
        row[_PEAK_LEVEL] = row[_MAX_PACKET] * NANO

    def change(self, bucket: int, profile: Profile, now_ns: int) -> None:
        """Give a bucket another profile and leave it the tokens that it has, as far as they fit.

        Filling it anew would let a flow that modifies its reservation send a burst each time.
        """
        row = self._rows[bucket]
        _refill(row, now_ns)
        self._write(bucket, profile, now_ns)
        row[_LEVEL] = min(row[_LEVEL], row[_FULL])
        row[_PEAK_LEVEL] = min(row[_PEAK_LEVEL], row[_MAX_PACKET] * NANO)

    def level_bytes(self, bucket: int) -> float:
        """The tokens in a bucket when its last packet had passed."""
        return float(self._rows[bucket, _LEVEL]) / NANO

    def police(
        self,
        buckets: NDArray[np.int64],
        lengths_bytes: NDArray[np.int64],
        times_ns: NDArray[np.int64],
    ) -> NDArray[np.uint8]:
        """Judge packets in their order, each by its bucket, its IP length and its time."""
        verdicts = np.empty(len(buckets), np.uint8)
        _police(self._rows, buckets, lengths_bytes, times_ns, verdicts)
        return verdicts

    def _write(self, bucket: int, profile: Profile, now_ns: int) -> None:
        row = self._rows[bucket]
        row[_RATE] = profile.rate_bytes_per_s
        row[_FULL] = profile.bucket_bytes * NANO
        row[_PEAK_RATE] = profile.peak_rate_bytes_per_s or 0
        row[_MIN_POLICED] = profile.min_policed_bytes
        row[_MAX_PACKET] = profile.max_packet_bytes
        row[_LAST] = now_ns


@kernel
def _filled(level: Int, full: Int, rate: Int, elapsed: Int) -> Int:
    """The level after some time; the product is only formed where it fits, which is below full."""
    missing = full - level
    if rate == 0 or missing == 0:
        return level
    if elapsed > missing // rate:
        return full
    return level + rate * elapsed


@kernel
def _refill(row: NDArray[np.int64], now: Int) -> None:
    """Let the time since the last packet flow into both buckets of a row."""
    elapsed = now - row[_LAST]
    if elapsed <= 0:
        return
    row[_LAST] = now
    row[_LEVEL] = _filled(row[_LEVEL], row[_FULL], row[_RATE], elapsed)
    peak_full = row[_MAX_PACKET] * NANO
    row[_PEAK_LEVEL] = _filled(row[_PEAK_LEVEL], peak_full, row[_PEAK_RATE], elapsed)


@kernel
def _police(
    rows: NDArray[np.int64],
    buckets: NDArray[np.int64],
    lengths: NDArray[np.int64],
    times: NDArray[np.int64],
    verdicts: NDArray[np.uint8],
) -> None:
    """Judge each packet, and take its tokens where it conforms."""
    for i in range(len(buckets)):
        row = rows[buckets[i]]
        _refill(row, times[i])
        if lengths[i] > row[_MAX_PACKET]:
            verdicts[i] = _TOO_LONG
            continue
        tokens = max(lengths[i], row[_MIN_POLICED]) * NANO
        peaked = row[_PEAK_RATE] != 0
        if row[_LEVEL] < tokens or (peaked and row[_PEAK_LEVEL] < tokens):
            verdicts[i] = _EXCESS
            continue
        verdicts[i] = _CONFORMS
        row[_LEVEL] -= tokens
        if peaked:
            row[_PEAK_LEVEL] -= tokens
