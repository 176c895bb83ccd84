"""No stale state: when all have gone, by tear or in silence, nothing is left after a lifetime.

Looks at everything that a node keeps: state blocks, lifetimes, timers, transactions, budgets,
counters of state, and the data plane's entries.
"""

from __future__ import annotations

from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.machine import Machine


def check_empty(machine: Machine) -> None:
    """A machine remembers nothing."""
    left = list(machine.target.entries.values()) + machine.target.orphans
    if left:
        raise CheckFailedError(
            Promise.NOT_STALE, f"{machine.name}: the data plane still holds {left}"
        )
    node = machine.node
    if node is None:
        return
    for state in node.sessions.values():
        raise CheckFailedError(
            Promise.NOT_STALE,
            f"{machine.name}: of {state.session} are left {len(state.psbs)} PSBs, "
            f"{len(state.rsbs)} RSBs, {len(state.tcsbs)} TCSBs, {len(state.outs)} Resv messages, "
            f"{len(state.apps)} applications",
        )
    for name, count in (
        ("lifetimes", node.lifetimes.count),
        ("timers", node.timers.count),
        ("transactions", len(node.transactions)),
        ("path states", node.counters.path_states),
        ("reservation states", node.counters.reservation_states),
        ("neighbours", len(node.holders.by_neighbour)),
        ("users", len(node.holders.by_user)),
        ("half-open states", node.holders.half_open.total),
        ("priorities", node.standing.count),
        ("applications", len(node.apps)),
        *(
            (f"bytes/s on interface {interface}", control.budget.rate_bytes_per_s())
            for interface, control in node.controls.items()
        ),
    ):
        if count:
            raise CheckFailedError(Promise.NOT_STALE, f"{machine.name}: {count} {name} are left")
