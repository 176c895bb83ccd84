"""`p4rsvp sim`: what it prints, and how it ends."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from p4rsvp.cli import main
from p4rsvp.sim import batch
from p4rsvp.sim.run import Outcome


def test_it_reports_what_it_simulated() -> None:
    result = CliRunner().invoke(main, ["sim", "--seeds", "2", "--jobs", "1"])
    assert result.exit_code == 0
    assert "2 seeds, 0 failed" in result.output
    assert "simulated hours a second" in result.output


def test_json_has_the_same_figures() -> None:
    result = CliRunner().invoke(main, ["sim", "--seed", "3", "--json"])
    figures = json.loads(result.output)
    assert figures["seeds"] == 1
    assert figures["failed"] == []
    assert figures["simulated_hours"] > 0


def test_two_processes_come_to_the_same_as_one() -> None:
    first, second = (batch.run_seeds(range(4), jobs, lambda _: None) for jobs in (1, 2))
    assert (first.packets, first.steps) == (second.packets, second.steps)


def test_no_seeds_are_no_answer() -> None:
    result = CliRunner().invoke(main, ["sim", "--seeds", "0"])
    assert result.exit_code == 2
    assert "--seeds must be at least 1" in result.output


def test_a_failure_says_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(seed: int) -> Outcome:
        return Outcome(seed, "Traceback\n", "", ("0.000 s  H1 sends",), 1.0, 0.1, 0, 0, 0)

    monkeypatch.setattr(batch, "run_seed", fails)
    result = CliRunner().invoke(main, ["sim", "--seed", "5"])
    assert result.exit_code == 1
    assert "p4rsvp sim --seed 5" in result.output
    assert "H1 sends" in result.output
