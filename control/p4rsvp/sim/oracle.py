"""What should be reserved where: worked out from the topology and the applications' wishes alone.

No messages, no timers, no state blocks: for each session, follow each sender's data to the hosts
that it reaches; then go from the receivers upstream, hop by hop, and merge what is wanted of each
sender, until nothing changes any more. Simple and slow on purpose, and apart from the engine: even
the merging is written here anew. It knows nothing of admission, so it holds where there is room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from p4rsvp.sim import routing
from p4rsvp.sim.application import Application
from p4rsvp.sim.topology import Kind, Topology
from p4rsvp.sim.world import World
from p4rsvp.wire.filter_spec import FilterSpec, Selector
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import Tspec


class Place(NamedTuple):
    """An outgoing interface."""

    machine: str
    interface: int


class Reservation(NamedTuple):
    """What stands on an outgoing interface; no selectors: for every sender (WF)."""

    session: Session | GpiSession
    selectors: frozenset[Selector]
    flowspec: Flowspec


@dataclass(slots=True)
class _Flow:
    """One sender's data: where it passes, by machines that speak RSVP."""

    selector: Selector
    previous: dict[str, Place] = field(default_factory=dict)  # machine -> where it comes from
    reached: set[str] = field(default_factory=set)  # hosts that it ends at


# What is wanted at a place, and of which senders: by sender for FF, under None for all who share.
# A wildcard request, too, is for those senders only whose data comes this way (its SCOPE).
_Wants = dict[Selector | None, tuple[frozenset[Selector], Flowspec]]


def reservations(world: World) -> dict[Place, set[Reservation]]:
    """Everything that should stand."""
    result: dict[Place, set[Reservation]] = {}
    for meeting in world.meetings:
        apps = [a for a in world.living_apps() if a.session == meeting.session]
        wants = _converge(_flows(world, apps), apps, meeting.style.id)
        for place, by_key in wants.items():
            for selectors, flowspec in by_key.values():
                named = frozenset[Selector]() if meeting.style.is_wildcard else selectors
                one = Reservation(meeting.session, named, flowspec)
                result.setdefault(place, set()).add(one)
    return result


class Way(NamedTuple):
    """What a receiver should learn of a sender's way to it."""

    host: str
    session: Session | GpiSession
    selector: Selector
    hops: int  # that speak RSVP, the sender's host among them
    has_gap: bool  # routers without RSVP lie between


def ways(world: World) -> list[Way]:
    """The ways of all data whose sender has sent an ADSPEC along."""
    kinds = world.network.topology.kinds
    found = []
    for app in world.living_apps():
        if app.sending is None or app.sending.adspec is None:
            continue
        for host, path in _paths(world, app):
            plain = [kinds[place.machine] is Kind.PLAIN_ROUTER for place, _ in path]
            one = Way(host, app.session, app.sending.selector, plain.count(False), any(plain))
            found.append(one)
    return found


def _flows(world: World, apps: list[Application]) -> list[_Flow]:
    topology = world.network.topology
    flows = []
    for app in apps:
        if app.sending is None:
            continue
        flow = _Flow(app.sending.selector)
        for host, path in _paths(world, app):
            flow.reached.add(host)
            _walk(topology, app.host, path, flow)
        flows.append(flow)
    return flows


def _paths(world: World, app: Application) -> Iterable[tuple[str, list[tuple[Place, str]]]]:
    """The ways of a sender's data to each host: (machine and interface, next machine) steps."""
    topology = world.network.topology
    destination = app.session.destination
    if destination.is_multicast:
        tree = routing.tree(topology, app.host)
        for member in world.network.members.get(destination, ()):
            path = []
            here = member
            while here in tree:
                above = tree[here].neighbour
                path.append((Place(above.machine, above.interface), here))
                here = above.machine
            if here == app.host and member != app.host:
                yield member, path[::-1]
        return
    receiver = topology.owners[destination].machine
    tree = routing.tree(topology, receiver)
    path = []
    here = app.host
    while here in tree:
        step = tree[here]
        path.append((Place(here, step.interface), step.neighbour.machine))
        here = step.neighbour.machine
    if here == receiver:
        yield receiver, path


