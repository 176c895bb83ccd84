"""What a run of a scenario came to: enough to judge it and to draw its report again later.

Owns the record and its JSON, and sums over a part of the run; how it was measured is world.py's,
what was expected of it scenario.py's. Times are nanoseconds since the run began. A flow is told in
bins of equal length, bin i covering [i, i + 1) * bin_ns; one record stands for one flow at one
receiver, so a multicast flow has as many as it has receivers.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import msgspec
from msgspec import Struct

from p4rsvp.machine import describe_machine, describe_versions

FORMAT = 1
NS_PER_S = 1_000_000_000
BIN_NS = 100_000_000


class ResultsError(ValueError):
    """A file does not hold results; the text says why."""


class Sample(Struct, frozen=True, array_like=True):
    """One flow at one receiver during one bin. Packets are counted as IP, headers included."""

    sent_packets: int = 0  # by the time of sending
    sent_bytes: int = 0
    received_packets: int = 0  # by the time of arrival
    received_bytes: int = 0
    lost_packets: int = 0  # of those sent in this bin, the ones that never came
    # One way, of the packets that arrived in this bin; None where none did.
    delay_min_us: float | None = None
    delay_mean_us: float | None = None
    delay_max_us: float | None = None
    jitter_us: float | None = None  # RFC 3550 6.4.1, at the end of the bin
    gap_us: float = 0  # the longest time between arrivals that ended in this bin


class Totals(Struct, frozen=True):
    """A flow over a part of the run."""

    duration_ns: int
    sent_packets: int
    sent_bytes: int
    received_packets: int
    received_bytes: int
    lost_packets: int
    delay_mean_us: float | None
    delay_max_us: float | None
    jitter_us: float | None
    gap_us: float

    @property
    def received_bits_per_s(self) -> float:
        """The rate at which it arrived."""
        return self.received_bytes * 8 * NS_PER_S / self.duration_ns

    @property
    def sent_bits_per_s(self) -> float:
        """The rate at which it was sent."""
        return self.sent_bytes * 8 * NS_PER_S / self.duration_ns

    @property
    def loss_share(self) -> float:
        """How much of what was sent never came, from 0 to 1."""
        return self.lost_packets / self.sent_packets if self.sent_packets else 0.0


class Flow(Struct, frozen=True):
    """One flow at one receiver."""

    name: str
    sender: str
    receiver: str
    title: str  # for people: what it stands for, and its rate
    samples: tuple[Sample, ...]
    bin_ns: int = BIN_NS

    @property
    def label(self) -> str:
        """The flow, told apart from itself at other receivers."""
        return f"{self.name} at {self.receiver}"

    def within(self, start_ns: int, end_ns: int) -> Totals:
        """What happened in the bins that lie wholly in a part of the run."""
        first = -(-start_ns // self.bin_ns)
        chosen = self.samples[first : max(first, end_ns // self.bin_ns)]
        delays = [(s.delay_mean_us, s.received_packets) for s in chosen]
        timed = [(mean, count) for mean, count in delays if mean is not None]
        arrived = sum(count for _, count in timed)
        return Totals(
            duration_ns=max(len(chosen), 1) * self.bin_ns,
            sent_packets=sum(s.sent_packets for s in chosen),
            sent_bytes=sum(s.sent_bytes for s in chosen),
            received_packets=sum(s.received_packets for s in chosen),
            received_bytes=sum(s.received_bytes for s in chosen),
            lost_packets=sum(s.lost_packets for s in chosen),
            delay_mean_us=sum(m * n for m, n in timed) / arrived if arrived else None,
            delay_max_us=max(
                (s.delay_max_us for s in chosen if s.delay_max_us is not None), default=None
            ),
            jitter_us=next(
                (s.jitter_us for s in reversed(chosen) if s.jitter_us is not None), None
            ),
            gap_us=max(max((s.gap_us for s in chosen), default=0), self._silence_us(chosen)),
        )

    def _silence_us(self, chosen: tuple[Sample, ...]) -> float:
        """How long nothing had come when the bins ended: a gap that no arrival has closed yet."""
        silent = 0
        for sample in reversed(chosen):
            if sample.received_packets:
                break
            silent += 1
        return silent * self.bin_ns / 1000


class Phase(Struct, frozen=True):
    """A part of the run with a name; expectations refer to it."""

    name: str
    title: str
    start_ns: int
    end_ns: int


class Event(Struct, frozen=True):
    """Something that happened at a node: of RSVP, or done by the scenario."""

    at_ns: int
    node: str
    text: str
    marked: bool = False  # drawn into the plots, and not only listed


class Quantity(Enum):
    """What the plots show, and in what it is told."""

    RATE = "rate"  # bits per second
    LOSS = "loss"  # a share, from 0 to 1
    DELAY = "delay"  # microseconds


class Reference(Struct, frozen=True):
    """A level to compare a plot with: a link's rate, a computed bound."""

    quantity: Quantity
    value: float
    text: str


