"""The reconciler against a data plane that does what it is told, refuses, forgets or is slow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.engine.effects import DelFlowspec, Operation, Program
from p4rsvp.engine.events import TargetResult
from p4rsvp.target.cells import Action, Cell, Change, Content, Entry, MeterCell, PrefixEntry
from p4rsvp.target.reconciler import Reconciler, Refusal
from tests.target.requests import GROUP, ONE, OTHER, UNICAST, planner, reserve

ROUTE = PrefixEntry("ipv4_routes", 0x0A000000, 8)


class Plane:
    """Cells, written as P4Runtime writes them: a place that is taken is not free."""

    def __init__(self) -> None:
        self.holds: dict[Cell, Content] = {}
        self.refuses: Callable[[Change], bool] = lambda _: False
        self.written: list[Change] = []

    def write(self, changes: list[Change]) -> dict[int, Refusal]:
        refusals: dict[int, Refusal] = {}
        for place, change in enumerate(changes):
            self.written.append(change)
            if self.refuses(change):
                refusals[place] = Refusal("no room")
            elif self.holds.get(change.cell) != change.old and not isinstance(
                change.cell, MeterCell
            ):
                refusals[place] = Refusal("not as you think", is_surprise=True)
            elif change.new is None:
                self.holds.pop(change.cell, None)
            else:
                self.holds[change.cell] = change.new
        return refusals


class Rig:
    """A reconciler with its plane."""

    def __init__(self) -> None:
        self.plane = Plane()
        self.planner = planner()
        self.it = Reconciler(self.planner)
        self.it.connected({})
        self.run()

    def ask(self, txn: int, operations: list[Operation]) -> None:
        self.it.program(Program(txn, tuple(operations)))

    def run(self, most: int = 100) -> list[TargetResult]:
        """Write until nothing is left, and answer for what has come of it."""
        while changes := self.it.batch(most):
            self.it.answer(changes, self.plane.write(changes))
            if self.it.must_read:
                self.it.connected(self.plane.holds)
        results = list(self.it.results)
        self.it.results.clear()
        return results

    @property
    def is_exact(self) -> bool:
        return self.plane.holds == self.it.actual and self.it.is_settled

    def filters(self) -> int:
        return sum(cell[0] == "ipv4_five_tuple" for cell in self.plane.holds)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_transaction_is_answered_when_its_cells_stand(rig: Rig) -> None:
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    assert not rig.it.results
    assert rig.run() == [TargetResult(1, ok=True)]
    assert rig.filters() == 1
    assert rig.is_exact


def test_a_refused_transaction_leaves_nothing_behind(rig: Rig) -> None:
    before = dict(rig.plane.holds)
    rig.plane.refuses = lambda change: change.cell[0] == "ipv4_five_tuple"
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    assert rig.run() == [TargetResult(1, ok=False, why="no room")]
    assert rig.plane.holds == before
    assert rig.is_exact


def test_the_engine_hears_of_a_refusal_when_the_old_state_is_back(rig: Rig) -> None:
    rig.plane.refuses = lambda change: change.cell[0] == "ipv4_five_tuple"
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    changes = rig.it.batch(100)
    rig.it.answer(changes, rig.plane.write(changes))
    assert not rig.it.results
    changes = rig.it.batch(100)
    assert [change.cell[0] for change in changes] == ["outgoing_interfaces", "reservation_meter"]
    rig.it.answer(changes, rig.plane.write(changes))
    assert [result.ok for result in rig.it.results] == [False]


def test_others_in_the_batch_of_a_refused_transaction_stand(rig: Rig) -> None:
    rig.plane.refuses = lambda change: change.new == Action("reserve", (1, 1))
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    rig.ask(2, reserve(1, 8, UNICAST, OTHER))
    assert {result.txn: result.ok for result in rig.run()} == {1: False, 2: True}
    assert rig.filters() == 1
    assert rig.is_exact


def test_what_changes_before_it_is_written_is_written_once_in_its_last_form(rig: Rig) -> None:
    rig.it.want(ROUTE, Action("route", (1,)))
    rig.it.want(ROUTE, Action("route", (2,)))
    rig.run()
    assert [c.new for c in rig.plane.written if c.cell == ROUTE] == [Action("route", (2,))]


def test_what_changes_while_it_is_written_is_written_again(rig: Rig) -> None:
    rig.it.want(ROUTE, Action("route", (1,)))
    changes = rig.it.batch(100)
    rig.it.want(ROUTE, None)
    rig.it.answer(changes, rig.plane.write(changes))
    rig.run()
    assert ROUTE not in rig.plane.holds
    assert rig.is_exact


def test_transactions_of_one_group_go_one_after_the_other(rig: Rig) -> None:
    rig.ask(1, reserve(1, 7, GROUP, ONE))
    rig.ask(2, reserve(2, 8, GROUP, ONE))
    first = rig.it.batch(100)
    assert {c.cell.match[0] for c in first if c.cell[0] == "ipv4_five_tuple"} == {1, 0xFFFF}  # type: ignore[union-attr]
    rig.it.answer(first, rig.plane.write(first))
    assert {result.txn for result in rig.run()} == {1, 2}
    assert rig.is_exact


def test_after_a_reconnection_what_is_missing_comes_back_and_what_is_strange_goes(rig: Rig) -> None:
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    rig.run()
    kept = dict(rig.plane.holds)
    strange = Entry("ipv4_five_tuple", (1, 1, 17, 1, 1, 1))
    rig.plane.holds = {strange: Action("reserve", (9, 1))}
    rig.it.connected(rig.plane.holds)
    rig.run()
    assert rig.plane.holds == kept


def test_a_reconnection_to_what_is_as_desired_writes_nothing(rig: Rig) -> None:
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    rig.run()
    rig.plane.written.clear()
    rig.it.connected(rig.plane.holds)
    rig.run()
    assert not rig.plane.written


def test_a_batch_whose_answer_was_lost_is_settled_by_reading(rig: Rig) -> None:
    rig.ask(1, reserve(1, 7, UNICAST, ONE))
    changes = rig.it.batch(100)
    rig.plane.write(changes)
    rig.it.lost(changes)
    assert rig.it.must_read
    rig.it.connected(rig.plane.holds)
    assert rig.run() == [TargetResult(1, ok=True)]
    assert rig.is_exact


def test_a_surprise_is_settled_by_reading(rig: Rig) -> None:
    rig.plane.holds[ROUTE] = Action("discard")
    rig.it.want(ROUTE, Action("route", (1,)))
    rig.run()
    assert rig.plane.holds[ROUTE] == Action("route", (1,))
    assert rig.is_exact


def test_what_is_refused_and_must_be_waits_for_another_try(rig: Rig) -> None:
    rig.plane.refuses = lambda _: True
    rig.it.want(ROUTE, Action("route", (1,)))
    rig.run()
    assert not rig.it.is_settled
    rig.plane.refuses = lambda _: False
    assert rig.it.retry()
    rig.run()
    assert rig.is_exact
    assert not rig.it.retry()


@given(st.data())
def test_whatever_is_refused_the_plane_ends_with_what_is_desired(data: st.DataObject) -> None:
    rig = Rig()
    standing: set[tuple[int, int]] = set()
    answered: set[int] = set()
    moves = data.draw(
        st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4), st.booleans()), max_size=8)
    )
    for txn, (interface, number, is_group) in enumerate(moves, 1):
        handle = (interface, 0 if is_group else number)
        session = GROUP if is_group else UNICAST
        operations: list[Operation] = [DelFlowspec(*handle)]
        if handle not in standing:
            sender = OTHER if is_group else replace(ONE, port=number)
            operations = reserve(*handle, session, sender, rate=1000 * number)
        victim = data.draw(st.sampled_from([None, "ipv4_five_tuple", "reservation_meter"]))
        left = [1]

        def refuses(change: Change, victim: str | None = victim, left: list[int] = left) -> bool:
            if change.cell[0] != victim or not left:
                return False
            left.pop()
            return True

        rig.plane.refuses = refuses
        rig.ask(txn, operations)
        for result in rig.run(most=data.draw(st.integers(1, 5))):
            answered.add(result.txn)
            if result.ok:
                standing ^= {handle}
        while rig.it.retry():
            rig.run()
        assert rig.is_exact
    assert answered == set(range(1, len(moves) + 1))
