"""Every scenario that comes with p4rsvp, in its short variant, on a lab of the embedded switch.

The lab is as real as this machine allows; a few run within one process too, which is what is left
where nothing else is allowed. A few run on bmv2, one of each kind: a bottleneck shared, a bound
kept, a group policed for each receiver, a link cut; and two on DPDK. They have to meet the very
same expectations, of which "loses nothing" is no packet lost; `ci/lab --target bmv2` and
`--target dpdk` run the others.
"""

from __future__ import annotations

import asyncio
import time

import pytest

from p4rsvp.dpdk import process
from p4rsvp.lab.build import build
from p4rsvp.lab.mode import Mode
from p4rsvp.lab.results import Results, Verdict
from p4rsvp.lab.script.runner import run
from p4rsvp.lab.script.scenario import find_scenario, read_scenario, scenario_names
from p4rsvp.lab.script.watch import Watcher
from p4rsvp.target import bmv2
from tests.lab.conftest import best_mode

# A run is repeated for one reason only: the machine stalled, so that it was no measurement.
MOST_RUNS = 3
RUNS = {"flood": 1}  # which takes as long as three others

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


async def results_of(name: str, mode: Mode | None, target: str) -> Results:
    scenario = read_scenario(find_scenario(name))
    begun_ns = time.monotonic_ns()
    async with build(scenario.topology, target=target, mode=mode) as world:
        setup_ns = time.monotonic_ns() - begun_ns
        return await run(
            scenario, "short", world, target=target, setup_ns=setup_ns, watcher=Watcher()
        )


def judge(name: str, mode: Mode | None, target: str = "softswitch") -> None:
    """Run it until the machine lets it be measured; skip where it never does."""
    for _ in range(RUNS.get(name, MOST_RUNS)):
        results = asyncio.run(results_of(name, mode, target))
        if results.verdict is not Verdict.UNMEASURED:
            break
    else:
        pytest.skip(f"no run of {RUNS.get(name, MOST_RUNS)} was a measurement: {results.stalled}")
    missed = [one for one in results.outcomes if one.verdict is not Verdict.PASSED]
    told = "\n".join(f"{one.expected}: {one.measured} ({one.verdict.value})" for one in missed)
    assert not missed, told


@pytest.mark.parametrize("name", scenarios())
def test_the_scenario_meets_its_expectations(name: str) -> None:
    judge(name, best_mode() if name == "flood" else None)  # one process has no room for a flood


@pytest.mark.parametrize("name", ["daemon-killed", "dumbbell"])
def test_the_scenario_meets_them_within_one_process_as_well(name: str) -> None:
    judge(name, Mode.MEMORY)


@pytest.mark.parametrize("name", ["dumbbell", "guaranteed", "multicast", "reroute"])
def test_the_scenario_meets_them_on_bmv2_as_well(name: str) -> None:
    if not bmv2.installed():
        pytest.skip(f"{bmv2.BINARY} is not on the PATH")
    judge(name, best_mode(), "bmv2")


@pytest.mark.parametrize("name", ["dumbbell", "multicast"])
def test_the_scenario_meets_them_on_dpdk_as_well(name: str) -> None:
    if process.find_binary() is None:
        pytest.skip(f"{process.NAME} is neither on the PATH nor built here (docs/dpdk.md)")
    judge(name, best_mode(), "dpdk")
