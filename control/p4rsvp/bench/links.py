"""The embedded switch over network interfaces, beside bmv2: packets a second without loss, delay.

Both switches run as their users run them: processes of their own on two veth pairs, with the same
P4Runtime requests from the same bytes. The generator and the receiver (p4rsvp.traffic) share the
machine's cores with them, so a rate is of the whole machine, from end to end; what a packet takes
of the switch's own processor time stands beside it. All of them go before the machine's other work
(nice -15), since a core that is taken away for milliseconds is loss.

Throughput is RFC 2544 26.1's: the highest rate offered at which no packet is lost, found by
bisection; trials are of `TRIAL_S`, and not of a minute. A trial is lost too where the generator
could not keep the rate. The delay is taken at a tenth of that rate, or the part that a bench asks
for, one way (RFC 7679), from the generator's hand-over to the kernel until the arrival at the far
end.

Left out with a line that says so: all of it where nobody may make interfaces, bmv2 where it is not.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from finsy.proto import p4i, p4r
from google.protobuf import text_format

from p4rsvp.bench.p4rt_writes import Target, bmv2_switch
from p4rsvp.bench.way import IN_PORT, OUT_PORT, Way, frame, texts
from p4rsvp.dataplane.entities import MeterEntry, TableEntry, UpdateType
from p4rsvp.dataplane.p4info import parse_p4info
from p4rsvp.machine import cpu_clock
from p4rsvp.p4rt.cells import Meters
from p4rsvp.p4rt.schema import Schema
from p4rsvp.processes import P4RSVP, end
from p4rsvp.target import bmv2
from p4rsvp.target.artefacts import PROGRAMS
from p4rsvp.traffic import FlowReport, Receiver, Schedule, Sender, veth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from p4rsvp.bench.measure import Bench
    from p4rsvp.dataplane.entities import Update

RESERVATIONS = 1024
BATCH = 500
NS_PER_S = 1_000_000_000
TRIAL_S = 0.3
REHEARSAL_S = 0.02
SETTLE_S = 0.05
ROUNDS = 3
KEPT = 1.02  # of the planned time, and the generator has kept its rate
TRIES = 2
NICE = -15
LIGHT = 0.1  # of the rate without loss, where latency is measured
PERCENTS = (50, 99)
# Where bisection begins, in packets a second, and how often it halves.
RANGES = {"softswitch": (100_000, 1_600_000), "dpdk": (100_000, 1_600_000), "bmv2": (3_000, 24_000)}
STEPS = 5


def measure(
    bench: Bench,
    switch: str = "softswitch",
    *,
    load: float = LIGHT,
    percents: Sequence[float] = PERCENTS,
    rounds: int = ROUNDS,
) -> None:
    """Measure throughput without loss and latency, of this switch and of bmv2 in turn."""
    why_not = veth.why_none()
    if why_not is not None:
        bench.leave_out("over veth", why_not)
        return
    with ExitStack() as stack:
        stack.enter_context(before_others())
        bench.say("start the switches")
        lines = {switch: stack.enter_context(_switch(switch))}
        if bench.large:
            lines[f"{switch}, 2 workers"] = stack.enter_context(_switch(switch, 2))
        if bmv2.installed():
            lines["bmv2"] = stack.enter_context(_bmv2())
        else:
            bench.leave_out("over veth, bmv2", f"no {bmv2.BINARY} on the PATH")
        for line in lines.values():
            line.seconds = REHEARSAL_S if bench.rehearsal else TRIAL_S
        _rounds(bench, lines, load, percents, rounds)
        if "bmv2" in lines:
            bench.ratio(f"over veth, {switch}", "over veth, bmv2")


@contextmanager
def before_others() -> Iterator[None]:
    """Give this thread, and what it starts, the processor before others."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


def _rounds(
    bench: Bench, lines: dict[str, Line], load: float, percents: Sequence[float], rounds: int
) -> None:
    """Each round measures every switch once."""
    rounds, steps = (1, 1) if bench.rehearsal else (rounds, STEPS)
    found: dict[str, list[float]] = {}
    for number in range(rounds):
        for place, (name, line) in enumerate(lines.items()):
            bench.say(f"over veth, {name}", number * len(lines) + place, rounds * len(lines))
            rate, cost_ns = line.rate_without_loss(*RANGES[name.split(",")[0]], steps)
            loaded = line.trial(load * rate).report
            found.setdefault(f"over veth, {name}", []).append(rate)
            found.setdefault(f"over veth, {name}, processor", []).append(cost_ns)
            for percent in percents:
                delay_us = loaded.percentile_ns(percent) / 1000
                found.setdefault(f"over veth, {name}, delay, {percent} %", []).append(delay_us)
    for name, runs in found.items():
        bench.add(name, _unit(name), runs)


def _unit(name: str) -> str:
    if "delay" in name:
        return "us"
    return "ns/packet" if "processor" in name else "packets/s"


class Trial(NamedTuple):
    """What came of one rate."""

    report: FlowReport
    kept: bool  # the generator kept the rate
    spent_ns: int  # of the processor, by the switch

    @property
    def is_clean(self) -> bool:
        """No packet was lost, and as many were sent in time as were meant."""
        return self.kept and self.report.lost == 0 and self.report.received > 0


