"""Scenario files: those that come with p4rsvp are sound, and mistakes are told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.lab.script.expectations import Hears, Holds, Loses, lifetime_ns
from p4rsvp.lab.script.scenario import (
    EXPECTATIONS,
    find_scenario,
    read_scenario,
    scenario_names,
)
from p4rsvp.lab.script.sentences import Flows, Names, SentenceError
from p4rsvp.lab.script.steps import STEPS, Reserve, Wait

NAMES = Names(("h1", "h2"), ("r1",), ("h1-r1",), ("video", "film"))
TOPOLOGY = """
[[host]]
name = "h1"
[[host]]
name = "h2"
[[router]]
name = "r1"
[[link]]
ends = ["h1", "r1"]
[[link]]
ends = ["r1", "h2"]
[interface]
refresh_period_ms = 1_000
"""
SCENARIO = """
title = "t"
description = "d"
topology = "line"
[[flow]]
name = "video"
title = "v"
sender = "h1"
receivers = ["h2"]
packet_bytes = 500
rate_bits_per_s = 1e6
[[phase]]
name = "one"
title = "One"
seconds = { long = 1, short = 1 }
expect = ["video loses nothing"]
"""


def write(folder: Path, scenario: str) -> Path:
    (folder / "topologies").mkdir()
    (folder / "topologies" / "line.toml").write_text(TOPOLOGY)
    path = folder / "own.toml"
    path.write_text(scenario)
    return path


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_that_comes_along_can_be_read(name: str) -> None:
    scenario = read_scenario(find_scenario(name))
    assert any(phase.expect for phase in scenario.phases)
    assert sum(phase.seconds.long for phase in scenario.phases) <= 57  # a minute, with its steps
    assert sum(phase.seconds.short for phase in scenario.phases) <= 10


def test_a_step_is_read_with_its_values() -> None:
    step = STEPS.read("h2 reserves FF(video) for a delay of 80 ms", NAMES)
    assert isinstance(step, Reserve)
    assert (step.host, str(step.request), step.duration) == ("h2", "FF(video)", 80_000_000)
    assert STEPS.read("wait 1.5 s", NAMES) == Wait("wait 1.5 s", 1_500_000_000)


def test_an_expectation_is_read_with_its_values() -> None:
    holds = EXPECTATIONS.read("r1 holds SE((video,film){3B}) towards h2 within 1 s", NAMES)
    assert isinstance(holds, Holds)
    assert (holds.router, holds.node, str(holds.request)) == ("r1", "h2", "SE((film,video){3B})")
    hears = EXPECTATIONS.read("h2 hears a ResvErr of code 1/2 within 500 ms", NAMES)
    assert isinstance(hears, Hears)
    assert (hears.upcall, hears.code, hears.duration) == ("ResvErr", (1, 2), 500_000_000)
    loses = EXPECTATIONS.read("video and film at h2 loses at most 2.5 %", NAMES)
    assert isinstance(loses, Loses)
    assert (loses.flows, loses.share) == (Flows(("video", "film"), "h2"), 0.025)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("h9 vanishes", "there is no host 'h9'; there are h1, h2"),
        ("h2 reserves FF(audio)", "there is no flow 'audio'"),
        ("link h1-r9 goes down", "there is no link 'h1-r9'"),
        ("h2 reserves FF(video{4C})", "write FF"),
        ("h2 explodes", "'h2 explodes' is none of these: {host} reserves {request};"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_with_what_there_is(text: str, why: str) -> None:
    with pytest.raises(SentenceError) as caught:
        STEPS.read(text, NAMES)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("video loses", "audio loses", "phase[1]: 'audio loses nothing': there is no flow 'audio'"),
        ('sender = "h1"', 'sender = "h7"', "flow[1].sender = 'h7': has to be a host"),
        ('["h2"]', '["h1", "h2"]', "several receivers want a group"),
        ("seconds =", "second =", "phase[1].second: no such key"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert old in SCENARIO
    path = write(tmp_path, SCENARIO.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_scenario(path)
    assert str(path) in str(caught.value)
    assert why in str(caught.value)


def test_a_scenario_of_ones_own_is_found_by_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, SCENARIO)
    assert read_scenario(find_scenario(str(path))).name == "own"
    with pytest.raises(ConfigError, match=r"there is no scenario 'own'; there are .*dumbbell"):
        find_scenario("own")


@pytest.mark.rfc("2205", "3.7")
def test_a_lifetime_follows_from_the_refresh_period(tmp_path: Path) -> None:
    links = read_scenario(write(tmp_path, SCENARIO)).topology.links
    assert {lifetime_ns(link) for link in links.values()} == {5_250_000_000}


@pytest.mark.parametrize("form", STEPS.forms() + EXPECTATIONS.forms())
def test_everything_that_can_be_said_is_documented(form: str) -> None:
    manual = Path(__file__).parents[3] / "docs" / "lab.md"
    assert f"`{form}`" in manual.read_text()
