"""`p4rsvp bench` with a bench of its own, and a rehearsal of every real one."""

import json
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from p4rsvp.bench import BENCHES, command
from p4rsvp.bench.measure import ROUNDS, Bench, Work
from p4rsvp.bench.targets import TARGETS, Target, read_targets
from p4rsvp.cli import main

TARGET = Target(at_least=2.0, reason="two is what we need")


def small(bench: Bench) -> None:
    """A bench that finds the same three figures every time."""
    bench.add("apples", "1/s", [1.0, 3.0, 2.0])
    bench.add("pears", "1/s", [2.0, 2.0, 2.0])
    bench.ratio("apples", "pears")


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch) -> dict[str, Target]:
    """Puts the small bench into the table; what a test adds here is what it is held to."""
    found: dict[str, Target] = {}
    monkeypatch.setitem(BENCHES, "small", (__name__, "small", "Count apples."))
    monkeypatch.setattr(command, "read_targets", lambda _bench: found)
    return found


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


Invoke = Callable[..., Result]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Runs `p4rsvp bench` with some arguments."""

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main(["bench", *arguments], prog_name="p4rsvp")
        told = capsys.readouterr()
        return Result(int(ended.value.code or 0), told.out, told.err)

    return run


def test_a_target_reads_as_it_is_written_with_thousands_marked() -> None:
    assert str(Target(at_least=5_000_000, reason="many")) == "at least 5,000,000"
    assert str(Target(at_most=0.25, reason="few")) == "at most 0.25"


def test_the_table_shows_median_spread_unit_and_machine(
    targets: dict[str, Target], invoke: Invoke
) -> None:
    targets["apples"] = TARGET
    result = invoke("small")
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "apples " in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["apples", "2", "1", "3", "1/s", "3", "at least 2: met"]
    assert "cores" in result.stdout
    assert "numba" in result.stdout


def test_json_holds_the_same(targets: dict[str, Target], invoke: Invoke) -> None:
    targets["apples"] = TARGET
    told = json.loads(invoke("small", "--json").stdout)
    assert told["bench"] == "small"
    assert {"date", "took_s", "machine", "versions", "figures"} <= told.keys()
    apples, _, apples_a_pear = told["figures"]
    assert (apples["median"], apples["low"], apples["high"]) == (2.0, 1.0, 3.0)
    assert apples["target"] == {
        "at_least": 2.0,
        "at_most": None,
        "reason": "two is what we need",
        "met": True,
    }
    assert apples_a_pear["runs"] == [0.5, 1.5, 1.0]


def test_check_is_content_where_every_target_is_met(
    targets: dict[str, Target], invoke: Invoke
) -> None:
    targets["apples"] = TARGET
    targets["pears"] = Target(at_most=2.0, reason="no more")
    assert invoke("small", "--check").exit_code == 0


def test_check_exits_with_a_line_for_each_shortfall(
    targets: dict[str, Target], invoke: Invoke
) -> None:
    targets["apples"] = Target(at_least=5, reason="hunger")
    targets["pears"] = Target(at_most=1, reason="room")
    targets["plums"] = TARGET
    result = invoke("small", "--check")
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if "MISSED" in line] == [
        "MISSED apples: 2 1/s falls short of at least 5 (hunger)",
        "MISSED pears: 2 1/s falls short of at most 1 (room)",
        "MISSED plums: not measured, and its target is at least 2",
    ]


def test_what_a_machine_cannot_measure_is_told_and_misses_nothing(
    targets: dict[str, Target], monkeypatch: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    targets["plums, blue"] = TARGET
    monkeypatch.setattr(
        sys.modules[__name__], "small", lambda bench: bench.leave_out("plums", "no plum tree")
    )
    result = invoke("small", "--check")
    assert result.exit_code == 0
    assert "left out: plums (no plum tree)" in result.stdout


def test_without_check_a_missed_target_is_only_shown(
    targets: dict[str, Target], invoke: Invoke
) -> None:
    targets["apples"] = Target(at_least=5, reason="hunger")
    result = invoke("small")
    assert result.exit_code == 0
    assert "at least 5: MISSED" in result.stdout


def test_a_bench_that_takes_too_long_falls_short_unless_it_is_large(
    targets: dict[str, Target], invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 51.0, 0.0, 51.0])
    monkeypatch.setattr(command, "monotonic", lambda: next(clock))
    assert not targets
    result = invoke("small", "--check")
    assert result.exit_code == 1
    assert "took 51 s" in result.stderr
    assert invoke("small", "--check", "--large").exit_code == 0


def test_the_group_lists_its_benches_without_importing_them(invoke: Invoke) -> None:
    result = invoke("--help")
    for name, (_, _, line) in BENCHES.items():
        assert f"{name} " in result.stdout
        assert line.split()[0] in result.stdout


def test_no_bench_of_another_name_exists(invoke: Invoke) -> None:
    assert invoke("nothing").exit_code == 2


def test_a_target_has_one_bound() -> None:
    with pytest.raises(ValueError, match="either"):
        Target(reason="none")
    with pytest.raises(ValueError, match="either"):
        Target(at_least=1, at_most=2, reason="two")


def test_every_round_measures_every_work_in_turn() -> None:
    order: list[str] = []
    steps: list[tuple[int, int]] = []
    bench = Bench(lambda _step, done, of: steps.append((done, of)), rehearsal=True)
    bench.rounds = ROUNDS
    works = [Work("a", 10, lambda: order.append("a")), Work("b", 10, lambda: order.append("b"))]
    bench.rates("1/s", works)
    assert order == ["a", "b"] * (ROUNDS + 1)  # once to warm up
    assert len(bench.figures["a"].runs) == ROUNDS
    assert steps[2:] == [(done, 2 * ROUNDS) for done in range(2 * ROUNDS)]


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_runs_and_finds_what_its_targets_are_about(name: str) -> None:
    bench = Bench(rehearsal=True)
    module, function, _ = BENCHES[name]
    getattr(__import__(module, fromlist=[function]), function)(bench)
    assert bench.figures or bench.left_out
    missing = read_targets(name, TARGETS).keys() - bench.figures.keys()
    assert all(any(part in figure for part in bench.left_out) for figure in missing)
