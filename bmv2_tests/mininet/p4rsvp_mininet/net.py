"""The network: Mininet's, with addresses for every link, and everything started in order.

A link's rate is the `rate` that `addLink` is given, in bit/s: what a router sends into it. Routers
shape it themselves, where their queues are; a TCLink would make the queue behind them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mininet.link import Intf, Link
from mininet.log import info
from mininet.net import Mininet

from p4rsvp_mininet.addresses import DEFAULT_RATE_BITS_PER_S, End, Wire, of_node
from p4rsvp_mininet.host import RsvpHost
from p4rsvp_mininet.router import P4RsvpSwitch

START_TIMEOUT_S = 240.0  # the embedded switch may have to be compiled first, on a busy machine
REFRESH_PERIOD_MS = 4_000

# A host that is reached answers at a closed port, by ICMP. Not every machine has a ping.
PROBE = """
import socket, sys
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.settimeout(1)
probe.connect((sys.argv[1], 9))
probe.send(b"?")
try:
    probe.recv(1)
except ConnectionRefusedError:
    raise SystemExit(0)
except TimeoutError:
    raise SystemExit(1)
"""


class RsvpLink(Link):  # type: ignore[misc]  # Mininet has no types
    """A veth pair that knows its rate."""

    def __init__(
        self, node1: Any, node2: Any, rate: float = DEFAULT_RATE_BITS_PER_S, **params: Any
    ) -> None:
        self.rate_bits_per_s = rate
        super().__init__(node1, node2, **params)


class RsvpNet(Mininet):  # type: ignore[misc]  # Mininet has no types
    """Mininet with routers for switches; takes what Mininet takes."""

    def __init__(self, *args: Any, **params: Any) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="p4rsvp-mininet-"))
        own = {"switch": P4RsvpSwitch, "host": RsvpHost, "link": RsvpLink, "controller": None}
        super().__init__(*args, **{"autoSetMacs": True, **own, **params})

    def configHosts(self) -> None:  # noqa: N802 (Mininet's name)
        """Give hosts the addresses and routes of their links, as Mininet configures them."""
        self.wires = [self._wire(number, link) for number, link in enumerate(self.links, start=1)]
        for host in self.hosts:
            wire = of_node(self.wires, host.name)[0]
            host.defaultIntf().ip, host.defaultIntf().prefixLen = wire.near(host.name).address, 24
            host.params["ip"] = f"{wire.near(host.name).address}/24"
            host.params["defaultRoute"] = f"via {wire.far(host.name).address}"
        super().configHosts()

    def start(self) -> None:
        """Start routers and agents, and wait until every host reaches every other."""
        super().start()
        routers = {router.name for router in self.switches}
        for router in self.switches:
            info(f"*** {router.name}: {router.switch}, logs in {self.folder}\n")
            router.start_router(self.folder, self.wires, routers, REFRESH_PERIOD_MS)
        for host in self.hosts:
            info(f"*** {host.name}: {host.IP()}\n")
            rate_bits_per_s = of_node(self.wires, host.name)[0].rate_bits_per_s
            host.start_agent(self.folder, rate_bits_per_s, REFRESH_PERIOD_MS)
        self._wait_until_reached()

    def stop(self) -> None:
        """End everything, and leave nothing."""
        super().stop()
        shutil.rmtree(self.folder)

    def _wait_until_reached(self) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        first, *others = self.hosts
        for other in others:
            while first.popen([sys.executable, "-c", PROBE, other.IP()]).wait() != 0:
                for router in self.switches:
                    router.check()
                if time.monotonic() > deadline_s:
                    raise RuntimeError(
                        f"{first.name} does not reach {other.name}; see {self.folder}"
                    )
        for host in self.hosts:
            while not (self.folder / f"{host.name}.sock").exists():
                if host.agent.poll() is not None or time.monotonic() > deadline_s:
                    raise RuntimeError(f"{host.name} has no agent; see {self.folder}")
                time.sleep(0.1)

    def _wire(self, number: int, link: RsvpLink) -> Wire:
        one, other = link.intf1, link.intf2
        if not isinstance(one.node, P4RsvpSwitch):
            one, other = other, one
        ends = self._end(one, f"10.0.{number}.1"), self._end(other, f"10.0.{number}.2")
        return Wire(f"10.0.{number}.0/24", link.rate_bits_per_s, ends)

    @staticmethod
    def _end(intf: Intf, address: str) -> End:
        return End(intf.node.name, intf.name, intf.node.ports[intf], intf.MAC(), address)
