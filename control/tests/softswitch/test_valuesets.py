"""A parser that selects by value sets, with every kind of match, with and without the jit."""

from __future__ import annotations

from typing import Any

import pytest

from p4rsvp.dataplane.entities import Match, Update, UpdateType, ValueSetEntry
from p4rsvp.dataplane.errors import Status, Unsupported
from p4rsvp.softswitch.switch import Switch
from tests.softswitch.tiny import OUT_PORT, field, load, number

SET = 7
P4INFO = """
value_sets {{
  preamble {{ id: 7 name: "MyParser.chosen" alias: "chosen" }}
  match {{ id: 1 name: "a" bitwidth: {width} match_type: {kind} }}
  size: 2
}}
"""
TO_THE_PORT = {"op": "set", "parameters": [field("standard_metadata", "egress_spec"), number(3)]}


def parser() -> list[dict[str, Any]]:
    """Extracts h; keys that the set holds go by another state, which picks the port."""
    extract = {"op": "extract", "parameters": [{"type": "regular", "value": "h"}]}
    by_set = {"type": "parse_vset", "value": "MyParser.chosen", "mask": None, "next_state": "in"}
    otherwise = {"type": "default", "value": None, "mask": None, "next_state": None}
    start = {"name": "start", "parser_ops": [extract], "transition_key": [field("h", "a")]}
    chosen = {"name": "in", "parser_ops": [TO_THE_PORT], "transition_key": []}
    states = [{**start, "transitions": [by_set, otherwise]}, {**chosen, "transitions": [otherwise]}]
    return [{"init_state": "start", "parse_states": states}]


def switch(kind: str, *, plain: bool = True, width: int = 8) -> Switch:
    sets = [{"name": "MyParser.chosen", "id": 0, "compressed_bitwidth": 8, "max_size": 2}]
    info = P4INFO.format(kind=kind, width=width)
    return load([], plain=plain, p4info=info, parsers=parser(), parse_vsets=sets)


def fill(one: Switch, *members: Match, kind: UpdateType = UpdateType.MODIFY) -> Any:
    (refusal,) = one.apply([Update(kind, ValueSetEntry(SET, members))])
    return refusal


def chosen(one: Switch, *keys: int) -> list[int]:
    """The keys, of these, whose packets the parser sends to the port."""
    return [
        key
        for key in keys
        if [p.port for p in one.process([(1, bytes([key, 0, 0]))], 0)] == [OUT_PORT]
    ]


@pytest.mark.parametrize("plain", [True, False])
def test_the_parser_goes_where_a_member_fits(*, plain: bool) -> None:
    one = switch("TERNARY", plain=plain)
    keys = (0, 1, 2, 0x12, 0x22, 0xFF)
    assert chosen(one, *keys) == []  # a set is empty at first
    assert fill(one, ((0x02, 0x0F),), ((0xFF, 0xFF),)) is None
    assert chosen(one, *keys) == [2, 0x12, 0x22, 0xFF]
    assert fill(one) is None
    assert chosen(one, *keys) == []


@pytest.mark.parametrize(
    ("kind", "member", "found"),
    [
        ("EXACT", (5,), [5]),
        ("OPTIONAL", (5,), [5]),
        ("OPTIONAL", (None,), [4, 5, 6, 7, 255]),
        ("LPM", ((4, 6),), [4, 5, 6, 7]),
        ("RANGE", ((5, 6),), [5, 6]),
        ("RANGE", (None,), [4, 5, 6, 7, 255]),
    ],
)
def test_each_kind_of_match_fits_what_it_says(kind: str, member: Match, found: list[int]) -> None:
    one = switch(kind)
    assert fill(one, member) is None
    assert chosen(one, 4, 5, 6, 7, 255) == found
    assert list(one.read(ValueSetEntry(0))) == [ValueSetEntry(SET, (member,))]


@pytest.mark.parametrize(
    ("status", "members", "kind"),
    [
        (Status.INVALID_ARGUMENT, [(1,)], UpdateType.INSERT),
        (Status.INVALID_ARGUMENT, [], UpdateType.DELETE),
        (Status.INVALID_ARGUMENT, [(1, 2)], UpdateType.MODIFY),
        (Status.INVALID_ARGUMENT, [(None,)], UpdateType.MODIFY),
        (Status.OUT_OF_RANGE, [(256,)], UpdateType.MODIFY),
        (Status.ALREADY_EXISTS, [(1,), (1,)], UpdateType.MODIFY),
        (Status.RESOURCE_EXHAUSTED, [(1,), (2,), (3,)], UpdateType.MODIFY),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    status: Status, members: list[Match], kind: UpdateType
) -> None:
    one = switch("EXACT")
    assert fill(one, (9,)) is None
    assert fill(one, *members, kind=kind).status is status
    assert chosen(one, 1, 2, 9) == [9]


def test_a_key_that_is_not_the_selects_is_refused_when_the_program_is_loaded() -> None:
    with pytest.raises(Unsupported, match=r"MyParser\.chosen"):
        switch("EXACT", width=9)
