"""The smallest network of one's own: a router, a host that sends, and one behind a slow link.

sudo python3 one_router.py
"""

from typing import Any

from mininet.cli import CLI
from mininet.log import setLogLevel
from mininet.topo import Topo
from p4rsvp_mininet import RsvpNet


class OneRouter(Topo):  # type: ignore[misc]  # Mininet has no types
    """h1 is 10.0.1.2, h2 is 10.0.2.2."""

    def build(self, **_params: Any) -> None:
        router = self.addSwitch("r1")
        self.addLink(self.addHost("h1"), router, rate=100e6)
        self.addLink(router, self.addHost("h2"), rate=10e6)


if __name__ == "__main__":
    setLogLevel("info")
    net = RsvpNet(topo=OneRouter())
    try:
        net.start()
        CLI(net)
    finally:
        net.stop()
