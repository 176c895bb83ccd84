"""What applications do: begin and stop to send, reserve, change their minds, leave.

Each deed is drawn whole and takes effect at once. A host has at most one application a session.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from p4rsvp.sim.application import Application
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.world import Meeting, World
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import Tspec

SOURCE_PORT = 7_000


def populate(world: World) -> None:
    """Put an application of each meeting on hosts: whoever could send or receive."""
    for meeting in world.meetings:
        destination = meeting.session.destination
        for host in world.network.topology.hosts():
            app = Application(world.network, host, len(world.apps) + 1, meeting.session)
            world.apps.append(app)
            world.meeting_of[app.number] = meeting
            if (
                destination.is_multicast and world.dice.happens(0.6)
            ) or destination in app.machine.addresses:
                app.listen()
            elif world.dice.happens(0.6):
                _send(world, app)


def do_something(world: World) -> None:
    """One deed of one application."""
    apps = world.living_apps()
    if not apps:
        return
    app = world.dice.choice(apps)
    deeds: list[tuple[Callable[[World, Application], None], bool, int]] = [
        (_send, _may_send(app), 2),
        (_stop_sending, app.sending is not None, 1),
        (_listen, _may_listen(app), 2),
        (_reserve, app.is_listening, 6),
        (_release_reservation, app.reserving is not None, 1),
        (_close, app.sending is not None or app.is_listening, 1),
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
    app.send(_selector(app), tspec)
    world.did(f"{app.host} sends in {app.session} with {tspec}")


def _stop_sending(world: World, app: Application) -> None:
    app.stop_sending()
    world.did(f"{app.host} stops sending in {app.session}")


def _listen(world: World, app: Application) -> None:
    app.listen()
    world.did(f"{app.host} listens in {app.session}")


def _reserve(world: World, app: Application) -> None:
    meeting = world.meeting_of[app.number]
    flows = _draw_flows(world, app, meeting)
    if not flows:
        return
    app.reserve(meeting.style, *flows, confirm=world.dice.happens(0.3))
    world.did(f"{app.host} reserves in {app.session}: {flows}")


def _release_reservation(world: World, app: Application) -> None:
    app.release_reservation()
    world.did(f"{app.host} releases its reservation in {app.session}")


def _close(world: World, app: Application) -> None:
    app.close()
    if app.session.destination.is_multicast:
        world.network.leave(app.session.destination, app.host)
    world.did(f"{app.host} leaves {app.session}")


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


def _selector(app: Application) -> Selector:
    return PortSelector(app.address, SOURCE_PORT)


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