class Line:
    """A generator, what is measured, and a receiver."""

    def __init__(self, sender: Sender, receiver: Receiver, pid: int) -> None:
        self._sender = sender
        self._receiver = receiver
        self._pid = pid
        self.seconds = TRIAL_S
        chance = np.random.default_rng(1)
        self._order = chance.integers(0, RESERVATIONS, 1 << 20, dtype=np.uint64)

    def rate_without_loss(self, low: float, high: float, steps: int) -> tuple[float, float]:
        """The highest rate that lost nothing, and what a packet then took of the processor.

        Bisection on a scale of ratios. A rate that loses is tried once more, since a machine that
        does other work as well takes the core away for longer than any ring lasts.
        """
        found: Trial | None = None
        for _ in range(steps):
            middle = (low * high) ** 0.5
            clean = self._clean_trial(middle)
            if clean is None:
                high = middle
            else:
                low, found = middle, clean
        while found is None:  # none of these rates was low enough
            assert low > 1, "the switch forwards nothing"
            low /= 2
            found = self._clean_trial(low)
        return low, found.spent_ns / found.report.received

    def _clean_trial(self, packets_per_s: float) -> Trial | None:
        trials = (self.trial(packets_per_s) for _ in range(TRIES))
        return next((trial for trial in trials if trial.is_clean), None)

    def trial(self, packets_per_s: float) -> Trial:
        """Offer a rate for a while."""
        count = int(packets_per_s * self.seconds)
        times = np.rint(np.arange(count) * (NS_PER_S / packets_per_s)).astype(np.uint64)
        accounts = self._receiver.accounts
        accounts.clear()
        self._sender.restart()
        self._receiver.start()
        begin_ns = time.clock_gettime_ns(cpu_clock(self._pid))
        sent = self._sender.send(Schedule(times, np.resize(self._order, count)))
        spent_ns = time.clock_gettime_ns(cpu_clock(self._pid)) - begin_ns
        self._settle()
        self._receiver.stop()
        kept = sent.took_ns <= KEPT * self.seconds * NS_PER_S
        return Trial(accounts.total(count), kept, spent_ns)

    def _settle(self) -> None:
        """Wait until nothing comes any longer; a switch may have a queue to work off."""
        before = -1
        while before != (now := self._receiver.accounts.received):
            before = now
            time.sleep(SETTLE_S)


@contextmanager
def _line(near: str, far: str, pid: int) -> Iterator[Line]:
    frames = [frame(number) for number in range(RESERVATIONS)]
    with closing(Sender(near, frames)) as sender:
        receiver = Receiver(far, RESERVATIONS, most_packets=1 << 13, bins=1)
        with closing(receiver):
            yield Line(sender, receiver, pid)


@contextmanager
def _switch(backend: str, workers: int = 1) -> Iterator[Line]:
    """`p4rsvp switch` on two pairs of interfaces."""
    with _pairs(f"{backend[0]}{workers}") as (near, far):
        command = [*P4RSVP, "switch", "--grpc", "127.0.0.1:0", "--device-id", str(bmv2.DEVICE_ID)]
        command += ["--backend", backend, "--workers", str(workers)]
        command += ["--port", f"{IN_PORT}={near}", "--port", f"{OUT_PORT}={far}"]
        with ExitStack() as stack:
            process = stack.enter_context(
                subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 (ours)
            )
            stack.callback(end, process)
            target = Target(_address(process), process.pid, PROGRAMS[backend])
            _fill(target)
            with _line(f"{near}p", f"{far}p", _forwarder(process.pid)) as line:
                yield line
            target.close()


def _forwarder(pid: int) -> int:
    """The process that forwards: the one that the command has started, or else the command."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0]) if children else pid


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for said in process.stderr:
        if said.startswith("P4Runtime at "):
            return said.split()[2].rstrip(",")
    raise RuntimeError("the switch did not start")


@contextmanager
def _bmv2() -> Iterator[Line]:
    with (
        _pairs("b") as (near, far),
        bmv2_switch([(IN_PORT, near), (OUT_PORT, far)]) as target,
    ):
        _fill(target)
        with _line(f"{near}p", f"{far}p", target.pid) as line:
            yield line


def _fill(target: Target) -> None:
    info_text, _ = texts()
    info = text_format.Parse(info_text, p4i.P4Info())
    updates = Way(parse_p4info(info_text)).updates(RESERVATIONS)
    target.write(requests(Schema(info), updates))


def requests(schema: Schema, updates: list[Update]) -> list[bytes]:
    """Updates as serialised requests of P4Runtime."""
    made = []
    for first in range(0, len(updates), BATCH):
        request = p4r.WriteRequest(device_id=bmv2.DEVICE_ID, election_id=p4r.Uint128(low=1))
        for kind, entity in updates[first : first + BATCH]:
            update = request.updates.add(type=p4r.Update.Type.Value(UpdateType(kind).name))
            if isinstance(entity, TableEntry):
                table = schema.tables.find(entity.table_id)
                table.encode(entity, update.entity.table_entry)
            else:
                assert isinstance(entity, MeterEntry)
                Meters.encode(entity, update.entity)
        made.append(request.SerializeToString())
    return made


@contextmanager
def _pairs(letter: str) -> Iterator[tuple[str, str]]:
    """Two pairs of interfaces; NAMEp is the other end of NAME."""
    near, far = (f"p4{letter}{end}{os.getpid() % 100_000}" for end in "io")
    with veth.pairs(near, far):
        yield near, far
