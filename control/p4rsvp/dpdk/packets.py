"""Packets between the switch and the controller, on a connection of their own.

What comes in is heard by a thread and handed on. What goes out is not waited for: the switch
answers each message, the thread hears that as well, and what was refused is counted.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from p4rsvp.dataplane.entities import PacketIn
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dataplane.packetheader import pack_header, unpack_header
from p4rsvp.dpdk.connection import BrokenError, Connection
from p4rsvp.dpdk.protocol import PACKET, REPLY_BIT, MessageType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from p4rsvp.dataplane.p4info import InfoField, P4Info

_LOG: Final = logging.getLogger(__name__)


class PacketChannel:
    """Subscribes to what the switch punts; `lost` is called once, when nothing more can come."""

    def __init__(self, path: Path, info: P4Info, lost: Callable[[str], None]) -> None:
        self.callback: Callable[[PacketIn], None] | None = None
        self.refused = 0  # packets of the controller
        self._in, self._out = info.packet_in, info.packet_out
        self._in_bytes = _header_bytes(self._in)
        self._lost = lost
        self._closing = False
        self._sending = threading.Lock()
        self._connection = Connection(path)
        self._connection.ask(MessageType.SUBSCRIBE)
        self._connection.wait_at_most(None)
        self._thread = threading.Thread(target=self._hear, name="packets", daemon=True)
        self._thread.start()

    def send(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        """Have the switch send a packet."""
        if len(metadata) != len(self._out):
            what = f"packet_out has {len(self._out)} metadata fields, not {len(metadata)}"
            raise ControlError(Status.INVALID_ARGUMENT, what)
        frame = pack_header(self._out, metadata) + payload
        if len(frame) > self._connection.hello.frame_max_bytes:
            raise ControlError(Status.INVALID_ARGUMENT, f"a packet of {len(payload)} bytes")
        with self._sending:
            try:
                body = PACKET.pack(len(frame)) + frame
                self._connection.send(MessageType.PACKET_OUT, body, 1)
            except OSError as error:
                raise BrokenError(f"a packet cannot be sent: {error.strerror}") from error

    def _hear(self) -> None:
        try:
            while True:
                message = self._connection.receive()
                if message.type == MessageType.PACKET_IN:
                    self._deliver(message.body)
                elif message.type == REPLY_BIT | MessageType.PACKET_OUT and message.result:
                    self.refused += int(np.count_nonzero(np.frombuffer(message.body, "<u2")))
        except (BrokenError, OSError) as error:
            if not self._closing:
                _LOG.error("%s", error)
                self._lost(str(error))

    def _deliver(self, body: bytes) -> None:
        callback = self.callback
        if callback is None:
            return
        for frame in _frames(body):
            header, payload = frame[: self._in_bytes], frame[self._in_bytes :]
            callback(PacketIn(payload, unpack_header(self._in, header)))

    def close(self) -> None:
        """Hear nothing more."""
        self._closing = True
        self._connection.close()
        self._thread.join()


def _header_bytes(fields: Sequence[InfoField]) -> int:
    return -(-sum(field.width_bits for field in fields) // 8)


def _frames(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        (length,) = PACKET.unpack_from(body, at)
        at += PACKET.size
        yield body[at : at + length]
        at += length
