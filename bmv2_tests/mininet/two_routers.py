"""Two routers, a link of 10 Mbit/s between them, a video's two hosts and a flood's.

sudo python3 two_routers.py [softswitch|bmv2]                       # to work in
sudo python3 two_routers.py bmv2 video_and_flood.mininet            # the lab of docs/mininet.md

h1 --- r1 ======== r2 --- h2        h1, h2: the video; h3, h4: the flood
h3 ---/  10 Mbit/s   \\--- h4
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from mininet.cli import CLI
from mininet.log import setLogLevel
from mininet.topo import Topo
from p4rsvp_mininet import P4RsvpSwitch, RsvpNet


class TwoRouters(Topo):  # type: ignore[misc]  # Mininet has no types
    """h1 is 10.0.1.2, h3 10.0.2.2, h2 10.0.4.2, h4 10.0.5.2: Mininet sorts links by name."""

    def build(self, **_params: Any) -> None:
        r1, r2 = (self.addSwitch(name) for name in ("r1", "r2"))
        h1, h2, h3, h4 = (self.addHost(name) for name in ("h1", "h2", "h3", "h4"))
        self.addLink(h1, r1, rate=100e6)
        self.addLink(r2, h2, rate=100e6)
        self.addLink(r1, r2, rate=10e6)
        self.addLink(h3, r1, rate=100e6)
        self.addLink(r2, h4, rate=100e6)


def play(net: RsvpNet, script: Path) -> None:
    """Run lines as one would type them.

    CLI would, but while it runs a script it passes what is at standard input to the nodes, in the
    midst of their commands (waitForNode).
    """
    for line in script.read_text().splitlines():
        name, command = line.split(maxsplit=1)
        print(f"mininet> {line}\n{net.get(name).cmd(command)}", flush=True)


def main(switch: str = "softswitch", *scripts: str) -> None:
    net = RsvpNet(topo=TwoRouters(), switch=partial(P4RsvpSwitch, switch=switch))
    try:
        net.start()
        if scripts:
            play(net, Path(scripts[0]))
        else:
            CLI(net)
    finally:
        net.stop()


if __name__ == "__main__":
    setLogLevel("info")
    main(*sys.argv[1:])
