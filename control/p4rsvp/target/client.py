"""finsy's switch and its client, with another way for the stream: stream.py instead of grpc.aio.

All other RPCs stay on finsy's channel; P4Runtime lets them come by any connection (5.3). finsy
still connects, arbitrates and comes again: it is given every message of the stream that is no
packet, and what it sends goes out before the packets that wait.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path

import grpc
from finsy import GRPCCredentialsTLS, P4ClientError, Switch, SwitchOptions
from finsy.p4client import P4Client
from finsy.proto import p4r

from p4rsvp.fast.packet_in import Packets
from p4rsvp.target.http2 import Call
from p4rsvp.target.stream import PacketStream

LOG = logging.getLogger(__name__)

METHOD = "/p4.v1.P4Runtime/StreamChannel"
RETRY_FIRST_S = 0.05
RETRY_MOST_S = 1.0


class StreamClient(P4Client):
    """finsy's client, but for the stream."""

    def __init__(
        self,
        address: str,
        credentials: GRPCCredentialsTLS | None,
        *,
        on_packets: Callable[[Packets], bool],
        on_room: Callable[[], None],
    ) -> None:
        super().__init__(address, credentials)
        self._on_packets = on_packets
        self._on_room = on_room
        self._host, _, self._port = address.rpartition(":")
        self._tls = None if credentials is None else _tls(credentials)
        self._packet_stream: PacketStream | None = None

    @property
    def packet_stream(self) -> PacketStream | None:
        """The stream, as long as there is one."""
        return self._packet_stream

    async def send(self, msg: p4r.StreamMessageRequest) -> None:
        """Send a message; the first opens the stream."""
        stream = self._packet_stream
        if stream is None or stream.call.ending is not None:
            stream = self._packet_stream = await self._connect()
        stream.call.send(msg.SerializeToString())
        stream.send_prefixed(b"")

    async def receive(self) -> p4r.StreamMessageResponse:
        """The next message that is no packet."""
        assert self._packet_stream is not None, "the stream opens with what is sent"
        message = await self._packet_stream.others.get()
        if isinstance(message, grpc.aio.AioRpcError):
            raise P4ClientError(message, "receive")
        return message

    async def close(self) -> None:
        """Hang up, and close the channel."""
        stream, self._packet_stream = self._packet_stream, None
        if stream is not None:
            stream.hang_up()
            await stream.closed()
        await super().close()

    async def _connect(self) -> PacketStream:
        """Connect as soon as there is somebody to connect to."""
        wait_s = RETRY_FIRST_S
        while True:
            try:
                return await self._dial()
            except OSError as error:
                if wait_s == RETRY_FIRST_S:
                    LOG.warning("%s:%s: %s", self._host, self._port, error)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, RETRY_MOST_S)

    async def _dial(self) -> PacketStream:
        call = Call(f"{self._host}:{self._port}", METHOD, is_secure=self._tls is not None)
        stream = PacketStream(call, self._on_packets, self._on_room)
        await asyncio.get_running_loop().create_connection(
            lambda: stream, self._host.strip("[]"), int(self._port), ssl=self._tls
        )
        return stream


def _tls(credentials: GRPCCredentialsTLS) -> ssl.SSLContext:
    """What finsy makes of the same files for its channel."""
    context = ssl.create_default_context()
    if isinstance(credentials.cacert, Path):
        context = ssl.create_default_context(cafile=str(credentials.cacert))
    if isinstance(credentials.cert, Path) and isinstance(credentials.private_key, Path):
        context.load_cert_chain(credentials.cert, credentials.private_key)
    context.set_alpn_protocols(["h2"])
    return context


class StreamingSwitch(Switch):  # type: ignore[misc]  # marked as final
    """finsy's switch, with our client below it: finsy makes its own and does not ask which.

    What is ignored here by the type checker are the marks that finsy is not meant for this; the
    tests of the session run on every version that is allowed.
    """

    def __init__(
        self,
        address: str,
        options: SwitchOptions,
        *,
        on_packets: Callable[[Packets], bool],
        on_room: Callable[[], None],
    ) -> None:
        super().__init__(address, address, options)
        self._on_packets = on_packets
        self._on_room = on_room
        self._client: StreamClient | None = None

    async def _run(self) -> None:
        self._client = self._p4client = StreamClient(
            self.address,
            self.options.channel_credentials,
            on_packets=self._on_packets,
            on_room=self._on_room,
        )
        await super()._run()  # type: ignore[no-untyped-call]

    async def _receive_until_closed(self) -> None:
        """As finsy has it, which tells nobody if we win after somebody else has bid as much as we.

        Two backups bid the same when a primary leaves: the second has to bid less, on a new stream,
        and becomes primary by that if the first has left meanwhile.
        """
        assert self._client is not None
        while True:
            try:
                message = await self._client.receive()
            except P4ClientError as error:
                if not error.is_election_id_used:
                    raise
                await self._arbitrator.handshake(self, conflict=True)
                if self._arbitrator.is_primary:
                    self._become_primary()  # type: ignore[no-untyped-call]
            else:
                await self._handle_stream_message(message)

    @property
    def packet_stream(self) -> PacketStream | None:
        """The stream, as long as there is one."""
        return None if self._client is None else self._client.packet_stream
