"""A lab in one process: every switch, daemon and host agent here, on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from p4rsvp.lab.measuring import Origin, samples
from p4rsvp.lab.memory.host import MemoryHost, MemorySender
from p4rsvp.lab.memory.link import MemoryEnd
from p4rsvp.lab.memory.router import MemoryRouter
from p4rsvp.lab.mode import Choice
from p4rsvp.lab.results import Sample
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import Sender, SentFlows, World
from p4rsvp.traffic import Accounts


@asynccontextmanager
async def memory_world(topology: Topology, choice: Choice) -> AsyncIterator[MemoryWorld]:
    """Build the lab, and take it down."""
    with TemporaryDirectory(prefix="p4lm-") as directory:
        world = MemoryWorld(topology, choice, Path(directory))
        try:
            await world.start()
            yield world
        finally:
            await world.stop()


class MemoryWorld(World):
    """The lab."""

    def __init__(self, topology: Topology, choice: Choice, directory: Path) -> None:
        super().__init__(topology, choice)
        self._origin = Origin.now()
        ends = {
            node: {end.number: MemoryEnd() for end, _ in topology.places(node)}
            for node in topology.kinds
        }
        for link in topology.links.values():
            one, other = (ends[end.node][end.number] for end in link.ends)
            one.connect(other)
        sent = SentFlows()
        self._hosts = {
            name: MemoryHost(topology, name, ends[name][1], self._origin, sent)
            for name in topology.hosts
        }
        self._routers = {
            name: MemoryRouter(topology, name, ends[name], directory) for name in topology.routers
        }

    async def start(self) -> None:
        """Start everything."""
        for name, found in self.routes().items():
            await self._routers[name].start(found)
        for host in self._hosts.values():
            await host.start()

    async def stop(self) -> None:
        """End everything."""
        for host in self._hosts.values():
            await host.stop()
        await asyncio.gather(*(router.stop() for router in self._routers.values()))

    def host(self, name: str) -> MemoryHost:
        return self._hosts[name]

    def router(self, name: str) -> MemoryRouter:
        return self._routers[name]

    def samples(
        self, sender: Sender, accounts: Accounts, start_ns: int, end_ns: int
    ) -> tuple[Sample, ...]:
        assert isinstance(sender, MemorySender)
        times_ns = sender.times_ns
        return samples(times_ns, accounts, sender.flow, self._origin, start_ns, end_ns)
