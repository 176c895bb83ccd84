"""From a sender's schedule and a receiver's counts to samples of a flow, bin by bin.

A packet is lost if its number never came, and belongs to the bin in which it was sent. While
packets are on their way they count as lost, so the last bins of a live reading are provisional.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from p4rsvp.lab.flow import MOST_FLOWS, MOST_PACKETS, MOST_S, NS_PER_S, Flow
from p4rsvp.lab.results import BIN_NS, Sample
from p4rsvp.traffic import Accounts
from p4rsvp.traffic.accounts import Bin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from p4rsvp.traffic.memory import NewWords

LINK_BYTES = 14  # of Ethernet, which the accounts count and samples do not
BINS = round(MOST_S * NS_PER_S) // BIN_NS


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a lab's bins begin, on both clocks."""

    monotonic_ns: int
    epoch_ns: int  # since 1970, as stamps and the kernel have it

    @classmethod
    def now(cls) -> Origin:
        """The beginning of the present bin."""
        between_ns = time.time_ns() - time.monotonic_ns()
        begin_ns = time.monotonic_ns() // BIN_NS * BIN_NS
        return cls(begin_ns, begin_ns + between_ns)

    def monotonic(self, epoch_ns: int) -> int:
        """A time since 1970 on the other clock."""
        return epoch_ns - self.epoch_ns + self.monotonic_ns


def flow_accounts(words: NewWords) -> Accounts:
    """Accounts of all flows of a lab at one host."""
    return Accounts(MOST_FLOWS, most_packets=MOST_PACKETS, bins=BINS, bin_ns=BIN_NS, words=words)


def samples(
    times_ns: NDArray[np.uint64],
    accounts: Accounts,
    flow: Flow,
    origin: Origin,
    start_ns: int,
    end_ns: int,
) -> tuple[Sample, ...]:
    """Samples of the bins that begin from start to end; `times_ns` is when packets were sent."""
    first, last = -(-start_ns // BIN_NS), -(-end_ns // BIN_NS)
    edges = np.arange(first, last + 1, dtype=np.uint64) * np.uint64(BIN_NS)
    numbers = np.searchsorted(times_ns, edges)
    sent = np.diff(numbers)
    lost = sent - _came(accounts, flow.number, numbers)
    zero = origin.monotonic_ns // BIN_NS
    series = accounts.series.reshape(MOST_FLOWS, BINS, Bin.WORDS)[flow.number]
    return tuple(
        _sample(flow, int(sent[i]), int(lost[i]), _row(series, first + i - zero))
        for i in range(last - first)
    )


def _came(accounts: Accounts, flow: int, numbers: NDArray[np.intp]) -> NDArray[np.int64]:
    """How many packets have come, of each range of numbers."""
    words = accounts.seen.reshape(MOST_FLOWS, -1)[flow]
    begin = int(numbers[0]) // 64
    end = -(-int(numbers[-1]) // 64)
    bits = np.unpackbits(words[begin:end].copy().view(np.uint8), bitorder="little")
    counts = np.concatenate([[0], np.cumsum(bits, dtype=np.int64)])
    return np.diff(counts[numbers - begin * 64])


def _row(series: NDArray[np.uint64], number: int) -> list[int]:
    """A bin's words; before the first and after the last nothing came."""
    found: list[int] = series[number].tolist() if 0 <= number < len(series) else [0] * Bin.WORDS
    return found


def _sample(flow: Flow, sent: int, lost: int, row: list[int]) -> Sample:
    before = Sample(sent_packets=sent, sent_bytes=sent * flow.packet_bytes, lost_packets=lost)
    packets = row[Bin.PACKETS]
    if not packets:
        return before
    return msgspec.structs.replace(
        before,
        received_packets=packets,
        received_bytes=row[Bin.BYTES] - LINK_BYTES * packets,
        delay_min_us=row[Bin.SHORTEST_NS] / 1000,
        delay_mean_us=row[Bin.DELAY_NS] / packets / 1000,
        delay_max_us=row[Bin.LONGEST_NS] / 1000,
        jitter_us=row[Bin.JITTER_NS] / 1000,
        gap_us=row[Bin.GAP_NS] / 1000,
    )
