"""What a changed file may change in a running daemon, and what asks for a restart."""

from __future__ import annotations

from pathlib import Path

from p4rsvp.daemon.reload import restart_for
from p4rsvp.daemon.router import read_router
from tests.daemon.files import SWITCH, interface, write

BEFORE = (SWITCH, interface(1), interface(2))
ROUTE = '[[route]]\ndestination = "192.0.2.0/24"\ninterface = 2\nvia = "10.0.2.9"\n'
TREE = '[[multicast_route]]\ngroup = "239.1.1.1"\nincoming = 1\noutgoing = [2]\n'


def between(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    old = read_router(write(tmp_path, *before))
    return restart_for(old, read_router(write(tmp_path, *after)))


def test_routes_trees_and_times_need_no_restart(tmp_path: Path) -> None:
    timely = (SWITCH, interface(1), interface(2, "refresh_period_ms = 5000"), ROUTE, TREE)
    assert between(tmp_path, BEFORE, timely) == ()


def test_what_needs_a_restart_is_named(tmp_path: Path) -> None:
    moved = interface(2).replace("port = 2", "port = 9")
    kernel = interface(1, 'device = "swp1"')
    after = (SWITCH, kernel, moved, '[limits]\nsessions = 9\n[routes]\nsource = "kernel"\n')
    assert between(tmp_path, BEFORE, after) == (
        "routes",
        "limits",
        "interface 1 device",
        "interface 2 port",
    )
    assert between(tmp_path, BEFORE, (SWITCH, interface(1))) == ("interface 2",)
