"""Every scenario that comes with p4rsvp, in its short variant, on a lab of the embedded switch.

The lab is as real as this machine allows; a few run within one process too, which is what is left
where nothing else is allowed.
"""

from __future__ import annotations

import asyncio
import time

import pytest

from p4rsvp.lab.build import build
from p4rsvp.lab.mode import Mode
from p4rsvp.lab.results import Results, Verdict
from p4rsvp.lab.script.runner import run
from p4rsvp.lab.script.scenario import find_scenario, read_scenario, scenario_names
from p4rsvp.lab.script.watch import Watcher

# A lab runs in real time: a machine that stalls for a tenth of a second makes any sender break its
# promise to the network, and packets are lost by right. Twice in a row it is no accident.
TRIES = 2

RFC = {
    "dumbbell": ("2211", "2"),
    "guaranteed": ("2212", "Network Element Data Handling Requirements"),
    "figures": ("2205", "1.4"),
    "figure8": ("2205", "1.4"),
    "multicast": ("2205", "2.2"),
    "killer1": ("2205", "2.5"),
    "killer2": ("2205", "2.5"),
    "refused": ("2205", "2.5"),
    "reroute": ("2205", "3.6"),
    "vanished": ("2205", "2.3"),
}


def scenarios() -> list[object]:
    """All of them, with what they show."""
    return [
        pytest.param(name, id=name, marks=[pytest.mark.rfc(*RFC[name])] if name in RFC else [])
        for name in scenario_names()
    ]


async def results_of(name: str, mode: Mode | None) -> Results:
    scenario = read_scenario(find_scenario(name))
    begun_ns = time.monotonic_ns()
    async with build(scenario.topology, mode=mode) as world:
        setup_ns = time.monotonic_ns() - begun_ns
        return await run(
            scenario, "short", world, target="softswitch", setup_ns=setup_ns, watcher=Watcher()
        )


def failures(results: Results) -> list[str]:
    return [
        f"{outcome.expected}: {outcome.measured}"
        for outcome in results.outcomes
        if outcome.verdict is not Verdict.PASSED
    ]


def judge(name: str, mode: Mode | None) -> None:
    """Run it, and perhaps once more."""
    found: list[str] = []
    for _ in range(TRIES):
        found = failures(asyncio.run(results_of(name, mode)))
        if not found:
            return
    pytest.fail("\n".join(found))


@pytest.mark.parametrize("name", scenarios())
def test_the_scenario_meets_its_expectations(name: str) -> None:
    judge(name, None)


@pytest.mark.parametrize("name", ["daemon-killed", "dumbbell", "figures"])
def test_the_scenario_meets_them_within_one_process_as_well(name: str) -> None:
    judge(name, Mode.MEMORY)
