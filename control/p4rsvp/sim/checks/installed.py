"""The data plane holds exactly what the engine believes: always, but for transactions under way.

After a quiet moment nothing is under way, and what stands is what is wanted.
"""

from __future__ import annotations

from p4rsvp.engine.node import Node
from p4rsvp.engine.requests import LOCAL
from p4rsvp.engine.state import Tcsb
from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.target import Entry
from p4rsvp.wire.filter_spec import Selector


def check_installed(machine: Machine) -> None:
    """Compare a machine's entries with its TCSBs."""
    node = machine.node
    if node is None:
        return
    entries = machine.target.entries
    known = set()
    for tcsb in _tcsbs(node):
        known.add(tcsb.rhandle)
        if tcsb.flight is None and not _agree(tcsb, entries.get(tcsb.rhandle)):
            raise CheckFailedError(
                Promise.INSTALLED,
                f"{machine.name}: {tcsb.session.session} has {tcsb.installed} on interface "
                f"{tcsb.interface}, the data plane {entries.get(tcsb.rhandle)}",
            )
    for rhandle in entries.keys() - known:
        raise CheckFailedError(
            Promise.INSTALLED, f"{machine.name}: nobody knows of {entries[rhandle]}"
        )


def check_quiet(machine: Machine) -> None:
    """Nothing is under way, nothing else is wanted, and the budget holds that and nothing more."""
    node = machine.node
    if node is None:
        return
    check_installed(machine)
    if node.transactions:
        raise CheckFailedError(
            Promise.INSTALLED, f"{machine.name}: {len(node.transactions)} transactions are open"
        )
    demands: dict[int, dict[int, object]] = {interface: {} for interface in node.interfaces}
    for tcsb in _tcsbs(node):
        if tcsb.wanted != tcsb.installed or tcsb.changes:
            raise CheckFailedError(
                Promise.INSTALLED,
                f"{machine.name}: {tcsb.session.session} wants {tcsb.wanted} on interface "
                f"{tcsb.interface} and has {tcsb.installed}",
            )
        if tcsb.installed is not None:
            demands[tcsb.interface][tcsb.rhandle] = tcsb.installed.demand
    for interface, control in node.controls.items():
        rates = sum(d.rate_bytes_per_s for d in demands[interface].values())  # type: ignore[attr-defined]
        if control.budget.rate_bytes_per_s() != rates:
            raise CheckFailedError(
                Promise.INSTALLED,
                f"{machine.name}, interface {interface}: {rates} bytes/s are reserved, "
                f"{control.budget.rate_bytes_per_s()} bytes/s are taken",
            )
    if machine.target.orphans:
        raise CheckFailedError(
            Promise.INSTALLED, f"{machine.name}: orphans are left: {machine.target.orphans}"
        )


def _tcsbs(node: Node) -> list[Tcsb]:
    return [t for s in node.sessions.values() for t in s.tcsbs if t.interface != LOCAL]


def _agree(tcsb: Tcsb, entry: Entry | None) -> bool:
    installed = tcsb.installed
    if installed is None or entry is None:
        return installed is None and entry is None
    selectors: frozenset[Selector | None] = frozenset(installed.selectors or (None,))
    return (
        entry.interface == tcsb.interface
        and entry.session == tcsb.session.session
        and entry.selectors == selectors
        and entry.plan.demand == installed.demand
        and entry.plan.forward == installed.forward
        and entry.police == installed.police
    )
