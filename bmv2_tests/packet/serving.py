"""A P4Runtime server of ours in front of a device, on an event loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from p4rsvp.dataplane.device import Device
from p4rsvp.p4rt.server import P4RuntimeServer, Tls
from packet.target import DEVICE_ID

STOP_TIMEOUT_S = 5.0


class Serving:
    """It serves until stopped."""

    def __init__(
        self, device: Device, *, address: str = "127.0.0.1:0", tls: Tls | None = None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = self._start(device, address, tls)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.address = f"{address.rpartition(':')[0]}:{self._server.port}"

    @staticmethod
    async def _start(device: Device, address: str, tls: Tls | None) -> P4RuntimeServer:
        server = P4RuntimeServer(device, address=address, device_id=DEVICE_ID, tls=tls)
        await server.start()
        return server

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(STOP_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_S)
        self._loop.close()

    @contextmanager
    def stuck(self) -> Iterator[None]:
        """For a while it answers nothing and reads nothing."""
        free = threading.Event()
        self._loop.call_soon_threadsafe(free.wait)
        try:
            yield
        finally:
            free.set()
