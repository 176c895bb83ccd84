"""What a stalled machine excuses: not to meet an expectation in the time that it has spoilt.

While the machine stalls, a sender breaks its own Tspec and packets wait for a cpu, not for a link.
So an expectation that is not met is no finding where a stall lies in its phase or the steps before
it, or so short before that its burst was still under way. What is met in spite of a stall is met,
and what fails elsewhere has failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from p4rsvp.lab.results import NS_PER_S, Outcome, Stall, Verdict

AFTERMATH_NS = NS_PER_S  # in which queues drain, and buckets fill again


def excuse(outcome: Outcome, stalls: Iterable[Stall], start_ns: int, end_ns: int) -> Outcome:
    """The outcome of a phase that lasted so long, its steps included."""
    if outcome.verdict is not Verdict.FAILED:
        return outcome
    if not any(stall.overlaps(start_ns - AFTERMATH_NS, end_ns) for stall in stalls):
        return outcome
    measured = f"{outcome.measured}; the machine stalled"
    return Outcome(outcome.expected, measured, Verdict.UNMEASURED)


def spoilt_spans(ends_ns: Iterable[int | None], run_end_ns: int) -> Iterator[tuple[int, int]]:
    """The part of the run whose stalls excuse each phase: its steps and itself.

    A phase that was never reached has no end. What kept it, and all after it, from being reached
    lies between the last that was and the end of the run.
    """
    begin_ns = 0
    for end_ns in ends_ns:
        yield begin_ns, run_end_ns if end_ns is None else end_ns
        if end_ns is not None:
            begin_ns = end_ns
