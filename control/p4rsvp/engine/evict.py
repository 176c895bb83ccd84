"""A reservation for which there is no room takes the place of others (RFC 3181).

One transaction ends those that give way and then installs the new one. Until the data plane has
answered, everybody keeps what he has: the budget holds both sides (`LinkBudget.exchange`), nobody
is told, and what else changes of these reservations waits. What the answer does is in exchange.py.
Nobody has to give way where it is enough to wait for those who leave anyhow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.engine import budget
from p4rsvp.engine.effective import rsbs_of
from p4rsvp.engine.effects import DelFlowspec, Operation, Program
from p4rsvp.engine.operations import operations
from p4rsvp.engine.requests import LOCAL, Change, Request
from p4rsvp.engine.state import Exchange, Flight, Tcsb
from p4rsvp.intserv.admission import Amounts, amounts
from p4rsvp.intserv.preemption import Standing, smallest
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core


def rank(node: Core, tcsb: Tcsb) -> None:
    """Note how a reservation defends itself now."""
    if not node.policy.preempts or tcsb.interface == LOCAL:
        return
    if tcsb.installed is None:
        node.standing.drop(tcsb)
        return
    rsbs = rsbs_of(tcsb.session, tcsb.interface, tcsb.selector)
    if rsbs:  # else it is being removed, and defends itself as before until then
        node.standing.put(tcsb, node.policy.priority(rsbs).defending)


def is_ahead(node: Core, tcsb: Tcsb) -> bool:
    """Whether it could displace anybody, as far as its priority goes."""
    if not node.policy.preempts or tcsb.interface == LOCAL:
        return False
    rsbs = rsbs_of(tcsb.session, tcsb.interface, tcsb.selector)
    return bool(node.standing.below(tcsb.interface, node.policy.priority(rsbs).preemption))


def attempt(node: Core, tcsb: Tcsb, request: Request, changes: tuple[Change, ...]) -> bool:
    """Put a request that wants for nothing but room in the place of others, if there are such.

    Or let it wait, where others are about to leave room enough.
    """
    if not node.policy.preempts or tcsb.interface == LOCAL:
        return False
    rsbs = rsbs_of(tcsb.session, tcsb.interface, tcsb.selector)
    preempting = node.policy.priority(rsbs).preemption
    below = node.standing.below(tcsb.interface, preempting)
    others = {t.rhandle: t for t in below if t is not tcsb and _is_settled(t)}
    wanted, planned, missing = budget.without_room(node, tcsb, request)
    if missing.minus(_leaving(node, tcsb, planned.demand.service)).is_nothing and changes:
        tcsb.held += changes  # what is about to go suffices
        node.standing.wait(tcsb)
        return True
    standing = [
        Standing(t.rhandle, t.installed.demand, node.standing.priority(t))
        for t in others.values()
        if t.installed is not None and t.installed.demand is not None
    ]
    gone = smallest(standing, planned.demand.service, missing)
    if not gone:
        return False
    victims = tuple([others[rhandle] for rhandle in gone])
    tcsb.wanted = wanted
    told = node.policy.preempted_by(rsbs)
    exchange = Exchange(tcsb, victims, preempting, told, node.interfaces[tcsb.interface].link)
    budget.exchange(node, exchange)
    _launch(node, exchange, changes, operations(node, tcsb, planned, anew=False))
    return True


def _leaving(node: Core, tcsb: Tcsb, service: Service) -> Amounts:
    """What the data plane has been told to let go on the same link."""
    going = [
        amounts(other.installed.demand, service)
        for other in node.transactions.values()
        if other.interface == tcsb.interface
        and other.flight is not None
        and other.flight.target is None
        and other.installed is not None
        and other.installed.demand is not None
    ]
    return Amounts(*map(sum, zip(*going, strict=True))) if going else Amounts(0, 0, 0)


def _is_settled(tcsb: Tcsb) -> bool:
    return (
        tcsb.flight is None
        and not tcsb.held
        and tcsb.wanted is not None
        and tcsb.installed is not None
        and tcsb.installed == tcsb.wanted
    )


def _launch(
    node: Core, exchange: Exchange, changes: tuple[Change, ...], steps: tuple[Operation, ...]
) -> None:
    txn = node.next_id()
    tcsb = exchange.tcsb
    tcsb.flight = Flight(txn, tcsb.wanted, changes, exchange)
    for victim in exchange.victims:
        victim.flight = Flight(txn, None, (), exchange)
    removals = [DelFlowspec(victim.interface, victim.rhandle) for victim in exchange.victims]
    node.transactions[txn] = tcsb
    node.emit(Program(txn, (*removals, *steps)))
