"""`p4rsvp bench policer`: the policers' kernels beside DPDK's trTCM, on the same packets.

Three policers judge packets of random length, each for a random meter: the embedded switch's meter
(RFC 2698), the host's token bucket with a peak rate (RFC 2215 3.6), and rte_meter in a small C
program, which is compiled here where gcc and DPDK's headers are (Debian: gcc, libdpdk-dev). The
first two count exactly; rte_meter adds tokens by the period.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.bench.figures import ratio
from p4rsvp.bench.measure import Work
from p4rsvp.dataplane.entities import MeterConfig
from p4rsvp.fast.policer import Policer, Profile
from p4rsvp.softswitch import jit
from p4rsvp.softswitch.jit import Words, kernel, u64
from p4rsvp.softswitch.kernels.meter import judge
from p4rsvp.softswitch.state import meter_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from p4rsvp.bench.measure import Bench

PACKETS = 1 << 20
REHEARSAL_PACKETS = 1 << 10
METERS = (1_024, 65_536)
METER_WORDS = u64(8)
PERIOD_NS = u64(100)
ZERO = u64(0)
BURST_BYTES = 3_000
SEED = 2698
_MASK = (1 << 64) - 1


def measure(bench: Bench) -> None:
    """Measure all policers on few and on many meters."""
    packets = REHEARSAL_PACKETS if bench.rehearsal else PACKETS
    with tempfile.TemporaryDirectory(prefix="p4rsvp-bench-") as folder:
        program = _compile(bench, Path(folder))
        for meters in METERS:
            _measure(bench, meters, packets, program)


def _measure(bench: Bench, meters: int, packets: int, program: Path | None) -> None:
    order, lengths = traffic(meters, packets)
    words = jit.view(meters_of_the_switch(meters), plain=jit.JIT_DISABLED)
    policer = _policer(meters)
    times = np.arange(1, packets + 1, dtype=np.int64) * int(PERIOD_NS)
    span_ns = packets * int(PERIOD_NS)

    def police() -> None:
        policer.police(order, lengths, times)
        np.add(times, span_ns, out=times)

    names = f"switch meter, {meters:,}", f"token bucket, {meters:,}"
    bench.rates(
        "packets/s",
        [
            Work(
                names[0],
                packets,
                partial(_colour_all, words, *_as_words(np.zeros(1, np.int64), order, lengths)),
            ),
            Work(names[1], packets, police),
        ],
    )
    if program is not None:
        _beside_dpdk(bench, program, meters, packets, names[0])


def _beside_dpdk(bench: Bench, program: Path, meters: int, packets: int, switch: str) -> None:
    """Run the C program for as many rounds, and divide."""
    name = f"DPDK rte_meter, {meters:,}"
    bench.say(name)
    done = subprocess.run(  # noqa: S603  # the program compiled below
        [program, str(meters), str(packets), str(bench.rounds)],
        capture_output=True,
        text=True,
        check=True,
    )
    bench.add(name, "packets/s", [float(line) for line in done.stdout.split()])
    quotient = f"switch meter / rte_meter, {meters:,}"
    bench.figures[quotient] = ratio(quotient, bench.figures[switch], bench.figures[name])


def _compile(bench: Bench, folder: Path) -> Path | None:
    """Compile the C program, where that can be done; None says that it cannot."""
    tools = [shutil.which(name) for name in ("gcc", "pkg-config")]
    if None in tools:
        return None
    gcc, pkg_config = map(str, tools)
    asked = subprocess.run(  # noqa: S603  # found by shutil.which
        [pkg_config, "--cflags", "--libs", "libdpdk"], capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        return None
    bench.say("compile the C program")
    program = folder / "rte_meter"
    source = Path(__file__).with_name("rte_meter.c")
    flags = asked.stdout.split()
    subprocess.run(  # noqa: S603  # found by shutil.which
        [gcc, "-O3", "-o", program, source, *flags], check=True
    )
    return program


def traffic(meters: int, packets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which meter each packet asks, and how long it is: as rte_meter.c draws it."""
    order, lengths = np.zeros(packets, np.int64), np.zeros(packets, np.int64)
    state = SEED
    for i in range(packets):
        state, word = _draw(state)
        order[i] = word % meters
        state, word = _draw(state)
        lengths[i] = 64 + word % 1437
    return order, lengths


def rate_bytes_per_s(meters: int) -> int:
    """The committed rate: half of what a meter is offered, so that all colours come up."""
    return 400 * 1_000_000_000 // (meters * int(PERIOD_NS))


def _draw(state: int) -> tuple[int, int]:
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return state, mixed ^ mixed >> 31


def meters_of_the_switch(meters: int) -> NDArray[np.uint64]:
    """The switch's meters, one cache line each."""
    words = np.zeros((meters + 1) * 8, np.uint64)
    skip = -words.ctypes.data % 64 // 8
    words = words[skip : skip + meters * 8]
    rate = rate_bytes_per_s(meters)
    for i in range(meters):
        words[8 * i : 8 * i + 8] = meter_words(
            MeterConfig(rate + i % 16, BURST_BYTES, 2 * rate, 2 * BURST_BYTES), 0
        )
    return words


def _as_words(*arrays: NDArray[np.int64]) -> list[Any]:
    return [jit.view(array.astype(np.uint64), plain=jit.JIT_DISABLED) for array in arrays]


@kernel
def _colour_all(mem: Words, clock: Words, order: Words, lengths: Words) -> int:
    """Ask the switch's meters, and count up what they say; the clock goes on from run to run."""
    now_ns = clock[ZERO]
    colours = ZERO
    for i in range(len(order)):
        now_ns += PERIOD_NS
        colours += judge(mem, order[i] * METER_WORDS, lengths[i], now_ns)
    clock[ZERO] = now_ns
    return colours


def _policer(meters: int) -> Policer:
    policer = Policer(meters)
    rate = rate_bytes_per_s(meters)
    for i in range(meters):
        profile = Profile(rate + i % 16, BURST_BYTES, 64, 1500, 2 * rate)
        policer.install(i, profile, 0)
    return policer
