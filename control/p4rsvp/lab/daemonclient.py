"""What a scenario asks of a daemon, over its northbound API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import grpc

from p4rsvp.lab.world import LabError
from p4rsvp.northbound.server import SERVICE, socket_address
from p4rsvp.northbound.v1 import router_pb2 as pb

_LOOK_AGAIN_S = 0.02
_SETTLE_TIMEOUT_S = 120.0  # a switch may have to compile its program first


class DaemonClient:
    """The daemon of a router."""

    def __init__(self, router: str, socket: Path) -> None:
        self.router = router
        self.socket = socket

    async def show(self, *sections: pb.Section) -> pb.StateResponse:
        """What it holds; LabError where it does not answer."""
        async with grpc.aio.insecure_channel(socket_address(self.socket)) as channel:
            call = channel.unary_unary(
                f"/{SERVICE}/State",
                pb.StateRequest.SerializeToString,
                pb.StateResponse.FromString,
            )
            try:
                answer: pb.StateResponse = await call(pb.StateRequest(sections=sections))
            except grpc.aio.AioRpcError as error:
                why = f"{self.router}'s daemon does not answer: {error.details()}"
                raise LabError(why) from error
        return answer

    async def events(self) -> AsyncIterator[pb.Event]:
        """Facts, until it ends."""
        async with grpc.aio.insecure_channel(socket_address(self.socket)) as channel:
            call = channel.unary_stream(
                f"/{SERVICE}/Events", pb.EventsRequest.SerializeToString, pb.Event.FromString
            )
            try:
                async for event in call(pb.EventsRequest()):
                    yield event
            except grpc.aio.AioRpcError:
                return  # the daemon has gone

    async def until_settled(self, check: Callable[[], None]) -> None:
        """Wait until its switch holds what is desired; `check` raises where that cannot be."""
        try:
            async with asyncio.timeout(_SETTLE_TIMEOUT_S):
                while not await self._is_settled():
                    check()
                    await asyncio.sleep(_LOOK_AGAIN_S)
        except TimeoutError as error:
            why = f"{self.router}'s switch is not what it should be after {_SETTLE_TIMEOUT_S:.0f} s"
            raise LabError(why) from error

    async def _is_settled(self) -> bool:
        if not self.socket.exists():
            return False
        try:
            state = await self.show(pb.SECTION_INTERFACES)
        except LabError:  # its socket is there before its server is
            return False
        return state.primary and state.settled
