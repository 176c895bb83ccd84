"""The random simulator: seeds pass, the same seed is the same run, and faults do happen in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from p4rsvp.sim.faults import FAULTS
from p4rsvp.sim.run import run_seed

_REGRESSIONS = tomllib.loads(Path(__file__).with_name("seeds.toml").read_text())["seed"]


@pytest.mark.parametrize("seed", [r["number"] for r in _REGRESSIONS])
def test_a_seed_that_failed_once_passes(seed: int) -> None:
    assert run_seed(seed).failure == ""


@pytest.mark.parametrize("seed", range(300, 312))
def test_a_few_seeds_pass(seed: int) -> None:
    assert run_seed(seed).failure == ""


def test_the_same_seed_gives_the_same_run_whatever_hashes_are_salted_with() -> None:
    program = "from p4rsvp.sim.run import run_seed; print([run_seed(s).digest for s in range(4)])"
    runs = [
        # The program is the one above: nothing of it comes from outside.
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": salt, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for salt in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_different_seeds_give_different_runs() -> None:
    assert len({run_seed(seed).digest for seed in range(5)}) == 5


def test_every_fault_has_words_of_its_own() -> None:
    assert len({fault.__doc__ for fault, _ in FAULTS}) == len(FAULTS)
