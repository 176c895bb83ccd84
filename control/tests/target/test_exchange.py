"""Some reservations give way to another in one transaction: out, then in, or all as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.engine.effects import DelFlowspec, Operation
from p4rsvp.engine.events import TargetResult
from p4rsvp.target.cells import Cell, Change, Content
from tests.target.requests import GROUP, ONE, OTHER, UNICAST, reserve
from tests.target.test_reconciler import Rig

FILTERS = "ipv4_five_tuple"


@pytest.fixture
def rig() -> Rig:
    """Two reservations stand, one of them for a group."""
    made = Rig()
    made.ask(1, reserve(1, 1, UNICAST, ONE))
    made.ask(2, reserve(1, 2, GROUP, OTHER))
    made.run()
    return made


def exchange(*gone: int, number: int = 9) -> list[Operation]:
    operations: list[Operation] = [DelFlowspec(1, one) for one in gone]
    return operations + reserve(1, number, UNICAST, replace(ONE, port=number))


def test_what_gives_way_is_gone_before_the_other_comes(rig: Rig) -> None:
    rig.plane.written.clear()
    rig.ask(3, exchange(1, 2))
    assert rig.run() == [TargetResult(3, ok=True)]
    kinds = [change.new is None for change in rig.plane.written if change.cell[0] == FILTERS]
    assert kinds == [True] * (len(kinds) - 1) + [False]
    assert rig.filters() == 1
    assert rig.is_exact


def test_nothing_of_the_other_is_written_before_the_first_is_known_to_be_gone(rig: Rig) -> None:
    rig.ask(3, exchange(1))
    assert all(change.new is None for change in rig.it.batch(100) if change.cell[0] == FILTERS)


@pytest.mark.parametrize("refused", ["reservation_meter", FILTERS])
def test_a_refusal_brings_back_what_had_gone(rig: Rig, refused: str) -> None:
    before: dict[Cell, Content] = dict(rig.plane.holds)
    left = [1]

    def refuses(change: Change) -> bool:
        if change.cell[0] != refused or change.new is None or not left:
            return False
        left.pop()
        return True

    rig.plane.refuses = refuses
    rig.ask(3, exchange(1, 2))
    assert rig.run() == [TargetResult(3, ok=False, why="no room")]
    assert rig.plane.holds == before
    assert rig.is_exact


def test_one_that_cannot_be_removed_stays_and_so_does_all_else(rig: Rig) -> None:
    before = dict(rig.plane.holds)
    left = [1]
    rig.plane.refuses = lambda change: change.new is None and bool(left) and left.pop() == 1
    rig.ask(3, exchange(1, 2))
    assert rig.run() == [TargetResult(3, ok=False, why="no room")]
    assert rig.plane.holds == before


def test_an_index_is_given_away_only_when_the_other_stands(rig: Rig) -> None:
    rig.ask(3, exchange(1))
    rig.ask(4, reserve(2, 5, UNICAST, ONE))
    rig.run()
    indices = [rig.planner.reservation(i, n) for i, n in ((1, 2), (1, 9), (2, 5))]
    used = [one.index for one in indices if one is not None]
    assert len(set(used)) == len(used) == 3
    rig.ask(5, reserve(2, 6, UNICAST, OTHER))
    last = rig.planner.reservation(2, 6)
    assert last is not None
    assert last.index not in used


def test_an_exchange_waits_for_a_transaction_of_a_group_that_takes_part(rig: Rig) -> None:
    rig.ask(3, reserve(2, 3, GROUP, OTHER))
    rig.ask(4, exchange(2, 1))
    rig.ask(5, [DelFlowspec(2, 3)])
    assert {result.txn for result in rig.run()} == {3, 4, 5}
    assert rig.filters() == 1
    assert rig.is_exact


def test_a_reconnection_in_the_middle_finishes_it(rig: Rig) -> None:
    rig.ask(3, exchange(1, 2))
    changes = rig.it.batch(100)
    rig.it.answer(changes, rig.plane.write(changes))
    rig.it.connected(rig.plane.holds)
    assert rig.run() == [TargetResult(3, ok=True)]
    assert rig.is_exact


@given(st.data())
def test_whatever_is_refused_an_exchange_is_made_wholly_or_not_at_all(data: st.DataObject) -> None:
    rig = Rig()
    for number in range(1, 5):
        session = GROUP if number % 2 else UNICAST
        rig.ask(number, reserve(1, number, session, replace(ONE, port=number)))
    rig.run()
    standing = set(range(1, 5))
    for txn in range(10, 10 + data.draw(st.integers(1, 4))):
        gone = data.draw(st.lists(st.sampled_from(sorted(standing)), unique=True, max_size=3))
        refused_at = data.draw(st.integers(0, 12))
        count = iter(range(100))

        def refuses(_: Change, count: Iterator[int] = count, refused_at: int = refused_at) -> bool:
            return next(count) == refused_at

        rig.plane.refuses = refuses
        before = dict(rig.plane.holds)
        rig.ask(txn, exchange(*gone, number=txn))
        (result,) = rig.run(most=data.draw(st.integers(1, 5)))
        while rig.it.retry():
            rig.run()
        assert rig.is_exact
        if result.ok:
            standing = standing - set(gone) | {txn}
        else:
            assert rig.plane.holds == before
