"""What a changed configuration file changes in a running daemon, and what needs a restart: pure.

Routes, the engine's view of an interface (shares, refresh times, hints), punt limits and the log
can change. What is built into the session with the switch or into the numbering of things cannot:
a file that changes some of that is not taken over at all, so that what runs is always one file.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from p4rsvp.daemon.forwarding import Way
from p4rsvp.daemon.router import RouterConfig, StaticRoute
from p4rsvp.engine.events import Event, InterfaceChanged, Prefix, Route, RouteChanged

_LINK_KEYS = ("port", "vlan_id", "mac", "addresses", "mtu_bytes")


@dataclass(frozen=True, slots=True)
class Changes:
    """From one configuration to another."""

    events: tuple[Event, ...]  # for the engine, in this order
    routes_gone: tuple[Prefix, ...]
    routes_new: tuple[StaticRoute, ...]
    restart_for: tuple[str, ...]  # keys that are not taken over


def changes(old: RouterConfig, new: RouterConfig) -> Changes:
    """What has to happen."""
    before = {one.destination: one for one in old.routes}
    after = {one.destination: one for one in new.routes}
    gone = tuple(one for one in before if one not in after)
    fresh = tuple(one for key, one in after.items() if before.get(key) != one)
    events: list[Event] = [RouteChanged(one, None) for one in gone]
    events += [RouteChanged(one.destination, Route((one.interface,))) for one in fresh]
    return Changes(
        (*_interfaces(old, new), *events, *_trees(old, new)), gone, fresh, _restart_for(old, new)
    )


def way(route: StaticRoute) -> Way:
    """A route of the file as forwarding takes it."""
    return Way(route.interface, route.via)


def _interfaces(old: RouterConfig, new: RouterConfig) -> list[Event]:
    before = {one.id: one for one in old.node.interfaces}
    return [
        InterfaceChanged(one.id, one)
        for one in new.node.interfaces
        if one.id in before and before[one.id] != one
    ]


def _trees(old: RouterConfig, new: RouterConfig) -> list[Event]:
    before = {(one.destination, one.source): one for one in old.multicast_routes}
    after = {(one.destination, one.source): one for one in new.multicast_routes}
    events: list[Event] = [
        RouteChanged(prefix, None, source) for prefix, source in before.keys() - after.keys()
    ]
    return events + [one for key, one in after.items() if before.get(key) != one]


def _restart_for(old: RouterConfig, new: RouterConfig) -> tuple[str, ...]:
    """The keys that differ and are only read at the start."""
    keys = [
        name
        for name in ("switch", "router", "limits", "northbound")
        if getattr(old.settings, name) != getattr(new.settings, name)
    ]
    before = {one.number: one for one in old.settings.interface}
    after = {one.number: one for one in new.settings.interface}
    keys += [f"interface {number}" for number in sorted(before.keys() ^ after.keys())]
    for number in sorted(before.keys() & after.keys()):
        then, now = (msgspec.structs.asdict(one[number]) for one in (before, after))
        keys += [f"interface {number} {key}" for key in _LINK_KEYS if then[key] != now[key]]
    return tuple(keys)
