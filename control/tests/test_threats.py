"""docs/security.md names what shows each answer to a threat: all of it has to be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from p4rsvp.bench import BENCHES
from p4rsvp.lab.script.scenario import scenario_names

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/security.md"
_SHOWN_BY = 2
_FILE = re.compile(r"^(\w+(?:/\w+)*)(?:: (.*))?$")
_TEST = re.compile(r"`(test_\w+)`")
_COMMAND = re.compile(r"`(?:p4rsvp )?(bench|lab run) (\w[\w-]*)`")
_FUZZ = re.compile(r"`ci/fuzz`: (.*)")


def threats() -> list[tuple[str, str]]:
    """Each threat, and what shows that it is answered."""
    section = PAGE.read_text(encoding="utf-8").split("## Threats")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line[1:].split("|")] for line in lines]
    return [(row[0], row[_SHOWN_BY]) for row in rows[1:]]


def missing(shown: str) -> list[str]:
    """What is named and not there."""
    found = []
    for part in filter(None, (one.strip() for one in shown.split(";"))):
        command, fuzz, file = _COMMAND.fullmatch(part), _FUZZ.fullmatch(part), _FILE.fullmatch(part)
        if command:
            known = BENCHES if command[1] == "bench" else scenario_names()
            found += [part] * (command[2] not in known)
        elif fuzz:
            targets = fuzz[1].split(", ")
            found += [t for t in targets if not (ROOT / f"control/tests/fuzz/{t}.py").is_file()]
        elif file:
            found += _missing_tests(file[1], file[2] or "")
        else:
            found.append(part)
    return found


def _missing_tests(file: str, names: str) -> list[str]:
    candidates = [ROOT / f"control/tests/{file}.py", ROOT / f"{file}.py", ROOT / file]
    path = next((one for one in candidates if one.exists()), None)
    if path is None:
        return [file]
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [name for name in _TEST.findall(names) if f"def {name}(" not in text]


def test_there_is_a_table_of_threats() -> None:
    assert len(threats()) > 20


@pytest.mark.parametrize(("threat", "shown"), threats(), ids=[one for one, _ in threats()])
def test_what_shows_that_a_threat_is_answered_exists(threat: str, shown: str) -> None:
    assert missing(shown) == [], threat


@pytest.mark.parametrize(
    "shown",
    ["security/test_nothing", "security/test_guard: `test_nothing`", "`p4rsvp bench nothing`", "?"],
)
def test_what_does_not_exist_is_noticed(shown: str) -> None:
    assert missing(shown)
