"""What the pages and the heads of modules name is there: files, commands, options, other pages."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args, get_type_hints

import click
import pytest

from p4rsvp.cli import main
from p4rsvp.daemon.reading import convert
from p4rsvp.daemon.settings import Settings, Table

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
PACKAGE = sorted((ROOT / "control" / "p4rsvp").rglob("*.py"))
TESTS = ("control/tests", "bmv2_tests")
FOLDERS = ("ci", "control", "bmv2_tests", "dpdk", "docs", "p4src")
THE_READERS_OWN = {"my_topo.py"}
# What an example of a part of a configuration leaves to the rest of the file.
REST: dict[str, Any] = {
    "switch": {"address": "127.0.0.1:9559", "p4info": "", "program": ""},
    "interface": [{"number": 1, "port": 1, "mac": "02:00:00:00:00:01"}],
}
REST["interface"][0] |= {"addresses": ["10.0.1.1/24"], "rate_bits_per_s": 1e9}

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


def configurations(page: Path) -> list[str]:
    """The examples of a page that are a daemon's configuration, or a part of one."""
    blocks = re.findall(r"(?:^(?: {4}.*)?\n)+", page.read_text(), re.MULTILINE)
    found = [dedent(block.strip("\n")) for block in blocks]
    first = re.compile(rf"\[\[?({'|'.join(Settings.__struct_fields__)})[.\]]")
    return [text for text in found if first.match(text)]


@pytest.mark.parametrize(
    ("name", "count"), [("README", 1), ("docs/daemon", 2), ("docs/security", 3)]
)
def test_each_configuration_of_a_page_is_a_good_one(name: str, count: int) -> None:
    texts = configurations(ROOT / f"{name}.md")
    assert len(texts) == count
    for text in texts:
        convert(REST | tomllib.loads(text), Settings)


def keys(table: type[Table]) -> Iterator[str]:
    """The keys of a table and of those within it."""
    hints = get_type_hints(table)
    yield from table.__struct_encode_fields__
    for field in table.__struct_fields__:
        for one in (hints[field], *get_args(hints[field])):
            if isinstance(one, type) and issubclass(one, Table):
                yield from keys(one)


def test_each_key_of_a_configuration_is_explained() -> None:
    pages = [(ROOT / "docs" / f"{name}.md").read_text() for name in ("daemon", "security")]
    known = set(re.findall(r"\w+", " ".join(pages)))
    assert {key for key in keys(Settings) if key not in known} == set()


def test_each_test_that_a_page_names_is_there() -> None:
    code = [path.read_text() for tests in TESTS for path in (ROOT / tests).rglob("test_*.py")]
    there = set(re.findall(r"def (test_\w+)", "".join(code)))
    pages = [page.read_text() for page in PAGES if page.name != "CONTRIBUTING.md"]
    assert set(re.findall(r"`(test_\w+)`", "".join(pages))) - there == set()


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
