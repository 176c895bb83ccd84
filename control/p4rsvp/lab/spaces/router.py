"""A router in a namespace: a switch on its links, and a daemon that reaches it on the loopback."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import grpc

from p4rsvp.lab.routerfile import Place, router_file
from p4rsvp.lab.routes import RouterRoutes
from p4rsvp.lab.spaces.process import START_TIMEOUT_S, Process, dying_with_us
from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.spaces.switches import ADDRESS, SwitchProcess
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import LabError, Router
from p4rsvp.northbound.server import SERVICE, socket_address
from p4rsvp.northbound.v1 import router_pb2 as pb

_LOOK_AGAIN_S = 0.02


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
        self._place = Place(ADDRESS, record.daemon_socket(name), record.target)
        command = (sys.executable, "-m", "p4rsvp", "daemon", "--config", str(self._config))
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

    async def route(self, routes: RouterRoutes) -> None:
        """Have the daemon take over other routes."""
        self._write(routes)
        self.daemon.hang_up()

    async def stop(self) -> None:
        """End both."""
        await asyncio.gather(self.daemon.stop(), self.switch.stop())

    # --- as a scenario sees it ---

    async def show(self, *sections: pb.Section) -> pb.StateResponse:
        async with grpc.aio.insecure_channel(socket_address(self._place.socket)) as channel:
            call = channel.unary_unary(
                f"/{SERVICE}/State",
                pb.StateRequest.SerializeToString,
                pb.StateResponse.FromString,
            )
            try:
                answer: pb.StateResponse = await call(pb.StateRequest(sections=sections))
            except grpc.aio.AioRpcError as error:
                raise LabError(
                    f"{self.name}'s daemon does not answer: {error.details()}"
                ) from error
        return answer

    async def events(self) -> AsyncIterator[pb.Event]:
        async with grpc.aio.insecure_channel(socket_address(self._place.socket)) as channel:
            call = channel.unary_stream(
                f"/{SERVICE}/Events", pb.EventsRequest.SerializeToString, pb.Event.FromString
            )
            try:
                async for event in call(pb.EventsRequest()):
                    yield event
            except grpc.aio.AioRpcError:
                return  # the daemon has gone

    async def kill_daemon(self) -> None:
        await self.daemon.kill()

    async def start_daemon(self) -> None:
        await self.daemon.start()
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await self._until_settled()
        except TimeoutError as error:
            said = self.daemon.last_words()
            raise LabError(f"{self.daemon.name} has not settled its switch: {said}") from error

    async def _until_settled(self) -> None:
        while True:
            self.daemon.check()
            if self._place.socket.exists():
                try:
                    state = await self.show(pb.SECTION_INTERFACES)
                except LabError:
                    pass  # its socket is there before its server is
                else:
                    if state.primary and state.settled:
                        return
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def kill_switch(self) -> None:
        await self.switch.kill()

    async def start_switch(self) -> None:
        await self.switch.start()
