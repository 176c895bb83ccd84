"""Sends ready frames at given times from a memory-mapped ring.

What is due is copied into the ring and stamped, and one system call sends it. Between packets the
sender sleeps, and spins through the last `spin_ns`, so that a packet is microseconds late and not
as late as a timer; 0 leaves the core to others. When it falls behind (the core went to somebody
else, or more is wanted than the machine can do), it catches up at once; how late packets were is
in the report, and when they were too late in words that others may read (lateness.py). A stamp
holds the time at which the packet was given to the kernel, not the one that was planned.
"""

from __future__ import annotations

import ctypes
import threading
import time
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from p4rsvp.softswitch.jit import Octets, Words, copy_bytes, kernel, u64
from p4rsvp.softswitch.kernels.rings import DATA_AT, FRAME_BYTES, FRAME_WORDS
from p4rsvp.softswitch.ports.ring_socket import RingSocket, views
from p4rsvp.softswitch.ports.system import (
    MONOTONIC,
    REALTIME,
    address_of,
    fence,
    kick,
    read_clock,
    sleep_until,
)
from p4rsvp.traffic.lateness import LATENESS_WORDS, note_lateness
from p4rsvp.traffic.memory import NewWords, new_words
from p4rsvp.traffic.stamp import STAMP_BYTES, write_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from p4rsvp.traffic.schedule import Schedule

RING_FRAMES = 1024
MOST_BYTES = 2048 - 32
_PR_SET_TIMERSLACK = 29
SPIN_NS = 20_000
_LEAD_NS = 1_000_000


class State(IntEnum):
    """Words that the kernel and its caller share."""

    STOP = 0
    NEXT = 1  # of the schedule
    RING = 2  # next frame of the ring
    LATE_NS = 3  # summed
    LATEST_NS = 4
    BEGIN_NS = 5  # CLOCK_MONOTONIC
    DESCRIPTOR = 6
    SPIN_NS = 7
    CLOCK_AT = 8  # address of the two words that follow
    CLOCK = 9
    WORDS = 11


ZERO = u64(0)
ONE = u64(1)
BATCH = u64(32)  # packets that share a system call, and a stamp's time
NAP_NS = u64(10_000_000)  # the longest, so that `stop` is heard
FREE = u64(0)
SEND = u64(1)
STOP = u64(State.STOP)
NEXT = u64(State.NEXT)
RING = u64(State.RING)
LATE = u64(State.LATE_NS)
LATEST = u64(State.LATEST_NS)
BEGIN = u64(State.BEGIN_NS)
DESCRIPTOR = u64(State.DESCRIPTOR)
SPIN = u64(State.SPIN_NS)
CLOCK_AT = u64(State.CLOCK_AT)
CLOCK = u64(State.CLOCK)
COLUMNS = u64(4)  # of a flow: where its frame begins, the frame's length, its next number, itself
LENGTH = u64(1)
SEQUENCE = u64(2)
NUMBER = u64(3)


class SendReport(NamedTuple):
    """What was sent, and how well its times were kept."""

    sent: NDArray[np.uint64]  # packets by flow
    planned: int
    took_ns: int
    mean_late_ns: float
    most_late_ns: int


@kernel
def clock(state: Words, which: int) -> int:
    """A clock in ns."""
    return read_clock(which, state[CLOCK:], state[CLOCK_AT])


