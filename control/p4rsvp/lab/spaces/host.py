"""A host in a namespace: the RSVP agent, and traffic through the lab's generator."""

from __future__ import annotations

from p4rsvp.host.client import Client
from p4rsvp.lab.flow import Flow
from p4rsvp.lab.hostile import Hostile
from p4rsvp.lab.rsvp import Applications
from p4rsvp.lab.spaces.network import set_link
from p4rsvp.lab.spaces.process import Process, dying_with_us
from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.spaces.traffic import SpaceFlood, SpaceSender, Traffic
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import Host
from p4rsvp.processes import P4RSVP
from p4rsvp.traffic import Accounts

# Takes away what a host needs that speaks RSVP in protocol 46; with UDP it does without.
_WITHOUT_RAW = ("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", "--")


class SpaceHost(Host):
    """One host."""

    def __init__(self, record: Record, topology: Topology, name: str, traffic: Traffic) -> None:
        self.name = name
        self._record = record
        self._topology = topology
        self._place = topology.place(name)
        self._traffic = traffic
        self._socket = record.agent_socket(name)
        link = self._place.link
        command = (
            *(_WITHOUT_RAW if link.promise.udp_encapsulation else ()),
            *(*P4RSVP, "host", "--socket", str(self._socket)),
            *("--rate", f"{link.rate_bits_per_s:.0f} bit/s"),
            *("--refresh-period-ms", f"{link.promise.refresh_period_ms}"),
        )
        log = record.directory / f"{name}-agent.log"
        self.agent = Process(f"{name}'s agent", record.within(name, *dying_with_us(*command)), log)
        self._client: Client | None = None

    async def start(self) -> None:
        """Start its agent."""
        await self.agent.start(ready="programs find the agent")
        self._client = await Client.connect(self._socket)
        self.rsvp = Applications(self._client)

    async def stop(self) -> None:
        """End it."""
        if self._client is not None:
            await self._client.close()
        await self.agent.stop()

    # --- as a scenario sees it ---

    async def start_sender(self, flow: Flow) -> SpaceSender:
        return await self._traffic.send(self.name, flow)

    async def start_receiver(self, flow: Flow) -> Accounts:
        return await self._traffic.receive(self.name, flow)

    async def flood(self, kind: str, packets_per_s: int) -> SpaceFlood:
        victim = next(one for one in self._topology.hosts if self._is_elsewhere(one))
        frames = Hostile(self._topology, self.name, victim).frames(kind)
        return await self._traffic.flood(self.name, frames, packets_per_s)

    def _is_elsewhere(self, host: str) -> bool:
        """Whether it is behind another router."""
        return self._topology.gateway(host).node != self._topology.gateway(self.name).node

    async def vanish(self) -> None:
        await set_link(self._record, self.name, self._place.end.device, up=False)
        await self.agent.kill()
