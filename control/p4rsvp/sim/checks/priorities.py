"""Nobody gives way to a reservation whose priority he withstands (RFC 3181 4).

Looked at when a node asks its data plane for it. What merged reservations weigh is worked out here
anew, in the simple words of the RFC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.effects import Effect, Program
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import Tcsb
from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.oracle import larger
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyData, read_policy
from p4rsvp.wire.policy_elements import MergeStrategy, PreemptionPriority


def check_priorities(machine: Machine, effects: list[Effect]) -> None:
    """Look at what some have to give up for others."""
    for effect in effects:
        if isinstance(effect, Program):
            *gone, last = dict.fromkeys(step.rhandle for step in effect.operations)
            if gone:
                _check(machine, gone, last)


def _check(machine: Machine, gone: list[int], rhandle: int) -> None:
    assert machine.node is not None, "it has just asked for this"
    found = {
        tcsb.rhandle: tcsb
        for state in machine.node.sessions.values()
        for tcsb in state.tcsbs
        if tcsb.rhandle in {*gone, rhandle}
    }
    preempting, _ = _weighed(found[rhandle])
    for victim in gone:
        _, defending = _weighed(found[victim])
        if defending >= preempting:
            raise CheckFailedError(
                Promise.PRIORITIES,
                f"{machine.name}: {found[victim].session.session} gives way with priority "
                f"{defending} to {found[rhandle].session.session} with {preempting}",
            )


def _weighed(tcsb: Tcsb) -> tuple[int, int]:
    return weighed(rsbs_of(tcsb.session, tcsb.interface, tcsb.selector))


def weighed(rsbs: Sequence[Rsb]) -> tuple[int, int]:
    """The preemption and the defending priority of reservations that are merged."""
    taking = [
        element
        for rsb in rsbs
        for element in _elements(rsb.policy)
        if _takes_part(element, rsb.flowspec, [one.flowspec for one in rsbs])
    ]
    return (
        max((one.preemption_priority for one in taking), default=0),
        max((one.defending_priority for one in taking), default=0),
    )


def _elements(policy_data: Policy) -> Iterable[PreemptionPriority]:
    for item in policy_data:
        if isinstance(item, PolicyData):
            for element in read_policy(item).elements:
                if isinstance(element, PreemptionPriority):
                    yield element


def _takes_part(element: PreemptionPriority, mine: Flowspec, everybodys: list[Flowspec]) -> bool:
    others = [one for one in everybodys if one != mine]
    if element.strategy == MergeStrategy.HIGHEST_PRIORITY or not others:
        return True
    if element.strategy == MergeStrategy.ERROR_IF_HETEROGENEOUS:
        return False
    without = reduce(larger, others)
    return larger(without, mine) != without
