"""`p4rsvp bench refresh`: what a router pays for the refreshes of 1,000 and of 1,000,000 states.

Every state has a Path of its own, so the bytes of a million of them and the table that knows them
come from memory, not from a cache. Decoding the same Paths stands beside it: that is what each of
them would cost at the least without the filter.

The longest calls are those of a million states that grow in, fall silent, and expire.
"""

from __future__ import annotations

from struct import Struct
from time import thread_time
from typing import TYPE_CHECKING

from p4rsvp.bench.measure import Work
from p4rsvp.bench.messages import message_mix
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.refresh import RefreshFilter
from p4rsvp.fast.scan import Scan, ScanKey
from p4rsvp.fast.wheel import RefreshWheel
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Path

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

STATES = (1_000, 1_000_000)
REHEARSED_STATES = 2_000
BATCH = 1000
SENDING_STATES = 50_000
REFRESH_PERIOD_NS = 30 * 10**9
LIFETIME_NS = REFRESH_PERIOD_NS * 21 // 4  # RFC 2205 3.7: (K + 0.5) * 1.5 * R with K = 3

_IPV4 = 1  # a C-Type
_KEY = ScanKey(b"bench refresh")
_NEIGHBOUR = bytes([192, 0, 2, 1])
_CHECKSUM = Struct("!H")
_NUMBER = Struct("!I")


def measure(bench: Bench) -> None:
    """Measure the known refreshes in and out, and the longest calls."""
    paths = (message for message in message_mix(100) if isinstance(message, Path))
    path = next(message for message in paths if message.hop.c_type == _IPV4)
    few, many = STATES
    made = (few, REHEARSED_STATES if bench.rehearsal else many)
    small, large = (_Crowd(bench, path, states) for states in made)
    sender = _Sender(encode(path))
    sample = [large.batches[0].message(index) for index in range(100)]
    bench.rates(
        "messages/s",
        [
            Work(f"known, {few:,} states", small.states, small.refresh),
            Work(f"known, {many:,} states", large.states, large.refresh),
            Work("decode", len(sample), lambda: [decode(data) for data in sample]),
            Work("sending: due on the wheel", SENDING_STATES, sender.turn),
        ],
    )
    bench.ratio(f"known, {many:,} states", "decode")
    bench.add("longest insert", "ms", [large.longest_insert_s * 1e3])
    small.fall_silent()  # the first sweep of all is compiled
    longest_s = large.fall_silent()
    bench.add("longest expire", "ms", [longest_s * 1e3])


class _Crowd:
    """States with the Paths that refresh them, and the filter that knows them all."""

    def __init__(self, bench: Bench, path: Path, states: int) -> None:
        self.states = states
        self.batches: list[Batch] = []
        self.scan = Scan(BATCH)
        self.filter = RefreshFilter()
        self.now_ns = 0
        self.longest_insert_s = 0.0
        for first in range(0, states, BATCH):
            bench.say(f"make {states:,} states", first, states)
            self.batches.append(_paths(path, first))
            self._insert(first)

    def refresh(self) -> None:
        """Receive one refresh of every state."""
        self.now_ns += REFRESH_PERIOD_NS
        rows = self.scan.rows
        for batch in self.batches:
            self.scan.run(batch, _KEY)
            candidates = rows.may_be_refresh
            known = self.filter.touch(rows.fingerprint, rows.message_id, candidates, self.now_ns)
            assert known.all(), "a refresh of a known state was not recognised"

    def fall_silent(self) -> float:
        """Let every state expire; give the longest call."""
        longest_s = 0.0
        expired = 0
        while expired < self.states:
            started = thread_time()
            expired += len(self.filter.expire(self.now_ns + LIFETIME_NS))
            longest_s = max(longest_s, thread_time() - started)
        return longest_s

    def _insert(self, first: int) -> None:
        self.scan.run(self.batches[-1], _KEY)
        for handle, (left, right) in enumerate(self.scan.rows.fingerprint.tolist(), start=first):
            started = thread_time()
            self.filter.insert((left, right), 0, LIFETIME_NS, handle, 0)
            self.longest_insert_s = max(self.longest_insert_s, thread_time() - started)


def _paths(path: Path, first: int) -> Batch:
    """A batch of this Path to sessions of their own: 10.0.0.0 and on from there, from `first`."""
    data = bytearray(encode(path))
    data[2:4] = bytes(2)
    batch = Batch(BATCH, max(1 << 17, BATCH * (len(data) + 7)) & ~7)
    for number in range(0x0A000000 + first, 0x0A000000 + first + BATCH):
        _NUMBER.pack_into(data, 12, number)
        _CHECKSUM.pack_into(data, 2, 0)
        _CHECKSUM.pack_into(data, 2, 0xFFFF - int.from_bytes(data) % 0xFFFF)
        assert batch.add(memoryview(data), 1, _NEIGHBOUR, 63)
    return batch


class _Sender:
    """The states that this router refreshes at its neighbours."""

    def __init__(self, message: bytes) -> None:
        self.wheel = RefreshWheel[bytes](seed=2205, now_ns=0)
        self.now_ns = 0
        for _ in range(SENDING_STATES):
            self.wheel.schedule(message, REFRESH_PERIOD_NS, 0)

    def turn(self) -> None:
        """Wait for 1.5 R, by when everything is due once."""
        self.now_ns += REFRESH_PERIOD_NS * 3 // 2
        messages = 0
        while due := self.wheel.pop_due(self.now_ns):
            messages += len([self.wheel[index] for index in due])
        assert messages == SENDING_STATES, "not every refresh was due"
