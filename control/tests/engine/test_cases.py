"""Recorded cases: cases/NAME/events.toml, and in expected.txt all that comes of it.

`pytest control/tests/engine/test_cases.py --update-cases` writes the expectations anew; git shows
what has changed, and whoever commits it has read it.
"""

import tomllib
from pathlib import Path

import pytest

from tests.engine.transcript import transcript

CASES = sorted((Path(__file__).parent / "cases").iterdir())


def script(case: Path) -> dict[str, object]:
    return tomllib.loads((case / "events.toml").read_text())


def marked(case: Path) -> object:
    """The case as a parameter, with the sections that it shows."""
    sections = script(case)["rfc"]
    assert isinstance(sections, list)
    return pytest.param(case, id=case.name, marks=[pytest.mark.rfc(*one) for one in sections])


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_case_goes_as_recorded(case: Path, pytestconfig: pytest.Config) -> None:
    events = script(case)["event"]
    assert isinstance(events, list)
    found, expected = transcript(events), case / "expected.txt"
    if pytestconfig.getoption("--update-cases"):
        expected.write_text(found)
    assert found == expected.read_text()


def test_every_case_says_what_it_is_about() -> None:
    assert all(str(script(case)["about"]).endswith(".") for case in CASES)
