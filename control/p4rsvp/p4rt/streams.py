"""One open StreamChannel: what waits to be sent on it.

Packets, digests, idle notifications and errors are best effort (9.8, 16.1, 16.4): a client that
does not read loses them, counted, instead of the switch its memory. Arbitration is never dropped.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import grpc
from finsy.proto import p4r


class Stream:
    """The way back to one controller."""

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit: Final = limit
        self._waiting: asyncio.Queue[p4r.StreamMessageResponse | None] = asyncio.Queue()

    def tell(self, arbitration: p4r.MasterArbitrationUpdate) -> None:
        """Send news of the arbitration."""
        self._waiting.put_nowait(p4r.StreamMessageResponse(arbitration=arbitration))

    def offer(self, message: p4r.StreamMessageResponse) -> None:
        """Send what can be done without, if there is room."""
        if self._waiting.qsize() >= self._limit:
            self.dropped += 1
        else:
            self._waiting.put_nowait(message)

    def close(self) -> None:
        """Send what waits, and nothing more."""
        self._waiting.put_nowait(None)

    async def pump(self, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Write to the client at its own pace, until the stream is closed."""
        while (message := await self._waiting.get()) is not None:
            await context.write(message)
