"""What the P4Info says of tables, actions, meters and counters; read from its text form.

Only the standard library is used, so that the translator runs where p4c does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT = re.compile(r"^#.*$", re.MULTILINE)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}:]|[^\s{}:"]+')


@dataclass(frozen=True, slots=True)
class Field:
    """A key field or an action's parameter."""

    name: str
    bits: int
    match: str = "EXACT"

    @property
    def bytes(self) -> int:
        """On the control socket and in a row: the fewest whole bytes."""
        return -(-self.bits // 8)


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its parameters."""

    id: int
    name: str
    parameters: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `entry_actions` are the ids of those that an entry may name."""

    id: int
    name: str
    key: tuple[Field, ...]
    entry_actions: tuple[int, ...]
    default_action: int
    size: int


@dataclass(frozen=True, slots=True)
class Array:
    """A meter's or counter's cells."""

    id: int
    name: str
    unit: str
    size: int


@dataclass(frozen=True, slots=True)
class P4Info:
    """Objects by their names in a spec: dots are underscores, the control is left out."""

    tables: dict[str, Table]
    actions: dict[str, Action]
    meters: dict[str, Array]
    counters: dict[str, Array]


def read_p4info(text: str) -> P4Info:
    """Parse the text form of a P4Info."""
    tree = _message(iter(TOKEN.findall(COMMENT.sub("", text))))
    actions = [_action(each) for each in tree.get("actions", [])]
    return P4Info(
        tables={_spec_name(each): _table(each) for each in tree.get("tables", [])},
        actions={action.name: action for action in actions},
        meters={_spec_name(each): _array(each) for each in tree.get("meters", [])},
        counters={_spec_name(each): _array(each) for each in tree.get("counters", [])},
    )


def _message(tokens: Iterator[str]) -> dict[str, list[Any]]:
    """The fields of a message up to its closing brace, each a list of values."""
    fields: dict[str, list[Any]] = {}
    for name in tokens:
        if name == "}":
            break
        value: Any = _message(tokens) if next(tokens) == "{" else next(tokens).strip('"')
        fields.setdefault(name, []).append(value)
    return fields


def _spec_name(tree: dict[str, list[Any]]) -> str:
    name: str = tree["preamble"][0]["name"][0]
    return name.split(".", 1)[1].replace(".", "_")


def _id(tree: dict[str, list[Any]]) -> int:
    return int(tree["preamble"][0]["id"][0])


def _field(tree: dict[str, list[Any]]) -> Field:
    return Field(tree["name"][0], int(tree["bitwidth"][0]), tree.get("match_type", ["EXACT"])[0])


def _action(tree: dict[str, list[Any]]) -> Action:
    return Action(_id(tree), _spec_name(tree), tuple(map(_field, tree.get("params", []))))


def _table(tree: dict[str, list[Any]]) -> Table:
    entry_actions = [
        int(each["id"][0]) for each in tree["action_refs"] if each.get("scope") != ["DEFAULT_ONLY"]
    ]
    return Table(
        id=_id(tree),
        name=tree["preamble"][0]["name"][0].rpartition(".")[2],
        key=tuple(map(_field, tree["match_fields"])),
        entry_actions=tuple(entry_actions),
        default_action=int(tree["const_default_action_id"][0]),
        size=int(tree["size"][0]),
    )


def _array(tree: dict[str, list[Any]]) -> Array:
    name = tree["preamble"][0]["name"][0].rpartition(".")[2]
    return Array(_id(tree), name, tree["spec"][0]["unit"][0], int(tree["size"][0]))
