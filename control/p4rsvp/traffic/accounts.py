"""What became of each flow's packets: counts, delays and a series over time, in flat arrays.

Loss, duplicates (RFC 5560) and reordering (RFC 4737: a packet is reordered when one with a higher
number came before it) are exact: every number of a flow has a bit. Delays are one way (RFC 7679):
from the stamp to the kernel's time of arrival, both of the one clock of this machine. The histogram
has 32 places an octave, so that a percentile is within 3 %. Jitter is RFC 3550 6.4.1's, in
integers as in its appendix A.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from p4rsvp.softswitch.jit import Words, kernel, u64
from p4rsvp.traffic.memory import NewWords, new_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

OCTAVE_BITS = 5
PLACES = (64 - OCTAVE_BITS + 1) << OCTAVE_BITS


class Flow(IntEnum):
    """Words of a flow's account."""

    RECEIVED = 0  # distinct packets
    BYTES = 1
    DUPLICATES = 2
    REORDERED = 3
    NEXT = 4  # one above the highest number that came
    DELAY_NS = 5  # summed
    SHORTEST_NS = 6
    LONGEST_NS = 7
    FIRST_NS = 8  # arrival, ns since the epoch
    LAST_NS = 9
    BEYOND = 10  # packets whose numbers are above what the bits hold: not accounted for
    LAST_DELAY_NS = 11
    JITTER = 12  # in 16ths of a nanosecond
    WORDS = 16


class Bin(IntEnum):
    """Words of a bin of the series."""

    PACKETS = 0
    BYTES = 1
    DELAY_NS = 2  # summed
    LONGEST_NS = 3
    SHORTEST_NS = 4
    JITTER_NS = 5  # at the end of the bin
    GAP_NS = 6  # the longest time between arrivals that ended in this bin
    WORDS = 8


class Shape(IntEnum):
    """Words that tell the kernel how large its arrays are."""

    FLOWS = 0
    BIT_WORDS = 1  # of each flow
    BINS = 2  # of each flow
    BIN_NS = 3
    ORIGIN_NS = 4  # of the series, ns since the epoch
    STRANGERS = 5  # frames without a stamp, or of no flow of ours
    STOP = 6
    RING = 7
    CLOCK_AT = 8
    CLOCK = 9
    WORDS = 11


ZERO = u64(0)
ONE = u64(1)
FOUR = u64(4)
EIGHT = u64(8)
SIX = u64(6)
LOW_SIX = u64(63)
FINE = u64(OCTAVE_BITS)
FINE_COUNT = u64(1 << OCTAVE_BITS)
HISTOGRAM = u64(PLACES)
FLOW_WORDS = u64(Flow.WORDS)
RECEIVED = u64(Flow.RECEIVED)
BYTES = u64(Flow.BYTES)
DUPLICATES = u64(Flow.DUPLICATES)
REORDERED = u64(Flow.REORDERED)
NEXT = u64(Flow.NEXT)
DELAY = u64(Flow.DELAY_NS)
SHORTEST = u64(Flow.SHORTEST_NS)
LONGEST = u64(Flow.LONGEST_NS)
FIRST = u64(Flow.FIRST_NS)
LAST = u64(Flow.LAST_NS)
BEYOND = u64(Flow.BEYOND)
LAST_DELAY = u64(Flow.LAST_DELAY_NS)
JITTER = u64(Flow.JITTER)
BIN_WORDS = u64(Bin.WORDS)
BIN_BYTES = u64(Bin.BYTES)
BIN_DELAY = u64(Bin.DELAY_NS)
BIN_LONGEST = u64(Bin.LONGEST_NS)
BIN_SHORTEST = u64(Bin.SHORTEST_NS)
BIN_JITTER = u64(Bin.JITTER_NS)
BIN_GAP = u64(Bin.GAP_NS)
BIT_WORDS = u64(Shape.BIT_WORDS)
BINS = u64(Shape.BINS)
BIN_NS = u64(Shape.BIN_NS)
ORIGIN = u64(Shape.ORIGIN_NS)


@kernel
def histogram_place(value: int) -> int:
    """The place of a value: exact below 32, then 32 places an octave."""
    octave = ZERO
    while (value >> octave) >= FINE_COUNT + FINE_COUNT:
        octave += ONE
    return octave * FINE_COUNT + (value >> octave)


