"""`p4rsvp bench setup`: reservations through the whole control plane, over one switch and three.

Switches and daemons are processes of their own, as they would be (chain.py), the two ends are this
process (ends.py). Everything passes P4Runtime: packets in and out, and each entry is acknowledged
before a request goes on.

* Latency: one flow at a time, from the Resv of the receiver's end to the ResvConf that reaches it.
* Rate: flows one after the other, with WINDOW under way; each is a Path that arrives at the
  receiver and a Resv that arrives at the sender. A rate is given by the wall, for which switches
  and ends need the same cores, and by the processor time of the busiest daemon: what one core of
  control plane does.
* Refreshes: what stands is refreshed by both neighbours and to both, evenly over R; the share of a
  core that the daemon takes. Without --large, a tenth of the states in a tenth of the time.

What does not arrive within a second is sent once more, as RSVP's hosts do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from p4rsvp.bench.chain import START_S, Chain, chain
from p4rsvp.bench.ends import Ends
from p4rsvp.machine import cpu_clock
from p4rsvp.wire.codes import MessageType

if TYPE_CHECKING:
    from p4rsvp.bench.measure import Bench

LENGTHS: Final = {"1 switch": 1, "3 switches": 3}
WINDOW: Final = 128
REFRESHES: Final = "refreshes, 1,667 reservations a second"  # 50,000 at R = 30 s
_PROBE_S: Final = 0.2
_TURN_S: Final = 0.002
_CHUNK: Final = 5_000
_R_MS: Final = 30_000


class Plan(NamedTuple):
    """How much of everything."""

    alone: int  # flows one at a time
    rounds: int
    together: int  # flows of a round
    standing: int
    refresh_period_ms: int


_USUAL = Plan(alone=300, rounds=3, together=2_000, standing=5_000, refresh_period_ms=3_000)
_LARGE = Plan(alone=1_000, rounds=3, together=4_000, standing=50_000, refresh_period_ms=30_000)
_REHEARSED = Plan(alone=5, rounds=1, together=20, standing=20, refresh_period_ms=500)


def measure(bench: Bench) -> None:
    """Measure one router and three in a row, and one that is refreshed."""
    if bench.rehearsal:  # one row plays all of them
        with _row(bench, _REHEARSED, 1, _REHEARSED.refresh_period_ms) as row:
            for name in LENGTHS:
                row.measure_set_up(name)
            row.measure_refreshes()
        return
    plan = _LARGE if bench.large else _USUAL
    for name, length in LENGTHS.items():
        with _row(bench, plan, length, _R_MS) as row:
            row.measure_set_up(name)
    with _row(bench, plan, 1, plan.refresh_period_ms) as row:
        row.measure_refreshes()


@contextmanager
def _row(bench: Bench, plan: Plan, length: int, refresh_period_ms: int) -> Iterator[_Row]:
    """Routers that carry messages."""
    bench.say(f"start a row of {length}")
    with (
        TemporaryDirectory(prefix="p4rsvp-bench-") as directory,
        chain(length, Path(directory), refresh_period_ms) as made,
        Ends(length, made.first, made.last) as ends,
    ):
        row = _Row(bench, plan, made, ends)
        row.warm_up()
        yield row


class _Row:
    """One row of routers under measurement."""

    def __init__(self, bench: Bench, plan: Plan, row: Chain, ends: Ends) -> None:
        self._bench = bench
        self._plan = plan
        self._row = row
        self._ends = ends
        self._flows = 0

    def warm_up(self) -> None:
        """Wait until the routers know the ends and carry messages, and load what loads late."""
        (probe,) = self._new(1, confirmed=False)
        arrived: set[MessageType] = set()
        self._ends.on_message = lambda kind, _: arrived.add(kind)
        deadline_s = time.monotonic() + START_S
        while MessageType.RESV not in arrived:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"the routers carry nothing within {START_S:.0f} s")
            self._ends.sender.greet()
            self._ends.receiver.greet()
            self._ends.announce(probe)
            if MessageType.PATH in arrived:
                self._ends.ask(probe)
            self._ends.turn(_PROBE_S)
        self._set_up(self._new(min(200, self._plan.together), confirmed=False))

    def measure_set_up(self, name: str) -> None:
        """Set flows up, alone and together."""
        self._measure_latency(name)
        self._measure_rate(name)

    def _measure_latency(self, name: str) -> None:
        """Set flows up one at a time, with a confirmation."""
        flows = self._new(self._plan.alone, confirmed=True)
        self._announce(flows)
        took_ms = []
        for place, number in enumerate(flows):
            self._bench.say(f"{name}: one at a time", place, len(flows))
            took_ms.append(self._confirm(number) * 1e3)
        hops = len(self._row.routers)
        self._bench.add(f"set-up, {name}", "ms", took_ms)
        per_hop = [one / hops for one in took_ms]
        self._bench.add(f"set-up per hop, {name}", "ms", per_hop)
        self._bench.add(f"set-up per hop, p99, {name}", "ms", [_p99(per_hop)])

    def _confirm(self, number: int) -> float:
        confirmed: list[float] = []

        def arrives(kind: MessageType, which: int) -> None:
            if kind is MessageType.RESV_CONF and which == number:
                confirmed.append(time.perf_counter())

        self._ends.on_message = arrives
        asked = time.perf_counter()
        self._ends.ask(number)
        self._ends.until(
            lambda: bool(confirmed), f"the confirmation of flow {number}", lambda: None
        )
        return confirmed[0] - asked

    def _measure_rate(self, name: str) -> None:
        """Set flows up many at a time; by the wall and by the busiest daemon's processor time."""
        rates, per_core = [], []
        for place in range(self._plan.rounds):
            self._bench.say(f"{name}: many at a time", place, self._plan.rounds)
            flows = self._new(self._plan.together, confirmed=False)
            began_s, before = time.perf_counter(), self._spent_ns()
            self._set_up(flows)
            rates.append(len(flows) / (time.perf_counter() - began_s))
            spent_ns = (now - then for then, now in zip(before, self._spent_ns(), strict=True))
            per_core.append(len(flows) / max(spent_ns) * 1e9)
        self._bench.add(f"new reservations, {name}", "reservations/s", rates)
        self._bench.add(f"new reservations, one core of daemon, {name}", "reservations/s", per_core)

    def measure_refreshes(self) -> None:
        """Refresh what stands, all of it, once each R."""
        standing, period_s = self._plan.standing, self._plan.refresh_period_ms / 1e3
        flows = self._new(standing, confirmed=False)
        for at in range(0, standing, _CHUNK):
            self._bench.say(f"set up {standing:,} reservations", at, standing)
            self._set_up(flows[at : at + _CHUNK])
        shares = []
        for place in range(self._plan.rounds + 1):
            self._bench.say("refresh them", place, self._plan.rounds + 1)
            shares.append(self._refresh(flows, period_s))
        self._bench.add("standing reservations", "reservations", [standing])
        # The first round has the last of the setting up in it.
        self._bench.add(REFRESHES, "% of a core", shares[1:])

    def _refresh(self, flows: range, period_s: float) -> float:
        """One R of refreshes from both neighbours; the daemon's share of a core."""
        heard = dict.fromkeys(MessageType, 0)

        def arrives(kind: MessageType, number: int) -> None:
            if number in flows:  # those that warmed up are left to time out
                heard[kind] += 1

        self._ends.on_message = arrives
        began_s, (before_ns,) = time.perf_counter(), self._spent_ns()
        done = 0
        while done < len(flows):
            passed_s = time.perf_counter() - began_s
            due = min(len(flows), round(len(flows) * passed_s / period_s))
            for number in flows[done:due]:
                self._ends.announce(number)
                self._ends.ask(number)
            done = due
            self._ends.turn(_TURN_S)
        took_s = time.perf_counter() - began_s
        ended = heard[MessageType.PATH_TEAR] + heard[MessageType.RESV_TEAR]
        assert not ended, f"{ended} reservations ended while they were refreshed"
        return (self._spent_ns()[0] - before_ns) / 1e7 / took_s

    def _new(self, count: int, *, confirmed: bool) -> range:
        flows = range(self._flows, self._flows + count)
        self._flows += count
        for number in flows:
            self._ends.prepare(number, confirmed=confirmed)
        return flows

    def _announce(self, flows: range) -> None:
        missing = set(flows)

        def arrives(kind: MessageType, number: int) -> None:
            if kind is MessageType.PATH:
                missing.discard(number)

        def send() -> None:
            for number in sorted(missing):
                self._ends.announce(number)
                self._ends.turn(0)

        self._ends.on_message = arrives
        self._ends.until(lambda: not missing, "Paths", send)

    def _set_up(self, flows: range) -> None:
        """Announce and ask, WINDOW flows at a time, until all stand."""
        waiting = iter(flows)
        announced: set[int] = set()  # and not yet asked for
        asked: set[int] = set()  # and not yet standing

        def begin() -> None:
            number = next(waiting, None)
            if number is not None:
                announced.add(number)
                self._ends.announce(number)

        def arrives(kind: MessageType, number: int) -> None:
            if kind is MessageType.PATH and number in announced:
                announced.remove(number)
                asked.add(number)
                self._ends.ask(number)
            elif kind is MessageType.RESV and number in asked:
                asked.remove(number)
                begin()
            assert kind is not MessageType.RESV_ERR, f"flow {number} was refused"

        def again() -> None:
            for number in announced | asked:
                self._ends.announce(number)
            for number in asked:
                self._ends.ask(number)

        self._ends.on_message = arrives
        for _ in range(WINDOW):
            begin()
        what = f"{len(flows)} reservations"
        self._ends.until(lambda: not announced and not asked, what, again)

    def _spent_ns(self) -> list[int]:
        """The processor time of each daemon."""
        return [time.clock_gettime_ns(cpu_clock(one.daemon_pid)) for one in self._row.routers]


def _p99(found: list[float]) -> float:
    return sorted(found)[int(0.99 * (len(found) - 1))]
