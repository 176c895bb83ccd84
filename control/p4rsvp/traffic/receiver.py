"""Receives stamped packets from a memory-mapped ring and keeps their accounts.

The kernel notes the time at which each packet came, so the receiver need not hurry: it looks into
its ring from time to time (every 0.2 ms with packets, up to 5 ms without), which leaves the core to
what is measured, and delays are none the worse for it.
"""

from __future__ import annotations

import threading
import time

from p4rsvp.softswitch.jit import Octets, Words, kernel, u64
from p4rsvp.softswitch.kernels.rings import (
    FRAME_BYTES,
    FRAME_WORDS,
    LOW16,
    MAC_WORD,
    TO_USER,
)
from p4rsvp.softswitch.ports.ring_socket import RingSocket, views
from p4rsvp.softswitch.ports.system import (
    BILLION,
    MONOTONIC,
    address_of,
    fence,
    read_clock,
    sleep_until,
)
from p4rsvp.traffic.accounts import Accounts, FlowReport, Shape, account
from p4rsvp.traffic.memory import NewWords, new_words
from p4rsvp.traffic.stamp import (
    STAMP_BYTES,
    is_stamped,
    stamped_flow,
    stamped_sequence,
    stamped_time,
)

RING_FRAMES = 8192
DEFAULT_PACKETS = 1 << 22  # numbers of a flow that have a bit
DEFAULT_BINS = 600
DEFAULT_BIN_NS = 100_000_000

ZERO = u64(0)
ONE = u64(1)
TWO = u64(2)
SECONDS_WORD = u64(4)
NANOSECONDS_WORD = u64(5)
STAMP = u64(STAMP_BYTES)
FLOWS = u64(Shape.FLOWS)
STRANGERS = u64(Shape.STRANGERS)
STOP = u64(Shape.STOP)
RING = u64(Shape.RING)
CLOCK_AT = u64(Shape.CLOCK_AT)
CLOCK = u64(Shape.CLOCK)
SHORTEST_NAP_NS = u64(200_000)
LONGEST_NAP_NS = u64(5_000_000)


@kernel
def drain(
    shape: Words, accounts: Words, seen: Words, histogram: Words, series: Words, ring: Octets,
    heads: Words,
) -> int:  # fmt: skip
    """Account for every frame in the ring and give it back; answers how many there were."""
    frames = u64(len(heads)) // FRAME_WORDS
    done = ZERO
    while done < frames:
        index = shape[RING]
        head = index * FRAME_WORDS
        if (u64(heads[head]) & TO_USER) == ZERO:
            break
        fence()
        length = u64(heads[head + TWO])
        end = index * FRAME_BYTES + (u64(heads[head + MAC_WORD]) & LOW16) + length
        ours = False
        if length >= STAMP:
            ours = is_stamped(ring, end)
        flow = stamped_flow(ring, end) if ours else shape[FLOWS]
        if flow < shape[FLOWS]:
            arrived = u64(heads[head + SECONDS_WORD]) * BILLION
            arrived += u64(heads[head + NANOSECONDS_WORD])
            number, sent = stamped_sequence(ring, end), stamped_time(ring, end)
            account(shape, accounts, seen, histogram, series, flow, number, length, sent, arrived)
        else:
            shape[STRANGERS] += ONE
        fence()
        heads[head] = ZERO
        shape[RING] = (index + ONE) % frames
        done += ONE
    return done


@kernel
def receive_all(
    shape: Words, accounts: Words, seen: Words, histogram: Words, series: Words, ring: Octets,
    heads: Words,
) -> None:  # fmt: skip
    """Keep accounts until told to stop; what is in the ring by then still counts."""
    nap = SHORTEST_NAP_NS
    going = True
    while going:
        going = shape[STOP] == ZERO
        if drain(shape, accounts, seen, histogram, series, ring, heads) != ZERO:
            nap = SHORTEST_NAP_NS
        else:
            nap = min(nap + nap, LONGEST_NAP_NS)
        if going:
            now = read_clock(MONOTONIC, shape[CLOCK:], shape[CLOCK_AT])
            sleep_until(MONOTONIC, now + nap, shape[CLOCK:], shape[CLOCK_AT])


class Receiver:
    """One interface, listened to by a thread of its own between `start` and `stop`."""

    def __init__(
        self,
        interface: str,
        flows: int,
        *,
        most_packets: int = DEFAULT_PACKETS,
        bins: int = DEFAULT_BINS,
        bin_ns: int = DEFAULT_BIN_NS,
        ring_frames: int = RING_FRAMES,
        words: NewWords = new_words,
    ) -> None:
        self.accounts = Accounts(
            flows, most_packets=most_packets, bins=bins, bin_ns=bin_ns, words=words
        )
        shape = self.accounts.shape
        shape[Shape.CLOCK_AT] = address_of(shape[Shape.CLOCK :])
        self._socket = RingSocket(interface, frames_in=ring_frames)
        self._thread: threading.Thread | None = None
        self.missed = 0

    def start(self, origin_ns: int | None = None) -> None:
        """Listen; the series begins now, or at a time in ns since the epoch."""
        assert self._thread is None, "it listens already"
        shape = self.accounts.shape
        shape[Shape.ORIGIN_NS] = time.time_ns() if origin_ns is None else origin_ns
        shape[Shape.STOP] = 0
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        ring = self._socket.incoming
        receive_all(*views(*self.accounts.arrays, ring.octets, ring.heads))

    def stop(self) -> None:
        """Stop listening, when all that has come is accounted for."""
        if self._thread is None:
            return
        self.accounts.shape[Shape.STOP] = 1
        self._thread.join()
        self._thread = None
        # Frames for which there was no room in the ring: lost by this receiver, not on the way.
        self.missed += self._socket.take_lost_frames()

    def report(self, flow: int, sent: int | None = None) -> FlowReport:
        """What became of a flow so far."""
        return self.accounts.report(flow, sent)

    def close(self) -> None:
        """Let go of the interface."""
        self.stop()
        self._socket.close()
