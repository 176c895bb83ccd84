"""What the pages and the heads of modules name is there: files, commands, options, other pages."""

import re
import shlex
from pathlib import Path

import click
import pytest

from p4rsvp.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
PACKAGE = sorted((ROOT / "control" / "p4rsvp").rglob("*.py"))
FOLDERS = ("ci", "control", "bmv2_tests", "dpdk", "docs", "p4src")
THE_READERS_OWN = {"my_topo.py"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture(scope="module", name="places")
def _places() -> set[str]:
    """Every file by each end of its path: a/b/c.py is c.py, b/c.py and a/b/c.py."""
    found: set[str] = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            parts = path.relative_to(ROOT).parts
            found.update("/".join(parts[start:]) for start in range(len(parts)))
    return found


def missing(pattern: str, text: str, places: set[str]) -> set[str]:
    return set(re.findall(pattern, text)) - places - THE_READERS_OWN


@each_page
def test_each_module_that_a_page_names_is_there(page: Path, places: set[str]) -> None:
    assert not missing(r"`([\w/.-]+\.py)`", page.read_text(), places)


@each_page
def test_each_script_and_page_that_a_page_names_is_there(page: Path, places: set[str]) -> None:
    assert not missing(r"`((?:ci|docs|control)/[\w/.-]+\w)", page.read_text(), places)


@each_page
def test_each_page_that_a_page_leads_to_is_there(page: Path) -> None:
    ways = re.findall(r"\]\((?!https?:)([\w./@-]+)(?:#[\w-]*)?\)", page.read_text())
    assert [way for way in ways if not (page.parent / way).exists()] == []


def test_each_module_that_a_module_speaks_of_is_there(places: set[str]) -> None:
    named = r"(?<![\w.*{}/-])([a-z][\w/]*\.py)\b"
    wrong = {path.name: missing(named, path.read_text(), places) for path in PACKAGE}
    assert {module: names for module, names in wrong.items() if names} == {}


def test_the_page_on_architecture_has_a_line_for_each_package() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    packages = {path.parent.name for path in PACKAGE if path.match("p4rsvp/*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)` +\|", page, re.MULTILINE)) == packages


def command_lines(text: str) -> list[str]:
    """Those in running text, and those that stand in a line of their own."""
    whole_lines = re.sub(r"\\\n\s*", " ", text)
    own = re.findall(
        r"^ *(?:\$ )?(?:sudo )?(?:[A-Z_]+=\S+ )*p4rsvp ([^\n|&>#;,]+)", whole_lines, re.MULTILINE
    )
    return re.findall(r"`p4rsvp ([^`\n]+)`", text) + own


def unknown_word(words: list[str]) -> str | None:
    """The first command or option that there is not."""
    command: click.Command = main
    context = click.Context(main)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        found = command.get_command(context, name)
        if found is None:
            return name
        command = found
    options = {"--help", "-h"}.union(*(one.opts + one.secondary_opts for one in command.params))
    own = rest[: rest.index("--")] if "--" in rest else rest
    return next((w for w in own if w[:2] == "--" and w.partition("=")[0] not in options), None)


@each_page
def test_each_command_line_of_a_page_is_one_that_p4rsvp_has(page: Path) -> None:
    wrong = {line: unknown_word(shlex.split(line)) for line in command_lines(page.read_text())}
    assert {line: word for line, word in wrong.items() if word is not None} == {}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("show sessions", None),
        ("reserver 10.0.0.1:5004", "reserver"),
        ("switch --grpcs 9559", "--grpcs"),
        ("switch --grpc=9559", None),
    ],
)
def test_a_command_or_an_option_that_there_is_not_is_found(line: str, word: str | None) -> None:
    assert unknown_word(shlex.split(line)) == word