@kernel
def account_in_time(
    shape: Words, series: Words, flow: int, length: int, arrived: int, delay: int, jitter: int,
    gap: int,
) -> None:  # fmt: skip
    """Enter a packet into the series."""
    if arrived < shape[ORIGIN]:
        return
    number = (arrived - shape[ORIGIN]) // shape[BIN_NS]
    if number >= shape[BINS]:
        return
    place = (flow * shape[BINS] + number) * BIN_WORDS
    if series[place] == ZERO:
        series[place + BIN_SHORTEST] = delay
    series[place] += ONE
    series[place + BIN_BYTES] += length
    series[place + BIN_DELAY] += delay
    series[place + BIN_LONGEST] = max(series[place + BIN_LONGEST], delay)
    series[place + BIN_SHORTEST] = min(series[place + BIN_SHORTEST], delay)
    series[place + BIN_JITTER] = jitter
    series[place + BIN_GAP] = max(series[place + BIN_GAP], gap)


@kernel
def account_jitter(accounts: Words, row: int, delay: int) -> int:
    """Take a delay that follows another into the jitter; answers that in ns."""
    before = accounts[row + LAST_DELAY]
    change = delay - before if delay > before else before - delay
    jitter = accounts[row + JITTER]
    jitter += change
    jitter -= (accounts[row + JITTER] + EIGHT) >> FOUR
    accounts[row + JITTER] = jitter
    return jitter >> FOUR


@kernel
def account(
    shape: Words, accounts: Words, seen: Words, histogram: Words, series: Words, flow: int,
    sequence: int, length: int, sent: int, arrived: int,
) -> None:  # fmt: skip
    """Enter a packet of a flow."""
    row = flow * FLOW_WORDS
    if (sequence >> SIX) >= shape[BIT_WORDS]:
        accounts[row + BEYOND] += ONE
        return
    word = flow * shape[BIT_WORDS] + (sequence >> SIX)
    bit = ONE << (sequence & LOW_SIX)
    if (seen[word] & bit) != ZERO:
        accounts[row + DUPLICATES] += ONE
        return
    seen[word] |= bit
    if sequence < accounts[row + NEXT]:
        accounts[row + REORDERED] += ONE
    else:
        accounts[row + NEXT] = sequence + ONE
    delay = arrived - sent if arrived > sent else ZERO
    jitter, gap = ZERO, ZERO
    if accounts[row + RECEIVED] == ZERO:
        accounts[row + FIRST] = arrived
        accounts[row + SHORTEST] = delay
    else:
        jitter = account_jitter(accounts, row, delay)
        gap = arrived - accounts[row + LAST] if arrived > accounts[row + LAST] else ZERO
    accounts[row + LAST_DELAY] = delay
    accounts[row + RECEIVED] += ONE
    accounts[row + BYTES] += length
    accounts[row + DELAY] += delay
    accounts[row + SHORTEST] = min(accounts[row + SHORTEST], delay)
    accounts[row + LONGEST] = max(accounts[row + LONGEST], delay)
    accounts[row + LAST] = arrived
    histogram[flow * HISTOGRAM + histogram_place(delay)] += ONE
    account_in_time(shape, series, flow, length, arrived, delay, jitter, gap)


