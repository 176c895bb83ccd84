"""A router in a namespace: a switch on its links, and a daemon that reaches it on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from p4rsvp.lab.daemonclient import DaemonClient
from p4rsvp.lab.routerfile import Place, router_file
from p4rsvp.lab.routes import RouterRoutes
from p4rsvp.lab.spaces.process import Process, dying_with_us
from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.spaces.switches import ADDRESS, SwitchProcess
from p4rsvp.lab.topology import Faults, Topology
from p4rsvp.lab.world import Router
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.processes import P4RSVP


class SpaceRouter(Router):
    """One router."""

    def __init__(
        self, record: Record, topology: Topology, name: str, switch: SwitchProcess
    ) -> None:
        self.name = name
        self.switch = switch
        self._topology = topology
        directory = record.directory
        self._config = directory / f"{name}.toml"
        self._client = DaemonClient(name, record.daemon_socket(name))
        self._place = Place(ADDRESS, self._client.socket, record.target)
        command = (*P4RSVP, "daemon", "--config", str(self._config))
        self.daemon = Process(
            f"{name}'s daemon",
            record.within(name, *dying_with_us(*command)),
            directory / f"{name}-daemon.log",
        )

    async def start(self, routes: RouterRoutes) -> None:
        """Start both; the daemon is patient until the switch is there."""
        self._write(routes)
        await asyncio.gather(self.start_switch(), self.start_daemon())

    def _write(self, routes: RouterRoutes) -> None:
        text = router_file(self._topology, self.name, routes, self._place)
        self._config.write_text(text, encoding="utf-8")

    async def stop(self) -> None:
        """End both."""
        await asyncio.gather(self.daemon.stop(), self.switch.stop())

    # --- as a scenario sees it ---

    async def show(self, *sections: pb.Section) -> pb.StateResponse:
        return await self._client.show(*sections)

    def events(self) -> AsyncIterator[pb.Event]:
        return self._client.events()

    async def impair(self, port: int, faults: Faults) -> None:
        await self.switch.set_faults(port, faults)

    async def route(self, found: RouterRoutes) -> None:
        self._write(found)
        self.daemon.hang_up()

    @property
    def daemon_pid(self) -> int | None:
        return self.daemon.pid

    async def kill_daemon(self) -> None:
        await self.daemon.kill()

    async def start_daemon(self) -> None:
        await self.daemon.start()
        await self._client.until_settled(self.daemon.check)

    async def kill_switch(self) -> None:
        await self.switch.kill()

    async def start_switch(self) -> None:
        await self.switch.start()
