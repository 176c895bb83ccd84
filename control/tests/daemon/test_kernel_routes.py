"""A daemon whose routes come from a kernel: from `ip route` to the switch and the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from packet.softswitch import Softswitch

from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.events import Prefix
from p4rsvp.engine.routes import Routes
from p4rsvp.target import static
from p4rsvp.wire.address import Address
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.namespace import missing, namespace
from tests.daemon.rig import Rig
from tests.daemon.test_daemon import held
from tests.waiting import wait_until

DESTINATION = Prefix(Address.parse("192.0.2.0"), 24)


@pytest.mark.skipif(bool(missing()), reason=missing() or "there are namespaces")
@pytest.mark.rfc("2205", "3.11.3")
def test_a_route_of_the_kernel_leads_data_and_rsvp_until_its_link_goes_down(
    switch: Softswitch, tmp_path: Path
) -> None:
    with namespace() as where:
        where.cable("swp1", "10.0.1.1/24")
        where.cable("swp2", "10.0.2.1/24")
        where.ip("route add 192.0.2.0/24 via 10.0.2.2")
        routes = f'[routes]\nsource = "kernel"\nnamespace = "{where.name}"\n'
        links = [interface(n, f'device = "swp{n}"') for n in (1, 2)]
        with Rig(switch, tmp_path, *links, routes) as rig:
            rig.meet(2)
            cell = static.route_cell(DESTINATION)
            known: Routes = rig.daemon.node.routes
            assert held(rig)[cell] == static.route(2)
            route = known.lookup(DESTINATION.address)
            assert route is not None
            assert route.outgoing == (2,)
            where.ip("link set dev swp2 down")
            wait_until(lambda: cell not in held(rig))
            assert known.lookup(DESTINATION.address) is None
            assert 2 not in rig.daemon.node.interfaces
            link = static.route_cell(Prefix(Address.parse("10.0.2.0"), 24))
            assert link not in held(rig)
            where.ip("link set dev swp2 up")
            wait_until(lambda: link in held(rig))
            assert 2 in rig.daemon.node.interfaces


def test_a_file_that_follows_the_kernel_has_to_name_devices(tmp_path: Path) -> None:
    routes = '[routes]\nsource = "kernel"\n'
    with pytest.raises(ConfigError, match="no interface names its device"):
        read_router(write(tmp_path, SWITCH, interface(1), routes))
    other = interface(1, 'device = "a"') + routes + 'protocols = ["ospf", "babel"]\n'
    with pytest.raises(ConfigError, match=r"routes\.protocols: 'babel' has to be a number"):
        read_router(write(tmp_path, SWITCH, other))
