"""A connection to the control socket of p4rsvp-dpdk: one request, one answer, in order.

Whoever asks waits for the answer, for at most `PATIENCE_S`. Once something is wrong with the stream
itself (it ends, its sequence numbers do not follow, the switch refuses what it got) nothing more
can be asked on it: every call raises BrokenError from then on.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dpdk import protocol
from p4rsvp.dpdk.protocol import HEADER, REPLY_BIT, Hello, MessageType

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S: Final = 30.0


class BrokenError(ControlError):
    """The switch has gone, or does not speak this protocol."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Status.UNAVAILABLE, f"the DPDK switch: {sentence}")


class Message(NamedTuple):
    """What came."""

    type: int
    result: int
    sequence: int
    records: int  # in the body
    body: bytes


class Connection:
    """One connection, used by any thread; requests take turns."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_S)
        self._turn = threading.Lock()
        self._sequence = 0
        self._fault: BrokenError | None = None
        try:
            self._socket.connect(str(path))
            self.hello: Final = self._greet()
        except OSError as error:
            self._socket.close()
            raise BrokenError(f"{path}: {error.strerror or error}") from error
        except BrokenError:
            self._socket.close()
            raise

    def _greet(self) -> Hello:
        greeting = protocol.HELLO.pack(protocol.MAGIC, protocol.VERSION, 0)
        answer = self.ask(MessageType.HELLO, greeting, 1)
        if len(answer.body) != protocol.HELLO_REPLY.size:
            raise BrokenError("its HELLO is of another version of the protocol")
        hello = Hello(*protocol.HELLO_REPLY.unpack(answer.body))
        if (hello.magic, hello.version) != (protocol.MAGIC, protocol.VERSION):
            raise BrokenError(f"it speaks version {hello.version}, and not {protocol.VERSION}")
        return hello

    def ask(self, kind: MessageType, body: bytes = b"", count: int = 0) -> Message:
        """Send a request and wait for its answer."""
        with self._turn:
            if self._fault is not None:
                raise self._fault
            try:
                self.send(kind, body, count)
                return self._answer(kind)
            except OSError as error:
                self._fault = BrokenError(f"no answer to {kind.name}: {error.strerror or error}")
                raise self._fault from error
            except BrokenError as fault:
                self._fault = fault
                raise

    def send(self, kind: MessageType, body: bytes = b"", count: int = 0) -> int:
        """Send a request and leave its answer to `receive`; the sequence number it will have."""
        self._sequence = (self._sequence + 1) & 0xFFFFFFFF
        header = HEADER.pack(HEADER.size + len(body), kind, 0, self._sequence, count)
        self._socket.sendall(header + body)
        return self._sequence

    def _answer(self, kind: MessageType) -> Message:
        message = self.receive()
        if (message.type, message.sequence) != (REPLY_BIT | kind, self._sequence):
            raise BrokenError(f"the answer to {kind.name} is of type {message.type:#x}")
        return message

    def receive(self) -> Message:
        """Wait for the next message, whatever it is; REFUSED raises BrokenError."""
        length, kind, result, sequence, records = HEADER.unpack(self._exactly(HEADER.size))
        if length < HEADER.size:
            raise BrokenError(f"a message of {length} bytes")
        message = Message(kind, result, sequence, records, self._exactly(length - HEADER.size))
        if message.type == MessageType.REFUSED:
            raise BrokenError(
                f"it refuses what it was sent: {message.body.decode(errors='replace')}"
            )
        return message

    def _exactly(self, size: int) -> bytes:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            got = self._socket.recv_into(view)
            if not got:
                raise BrokenError("it has closed the connection")
            view = view[got:]
        return bytes(data)

    def wait_at_most(self, seconds: float | None = PATIENCE_S) -> None:
        """Let `receive` wait as long; None is until the connection is closed."""
        self._socket.settimeout(seconds)

    def close(self) -> None:
        """End it; who waits in `receive` is told that it has ended."""
        with suppress(OSError):  # the other end was first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
