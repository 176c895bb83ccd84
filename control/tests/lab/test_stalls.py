"""A stalled machine: how it is noticed, and what it excuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.lab.results import Outcome, Stall, Verdict
from p4rsvp.lab.script.excuse import AFTERMATH_NS, excuse, spoilt_spans
from p4rsvp.lab.spaces.starving import STARVED_SHARE, Starving
from p4rsvp.softswitch.jit import u64
from p4rsvp.softswitch.ports.ring_socket import views
from p4rsvp.traffic.lateness import (
    LATE_NS,
    LATENESS_WORDS,
    MOST_SPANS,
    late_spans,
    note_lateness,
)
from p4rsvp.traffic.memory import new_words

S = 1_000_000_000
START_NS, END_NS = 10 * S, 14 * S  # of a phase and its steps
STALL_NS = S // 10


def spans(packets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is told of packets that were due and left."""
    lateness = new_words(LATENESS_WORDS)
    (words,) = views(lateness)
    for due, left in packets:
        note_lateness(words, u64(due), u64(left))
    return late_spans(lateness)


def excused(verdict: Verdict, *stalls_ns: int) -> Verdict:
    stalls = [Stall(at, STALL_NS, "video was sent late") for at in stalls_ns]
    return excuse(Outcome("no loss", "2 packets", verdict), stalls, START_NS, END_NS).verdict


@pytest.mark.parametrize("at_ns", [START_NS, END_NS - 1, START_NS - STALL_NS - AFTERMATH_NS + 1])
def test_a_failure_about_a_stall_is_no_measurement(at_ns: int) -> None:
    assert excused(Verdict.FAILED, at_ns) is Verdict.UNMEASURED


@pytest.mark.parametrize("at_ns", [END_NS, START_NS - STALL_NS - AFTERMATH_NS])
def test_a_stall_at_another_time_excuses_nothing(at_ns: int) -> None:
    assert excused(Verdict.FAILED, at_ns) is Verdict.FAILED


def test_without_a_stall_a_failure_is_a_failure() -> None:
    assert excused(Verdict.FAILED) is Verdict.FAILED


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.UNJUDGED])
def test_a_stall_changes_no_other_verdict(verdict: Verdict) -> None:
    assert excused(verdict, START_NS) is verdict


@pytest.mark.kernel
def test_a_packet_that_is_hardly_late_is_on_time() -> None:
    assert spans([(S, S), (S, S + LATE_NS)]) == []


@pytest.mark.kernel
def test_what_was_due_during_a_stall_belongs_to_it() -> None:
    woke = S + 3 * LATE_NS
    assert spans([(S, woke), (S + LATE_NS, woke), (woke, woke + 1)]) == [(S, woke)]


@pytest.mark.kernel
def test_stalls_apart_are_told_apart() -> None:
    stalls = [(n * S, n * S + 2 * LATE_NS) for n in range(1, 4)]
    assert spans(stalls) == stalls


@pytest.mark.kernel
def test_the_last_span_holds_what_has_no_room() -> None:
    late = [(n * S, n * S + 2 * LATE_NS) for n in range(MOST_SPANS + 7)]
    told = spans(late)
    assert told == [*late[: MOST_SPANS - 1], (late[MOST_SPANS - 1][0], late[-1][1])]


@pytest.mark.kernel
@given(st.lists(st.tuples(st.integers(0, 9 * S), st.integers(0, S)), max_size=50))
def test_every_late_packet_lies_in_a_span(drawn: list[tuple[int, int]]) -> None:
    # As a sender has them: due in order, and left in order.
    left = 0
    packets = []
    for due, late in sorted(drawn):
        left = max(left, due + late)
        packets.append((due, left))
    told = spans(packets)
    for due, left in packets:
        if left - due > LATE_NS:
            assert any(begin <= due and left <= end for begin, end in told)


def account(proc: Path, waited_ns: int) -> None:
    """What the scheduler would tell of a process with one thread."""
    thread = proc / "7" / "task" / "7"
    thread.mkdir(parents=True, exist_ok=True)
    (thread / "schedstat").write_text(f"123 {waited_ns} 9\n")


@pytest.mark.parametrize(
    ("grown_ns", "told"), [(int(STARVED_SHARE * S), False), (int(STARVED_SHARE * S) + 1, True)]
)
def test_a_switch_that_has_hardly_had_a_cpu_is_found(
    tmp_path: Path, grown_ns: int, *, told: bool
) -> None:
    starving = Starving(lambda: {"r1's switch": 7})
    account(tmp_path, 5 * S)  # of its life before
    starving.look(S, tmp_path)
    account(tmp_path, 5 * S + grown_ns)
    starving.look(2 * S, tmp_path)
    expected = [Stall(S, grown_ns, "r1's switch waited for a cpu")]
    assert starving.found == (expected if told else [])


def test_a_switch_that_is_gone_has_not_waited(tmp_path: Path) -> None:
    starving = Starving(lambda: {"r1's switch": 7})
    starving.look(S, tmp_path)
    assert starving.found == []


def test_a_phase_is_spoilt_by_what_stalls_from_the_end_of_the_one_before() -> None:
    assert list(spoilt_spans([10, 20], 25)) == [(0, 10), (10, 20)]


def test_what_kept_a_phase_from_being_reached_excuses_all_that_follow() -> None:
    assert list(spoilt_spans([10, None, None], 25)) == [(0, 10), (10, 25), (10, 25)]
