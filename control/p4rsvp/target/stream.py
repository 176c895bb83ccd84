"""The connection of a StreamChannel (P4Runtime 16): http2.py between asyncio and who listens.

Packets in are handed over as they come, all of one read together; they are not queued here, so that
a daemon with much to do leaves them to TCP. Messages that are no packets wait for finsy.

To be woken costs more than a known refresh does. So where a read has brought nothing new, the next
one waits for REST_S: what comes meanwhile comes together, as a network card does it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import grpc
from finsy.proto import p4r

from p4rsvp.fast.packet_in import Column, Kind, PacketReader, Packets
from p4rsvp.target.http2 import Call

CLOSE_S = 1.0
REST_S = 0.006
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class PacketStream(asyncio.Protocol):
    """One connection with one StreamChannel."""

    def __init__(
        self, call: Call, on_packets: Callable[[Packets], bool], on_room: Callable[[], None]
    ) -> None:
        """Make a stream that calls back.

        Packets have come: were they any news? And: the stream takes packets (again).
        """
        self.call = call
        self._on_packets = on_packets
        self._on_room = on_room
        self._reader = PacketReader()
        self._transport: asyncio.Transport | None = None
        self._is_paused = False
        self._is_gone = asyncio.Event()
        # What finsy is to read: messages, and at last the error that ends the stream.
        self.others: asyncio.Queue[p4r.StreamMessageResponse | grpc.aio.AioRpcError] = (
            asyncio.Queue()
        )

    @property
    def is_full(self) -> bool:
        """Whether the switch takes no more for now."""
        return self._is_paused or self.call.is_full or self.call.ending is not None

    def send_prefixed(self, messages: bytes) -> None:
        """Send messages, each with gRPC's prefix."""
        self.call.send_prefixed(messages)
        self._write()

    def hang_up(self) -> None:
        """Close the connection when what is on its way has gone."""
        if self._transport is not None:
            self._transport.close()

    async def closed(self) -> None:
        """Wait for the end of the connection, but not for a switch that takes nothing."""
        if self._transport is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_gone.wait(), CLOSE_S)
        self._transport.abort()
        await self._is_gone.wait()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._write()

    def data_received(self, data: bytes) -> None:
        was_full = self.call.is_full
        self.call.receive(data)
        self._write()
        is_news = self._take()
        if self.call.ending is not None:
            self._end()
        elif was_full and not self.is_full:
            self._on_room()
        if not is_news and self._transport is not None:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(REST_S, self._transport.resume_reading)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._on_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_gone.set()
        self.call.lost(str(exc or "the switch has closed the connection"))
        self._end()

    # --- what has come ---

    def _take(self) -> bool:
        """Pass on what is whole; whether any of it was new."""
        packets, behind = self._reader.read(self.call.messages)
        self.call.messages = self.call.messages[behind:]
        others = (packets.rows[:, Column.KIND] == Kind.OTHER).nonzero()[0]
        for row in others.tolist():
            self.others.put_nowait(p4r.StreamMessageResponse.FromString(packets.payload(row)))
        if len(packets) == len(others):
            return True
        return self._on_packets(packets) or len(others) > 0

    def _end(self) -> None:
        ending = self.call.ending
        if ending is not None:
            code = _CODES.get(ending.status, grpc.StatusCode.UNKNOWN)
            trailers = grpc.aio.Metadata(*ending.metadata)
            error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailers, ending.message)
            self.others.put_nowait(error)
        self.hang_up()

    def _write(self) -> None:
        out = self.call.take_out()
        if out and self._transport is not None:
            self._transport.write(out)
