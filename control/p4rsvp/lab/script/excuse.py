"""What a stalled machine excuses: not to meet an expectation in the time that it has spoilt.

While the machine stalls, a sender breaks its own Tspec and packets wait for a cpu, not for a link.
So an expectation that is not met is no finding where a stall lies in its phase or the steps before
it, or so short before that its burst was still under way. What is met in spite of a stall is met,
and what fails elsewhere has failed.
"""

from __future__ import annotations

from collections.abc import Iterable

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
