"""`p4rsvp bench dpdk`: the program on DPDK, beside testpmd, the embedded switch and bmv2.

One worker takes packets from a null device that makes them of a trace in memory, sends them through
the whole program (way.py's, each packet with a reservation at random) and gives them to another
null device. testpmd forwards between two such devices and does nothing with a packet, or swaps its
addresses (macswap): that is what the frame of it all costs. The embedded switch does the same with
the same entries and packets in memory.

A rate is by the processor time of the worker, which uses all that it gets; processes that are not
measured are stopped meanwhile (SIGSTOP), and all of them go before the machine's other work. Over
interfaces (links.py) the delay is taken at half of the rate without loss.
"""

from __future__ import annotations

import os
import signal
import struct
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from p4rsvp.bench import links, testpmd
from p4rsvp.bench.measure import Work
from p4rsvp.bench.router import FRAMES, Router, numbers_of_flows
from p4rsvp.bench.way import FRAME_BYTES, IN_PORT, OUT_PORT, Way, frame
from p4rsvp.dataplane.p4info import parse_p4info
from p4rsvp.dpdk import process
from p4rsvp.dpdk.command import CommandLine, cores_for
from p4rsvp.dpdk.device import DpdkDevice
from p4rsvp.dpdk.process import DpdkProcess
from p4rsvp.target.artefacts import PSA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from p4rsvp.bench.measure import Bench

_Rate: TypeAlias = "Callable[[float], float]"  # packets a second, in so many seconds

RESERVATIONS: Final = (1, 1_024, 65_536)
REHEARSED: Final = (1, 16, 32)
SECONDS: Final = 0.3
REHEARSAL_SECONDS: Final = 0.05
WARM_UP_S: Final = 0.05
LEAST_SHARE: Final = 0.2  # of the core, for a rate to mean anything
FORWARDED: Final = 0.9  # of what came in; the two are not read at once
MODES: Final = ("io", "macswap")
HALF: Final = 0.5
ROUNDS_OVER_VETH: Final = 2
PERCENTS: Final = (50, 90, 99, 99.9)
NOBODY: Final = "p4rsvp-dpdk is neither on the PATH nor built: make dpdk"


def measure(bench: Bench) -> None:
    """Measure forwarding by number of reservations, with one worker and two, and its delay."""
    binary = process.find_binary()
    if binary is None:
        bench.leave_out("dpdk", NOBODY)
        return
    counts = REHEARSED if bench.rehearsal else RESERVATIONS
    with ExitStack() as stack:
        stack.enter_context(links.before_others())
        rates: dict[str, _Rate] = {
            f"dpdk, {_reservations(wanted)}": stack.enter_context(_lane(bench, binary, count)).rate
            for wanted, count in zip(RESERVATIONS, counts, strict=True)
        }
        two = stack.enter_context(_lane(bench, binary, counts[1], workers=2))
        rates["dpdk, 2 workers"] = two.rate
        rates |= _ceiling(bench, stack)
        _in_turns(bench, rates)
    bench.ratio("dpdk, 2 workers", "dpdk, 1,024 reservations")
    _embedded(bench, counts[1:])
    for wanted in RESERVATIONS[1:]:
        bench.ratio(f"dpdk, {_reservations(wanted)}", f"softswitch, {_reservations(wanted)}")
    links.measure(bench, "dpdk", load=HALF, percents=PERCENTS, rounds=ROUNDS_OVER_VETH)


def _reservations(count: int) -> str:
    return f"{count:,} reservation{'s' * (count > 1)}"


def _in_turns(bench: Bench, rates: dict[str, _Rate]) -> None:
    """Measure all of them in each round."""
    seconds = REHEARSAL_SECONDS if bench.rehearsal else SECONDS
    runs: dict[str, list[float]] = {name: [] for name in rates}
    for number in range(bench.rounds):
        for place, (name, rate) in enumerate(rates.items()):
            bench.say(name, number * len(rates) + place, bench.rounds * len(rates))
            runs[name].append(rate(seconds))
    for name, found in runs.items():
        bench.add(name, "packets/s", found)


