"""Never over-admitted, at every step: what a data plane holds fits the link that it is for.

Counted in the data plane's own entries, and in those of a former life, whatever the engine thinks.
"""

from __future__ import annotations

from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.target import fits


def check_admission(machine: Machine) -> None:
    """Hold every link of a machine against its limits."""
    for interface, limits in machine.target.limits.items():
        held = machine.target.held(interface)
        if not fits(limits, held):
            demands = [entry.plan.demand for entry in held]
            raise CheckFailedError(
                Promise.ADMISSION,
                f"{machine.name}, interface {interface}: {demands} do not fit {limits}",
            )