@kernel
def fill_one(
    state: Words, frames: Octets, flows: Words, ring: Octets, heads: Words, flow: int, stamp: int
) -> bool:
    """Put a flow's next packet into the ring; False where it is full."""
    index = state[RING]
    head = index * FRAME_WORDS
    if u64(heads[head]) != FREE:
        return False
    row = flow * COLUMNS
    length = flows[row + LENGTH]
    at = index * FRAME_BYTES + DATA_AT
    copy_bytes(ring, at, frames, flows[row], length)
    write_stamp(ring, at + length, flows[row + NUMBER], flows[row + SEQUENCE], stamp)
    flows[row + SEQUENCE] += ONE
    heads[head + ONE] = length
    fence()
    heads[head] = SEND
    state[RING] = (index + ONE) % (u64(len(heads)) // FRAME_WORDS)
    return True


@kernel
def fill_due(
    state: Words, frames: Octets, flows: Words, ring: Octets, heads: Words, times: Words,
    order: Words, lateness: Words,
) -> int:  # fmt: skip
    """Put what is due into the ring, a batch at most; answers how many."""
    now = clock(state, MONOTONIC)
    stamp = clock(state, REALTIME)
    first = state[NEXT]
    last = min(first + BATCH, u64(len(times)))
    place = first
    while place < last:
        due = state[BEGIN] + times[place]
        if due > now:
            break
        if not fill_one(state, frames, flows, ring, heads, order[place], stamp):
            break
        late = now - due
        state[LATE] += late
        state[LATEST] = max(state[LATEST], late)
        note_lateness(lateness, due, now)
        place += ONE
    state[NEXT] = place
    return place - first


@kernel
def send_all(
    state: Words, frames: Octets, flows: Words, ring: Octets, heads: Words, times: Words,
    order: Words, lateness: Words,
) -> None:  # fmt: skip
    """Send the schedule, or until told to stop."""
    count = u64(len(times))
    while (state[NEXT] < count) & (state[STOP] == ZERO):
        filled = fill_due(state, frames, flows, ring, heads, times, order, lateness)
        due = state[BEGIN] + times[min(state[NEXT], count - ONE)]
        now = clock(state, MONOTONIC)
        if (filled != ZERO) | (due <= now):
            kick(state[DESCRIPTOR])
        elif due > now + state[SPIN]:
            until = min(due - state[SPIN], now + NAP_NS)
            sleep_until(MONOTONIC, until, state[CLOCK:], state[CLOCK_AT])


class Sender:
    """One interface, and a ready frame for every flow."""

    def __init__(
        self,
        interface: str,
        frames: Sequence[bytes],
        *,
        ring_frames: int = RING_FRAMES,
        spin_ns: int = SPIN_NS,
        first_number: int = 0,
        words: NewWords = new_words,
    ) -> None:
        """The last 24 bytes of each frame are the stamp's; their number is even (stamp.py).

        The flows are numbered from `first_number` in their stamps, from 0 in schedules.
        """
        for frame in frames:
            if not STAMP_BYTES <= len(frame) <= MOST_BYTES or len(frame) % 2:
                raise ValueError(f"a frame of {len(frame)} bytes has no place for a stamp")
        self._socket = RingSocket(interface, frames_out=ring_frames)
        self._frames = np.frombuffer(b"".join(frames) + bytes(8), dtype=np.uint8).copy()
        lengths = np.array([len(frame) for frame in frames], dtype=np.uint64)
        self._flows = words(len(frames) * int(COLUMNS)).reshape(len(frames), int(COLUMNS))
        self._flows[1:, 0] = np.cumsum(lengths)[:-1]
        self._flows[:, int(LENGTH)] = lengths
        self._flows[:, int(NUMBER)] = first_number + np.arange(len(frames), dtype=np.uint64)
        self._lateness = words(LATENESS_WORDS)
        self._state = np.zeros(State.WORDS, dtype=np.uint64)
        self._state[State.DESCRIPTOR] = self._socket.fileno()
        self._state[State.SPIN_NS] = spin_ns
        self._state[State.CLOCK_AT] = address_of(self._state[State.CLOCK :])
        self._busy = threading.Lock()

    @property
    def sent(self) -> NDArray[np.uint64]:
        """Packets of each flow so far; also the next sequence number of each."""
        return self._flows[:, int(SEQUENCE)].copy()

    def send(self, schedule: Schedule, *, begin_ns: int | None = None) -> SendReport:
        """Send all of it, from a time of CLOCK_MONOTONIC on; returns when done or stopped.

        Sequence numbers continue from the call before.
        """
        if len(schedule.flows) and int(schedule.flows.max()) >= len(self._flows):
            raise ValueError("the schedule names a flow that has no frame")
        state, before = self._state, self.sent
        with self._busy:
            begin = time.monotonic_ns() + _LEAD_NS if begin_ns is None else begin_ns
            state[State.BEGIN_NS] = begin
            state[[State.NEXT, State.LATE_NS, State.LATEST_NS]] = 0
            if len(schedule.times_ns):
                self._run(schedule)
            took_ns = max(time.monotonic_ns() - begin, 0)
            done = int(state[State.NEXT])
        mean = int(state[State.LATE_NS]) / max(done, 1)
        latest = int(state[State.LATEST_NS])
        return SendReport(self.sent - before, len(schedule.times_ns), took_ns, mean, latest)

    def _run(self, schedule: Schedule) -> None:
        ring = self._socket.outgoing
        # A timer of a thread may be late by 50 us to save power; not this one.
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
        times, order = map(np.ascontiguousarray, schedule)
        arrays = (self._state, self._frames, self._flows.reshape(-1), ring.octets, ring.heads)
        send_all(*views(*arrays, times, order, self._lateness))

    def restart(self) -> None:
        """Number every flow's packets from 0 again."""
        with self._busy:
            self._flows[:, int(SEQUENCE)] = 0

    def stop(self) -> None:
        """Have `send` return, now and ever after; from any thread."""
        self._state[State.STOP] = 1

    def close(self) -> None:
        """Let go of the interface, when `send` has returned."""
        self._socket.close()
