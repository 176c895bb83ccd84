"""Brings a data plane to what is desired, and answers the engine's transactions: pure.

It is told what the data plane holds when a session with it begins, and keeps that up to date by the
outcome of every write. Whatever differs from what is desired is written, in batches; what changes
meanwhile is written once, in its last form. So a slow data plane makes batches larger and queues no
longer: there is at most one transaction for each reservation, and one dirty mark for each cell.

A transaction is done when all its cells are as desired. If one of them is refused, the planner
takes the transaction back, and when the data plane holds what it held, the engine hears of it.
Since servers may do a batch in part, that is all the atomicity there is.

A transaction that concerns several reservations, some of which give way to another, is carried out
one reservation after the other, so that the link is never promised twice, and is taken back in the
opposite order. What gives way keeps its index until the other stands.

Transactions of one multicast session share cells, so they go one after the other.
"""

from __future__ import annotations

from collections import ChainMap, Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from p4rsvp.engine.effects import AddFlowspec, Operation, Program
from p4rsvp.engine.events import TargetResult
from p4rsvp.target.cells import Cell, Change, Content, State, difference
from p4rsvp.target.order import turn
from p4rsvp.target.plan import NoRoomError, Planner, Step
from p4rsvp.wire.session import GpiSession, Session

AnySession = Session | GpiSession


class Refusal(NamedTuple):
    """Why the data plane did not carry out one update."""

    why: str
    is_surprise: bool = False  # it does not hold what we took it to hold


@dataclass(eq=False, slots=True)
class _Transaction:
    txn: int
    parts: deque[Sequence[Operation]]  # not begun
    groups: tuple[AnySession, ...]
    steps: list[Step] = field(default_factory=list)  # begun, and not taken back
    back: list[Step] = field(default_factory=list)  # those that took others back
    cells: set[Cell] = field(default_factory=set)  # not yet as desired
    why: str | None = None  # it was refused


