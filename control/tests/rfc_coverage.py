"""docs/rfc-coverage.md: which RFC sections the tests show, made from their markers.

Owns the shape of the page and the rule that a marker names a section of ci/rfc_sections.toml;
conftest.py feeds it what pytest collected. A page that differs from what the markers say fails the
CI, so it cannot go stale.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "rfc-coverage.md"
SECTIONS = PROJECT / "ci" / "rfc_sections.toml"
HEAD = """\
# RFC coverage

Made by `make rfc` from the `@pytest.mark.rfc(number, section)` markers of the tests, and compared
by the CI: do not edit. A section counts as shown when at least one test says that it shows it;
that is no claim that every sentence of the section is covered. What no test shows is listed under
each table.
"""


class Section(NamedTuple):
    """One section of one RFC, as a marker names it."""

    rfc: str
    number: str


class Rfc(NamedTuple):
    """What ci/rfc_sections.toml holds of one RFC."""

    title: str
    sections: Mapping[str, str]  # number -> title, in the RFC's own order


def read_sections(path: Path = SECTIONS) -> dict[str, Rfc]:
    """Read the table of sections that a marker may name."""
    return {number: Rfc(**entry) for number, entry in tomllib.loads(path.read_text()).items()}


def unknown(marked: Iterable[Section], rfcs: Mapping[str, Rfc]) -> list[Section]:
    """Say which of the marked sections the table does not hold."""
    return sorted(
        {
            section
            for section in marked
            if section.rfc not in rfcs or section.number not in rfcs[section.rfc].sections
        }
    )


def page(rfcs: Mapping[str, Rfc], tests: Mapping[Section, set[str]]) -> str:
    """Write the whole page; `tests` holds `file::name` of every test that shows a section."""
    return "\n".join(
        [HEAD, *_summary(rfcs, tests), *(_chapter(number, rfcs[number], tests) for number in rfcs)]
    )


def _shown(number: str, rfc: Rfc, tests: Mapping[Section, set[str]]) -> list[str]:
    return [section for section in rfc.sections if tests.get(Section(number, section))]


def _summary(rfcs: Mapping[str, Rfc], tests: Mapping[Section, set[str]]) -> list[str]:
    lines = ["| RFC | Title | Sections shown |", "|---|---|---|"]
    for number, rfc in rfcs.items():
        count = f"{len(_shown(number, rfc, tests))} of {len(rfc.sections)}"
        lines.append(f"| [{number}](#rfc-{number}) | {rfc.title} | {count} |")
    return [*lines, ""]


def _chapter(number: str, rfc: Rfc, tests: Mapping[Section, set[str]]) -> str:
    shown = _shown(number, rfc, tests)
    lines = [f"## RFC {number}", "", f"{rfc.title}.", ""]
    if shown:
        lines += ["| Section | Title | Tests |", "|---|---|---|"]
        lines += [
            f"| {section} | {rfc.sections[section]} | {_names(tests[Section(number, section)])} |"
            for section in shown
        ]
        lines.append("")
    missing = [_label(*entry) for entry in rfc.sections.items() if entry[0] not in shown]
    if missing:
        lines += ["No test yet: " + "; ".join(missing) + ".", ""]
    return "\n".join(lines)


def _label(section: str, title: str) -> str:
    """Number and title; a section that goes by its heading needs no second name."""
    return title if section.casefold() == title.casefold() else f"{section} {title}"


def _names(tests: set[str]) -> str:
    """Group the tests of a section by file."""
    by_file: dict[str, list[str]] = {}
    for file, name in sorted(test.split("::", 1) for test in tests):
        by_file.setdefault(file, []).append(f"`{name}`")
    return "<br>".join(f"{file}: {', '.join(names)}" for file, names in by_file.items())