class Verdict(Enum):
    """What became of an expectation."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "not judged"  # what it is about could not be measured in this mode
    UNMEASURED = "not measured"  # it was not met, but the machine stalled (script/excuse.py)


class Outcome(Struct, frozen=True):
    """An expectation, and what was found."""

    expected: str
    measured: str
    verdict: Verdict


class Stall(Struct, frozen=True):
    """The machine did not keep up: traffic was late, or a router had to wait for a cpu."""

    at_ns: int
    lasted_ns: int
    what: str  # what was late

    def overlaps(self, start_ns: int, end_ns: int) -> bool:
        """Whether a part of it lies in there."""
        return self.at_ns < end_ns and self.at_ns + self.lasted_ns > start_ns


class Node(Struct, frozen=True):
    """A host or a router of the topology."""

    name: str
    is_router: bool
    note: str = ""  # its addresses, or what runs on it


class Link(Struct, frozen=True):
    """Two nodes, and what is between them."""

    ends: tuple[str, str]
    rate_bits_per_s: float | None = None  # None: as fast as the machine
    note: str = ""  # delay, loss


class Topology(Struct, frozen=True):
    """Who was connected with whom."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


class Results(Struct, frozen=True):
    """A whole run."""

    scenario: str
    title: str
    description: str
    variant: str  # long or short
    target: str  # softswitch, bmv2 or dpdk
    mode: str  # how the network was made: root, user namespace, or in one process
    started: str  # ISO 8601, UTC
    setup_ns: int
    duration_ns: int
    topology: Topology
    flows: tuple[Flow, ...]
    phases: tuple[Phase, ...]
    events: tuple[Event, ...]
    outcomes: tuple[Outcome, ...]
    references: tuple[Reference, ...] = ()
    stalls: tuple[Stall, ...] = ()
    machine: dict[str, str] = msgspec.field(default_factory=describe_machine)
    versions: dict[str, str] = msgspec.field(default_factory=describe_versions)
    format: int = FORMAT

    @property
    def verdict(self) -> Verdict:
        """Passed if something was judged, and all of that was met.

        One failure that no stall excuses is enough to fail; nothing judged is no success either.
        """
        verdicts = {outcome.verdict for outcome in self.outcomes}
        ranked = (Verdict.FAILED, Verdict.UNMEASURED, Verdict.PASSED)
        return next((verdict for verdict in ranked if verdict in verdicts), Verdict.FAILED)

    @property
    def stalled(self) -> str:
        """The worst stall in words; empty if there was none."""
        if not self.stalls:
            return ""
        worst = max(self.stalls, key=lambda stall: stall.lasted_ns)
        lasted_ms, at_s = worst.lasted_ns / 1e6, worst.at_ns / NS_PER_S
        return f"the machine stalled for up to {lasted_ms:.0f} ms at {at_s:.1f} s ({worst.what})"

    def totals(self, phase: Phase) -> Iterator[tuple[Flow, Totals]]:
        """Each flow over one phase."""
        for flow in self.flows:
            yield flow, flow.within(phase.start_ns, phase.end_ns)

    def write(self, path: Path) -> None:
        """Write the results as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(self))


def read_results(path: Path) -> Results:
    """Read what `Results.write` wrote."""
    try:
        results = msgspec.json.decode(path.read_bytes(), type=Results)
    except msgspec.DecodeError as error:
        raise ResultsError(f"{path} holds no results of a lab: {error}") from error
    if results.format != FORMAT:
        raise ResultsError(f"{path} has format {results.format}; this p4rsvp reads {FORMAT}")
    return results