@dataclass(frozen=True, slots=True)
class FlowReport:
    """What became of one flow; delays are one way, in ns."""

    sent: int
    received: int  # distinct packets
    lost: int
    duplicates: int
    reordered: int
    bytes: int
    beyond: int
    first_ns: int  # arrival of the first and the last, ns since the epoch
    last_ns: int
    shortest_ns: int
    mean_ns: float
    longest_ns: int
    histogram: NDArray[np.uint64]
    series: NDArray[np.uint64]  # a row of Bin's words for each bin

    def percentile_ns(self, percent: float) -> float:
        """A delay that this share of the packets kept, to 3 %; 0 where none came."""
        wanted = self.received * percent / 100
        if not self.received:
            return 0.0
        place = int(np.searchsorted(np.cumsum(self.histogram), wanted))
        octave = max(place // (1 << OCTAVE_BITS) - 1, 0)
        low = (place - (octave << OCTAVE_BITS)) << octave
        middle = low + ((1 << octave) - 1) / 2
        return float(min(max(middle, self.shortest_ns), self.longest_ns))


class Accounts:
    """The accounts of all flows of a receiver."""

    def __init__(
        self, flows: int, *, most_packets: int, bins: int, bin_ns: int, words: NewWords = new_words
    ) -> None:
        bit_words = -(-most_packets // 64)
        self.shape = np.zeros(Shape.WORDS, dtype=np.uint64)
        self.shape[[Shape.FLOWS, Shape.BIT_WORDS, Shape.BINS]] = flows, bit_words, bins
        self.shape[Shape.BIN_NS] = bin_ns
        self.accounts = words(flows * Flow.WORDS)
        self.seen = words(flows * bit_words)
        self.histogram = words(flows * PLACES)
        self.series = words(flows * bins * Bin.WORDS)

    @property
    def arrays(self) -> tuple[NDArray[np.uint64], ...]:
        """What the kernels take."""
        return self.shape, self.accounts, self.seen, self.histogram, self.series

    @property
    def strangers(self) -> int:
        """Frames that were not of these flows."""
        return int(self.shape[Shape.STRANGERS])

    def clear(self) -> None:
        """Begin anew; not while somebody receives."""
        for array in self.arrays[1:]:
            array[:] = 0
        self.shape[Shape.STRANGERS] = 0

    @property
    def received(self) -> int:
        """Distinct packets of all flows."""
        return int(self.accounts[Flow.RECEIVED :: Flow.WORDS].sum())

    def report(self, flow: int, sent: int | None = None) -> FlowReport:
        """What became of a flow; without `sent`, the highest number that came says how many."""
        words = self.accounts.reshape(-1, Flow.WORDS)[flow]
        return _report(words, self._series[flow], self._histograms[flow], sent)

    def total(self, sent: int | None = None) -> FlowReport:
        """What became of all flows together."""
        rows = self.accounts.reshape(-1, Flow.WORDS)
        words = rows.sum(axis=0)
        came = rows[rows[:, Flow.RECEIVED] > 0]
        if len(came):
            for word in (Flow.FIRST_NS, Flow.SHORTEST_NS):
                words[word] = came[:, word].min()
            for word in (Flow.LAST_NS, Flow.LONGEST_NS):
                words[word] = came[:, word].max()
        series = self._series.sum(axis=0)
        for place in (Bin.LONGEST_NS, Bin.JITTER_NS, Bin.GAP_NS):
            series[:, place] = self._series[:, :, place].max(axis=0)
        is_empty = self._series[:, :, Bin.PACKETS] == 0
        shortest = np.where(is_empty, ~np.uint64(0), self._series[:, :, Bin.SHORTEST_NS])
        series[:, Bin.SHORTEST_NS] = np.where(is_empty.all(axis=0), 0, shortest.min(axis=0))
        return _report(words, series, self._histograms.sum(axis=0), sent)

    @property
    def _series(self) -> NDArray[np.uint64]:
        return self.series.reshape(-1, int(self.shape[Shape.BINS]), Bin.WORDS)

    @property
    def _histograms(self) -> NDArray[np.uint64]:
        return self.histogram.reshape(-1, PLACES)


def _report(
    account_words: NDArray[np.uint64],
    series: NDArray[np.uint64],
    histogram: NDArray[np.uint64],
    sent: int | None,
) -> FlowReport:
    words = account_words.tolist()
    received = words[Flow.RECEIVED]
    total = words[Flow.NEXT] if sent is None else sent
    return FlowReport(
        sent=total,
        received=received,
        lost=total - received - words[Flow.BEYOND],
        duplicates=words[Flow.DUPLICATES],
        reordered=words[Flow.REORDERED],
        bytes=words[Flow.BYTES],
        beyond=words[Flow.BEYOND],
        first_ns=words[Flow.FIRST_NS],
        last_ns=words[Flow.LAST_NS],
        shortest_ns=words[Flow.SHORTEST_NS],
        mean_ns=words[Flow.DELAY_NS] / max(received, 1),
        longest_ns=words[Flow.LONGEST_NS],
        histogram=histogram.copy(),
        series=series.copy(),
    )
