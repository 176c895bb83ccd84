"""Both ends of a row of routers: who sends Paths, and who answers them, as one blocking loop.

A flow is a number; its messages are made in front of the clock. The sender's end announces it, the
receiver's end asks for it when the Path has come, and a request that arrives at the sender's end
has been installed in every switch on its way. If a confirmation was asked for, the sender's end
gives it (RFC 2205 2.6), and the routers carry it to the receiver. Frames are told apart by the
session that they begin with, since to decode each would make the ends slower than the routers.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Final, Self

from p4rsvp.bench.chain import Cable
from p4rsvp.bench.reservations import Neighbours, confirmation, reservation
from p4rsvp.daemon import resolution
from p4rsvp.daemon.frames import Ends as Link
from p4rsvp.daemon.frames import rsvp_frame
from p4rsvp.engine.effects import SendPacket
from p4rsvp.engine.events import PacketIn
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import MessageType

PATIENCE_S: Final = 60.0
RETRY_S: Final = 1.0
_ETHERNET_BYTES: Final = 14
_SESSION_AT: Final = 8 + 4  # behind the common header and the object's own
_UPSTREAM_LIH, _DOWNSTREAM = 9, 2
_BUFFER_BYTES: Final = 1 << 24
_ARP: Final = resolution.ETHERTYPE_ARP.to_bytes(2)
_MOST_AT_ONCE: Final = 64


class End:
    """One end of a cable, as a neighbour of the router there."""

    def __init__(
        self, port: int, peer: int, address: str, router_address: str, mac: str, router_mac: str
    ) -> None:
        self.address = Address.parse(address)
        self.router_address = Address.parse(router_address)
        self.link = Link(bytes.fromhex(mac), bytes.fromhex(router_mac))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.socket.bind(("127.0.0.1", port))
        self.socket.connect(("127.0.0.1", peer))
        self.socket.settimeout(0.0)

    def send(self, frame: bytes) -> None:
        """Send a frame, if there is a router."""
        try:
            self.socket.send(frame)
        except ConnectionRefusedError:
            return  # the switch is not there yet

    def frame(self, packet: PacketIn) -> bytes:
        """The frame in which a packet comes to the router."""
        assert packet.ip_ttl is not None
        sent = SendPacket(
            packet.interface,
            packet.source,
            packet.destination,
            packet.ip_ttl,
            packet.router_alert,
            packet.data,
        )
        return rsvp_frame(sent, self.link)

    def greet(self) -> None:
        """Have the router know our link address."""
        self.send(resolution.request(self.link, self.address, self.router_address))

    def take(self) -> list[bytes]:
        """What has come; whoever asks for our link address is answered."""
        frames = []
        for _ in range(_MOST_AT_ONCE):
            try:
                frame = self.socket.recv(2048)
            except (BlockingIOError, ConnectionRefusedError):
                break
            if frame[12:14] == _ARP:
                self._answer(frame)
            else:
                frames.append(frame)
        return frames

    def _answer(self, frame: bytes) -> None:
        heard = resolution.read_arp(frame)
        if heard is not None and heard.wanted == self.address:
            self.send(resolution.reply(self.link, self.address, heard))


class Ends:
    """The sender's and the receiver's end."""

    def __init__(self, length: int, first: Cable, last: Cable) -> None:
        here, there = "0200000000fe", "0200000000ff"
        self.sender = End(first.near, first.far, "10.0.0.2", "10.0.0.1", here, "020000000101")
        self.receiver = End(
            last.far,
            last.near,
            f"10.0.{length}.2",
            f"10.0.{length}.1",
            there,
            f"02000000{length:02x}02",
        )
        self._neighbours = Neighbours(
            self.sender.address,
            _UPSTREAM_LIH,
            self.receiver.address,
            _DOWNSTREAM,
            self.receiver.router_address,
        )
        self.paths: dict[int, bytes] = {}
        self.requests: dict[int, bytes] = {}
        self._confirmations: dict[int, bytes] = {}
        self._numbers: dict[bytes, int] = {}
        # What is told of each message that arrives: its type, and the number of its flow.
        self.on_message: Callable[[MessageType, int], None] = lambda _type, _number: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sender.socket.close()
        self.receiver.socket.close()

    def prepare(self, number: int, *, confirmed: bool) -> None:
        """Make the messages of a flow."""
        made = reservation(number, self._neighbours, confirmed=confirmed)
        self.paths[number] = self.sender.frame(made.path)
        self.requests[number] = self.receiver.frame(made.resv)
        if confirmed:
            answer = confirmation(number, self._neighbours)
            self._confirmations[number] = self.sender.frame(answer)
        self._numbers[bytes(made.path.destination)] = number

    def announce(self, number: int) -> None:
        """Send the Path of a flow."""
        self.sender.send(self.paths[number])

    def ask(self, number: int) -> None:
        """Send the Resv of a flow."""
        self.receiver.send(self.requests[number])

    def turn(self, timeout_s: float) -> None:
        """Take what has come, waiting for it at most so long."""
        ready, _, _ = select.select([self.sender.socket, self.receiver.socket], (), (), timeout_s)
        for one in (self.sender, self.receiver):
            if one.socket in ready:
                for frame in one.take():
                    self._arrives(frame)

    def _arrives(self, frame: bytes) -> None:
        message = _ETHERNET_BYTES + 4 * (frame[_ETHERNET_BYTES] & 0xF)
        session = message + _SESSION_AT
        number = self._numbers.get(frame[session : session + 4])
        if number is None:
            return
        kind = MessageType(frame[message + 1])
        if kind is MessageType.RESV and number in self._confirmations:
            self.sender.send(self._confirmations[number])
        self.on_message(kind, number)

    def until(self, done: Callable[[], bool], what: str, again: Callable[[], None]) -> None:
        """Take what comes until something is so; `again`, now and then, sends what may be lost."""
        deadline_s = time.monotonic() + PATIENCE_S
        again_s = time.monotonic()
        while not done():
            now_s = time.monotonic()
            if now_s > deadline_s:
                raise TimeoutError(f"{what}: not within {PATIENCE_S:.0f} s")
            if now_s >= again_s:
                again()
                again_s = now_s + RETRY_S
            self.turn(0.1)
