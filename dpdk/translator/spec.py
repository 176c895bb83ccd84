"""A spec of DPDK's SWX pipeline, as p4c-dpdk writes it: structs, headers, actions, tables, code.

An instruction is its words and the label before it. What the words mean, `code.py` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD = re.compile(r"(var)?bit<(\d+)> (\w+)")


class SpecError(Exception):
    """A spec that cannot be translated; the text says what and where."""


@dataclass(frozen=True, slots=True)
class StructField:
    """A field; the last one of a header may vary in length, up to `bits`."""

    name: str
    bits: int
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of code."""

    words: tuple[str, ...]
    label: str | None = None


@dataclass(slots=True)
class Action:
    """An action: the struct of its arguments, and its code."""

    arguments: str | None
    code: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table: the fields of its key, its actions, and which one is the default."""

    key: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    default: str = ""


@dataclass(slots=True)
class Spec:
    """A whole pipeline."""

    structs: dict[str, tuple[StructField, ...]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    code: list[Instruction] = field(default_factory=list)

    @property
    def metadata(self) -> dict[str, int]:
        """Widths of the metadata's fields in bits."""
        return {each.name: each.bits for each in self.structs["metadata_t"]}

    def header(self, name: str) -> tuple[StructField, ...]:
        """Fields of a header."""
        return self.structs[self.headers[name]]


def read_spec(text: str) -> Spec:
    """Parse a spec."""
    spec = Spec()
    lines = (line.strip() for line in text.splitlines())
    meaningful = (line for line in lines if line and not line.startswith(";"))
    for line in meaningful:
        words = line.split()
        match words[0]:
            case "struct":
                spec.structs[words[1]] = tuple(map(_field, _block(meaningful)))
            case "header":
                spec.headers[words[1]] = words[3]
            case "action":
                arguments = words[4] if words[3] == "instanceof" else None
                code = [_instruction(each) for each in _block(meaningful)]
                spec.actions[words[1]] = Action(arguments, code)
            case "table":
                spec.tables[words[1]] = _table(meaningful)
            case "apply":
                spec.code = [_instruction(each) for each in _block(meaningful)]
            case "metadata" | "metarray" | "regarray":
                pass  # sizes are the P4Info's
            case _:
                raise SpecError(f"a spec with `{line}`")
    return spec


def _block(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == "}":
            return
        yield line


def _field(line: str) -> StructField:
    found = FIELD.fullmatch(line)
    if found is None:
        raise SpecError(f"a struct with the field `{line}`")
    return StructField(found[3], int(found[2]), varies=found[1] is not None)


def _instruction(line: str) -> Instruction:
    label, colon, rest = line.partition(" :")
    return Instruction(tuple(rest.split()), label) if colon else Instruction(tuple(line.split()))


def _table(lines: Iterator[str]) -> Table:
    table = Table()
    for line in _block(lines):
        words = line.split()
        match words[0]:
            case "key":
                table.key = [each.split()[0] for each in _block(lines)]
            case "actions":
                table.actions = [each.split()[0] for each in _block(lines)]
            case "default_action":
                table.default = words[1]
            case "size":
                pass
            case _:
                raise SpecError(f"a table with `{line}`")
    return table
