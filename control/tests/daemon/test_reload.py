"""What a changed file changes in a running daemon."""

from __future__ import annotations

from pathlib import Path

from p4rsvp.daemon.reload import Changes, changes
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.events import InterfaceChanged, Route, RouteChanged
from tests.daemon.files import SWITCH, interface, write

BEFORE = (SWITCH, interface(1), interface(2))
ROUTE = '[[route]]\ndestination = "192.0.2.0/24"\ninterface = 2\nvia = "10.0.2.9"\n'
TREE = '[[multicast_route]]\ngroup = "239.1.1.1"\nincoming = 1\noutgoing = [2]\n'


def between(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]) -> Changes:
    old = read_router(write(tmp_path, *before))
    return changes(old, read_router(write(tmp_path, *after)))


def test_the_same_file_changes_nothing(tmp_path: Path) -> None:
    same = (*BEFORE, ROUTE, TREE)
    assert between(tmp_path, same, same) == Changes((), (), (), ())


def test_a_new_route_reaches_the_engine_and_forwarding(tmp_path: Path) -> None:
    change = between(tmp_path, BEFORE, (*BEFORE, ROUTE))
    (route,) = change.routes_new
    assert change.events == (RouteChanged(route.destination, Route((2,))),)


def test_a_route_that_is_gone_is_withdrawn(tmp_path: Path) -> None:
    change = between(tmp_path, (*BEFORE, ROUTE, TREE), BEFORE)
    (prefix,) = change.routes_gone
    withdrawn = [event for event in change.events if isinstance(event, RouteChanged)]
    assert [event.route for event in withdrawn] == [None, None]
    assert prefix in [event.destination for event in withdrawn]


def test_an_interface_takes_other_times_and_shares(tmp_path: Path) -> None:
    after = (SWITCH, interface(1), interface(2, "refresh_period_ms = 5000"))
    (event,) = between(tmp_path, BEFORE, after).events
    assert isinstance(event, InterfaceChanged)
    assert event.config is not None
    assert event.config.times.refresh_period_ms == 5000


def test_what_needs_a_restart_is_named(tmp_path: Path) -> None:
    moved = interface(2).replace("port = 2", "port = 9")
    change = between(tmp_path, BEFORE, (SWITCH, interface(1), moved, "[limits]\nsessions = 9\n"))
    assert change.restart_for == ("limits", "interface 2 port")
    assert between(tmp_path, BEFORE, (SWITCH, interface(1))).restart_for == ("interface 2",)
