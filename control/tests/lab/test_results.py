"""What a run came to: sums over a part of it, and its JSON."""

from pathlib import Path

import msgspec
import pytest

from p4rsvp.lab.results import (
    BIN_NS,
    Flow,
    Outcome,
    Phase,
    Results,
    ResultsError,
    Sample,
    Stall,
    Topology,
    Verdict,
    read_results,
)


def flow(*samples: Sample) -> Flow:
    return Flow("video", "h1", "h2", "a video", samples)


def results(*verdicts: Verdict) -> Results:
    return Results(
        scenario="dumbbell",
        title="Dumbbell",
        description="",
        variant="short",
        target="softswitch",
        mode="root",
        started="2026-11-21T00:00:00Z",
        setup_ns=1,
        duration_ns=3 * BIN_NS,
        topology=Topology((), ()),
        flows=(flow(Sample(10, 1000, 9, 900, 1, 5, 6.5, 8, 1, 20)),),
        phases=(Phase("all", "all of it", 0, 3 * BIN_NS),),
        events=(),
        outcomes=tuple(Outcome("no loss", "1 packet", verdict) for verdict in verdicts),
    )


def test_sums_cover_only_the_bins_that_lie_wholly_inside() -> None:
    counted = flow(*(Sample(10**i, 10**i, 10**i, 10**i, 10**i) for i in range(4)))
    totals = counted.within(1, 3 * BIN_NS + 1)
    assert totals.sent_packets == totals.received_packets == totals.lost_packets == 110
    assert totals.duration_ns == 2 * BIN_NS


def test_a_rate_is_bits_over_the_bins_that_were_summed() -> None:
    totals = flow(Sample(received_bytes=12_500), Sample(received_bytes=37_500)).within(
        0, 2 * BIN_NS
    )
    assert totals.received_bits_per_s == 2_000_000


def test_the_mean_delay_weighs_packets_and_not_bins() -> None:
    busy = Sample(received_packets=3, delay_min_us=1, delay_mean_us=2, delay_max_us=4)
    calm = Sample(received_packets=1, delay_min_us=9, delay_mean_us=10, delay_max_us=11)
    totals = flow(busy, Sample(), calm).within(0, 3 * BIN_NS)
    assert totals.delay_mean_us == 4
    assert totals.delay_max_us == 11


def test_silence_at_the_end_is_a_gap_that_nothing_has_closed() -> None:
    heard = Sample(received_packets=1, gap_us=150_000)
    assert flow(heard, Sample()).within(0, 2 * BIN_NS).gap_us == 150_000
    assert flow(heard, Sample(), Sample()).within(0, 3 * BIN_NS).gap_us == 200_000


def test_results_come_back_from_json_as_they_were(tmp_path: Path) -> None:
    written = results(Verdict.PASSED)
    written.write(tmp_path / "new" / "results.json")
    assert read_results(tmp_path / "new" / "results.json") == written


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"scenario": 7}'])
def test_a_file_that_holds_something_else_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=r"other\.json holds no results"):
        read_results(path)


def test_results_of_another_format_are_refused(tmp_path: Path) -> None:
    msgspec.structs.replace(results(), format=99).write(tmp_path / "old.json")
    with pytest.raises(ResultsError, match="format 99"):
        read_results(tmp_path / "old.json")


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ((Verdict.PASSED, Verdict.UNJUDGED), Verdict.PASSED),
        ((Verdict.PASSED, Verdict.UNMEASURED), Verdict.UNMEASURED),
        ((Verdict.PASSED, Verdict.FAILED, Verdict.UNMEASURED), Verdict.FAILED),
        ((Verdict.UNJUDGED,), Verdict.FAILED),
        ((), Verdict.FAILED),
    ],
)
def test_a_run_is_as_good_as_the_worst_that_was_judged(
    verdicts: tuple[Verdict, ...], verdict: Verdict
) -> None:
    assert results(*verdicts).verdict is verdict


def test_the_worst_stall_is_told_with_its_time_and_cause() -> None:
    stalls = (Stall(1, 30_000_000, "flood"), Stall(12_300_000_000, 210_000_000, "video"))
    stalled = msgspec.structs.replace(results(), stalls=stalls)
    assert stalled.stalled == "the machine stalled for up to 210 ms at 12.3 s (video)"
    assert not results().stalled
