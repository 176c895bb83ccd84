"""Changes as rows of numbers, against the same changes one by one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import Atomicity, TableEntry, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from tests.softswitch.router import Router

pytestmark = pytest.mark.kernel

TABLES = ("verdicts", "next_hops")
CONTINUE, ROLLBACK = Atomicity.CONTINUE_ON_ERROR, Atomicity.ROLLBACK_ON_ERROR


@cache
def router(_name: str) -> Router:
    """A switch for either way, made once."""
    return Router(plain=True)


def held_by(one: Router) -> list[Any]:
    """Both tables' entries."""
    found = [e for name in TABLES for e in one.switch.read(TableEntry(one.tables[name]))]
    return sorted(found, key=lambda entry: (entry.table_id, entry.match))


def clear(one: Router) -> None:
    held = held_by(one)
    assert one.write(UpdateType.DELETE, *held) == [None] * len(held)


def matrix(one: Router, rows: list[list[Any]]) -> Any:
    """Rows of names and numbers as rows of numbers, as long as the longest."""
    numbers = [
        [kind, one.tables[table], one.actions[action], *values]
        for kind, table, action, *values in rows
    ]
    width = max(map(len, numbers), default=3)
    return np.array([row + [0] * (width - len(row)) for row in numbers], np.int64).reshape(
        -1, width
    )


def one_by_one(one: Router, rows: Any, atomicity: Atomicity) -> list[ControlError | None]:
    tables = one.switch.tables
    updates = [tables[row[1]].update(row) for row in rows.tolist()]
    return one.switch.apply(updates, atomicity)


def answers(outcome: list[ControlError | None]) -> list[tuple[Status, str] | None]:
    return [(error.status, error.sentence) if error else None for error in outcome]


kinds = st.sampled_from(list(UpdateType))
changes = st.lists(
    st.tuples(kinds, st.just("verdicts"), st.just("send"), *[st.integers(0, 3)] * 3)
    | st.tuples(kinds, st.just("next_hops"), st.just("reach"), *[st.integers(0, 3)] * 3)
    | st.tuples(kinds, st.just("next_hops"), st.just("resolve"), st.integers(0, 3)),
    max_size=40,
)


@settings(max_examples=60)
@given(st.lists(changes, max_size=3), st.sampled_from([CONTINUE, ROLLBACK]))
def test_rows_do_and_answer_what_updates_do(writes: list[list[Any]], atomicity: Atomicity) -> None:
    by_rows, by_updates = router("rows"), router("updates")
    for one in (by_rows, by_updates):
        clear(one)
    for write in writes:
        rows = matrix(by_rows, write)
        found = by_rows.switch.apply_rows(rows, atomicity)
        assert answers(found) == answers(one_by_one(by_updates, rows, atomicity))
        assert held_by(by_rows) == held_by(by_updates)


def test_a_full_table_refuses_the_row_that_is_too_many_and_takes_it_after_a_deletion() -> None:
    one = router("rows")
    clear(one)
    size = one.switch.tables[one.tables["verdicts"]].table.size
    rows = [[UpdateType.INSERT, "verdicts", "send", n % 16, n // 16, 0] for n in range(size + 1)]
    outcome = one.switch.apply_rows(matrix(one, rows))
    assert [error and error.status for error in outcome] == [None] * size + [
        Status.RESOURCE_EXHAUSTED
    ]
    again = [[UpdateType.DELETE, "verdicts", "send", 3, 0], rows[-1]]
    assert one.switch.apply_rows(matrix(one, again)) == [None, None]


def test_an_entry_with_metadata_keeps_it_until_rows_change_it() -> None:
    one = router("rows")
    clear(one)
    entry = one.entry("next_hops", (1,), "reach", 2, 3)
    entry.metadata = b"mine"
    one.insert(entry)
    row = [UpdateType.MODIFY, "next_hops", "reach", 2, 5, 6]
    (refusal,) = one.switch.apply_rows(matrix(one, [row]))
    assert refusal is not None
    assert held_by(one) == [entry]
    row[3] = 1
    assert one.switch.apply_rows(matrix(one, [row])) == [None]
    assert held_by(one) == [one.entry("next_hops", (1,), "reach", 5, 6)]
