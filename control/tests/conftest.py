"""A cache of kernels for all workers, and what pytest collected for the page of RFC coverage.

Every run refuses a marker that names an unknown section; `--rfc-coverage=write` writes the page
anew and `--rfc-coverage=check` fails when it differs. Both want the whole collection:
`--collect-only`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import rfc_coverage
from tests.rfc_coverage import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

# numba keeps machine code beside the sources, where two environments with different versions of it
# would meet. It reads this when it is first imported, which is after this module.
os.environ["NUMBA_CACHE_DIR"] = str(Path(sys.prefix) / "numba-cache")

# A property holds or does not, however fast the machine is.
settings.register_profile("p4rsvp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("p4rsvp")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rfc-coverage",
        choices=("write", "check"),
        help="write docs/rfc-coverage.md from the rfc markers, or check that it is current",
    )
    parser.addoption(
        "--update-cases",
        action="store_true",
        help="write the expectations of the engine's recorded cases anew",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tests: dict[Section, set[str]] = {}
    for item in items:
        for section in _marked(item):
            tests.setdefault(section, set()).add(_name(item))
    rfcs = rfc_coverage.read_sections()
    if strangers := rfc_coverage.unknown(tests, rfcs):
        listed = "; ".join(f"RFC {s.rfc} {s.number} in {', '.join(tests[s])}" for s in strangers)
        raise pytest.UsageError(f"rfc markers that ci/rfc_sections.toml does not know: {listed}")
    _write_or_check(config.getoption("--rfc-coverage"), rfc_coverage.page(rfcs, tests))


def _write_or_check(wish: str | None, text: str) -> None:
    page = rfc_coverage.PAGE
    if wish == "write":
        page.write_text(text)
    elif wish == "check" and (not page.exists() or page.read_text() != text):
        raise pytest.UsageError(f"{page} is not what the tests' markers say: run `make rfc`")


def _marked(item: pytest.Item) -> Iterator[Section]:
    for mark in item.iter_markers("rfc"):
        if len(mark.args) != 2 or not all(isinstance(argument, str) for argument in mark.args):
            raise pytest.UsageError(f"{item.nodeid}: rfc takes a number and a section, both text")
        yield Section(*mark.args)


def _name(item: pytest.Item) -> str:
    """Name the test, not each of its parameter sets: `file::function`."""
    name = item.originalname if isinstance(item, pytest.Function) else item.name
    unit_tests = rfc_coverage.PROJECT / "control" / "tests"
    base = unit_tests if item.path.is_relative_to(unit_tests) else rfc_coverage.PROJECT
    return f"{item.path.relative_to(base)}::{name}"
