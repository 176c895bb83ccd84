"""A lab in network namespaces: routers and hosts as processes, joined by veth pairs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from p4rsvp.lab.measuring import samples
from p4rsvp.lab.mode import Choice, Mode
from p4rsvp.lab.results import Sample, Stall
from p4rsvp.lab.spaces.cleaning import clean_leftovers, remove
from p4rsvp.lab.spaces.host import SpaceHost
from p4rsvp.lab.spaces.network import build_network
from p4rsvp.lab.spaces.record import Record, born_ticks, new_tag
from p4rsvp.lab.spaces.router import SpaceRouter
from p4rsvp.lab.spaces.starving import Starving
from p4rsvp.lab.spaces.switches import TARGETS
from p4rsvp.lab.spaces.traffic import SpaceSender, Traffic
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import LabError, Sender, World
from p4rsvp.traffic import Accounts

_HOLD = "mount -t tmpfs tmpfs /run && mkdir /run/netns && echo ready && exec cat"


@asynccontextmanager
async def space_world(topology: Topology, target: str, choice: Choice) -> AsyncIterator[SpaceWorld]:
    """Build the lab; whatever happens, nothing of it stays."""
    await asyncio.to_thread(clean_leftovers)
    async with AsyncExitStack() as stack:
        holder = await _hold_namespace() if choice.mode is Mode.USER else None
        record = Record(
            tag=new_tag(),
            pid=os.getpid(),
            born_ticks=born_ticks(os.getpid()),
            mode=choice.mode,
            target=target,
            topology=topology.name,
            nodes=tuple(topology.kinds),
            holder=holder.pid if holder else 0,
        )
        record.directory.mkdir(mode=0o700)
        record.write()
        if holder is not None:
            stack.push_async_callback(holder.wait)
        stack.push_async_callback(asyncio.to_thread, remove, record)
        world = SpaceWorld(record, topology, choice)
        await build_network(record, topology)
        stack.push_async_callback(world.stop)
        await world.start()
        yield world


async def _hold_namespace() -> asyncio.subprocess.Process:
    """A process in new user, mount and network namespaces, which ends when we do."""
    holder = await asyncio.create_subprocess_exec(
        *("unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", _HOLD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert holder.stdout is not None
    assert holder.stderr is not None
    if await holder.stdout.readline() != b"ready\n":
        said = (await holder.stderr.read()).decode().strip()
        raise LabError(f"no user namespace for the lab: {said}")
    return holder


class SpaceWorld(World):
    """The lab."""

    def __init__(self, record: Record, topology: Topology, choice: Choice) -> None:
        super().__init__(topology, choice)
        self.record = record
        self._traffic = Traffic(record, topology)
        self._hosts = {
            name: SpaceHost(record, topology, name, self._traffic) for name in topology.hosts
        }
        switch = TARGETS[record.target]
        self._routers = {
            name: SpaceRouter(record, topology, name, switch(record, topology, name))
            for name in topology.routers
        }

        self._starving = Starving(self._processes)
        self._watching: asyncio.Task[None] | None = None

    def _processes(self) -> dict[str, int]:
        """Switches and daemons, as they are now."""
        pids = {f"{name}'s switch": one.switch.pid for name, one in self._routers.items()}
        pids |= {f"{name}'s daemon": one.daemon.pid for name, one in self._routers.items()}
        return {name: pid for name, pid in pids.items() if pid is not None}

    async def start(self) -> None:
        """Start everything, at once; what fails first ends the others."""
        found = self.routes()
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, router in self._routers.items():
                    tasks.create_task(router.start(found[name]))
                for host in self._hosts.values():
                    tasks.create_task(host.start())
                tasks.create_task(self._traffic.start())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        self._watching = asyncio.create_task(self._starving.watch())

    async def stop(self) -> None:
        """End everything; applications first, so that none complains of a network that is gone."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        await self._traffic.stop()
        await asyncio.gather(*(host.stop() for host in self._hosts.values()))
        await asyncio.gather(*(router.stop() for router in self._routers.values()))

    def host(self, name: str) -> SpaceHost:
        return self._hosts[name]

    def router(self, name: str) -> SpaceRouter:
        return self._routers[name]

    def absences(self) -> tuple[Stall, ...]:
        return tuple(self._starving.found)

    def samples(
        self, sender: Sender, accounts: Accounts, start_ns: int, end_ns: int
    ) -> tuple[Sample, ...]:
        assert isinstance(sender, SpaceSender)
        times_ns, origin = sender.times_ns, self._traffic.origin
        return samples(times_ns, accounts, sender.flow, origin, start_ns, end_ns)
