"""A simulated data plane: it holds reservations, checks every transaction, and may refuse it whole.

What the engine asks of it must make sense whatever has happened (handles that are new, handles that
are there, no filter twice): a transaction that does not is the engine's fault, and raises
`NonsenseError`, which no run survives. After a crash of the node that the target outlives, its
entries are orphans until the node asks for the same again, or the target's keeper gives them up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from p4rsvp.engine.effects import (
    AddFilter,
    AddFlowspec,
    DelFlowspec,
    ModFlowspec,
    Operation,
    PoliceFlag,
    Program,
)
from p4rsvp.engine.events import TargetResult
from p4rsvp.intserv.admission import LinkLimits
from p4rsvp.intserv.link import Plan
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style


class NonsenseError(AssertionError):
    """A transaction that no data plane could carry out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reservation as the data plane holds it."""

    interface: int
    session: Session | GpiSession
    style: Style
    plan: Plan
    police: PoliceFlag
    selectors: frozenset[Selector | None] = frozenset()  # whose packets use it; None: everybody's


class Target:
    """What one node's data plane holds."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.orphans: list[Entry] = []
        self.limits: dict[int, LinkLimits] = {}  # of each interface, for orphans to keep out of
        self.refusals_due = 0  # so many transactions are refused
        self.has_other_master = False  # everything is refused
        self.writes = 0

    def carry_out(self, program: Program) -> TargetResult:
        """Carry out a transaction wholly, or not at all."""
        if self.has_other_master:
            return TargetResult(program.txn, ok=False, why="not the master")
        if self.refusals_due:
            self.refusals_due -= 1
            return TargetResult(program.txn, ok=False, why="the write failed")
        entries = dict(self.entries)
        for operation in program.operations:
            _apply(entries, operation)
        for rhandle, entry in entries.items():
            if not entry.selectors:
                raise NonsenseError(f"reservation {rhandle} has no filter after {program}")
        self.entries = entries
        self.writes += len(program.operations)
        if self.orphans:
            self._adopt(entries.values())
        return TargetResult(program.txn, ok=True)

    def outlive_node(self) -> None:
        """The node has crashed; data keeps flowing by what is here."""
        self.orphans += self.entries.values()
        self.entries = {}

    def give_up_orphans(self) -> None:
        """What nobody has asked for again goes."""
        self.orphans = []

    def lose_all(self) -> None:
        """The switch itself has restarted."""
        self.entries, self.orphans = {}, []

    def held(self, interface: int) -> list[Entry]:
        """All that takes of this interface's link."""
        everything = [*self.entries.values(), *self.orphans]
        return [entry for entry in everything if entry.interface == interface]

    def _adopt(self, entries: Iterable[Entry]) -> None:
        """Let entries take the place of orphans for the same, and of any that are in the way."""
        wanted = {(e.interface, e.session, s) for e in entries for s in e.selectors}
        self.orphans = [
            orphan
            for orphan in self.orphans
            if not any((orphan.interface, orphan.session, s) in wanted for s in orphan.selectors)
        ]
        for interface, limits in self.limits.items():
            while not fits(limits, self.held(interface)):
                mine = [o for o in self.orphans if o.interface == interface]
                if not mine:
                    break
                self.orphans.remove(mine[0])


def fits(limits: LinkLimits, entries: Iterable[Entry]) -> bool:
    """Whether a link has room for all of these: counted here anew, apart from the engine."""
    demands = [entry.plan.demand for entry in entries]
    if sum(d.rate_bytes_per_s for d in demands) > limits.rate_bytes_per_s:
        return False
    for service in {d.service for d in demands}:
        limit = limits.of(service)
        mine = [d for d in demands if d.service is service]
        if sum(d.rate_bytes_per_s for d in mine) > limit.rate_bytes_per_s:
            return False
        if sum(d.burst_bytes for d in mine) > limit.burst_bytes:
            return False
    return True


def _apply(entries: dict[int, Entry], step: Operation) -> None:
    known = entries.get(step.rhandle)
    if isinstance(step, AddFlowspec):
        if known is not None:
            raise NonsenseError(f"{step} uses a handle again")
        entries[step.rhandle] = Entry(
            step.interface, step.session, step.style, step.plan, step.police
        )
        return
    if known is None or known.interface != step.interface:
        raise NonsenseError(f"{step} names no reservation")
    if isinstance(step, ModFlowspec):
        entries[step.rhandle] = replace(known, plan=step.plan, police=step.police)
    elif isinstance(step, DelFlowspec):
        del entries[step.rhandle]
    elif isinstance(step, AddFilter):
        if step.selector in known.selectors:
            raise NonsenseError(f"{step} adds a filter that is there")
        entries[step.rhandle] = replace(known, selectors=known.selectors | {step.selector})
    else:
        if step.selector not in known.selectors:
            raise NonsenseError(f"{step} names no filter")
        entries[step.rhandle] = replace(known, selectors=known.selectors - {step.selector})
