"""One open StreamChannel: what waits to be sent on it.

Packets, digests, idle notifications and errors are best effort (9.8, 16.1, 16.4): a client that
does not read loses them, counted, instead of the switch its memory. Packets of one port do not wait
for those of another, nor are they lost for them (fair.py), and they are encoded when their turn has
come: what is dropped costs little. Arbitration is never dropped, and goes first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Final

import grpc
from finsy.proto import p4r

from p4rsvp.p4rt.fair import FairQueue


class Stream:
    """The way back to one controller."""

    def __init__(self, limit: int) -> None:
        self._urgent: deque[p4r.StreamMessageResponse] = deque()
        self._waiting: Final[FairQueue[Callable[[], p4r.StreamMessageResponse]]] = FairQueue(limit)
        self._is_closed = False
        self._has_news = asyncio.Event()

    @property
    def dropped(self) -> int:
        """How many messages found no room, or made some."""
        return self._waiting.dropped

    def tell(self, arbitration: p4r.MasterArbitrationUpdate) -> None:
        """Send news of the arbitration."""
        self._urgent.append(p4r.StreamMessageResponse(arbitration=arbitration))
        self._has_news.set()

    def offer(self, make: Callable[[], p4r.StreamMessageResponse], key: Hashable = None) -> None:
        """Send what can be done without, if there is room for one of this key."""
        self._waiting.put(key, make)
        self._has_news.set()

    def close(self) -> None:
        """Send what waits, and nothing more."""
        self._is_closed = True
        self._has_news.set()

    async def pump(self, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Write to the client at its own pace, until the stream is closed."""
        while True:
            if self._urgent:
                await context.write(self._urgent.popleft())
            elif self._waiting:
                await context.write(self._waiting.get()())
            elif self._is_closed:
                return
            else:
                self._has_news.clear()
                await self._has_news.wait()
