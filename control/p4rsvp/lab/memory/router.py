"""A router in this process: a switch whose workers are threads, and a daemon on our event loop.

The two speak P4Runtime over the loopback, as they always do.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

from finsy.proto import p4r
from google.protobuf import text_format

from p4rsvp.daemon.daemon import Daemon
from p4rsvp.daemon.router import read_router
from p4rsvp.lab.daemonclient import DaemonClient
from p4rsvp.lab.memory.link import MemoryEnd, MemoryPort
from p4rsvp.lab.routerfile import Place, router_file
from p4rsvp.lab.routes import RouterRoutes
from p4rsvp.lab.topology import Faults, Topology
from p4rsvp.lab.world import LabError, Router
from p4rsvp.northbound.server import NorthboundServer
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.p4rt.server import P4RuntimeServer
from p4rsvp.softswitch.links import Links
from p4rsvp.softswitch.ports.driver import Driver
from p4rsvp.softswitch.ports.spec import PortSpec
from p4rsvp.softswitch.service import SwitchDevice
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON
from p4rsvp.target.numbers import CPU_PORT


class MemoryRouter(Router):
    """One router."""

    def __init__(
        self, topology: Topology, name: str, ends: Mapping[int, MemoryEnd], directory: Path
    ) -> None:
        self.name = name
        self._topology = topology
        self._ends = ends
        self._config = directory / f"{name}.toml"
        self._client = DaemonClient(name, directory / f"{name}.sock")
        places = topology.places(name)
        self._links = Links({end.number: round(link.rate_bits_per_s) for end, link in places})
        self._links.faults.update({end.number: _faults(link.faults) for end, link in places})
        self._port = 0  # of the P4Runtime server, once it has one: kept when it starts again
        self._routes = RouterRoutes()
        self._switch: tuple[SwitchDevice, P4RuntimeServer] | None = None
        self._daemon: tuple[Daemon, NorthboundServer, asyncio.Task[None]] | None = None

    async def start(self, found: RouterRoutes) -> None:
        """Start the switch, then the daemon, whose file names the switch's address."""
        self._routes = found
        await self.start_switch()
        await self.start_daemon()

    async def stop(self) -> None:
        """End both."""
        await self.kill_daemon()
        await self.kill_switch()

    # --- the switch ---

    async def start_switch(self) -> None:
        specs = [PortSpec(number, "memory") for number in self._ends]
        device = SwitchDevice(
            specs, cpu_port=CPU_PORT, prepare=self._links.prepare, connect=self._connect
        )
        server = P4RuntimeServer(device, address=f"127.0.0.1:{self._port}")
        self._port = server.port
        self._switch = device, server
        config = p4r.ForwardingPipelineConfig(p4_device_config=V1MODEL_JSON.read_bytes())
        text_format.Parse(P4INFO.read_text(), config.p4info)
        program = await asyncio.to_thread(server.service.pipeline.make, config)
        server.service.start(program)
        await server.start()

    def _connect(self, spec: PortSpec, _: int | None) -> Driver:
        return MemoryPort(spec.port, self._ends[spec.port])

    async def kill_switch(self) -> None:
        if self._switch is not None:
            device, server = self._switch
            self._switch = None
            await server.stop()
            await asyncio.to_thread(device.stop)

    async def impair(self, port: int, faults: Faults) -> None:
        if self._switch is None or self._switch[0].switch is None:
            self._links.impair(port, _faults(faults), ())
            return
        switch = self._switch[0].switch
        with switch.gate.write():
            self._links.impair(port, _faults(faults), switch.engines)

    # --- the daemon ---

    async def start_daemon(self) -> None:
        self._write()
        daemon = Daemon(
            read_router(self._config),
            time.monotonic_ns,
            secrets.randbits(64),
            secrets.token_bytes(16),
        )
        daemon.prepare()
        northbound = NorthboundServer(daemon)
        await northbound.start()
        self._daemon = daemon, northbound, asyncio.create_task(daemon.run())
        await self._client.until_settled(self._check)

    def _check(self) -> None:
        """Raise LabError where the daemon has ended."""
        if self._daemon is not None and self._daemon[2].done():
            why = self._daemon[2].exception()
            raise LabError(f"{self.name}'s daemon has ended: {why}") from why

    async def kill_daemon(self) -> None:
        """It ends without a word to anybody, as it would by kill -9."""
        if self._daemon is not None:
            _, northbound, running = self._daemon
            self._daemon = None
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await northbound.stop()

    async def route(self, found: RouterRoutes) -> None:
        self._routes = found
        self._write()
        if self._daemon is not None:
            self._daemon[0].reload(read_router(self._config))

    def _write(self) -> None:
        place = Place(f"127.0.0.1:{self._port}", self._client.socket, "softswitch")
        text = router_file(self._topology, self.name, self._routes, place)
        self._config.write_text(text, encoding="utf-8")

    # --- as a scenario sees it ---

    async def show(self, *sections: pb.Section) -> pb.StateResponse:
        return await self._client.show(*sections)

    def events(self) -> AsyncIterator[pb.Event]:
        return self._client.events()


def _faults(faults: Faults) -> dict[str, float]:
    """As the switch has them."""
    return {
        "loss": faults.loss,
        "duplicate": faults.duplicate,
        "reorder": faults.reorder,
        "delay": faults.delay_us * 1000,
    }