class Lane:
    """One p4rsvp-dpdk with a trace that never ends; stopped but while it is measured."""

    def __init__(self, running: DpdkProcess, device: DpdkDevice) -> None:
        self._pid = running.pid
        self._device = device
        self._workers = len(device.workers())
        os.kill(self._pid, signal.SIGSTOP)

    def rate(self, seconds: float) -> float:
        """Packets a second of processor time, the workers' added."""
        os.kill(self._pid, signal.SIGCONT)
        try:
            time.sleep(WARM_UP_S)
            sent, received = self._sent(), self._received()
            begin_ns = testpmd.workers_ns(self._pid)
            spent_ns = 0
            while spent_ns < LEAST_SHARE * seconds * 1e9:  # others may have all of the core
                time.sleep(seconds)
                spent_ns = testpmd.workers_ns(self._pid) - begin_ns
            sent, received = self._sent() - sent, self._received() - received
        finally:
            os.kill(self._pid, signal.SIGSTOP)
        assert sent > FORWARDED * received, f"only {sent} of {received} packets were forwarded"
        return sent / spent_ns * 1e9 * self._workers

    def _sent(self) -> int:
        return next(p.sent_packets for p in self._device.ports() if p.port == OUT_PORT)

    def _received(self) -> int:
        return sum(worker.packets for worker in self._device.workers())


@contextmanager
def _lane(bench: Bench, binary: Path, reservations: int, workers: int = 1) -> Iterator[Lane]:
    bench.say(f"start DPDK with {_reservations(reservations)}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="p4rsvp-bench-")))
        trace = folder / "trace.pcap"
        _write_trace(trace, reservations)
        command = CommandLine(
            ports=((IN_PORT, f"null:{trace}"), (OUT_PORT, "null")),
            cores=cores_for(workers, first=1),
            poll=True,
        )
        log = stack.enter_context((folder / "log").open("w"))
        running = DpdkProcess(binary, command.arguments, log.fileno())
        stack.callback(running.stop)
        device = DpdkDevice(running.control, *PSA, _lost)
        stack.callback(device.close)
        device.fill(Way(parse_p4info(PSA.p4info.read_text())).updates(reservations))
        lane = Lane(running, device)
        stack.callback(os.kill, running.pid, signal.SIGCONT)
        yield lane


def _lost(why: str) -> None:
    raise RuntimeError(why)


def _write_trace(path: Path, reservations: int) -> None:
    """A capture file of packets of reservations at random, as the embedded switch gets them."""
    head = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFF, 1)
    record = struct.pack("=IIII", 0, 0, FRAME_BYTES, FRAME_BYTES)
    frames = (record + frame(number) for number in numbers_of_flows(reservations, FRAMES))
    path.write_bytes(head + b"".join(frames))


def _ceiling(bench: Bench, stack: ExitStack) -> dict[str, _Rate]:
    """testpmd, between null devices that give and take whatever memory holds."""
    if not testpmd.installed():
        bench.leave_out("testpmd", f"no {testpmd.BINARY} on the PATH; Debian has it in dpdk-dev")
        return {}
    bench.say("start testpmd")
    control, worker = cores_for(1, first=1).split(",")
    devices = (f"net_null0,size={FRAME_BYTES}", f"net_null1,size={FRAME_BYTES}")
    running = stack.enter_context(testpmd.running(devices, f"0@{control},1@{worker}"))
    return {f"testpmd {mode}": partial(running.rate, mode) for mode in MODES}


def _embedded(bench: Bench, counts: tuple[int, ...]) -> None:
    """The embedded switch, on the same packets."""
    works = []
    for wanted, count in zip(RESERVATIONS[1:], counts, strict=True):
        bench.say(f"load the embedded switch with {_reservations(wanted)}")
        works.append(Work(f"softswitch, {_reservations(wanted)}", FRAMES, Router(count).forward))
    bench.rates("packets/s", works)
