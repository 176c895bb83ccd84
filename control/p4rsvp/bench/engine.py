"""`p4rsvp bench engine`: a router that takes reservations in, is refreshed, and forgets them.

New reservations: a Path arrives, a Resv arrives and is merged and admitted, a Program goes out, its
TargetResult comes back, and the Resv goes upstream; each counts once all of that has happened. The
router grows from nothing through the powers of ten, with the refresh filter in front, so that the
figures show how cost and memory grow with what stands; `alone` is the engine without the filter.

Packets are made in front of the clock, a chunk at a time, so that they come from the cache as what
a socket delivers does. The garbage collector does what it does in a daemon (daemon/garbage.py), and
its time counts.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from multiprocessing import get_context
from os import sysconf
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING

from p4rsvp.bench.measure import Work
from p4rsvp.bench.reservations import Reservation, reservation, router
from p4rsvp.daemon.garbage import spare_what_stays
from p4rsvp.engine.effects import Effect, Program
from p4rsvp.engine.events import PacketIn, TargetResult, Tick
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.front import Front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from p4rsvp.bench.measure import Bench
    from p4rsvp.engine.node import Node

SIZES = (1_000, 10_000, 100_000)
LARGEST = 1_000_000
REHEARSED_SIZES = (20, 50, 100)
CHUNK = 500
LEAST_WEIGHED = 100_000  # what fewer take is lost in what the process has at hand
AT_ONCE = 50  # packets that arrive together
REFRESHED = 1_000
BATCH = 100
PACE_NS = 100_000  # virtual time from one reservation to the next: 10,000 of them a second
LONG_NS = 3_600 * 10**9


def measure(bench: Bench) -> None:
    """Measure growth, refreshes and the end."""
    bench.say("compile or load the kernels")
    _elsewhere(_warm_up)
    sizes = (*SIZES, LARGEST) if bench.large else SIZES
    made = REHEARSED_SIZES if bench.rehearsal else sizes
    with _garbage_as_in_a_daemon():
        _warm_up()
        crowd = _Crowd(Front(router(), b"bench engine"))
        before_bytes = _resident_bytes()
        for step, (size, number) in enumerate(zip(sizes, made, strict=True)):
            bench.say(f"grow to {size:,} reservations", step, len(sizes))
            bench.add(f"new reservations, to {size:,}", "reservations/s", crowd.grow(number))
            if size >= LEAST_WEIGHED:
                grown_bytes = _resident_bytes() - before_bytes
                bench.add(f"memory, {size:,} reservations", "bytes each", [grown_bytes / number])
        _measure_refreshes(bench, crowd, min(REFRESHED, number))
        _measure_expiry(bench, crowd)
        bench.say("the engine without the filter")
        alone = _Crowd(router()).grow(made[1])
        bench.add(f"new reservations, to {sizes[1]:,}, alone", "reservations/s", alone)


def _elsewhere(action: Callable[[], None]) -> None:
    """Do something in a process of its own.

    To compile a kernel leaves tens of megabytes that are free and in the process: reservations
    would move in there, and would seem to take a fifth less than they do.
    """
    process = get_context("spawn").Process(target=action)
    process.start()
    process.join()
    assert process.exitcode == 0, "the kernels could not be compiled"


def _warm_up() -> None:
    """Load the kernels, and fill the caches that any number of reservations share."""
    crowd = _Crowd(Front(router(), b"warm up"))
    crowd.grow(CHUNK)
    crowd.now_ns += LONG_NS
    crowd.tick_until_empty()


def _measure_refreshes(bench: Bench, crowd: _Crowd, states: int) -> None:
    """Let the filter take ready batches of Paths and Resvs that it knows."""
    front = crowd.router
    assert isinstance(front, Front)
    packets = [packet for number in range(states) for packet in reservation(number)]
    batches = [_batch(packets[at : at + BATCH]) for at in range(0, len(packets), BATCH)]

    def refresh() -> None:
        for batch in batches:
            front.take(batch, _no_packet, crowd.now_ns)

    bench.rates("messages/s", [Work("known refreshes", len(packets), refresh)])


def _measure_expiry(bench: Bench, crowd: _Crowd) -> None:
    """Let all fall silent, look long after, and see how long a Tick takes at most."""
    bench.say("let all expire")
    crowd.now_ns += LONG_NS
    ticks_s = crowd.tick_until_empty()
    bench.add("tick of expiry", "ms", [tick_s * 1e3 for tick_s in ticks_s])
    bench.add("longest tick of expiry", "ms", [max(ticks_s) * 1e3])


class _Crowd:
    """A router whose data plane answers at once, and the reservations in it."""

    def __init__(self, front_or_node: Front | Node) -> None:
        self.router = front_or_node
        self.size = 0
        self.now_ns = 0

    def grow(self, size: int) -> list[float]:
        """Set reservations up until there are `size`; the rate of each chunk."""
        rates = []
        while self.size < size:
            chunk = min(CHUNK, size - self.size)
            ready = [reservation(number) for number in range(self.size, self.size + chunk)]
            started = thread_time()
            for at in range(0, chunk, AT_ONCE):
                self._set_up(ready[at : at + AT_ONCE])
            rates.append(chunk / (thread_time() - started))
            self.size += chunk
        return rates

    def _set_up(self, some: list[Reservation]) -> None:
        self.now_ns += PACE_NS * len(some)
        self._receive([one.path for one in some])
        programs = [e for e in self._receive([one.resv for one in some]) if isinstance(e, Program)]
        assert len(programs) == len(some), "a reservation was not admitted"
        for program in programs:
            sent = self.router.handle(TargetResult(program.txn, ok=True), self.now_ns)
            assert len(sent) == 2, "a Resv goes upstream, and a trace tells that it stands"

    def _receive(self, packets: list[PacketIn]) -> list[Effect]:
        if isinstance(self.router, Front):
            return self.router.receive(packets, self.now_ns)
        return [e for packet in packets for e in self.router.handle(packet, self.now_ns)]

    def tick_until_empty(self) -> list[float]:
        """Let everything that is due happen; the time that each Tick takes."""
        took_s = []
        node = self.router.node if isinstance(self.router, Front) else self.router
        while node.sessions:
            started = thread_time()
            effects = self.router.handle(Tick(), self.now_ns)
            took_s.append(thread_time() - started)
            for effect in effects:
                if isinstance(effect, Program):
                    self.router.handle(TargetResult(effect.txn, ok=True), self.now_ns)
        return took_s


def _batch(packets: list[PacketIn]) -> Batch:
    batch = Batch(BATCH, 1 << 17)
    for packet in packets:
        assert packet.ip_ttl is not None
        assert batch.add(packet.data, packet.interface, packet.source, packet.ip_ttl)
    return batch


def _no_packet(index: int) -> PacketIn:
    raise AssertionError(f"message {index}, a refresh of a known state, was not recognised")


def _resident_bytes() -> int:
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * sysconf("SC_PAGE_SIZE")


@contextmanager
def _garbage_as_in_a_daemon() -> Iterator[None]:
    thresholds = gc.get_threshold()
    spare_what_stays()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
