"""The process that sends and counts the traffic of all hosts of a lab.

One process for all: it enters the network namespace of a host, opens packet sockets there, and
leaves again; a socket stays where it was made. What it counts is in files that the lab's own
process reads meanwhile (traffic/memory.py). It takes orders, one line of JSON each, at a Unix
socket, and answers each with a line: empty, or what went wrong.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from p4rsvp.lab.flow import MOST_FLOWS, MOST_PACKETS, Schedule
from p4rsvp.lab.measuring import BINS
from p4rsvp.lab.results import BIN_NS
from p4rsvp.traffic import Receiver, Sender, constant
from p4rsvp.traffic import Schedule as Times
from p4rsvp.traffic.memory import shared_words
from p4rsvp.wire.address import Address

CLONE_NEWNET = 0x40000000  # linux/sched.h
_REHEARSAL = bytes(64)
_SECOND_NS = 1_000_000_000


class Send(Struct, frozen=True, tag=True):
    """Begin to send a flow."""

    namespace: str
    device: str
    flow: int
    frame: bytes
    packet_bytes: int
    schedule: Schedule
    begin_ns: int
    counts: str  # the files to count in


class Flood(Struct, frozen=True, tag=True):
    """Begin to send these frames by turns, for ever."""

    namespace: str
    device: str
    flow: int
    frames: list[bytes]
    packets_per_s: int
    counts: str


class Stop(Struct, frozen=True, tag=True):
    """End it."""

    flow: int


class Receive(Struct, frozen=True, tag=True):
    """Begin to count whatever comes to a host."""

    namespace: str
    device: str
    origin_ns: int  # since 1970
    counts: str


class Listen(Struct, frozen=True, tag=True):
    """Have a host's kernel take a flow's packets for wanted, and join its group."""

    namespace: str
    device: str
    address: bytes
    port: int


Order: TypeAlias = Send | Flood | Stop | Receive | Listen


@contextmanager
def _within(namespace: str) -> Iterator[None]:
    """Be in a network namespace, with this thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as home:
        with Path("/run/netns", namespace).open("rb") as away:
            _enter(libc, away.fileno())
        try:
            yield
        finally:
            _enter(libc, home.fileno())


def _enter(libc: ctypes.CDLL, descriptor: int) -> None:
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Generator:
    """Everything that sends and receives."""

    def __init__(self) -> None:
        self._senders: dict[int, tuple[Sender, threading.Thread]] = {}
        self._flooding: set[int] = set()
        self._receivers: list[Receiver] = []
        self._listening: list[socket.socket] = []

    def carry_out(self, order: Order) -> None:
        """Do what is asked; OSError says that it cannot be done."""
        if isinstance(order, Send):
            self._send(order)
        elif isinstance(order, Flood):
            self._flood(order)
        elif isinstance(order, Stop):
            sender, thread = self._senders.pop(order.flow)
            self._flooding.discard(order.flow)
            sender.stop()
            thread.join()
            sender.close()
        elif isinstance(order, Receive):
            self._receive(order)
        else:
            self._listen(order)

    def _send(self, order: Send) -> None:
        words = shared_words(Path(order.counts))
        with _within(order.namespace):
            sender = Sender(order.device, [order.frame], first_number=order.flow, words=words)
        times = order.schedule.times_ns(order.packet_bytes, order.flow)
        plan = Times(times, np.zeros(len(times), dtype=np.uint64))
        thread = threading.Thread(
            target=sender.send, args=(plan,), kwargs={"begin_ns": order.begin_ns}, daemon=True
        )
        self._senders[order.flow] = sender, thread
        thread.start()

    def _flood(self, order: Flood) -> None:
        words = shared_words(Path(order.counts))
        with _within(order.namespace):
            sender = Sender(order.device, order.frames, first_number=order.flow, words=words)
        thread = threading.Thread(target=self._send_on, args=(sender, order), daemon=True)
        self._senders[order.flow] = sender, thread
        self._flooding.add(order.flow)
        thread.start()

    def _send_on(self, sender: Sender, order: Flood) -> None:
        """Send a second's worth over and over again; where it is late, it goes on from there."""
        times = constant(0, order.packets_per_s, _SECOND_NS).times_ns
        turns, count = np.arange(len(times), dtype=np.uint64), len(order.frames)
        done, begin_ns = 0, time.monotonic_ns()
        while order.flow in self._flooding:
            plan = Times(times, (turns + np.uint64(done)) % np.uint64(count))
            sender.send(plan, begin_ns=begin_ns)
            done += len(times)
            begin_ns = max(begin_ns + _SECOND_NS, time.monotonic_ns())

    def _receive(self, order: Receive) -> None:
        with _within(order.namespace):
            receiver = Receiver(
                order.device,
                MOST_FLOWS,
                most_packets=MOST_PACKETS,
                bins=BINS,
                bin_ns=BIN_NS,
                words=shared_words(Path(order.counts)),
            )
        self._receivers.append(receiver)
        receiver.start(order.origin_ns)

    def _listen(self, order: Listen) -> None:
        address = Address(order.address)
        with _within(order.namespace):
            self._listening.append(_bound(address, order.port, order.device))


def _bound(address: Address, port: int, device: str) -> socket.socket:
    """A socket that takes packets and never reads them, so that no ICMP says nobody wants them."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
    one.bind((str(address), port))
    if address.is_multicast:
        index = socket.if_nametoindex(device)
        if address.version == 4:
            member = struct.pack("=4s4si", address, bytes(4), index)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        else:
            member = struct.pack("=16si", address, index)
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    return one


def _rehearse() -> None:
    """Load the machine code of both kernels before anybody waits for it."""
    receiver, sender = Receiver("lo", 1, most_packets=64, bins=1), Sender("lo", [_REHEARSAL])
    receiver.start()
    sender.send(constant(0, 1e6, 1000))
    receiver.close()
    sender.close()


def main(path: Path) -> None:
    """Serve one connection, and end with it."""
    _rehearse()
    generator = Generator()
    orders = msgspec.json.Decoder(Order)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        print("ready", flush=True)  # noqa: T201 (what the lab waits for)
        connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            answer = ""
            try:
                generator.carry_out(orders.decode(line))
            except (OSError, ValueError) as error:
                answer = str(error)
            connection.sendall(msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
