"""Once faults have ended, all agree: neighbours about each other, all of them with the oracle."""

from __future__ import annotations

from p4rsvp.engine.node import Node
from p4rsvp.engine.state import ResvOut, SessionState
from p4rsvp.sim.checks import CheckFailedError, Promise
from p4rsvp.sim.oracle import Place, Reservation, reservations, ways
from p4rsvp.sim.world import World
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.message import decode
from p4rsvp.wire.messages import Resv


def check_oracle(world: World) -> None:
    """What data planes hold is what topology and applications come to."""
    expected, found = reservations(world), _held(world)
    for place in sorted(expected.keys() | found.keys()):
        wanted, held = expected.get(place, set()), found.get(place, set())
        if wanted != held:
            raise CheckFailedError(
                Promise.AGREEMENT,
                f"{place.machine}, interface {place.interface}: "
                f"missing {list(wanted - held)}, too many {list(held - wanted)}",
            )


def check_no_more(world: World) -> None:
    """What data planes hold is for senders that are wanted there.

    How much of it is another matter: a request that fails leaves an older one in place (RFC 2205
    3.5, KR-I), which may be larger in one respect than what is wanted now.
    """
    expected = reservations(world)
    for place, held in _held(world).items():
        for one in held:
            if not any(_is_part(one, wanted) for wanted in expected.get(place, ())):
                raise CheckFailedError(
                    Promise.AGREEMENT,
                    f"{place.machine}, interface {place.interface}: nobody wants {one}",
                )


def _is_part(one: Reservation, whole: Reservation) -> bool:
    return one.session == whole.session and one.selectors <= whole.selectors


def _held(world: World) -> dict[Place, set[Reservation]]:
    found: dict[Place, set[Reservation]] = {}
    for machine in world.running():
        for entry in machine.target.entries.values():
            selectors = frozenset(s for s in entry.selectors if s is not None)
            one = Reservation(entry.session, selectors, entry.plan.forward)
            found.setdefault(Place(machine.name, entry.interface), set()).add(one)
    return found


def check_senders(world: World) -> None:
    """Every sender that anybody remembers is there, and announces what it is remembered for."""
    sending = {
        (a.session, a.sending.selector): a.sending.tspec
        for a in world.living_apps()
        if a.sending is not None
    }
    for machine in world.running():
        assert machine.node is not None
        for state in machine.node.sessions.values():
            for psb in state.psbs:
                tspec = getattr(psb.tspec, "tspec", None)
                if sending.get((state.session, psb.selector)) != tspec:
                    raise CheckFailedError(
                        Promise.AGREEMENT,
                        f"{machine.name} remembers {psb.selector} in {state.session} with {tspec}",
                    )


def check_adspecs(world: World) -> None:
    """Receivers learn how many hops there are, and whether all of them speak RSVP."""
    for way in ways(world):
        node = world.network.machines[way.host].node
        state = None if node is None else node.sessions.get(way.session)
        for psb in () if state is None else state.psbs:
            if psb.selector != way.selector or not isinstance(psb.adspec, Adspec):
                continue
            general = psb.adspec.general
            learnt = (general.is_hops, general.break_bit or psb.non_rsvp)
            if learnt != (way.hops, way.has_gap):
                raise CheckFailedError(Promise.AGREEMENT, f"{way}: {way.host} learns {learnt}")


def check_neighbours(world: World) -> None:
    """What one node has asked for last is what its previous hop has taken note of."""
    for machine in world.running():
        assert machine.node is not None
        for state in machine.node.sessions.values():
            for out in state.outs:
                _check_taken(world, machine.node, state, out)


def _check_taken(world: World, node: Node, state: SessionState, out: ResvOut) -> None:
    message = decode(out.data)
    assert isinstance(message, Resv)
    owner = world.network.topology.owners[out.phop.address]
    neighbour = world.network.machines[owner.machine].node
    own = node.interfaces[out.phop.interface].address_towards(out.phop.address)
    assert own is not None
    asked = {
        (frozenset(item.selector for item in flow.filters), flow.flowspec)  # type: ignore[union-attr]
        for flow in message.flows
    }
    taken = set() if neighbour is None else _taken(neighbour, state, own)
    if asked != taken:
        raise CheckFailedError(
            Promise.AGREEMENT,
            f"{node.config.name} asks {owner.machine} for {asked} in {state.session}, "
            f"which has taken note of {taken}",
        )


def _taken(
    node: Node, state: SessionState, nhop: Address
) -> set[tuple[frozenset[object], Flowspec]]:
    theirs = node.sessions.get(state.session)
    rsbs = () if theirs is None else theirs.rsbs
    return {(frozenset(r.selectors), r.flowspec) for r in rsbs if r.nhop == nhop}