class Reconciler:
    """What is desired, what is there, and who waits for it."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.done: Counter[bool] = Counter()  # transactions, by whether they came to stand
        self.results: list[TargetResult] = []  # for the engine; whoever reads them clears them
        # The data plane did what nobody expected: it has to be read again.
        self.must_read = False
        self._static: dict[Cell, Content] = {}
        self._desired = ChainMap(planner.state, self._static)
        self._actual: dict[Cell, Content] = {}
        self._dirty: dict[Cell, None] = {}
        self._waiting: defaultdict[Cell, list[_Transaction]] = defaultdict(list)
        self._orphans: set[Cell] = set()  # given up, and not yet gone
        # Multicast sessions with a transaction under way, and what stands behind it.
        self._busy: dict[AnySession, deque[Program]] = {}
        self._aside: dict[Cell, None] = {}  # refused, and nobody to give it up: tried again later

    @property
    def is_settled(self) -> bool:
        """Whether all is as desired, as far as anybody knows."""
        return not self._dirty and not self._aside and not self.must_read

    @property
    def backlog(self) -> int:
        """How many cells are still to be looked at."""
        return len(self._dirty)

    @property
    def actual(self) -> State:
        """What the data plane holds, as far as anybody knows."""
        return self._actual

    # --- what is desired ---

    def want(self, cell: Cell, content: Content | None) -> None:
        """Change what stands there whether anything is reserved or not; None: nothing."""
        if self._static.get(cell) == content:
            return
        if content is None:
            del self._static[cell]
        else:
            self._static[cell] = content
        self._dirty[cell] = None

    def want_all(self, cells: Mapping[Cell, Content]) -> None:
        """The same for many."""
        for cell, content in cells.items():
            self.want(cell, content)

    def program(self, program: Program) -> None:
        """Take a transaction of the engine."""
        parts = deque[Sequence[Operation]](
            tuple(some) for _, some in groupby(program.operations, key=_handle_of)
        )
        found = [self._group_of(some[0]) for some in parts]
        groups = tuple(dict.fromkeys(group for group in found if group is not None))
        for group in groups:
            if group in self._busy:
                self._busy[group].append(program)
                return
        for group in groups:
            self._busy[group] = deque()
        self._proceed(_Transaction(program.txn, parts, groups))

    def _proceed(self, transaction: _Transaction) -> None:
        """Begin with what comes next of a transaction, or of its way back."""
        if transaction.why is None and transaction.parts:
            try:
                step = self.planner.program(transaction.parts.popleft())
            except NoRoomError as error:
                transaction.why = str(error)
            else:
                transaction.steps.append(step)
                self._await(transaction, step)
                return
        if transaction.why is not None and transaction.steps:
            step = self.planner.undo(transaction.steps.pop())
            transaction.back.append(step)
            self._await(transaction, step)
            return
        self._finish(transaction)

    def _group_of(self, operation: Operation) -> AnySession | None:
        """The session that a transaction is about, if it is multicast."""
        if isinstance(operation, AddFlowspec):
            session = operation.session
        else:
            known = self.planner.reservation(operation.interface, operation.rhandle)
            assert known is not None, "the engine adds a flowspec before all else"
            session = known.session
        return session if session.destination.is_multicast else None

    def _await(self, transaction: _Transaction, step: Step) -> None:
        transaction.cells.update(change.cell for change in step.changes)
        for change in step.changes:
            self._dirty[change.cell] = None
            self._waiting[change.cell].append(transaction)
        if not transaction.cells:
            self._proceed(transaction)

    def adopt(self, actual: State) -> None:
        """Before the first session: what a data plane holds already stays, for a while."""
        self.planner.adopt(actual)

    def abandon(self) -> None:
        """Whose reservation nobody has asked for again loses it."""
        cells = self.planner.abandon()
        self._orphans.update(cells)
        self._touch(cells)

    # --- what is there ---

    def connected(self, actual: State) -> None:
        """A session begins: this is what the data plane holds."""
        self._actual = dict(actual)
        self.must_read = False
        self._aside.clear()
        changes = sorted(difference(self._actual, self._desired), key=turn)
        pending = list(self._waiting)
        self._dirty = dict.fromkeys(change.cell for change in changes)
        for cell in pending:
            self._dirty[cell] = None

    def batch(self, most: int) -> list[Change]:
        """What to write next; empty when nothing is left to write."""
        changes: list[Change] = []
        while self._dirty and len(changes) < most:
            cell = next(iter(self._dirty))
            del self._dirty[cell]
            change = Change(cell, self._actual.get(cell), self._desired.get(cell))
            if change.old == change.new:
                self._settle(cell)
            else:
                changes.append(change)
        return sorted(changes, key=turn)

    def answer(self, changes: Sequence[Change], refusals: Mapping[int, Refusal]) -> None:
        """The data plane has carried out a batch, but for what it refused."""
        refused: list[tuple[Cell, Refusal]] = []
        for place, (cell, _, new) in enumerate(changes):
            if place in refusals:
                refused.append((cell, refusals[place]))
                continue
            if new is None:
                self._actual.pop(cell, None)
            else:
                self._actual[cell] = new
            if self._desired.get(cell) == new:
                self._settle(cell)
            else:
                self._dirty[cell] = None
        for cell, refusal in refused:
            self._refuse(cell, refusal)

    def lost(self, changes: Sequence[Change]) -> None:
        """Nobody knows whether a batch was carried out."""
        self._touch(change.cell for change in changes)
        self.must_read = True

    def retry(self) -> bool:
        """Try again what was refused and has to be; whether there is any."""
        aside, self._aside = self._aside, {}
        self._touch(aside)
        return bool(aside)

    def _refuse(self, cell: Cell, refusal: Refusal) -> None:
        if refusal.is_surprise:
            self._dirty[cell] = None
            self.must_read = True
            return
        asked = [one for one in self._waiting.get(cell, ()) if one.why is None]
        if not asked:
            self._aside[cell] = None
        for transaction in asked:
            self._take_back(transaction, refusal.why)

    def _take_back(self, transaction: _Transaction, why: str) -> None:
        transaction.why = why
        step = transaction.steps.pop()
        done_with = [c.cell for c in step.changes if c.cell not in transaction.cells]
        transaction.back.append(self.planner.undo(step))
        transaction.cells.update(done_with)
        for cell in done_with:
            self._waiting[cell].append(transaction)
        self._touch(transaction.cells)

    def _settle(self, cell: Cell) -> None:
        """A cell is as desired."""
        if cell in self._orphans:
            self._orphans.discard(cell)
            if not self._orphans:
                self.planner.forget()
        for transaction in self._waiting.pop(cell, ()):
            transaction.cells.discard(cell)
            if not transaction.cells:
                self._proceed(transaction)

    def _finish(self, transaction: _Transaction) -> None:
        for step in transaction.steps or transaction.back:
            self.planner.done(step)
        self.done[transaction.why is None] += 1
        self.results.append(
            TargetResult(transaction.txn, ok=transaction.why is None, why=transaction.why or "")
        )
        for group in transaction.groups:
            for program in self._busy.pop(group):
                self.program(program)

    def _touch(self, cells: Iterable[Cell]) -> None:
        for cell in cells:
            self._dirty[cell] = None


def _handle_of(operation: Operation) -> tuple[int, int]:
    return operation.interface, operation.rhandle