def _walk(topology: Topology, source: str, path: list[tuple[Place, str]], flow: _Flow) -> None:
    """Note the previous RSVP hop of every machine on a way; routers without RSVP do not count."""
    came_from = path[0][0]
    assert came_from.machine == source
    for place, following in path:
        if topology.kinds[place.machine] is not Kind.PLAIN_ROUTER:
            came_from = place
        if topology.kinds[following] is not Kind.PLAIN_ROUTER:
            flow.previous[following] = came_from


def _converge(
    flows: list[_Flow], apps: list[Application], style: StyleId | None
) -> dict[Place, _Wants]:
    """Go upstream until nothing changes."""
    wants: dict[Place, _Wants] = {}
    while True:
        after: dict[Place, _Wants] = {}
        for machine in {m for flow in flows for m in flow.previous}:
            _ask_upstream(machine, flows, apps, style, wants, after)
        if after == wants:
            return wants
        wants = after


def _ask_upstream(
    machine: str,
    flows: list[_Flow],
    apps: list[Application],
    style: StyleId | None,
    wants: dict[Place, _Wants],
    after: dict[Place, _Wants],
) -> None:
    """What one machine asks of each previous hop: merged over all senders that come from there."""
    asked: dict[Place, _Wants] = {}
    for flow in flows:
        place = flow.previous.get(machine)
        if place is None:
            continue
        key = flow.selector if style is StyleId.FF else None
        for flowspec in _wanted_here(machine, flow, apps, style, wants):
            _add(asked.setdefault(place, {}), key, frozenset([flow.selector]), flowspec)
    for place, by_key in asked.items():
        for key, (selectors, flowspec) in by_key.items():
            _add(after.setdefault(place, {}), key, selectors, flowspec)


def _wanted_here(
    machine: str,
    flow: _Flow,
    apps: list[Application],
    style: StyleId | None,
    wants: dict[Place, _Wants],
) -> Iterable[Flowspec]:
    """What applications here, and next hops, want of one sender."""
    if machine in flow.reached:
        local: _Wants = {}
        for app in apps:
            if app.host == machine and app.reserving is not None:
                for one in app.reserving.flows:
                    assert isinstance(one.flowspec, Flowspec)
                    named = [f.selector for f in one.filters if isinstance(f, FilterSpec)]
                    key = named[0] if style is StyleId.FF else None
                    _add(local, key, frozenset(named or [flow.selector]), one.flowspec)
        yield from _of_sender(local, flow)
    leaving = {place for place in flow.previous.values() if place.machine == machine}
    for place in leaving:
        yield from _of_sender(wants.get(place, {}), flow)


def _of_sender(wants: _Wants, flow: _Flow) -> Iterable[Flowspec]:
    return (flowspec for selectors, flowspec in wants.values() if flow.selector in selectors)


def _add(
    wants: _Wants, key: Selector | None, selectors: frozenset[Selector], flowspec: Flowspec
) -> None:
    known = wants.get(key)
    if known is None:
        wants[key] = selectors, flowspec
    else:
        wants[key] = known[0] | selectors, larger(known[1], flowspec)


def larger(a: Flowspec, b: Flowspec) -> Flowspec:
    """RFC 2211 8 and RFC 2212, once more: the largest of each, but the smallest m, M and slack."""
    assert a.service is b.service
    rspec = None
    if a.rspec is not None and b.rspec is not None:
        rspec = Rspec(
            max(a.rspec.rate_bytes_per_s, b.rspec.rate_bytes_per_s),
            min(a.rspec.slack_us, b.rspec.slack_us),
        )
    tspec = Tspec(
        max(a.tspec.token_rate_bytes_per_s, b.tspec.token_rate_bytes_per_s),
        max(a.tspec.bucket_bytes, b.tspec.bucket_bytes),
        max(a.tspec.peak_rate_bytes_per_s, b.tspec.peak_rate_bytes_per_s),
        min(a.tspec.min_policed_bytes, b.tspec.min_policed_bytes),
        min(a.tspec.max_packet_bytes, b.tspec.max_packet_bytes),
    )
    return replace(a, tspec=tspec, rspec=rspec)
