"""What applications do: begin and stop to send, reserve, change their minds, leave.

Each deed is drawn whole and takes effect at once. A host has at most one application a session.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.sim.application import Application
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.priorities import draw_weight
from p4rsvp.sim.world import Meeting, World, name
from p4rsvp.wire.filter_spec import FilterSpec, GpiSelector, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import GpiSession
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import Tspec

FIRST_PORT = 7_000


def populate(world: World) -> None:
    """Put an application of each meeting on every host, and now and then two."""
    weights = Dice(world.seed)  # of their own, so that all else is drawn as without them
    for meeting in world.meetings:
        for host in world.network.topology.hosts():
            for _ in range(2 if world.dice.happens(0.1) else 1):
                app = Application(world.network, host, len(world.apps) + 1, meeting.session)
                if world.network.settings.preempts:
                    app.policy = draw_weight(weights)
                world.apps.append(app)
                world.meeting_of[app.number] = meeting
    for app in world.apps:
        if _may_listen(app) and world.dice.happens(0.7):
            app.listen()
        if _may_send(app) and world.dice.happens(0.6):
            _send(world, app)
    for app in world.apps:
        if app.is_listening and world.dice.happens(0.6):
            _reserve(world, app)


def do_something(world: World, *, members_stay: bool = False) -> None:
    """One deed of one application; `members_stay`: nobody joins or leaves."""
    apps = world.living_apps()
    if not apps:
        return
    app = world.dice.choice(apps)
    deeds: list[tuple[Callable[[World, Application], None], bool, int]] = [
        (_send, _may_send(app), 2),
        (_stop_sending, app.sending is not None, 1),
        (_listen, _may_listen(app) and not members_stay, 2),
        (_reserve, app.is_listening, 6),
        (_release_reservation, app.reserving is not None, 1),
        (_close, app.is_open and not members_stay, 1),
    ]
    possible = [deed for deed, can, weight in deeds if can for _ in range(weight)]
    if possible:
        world.dice.choice(possible)(world, app)


def _may_send(app: Application) -> bool:
    return app.session.destination not in app.machine.addresses


def _may_listen(app: Application) -> bool:
    destination = app.session.destination
    return not app.is_listening and (
        destination.is_multicast or destination in app.machine.addresses
    )


def _send(world: World, app: Application) -> None:
    tspec = draw_tspec(world.dice)
    app.send(_selector(app), tspec, OPEN_PATH if world.dice.happens(0.7) else None)
    world.did(
        f"{app.host} sends in {name(app.session)} at {tspec.token_rate_bytes_per_s:g} bytes/s"
    )


def _stop_sending(world: World, app: Application) -> None:
    app.stop_sending()
    world.did(f"{app.host} stops sending in {name(app.session)}")


def _listen(world: World, app: Application) -> None:
    app.listen()
    world.did(f"{app.host} listens in {name(app.session)}")


def _reserve(world: World, app: Application) -> None:
    meeting = world.meeting_of[app.number]
    flows = _draw_flows(world, app, meeting)
    if not flows:
        return
    app.reserve(meeting.style, *flows, confirm=world.dice.happens(0.3))
    world.did(f"{app.host} reserves in {name(app.session)}: {_show(flows)}")


def _release_reservation(world: World, app: Application) -> None:
    app.release_reservation()
    world.did(f"{app.host} releases its reservation in {name(app.session)}")


def _close(world: World, app: Application) -> None:
    app.close()
    if app.session.destination.is_multicast:
        world.network.leave(app.session.destination, app.host)
    world.did(f"{app.host} leaves {name(app.session)}")


def _draw_flows(world: World, app: Application, meeting: Meeting) -> list[FlowDescriptor]:
    if meeting.style.is_wildcard:
        return [FlowDescriptor(draw_flowspec(world.dice, meeting.service))]
    others = [a for a in world.apps if a.session == app.session and a is not app and _may_send(a)]
    named = [_selector(a) for a in world.dice.sample(others, world.dice.between(1, 3))]
    if not named:
        return []
    if meeting.style.id is StyleId.SE:
        filters = tuple(FilterSpec(selector) for selector in named)
        return [FlowDescriptor(draw_flowspec(world.dice, meeting.service), filters)]
    return [
        FlowDescriptor(draw_flowspec(world.dice, meeting.service), (FilterSpec(selector),))
        for selector in named
    ]


def _show(flows: list[FlowDescriptor]) -> str:
    shown = []
    for flow in flows:
        assert isinstance(flow.flowspec, Flowspec)
        senders = [str(f.selector.source) for f in flow.filters if isinstance(f, FilterSpec)]
        rate = flow.flowspec.tspec.token_rate_bytes_per_s
        shown.append(f"{rate:g} bytes/s for {', '.join(senders) or 'all'}")
    return "; ".join(shown)


def _selector(app: Application) -> Selector:
    if isinstance(app.session, GpiSession):
        return GpiSelector(app.address, FIRST_PORT + app.number)
    return PortSelector(app.address, FIRST_PORT + app.number if app.session.port else 0)


def draw_tspec(dice: Dice) -> Tspec:
    """A token bucket whose numbers single precision holds exactly."""
    rate = 1_000.0 * dice.between(1, 8)
    return Tspec(
        rate,
        1_500.0 * dice.between(1, 6),
        inf if dice.happens(0.5) else rate * dice.between(1, 4),
        dice.choice((64, 128)),
        dice.choice((1_000, 1_500)),
    )


def draw_flowspec(dice: Dice, service: Service) -> Flowspec:
    """A request for this service."""
    tspec = draw_tspec(dice)
    if service is Service.CONTROLLED_LOAD:
        return Flowspec(service, tspec)
    return Flowspec(service, tspec, Rspec(tspec.token_rate_bytes_per_s * dice.between(1, 2), 0))
