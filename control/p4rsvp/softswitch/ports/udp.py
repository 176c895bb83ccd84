"""A cable of UDP datagrams, one frame each: ports for everybody, without any privilege.

`udp:5001:127.0.0.1:5002` listens on port 5001 and sends to 5002; the other end has the numbers the
other way round. Both ends listen on the loopback unless an address is named, as frames have no
protection.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from p4rsvp.softswitch.ports.driver import PythonDriver

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine

MOST_PER_CALL = 64
BUFFER_BYTES = 1 << 22
Endpoint = tuple[str, int]


class UdpCable(PythonDriver):
    """One end of a cable."""

    def __init__(self, port: int, local: Endpoint, remote: Endpoint) -> None:
        super().__init__(port)
        self.remote = remote
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind(local)
        self._socket.settimeout(0.0)
        self._buffer = bytearray(1 << 16)

    @property
    def local_port(self) -> int:
        """The UDP port that this end listens on."""
        return int(self._socket.getsockname()[1])

    def receive(self, engine: Engine, now_ns: int) -> int:
        for count in range(MOST_PER_CALL):
            try:
                length, sender = self._socket.recvfrom_into(self._buffer)
            except BlockingIOError:
                return count
            if sender == self.remote:  # nobody else is on this cable
                engine.receive(self.port, bytes(self._buffer[:length]), now_ns)
        return MOST_PER_CALL

    def send(self, frame: bytes) -> None:
        try:
            self._socket.sendto(frame, self.remote)
        except (BlockingIOError, ConnectionRefusedError):
            return  # an unplugged or overrun cable loses frames

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
