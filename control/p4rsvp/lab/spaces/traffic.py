"""The lab's side of the generator: orders out, counts in."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from p4rsvp.lab.flow import Flow
from p4rsvp.lab.frames import frame
from p4rsvp.lab.measuring import Origin, flow_accounts
from p4rsvp.lab.spaces import generator
from p4rsvp.lab.spaces.generator import Listen, Order, Receive, Send, Stop
from p4rsvp.lab.spaces.process import Process, dying_with_us, served_first
from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import Flood, LabError, Sender, SentFlows
from p4rsvp.traffic import Accounts
from p4rsvp.traffic.lateness import LATENESS_WORDS, late_spans
from p4rsvp.traffic.memory import shared_words
from p4rsvp.traffic.sender import COLUMNS, SEQUENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_FLOOD = 1 << 20  # no number of a flow
_LEAD_NS = 20_000_000  # from an order to the first packet


class Traffic:
    """The generator of a lab."""

    def __init__(self, record: Record, topology: Topology) -> None:
        self.origin = Origin.now()
        self._record = record
        self._topology = topology
        self._socket = record.directory / "traffic.sock"
        module = (sys.executable, "-m", "p4rsvp.lab.spaces.generator", str(self._socket))
        # In some namespace of the lab, for its loopback.
        command = record.within(topology.hosts[0], *served_first(*dying_with_us(*module)))
        self._process = Process("the traffic generator", command, record.directory / "traffic.log")
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()
        self._accounts: dict[str, Accounts] = {}  # by host
        self._sent = SentFlows()
        self._floods: list[SpaceFlood] = []
        self._listening: set[tuple[str, bytes, int]] = set()

    async def start(self) -> None:
        """Start it."""
        await self._process.start(ready="ready")
        self._streams = await asyncio.open_unix_connection(self._socket)

    async def stop(self) -> None:
        """End it, and all traffic."""
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()
        await self._process.stop()

    async def order(self, order: Order) -> None:
        """Have it do something."""
        if self._streams is None:
            raise LabError("the traffic generator does not run")
        reader, writer = self._streams
        async with self._turn:
            writer.write(msgspec.json.encode(order) + b"\n")
            line = await reader.readline()
        if not line:
            raise LabError(f"the traffic generator has ended: {self._process.last_words()}")
        answer: str = msgspec.json.decode(line)
        if answer:
            raise LabError(f"the traffic generator: {answer}")

    async def send(self, host: str, flow: Flow) -> SpaceSender:
        """Begin to send a flow."""
        self._sent.add(flow)
        begin_ns = time.monotonic_ns() + _LEAD_NS
        sender = SpaceSender(self, flow, begin_ns)
        await self.order(
            Send(
                self._record.namespace(host),
                self._topology.place(host).end.device,
                flow.number,
                frame(self._topology, host, flow),
                flow.packet_bytes,
                flow.schedule,
                begin_ns,
                str(self.counts(f"flow-{flow.number}")),
            )
        )
        return sender

    async def flood(self, host: str, frames: list[bytes], packets_per_s: int) -> SpaceFlood:
        """Begin to send frames that are no flow's."""
        number = FIRST_FLOOD + len(self._floods)
        place, counts = self._topology.place(host), self.counts(f"flood-{number}")
        flood = SpaceFlood(self, number, len(frames), counts)
        self._floods.append(flood)
        namespace = self._record.namespace(host)
        order = generator.Flood(
            namespace, place.end.device, number, frames, packets_per_s, str(counts)
        )
        await self.order(order)
        return flood

    async def receive(self, host: str, flow: Flow) -> Accounts:
        """Begin to count a flow at a host."""
        namespace, device = self._record.namespace(host), self._topology.place(host).end.device
        if host not in self._accounts:
            counts = self.counts(f"at-{host}")
            self._accounts[host] = flow_accounts(shared_words(counts))
            await self.order(Receive(namespace, device, self.origin.epoch_ns, str(counts)))
        listening = (host, bytes(flow.destination), flow.destination_port)
        if listening not in self._listening:
            self._listening.add(listening)
            await self.order(Listen(namespace, device, *listening[1:]))
        return self._accounts[host]

    def counts(self, name: str) -> Path:
        """Where something is counted."""
        return self._record.directory / name


class SpaceSender(Sender):
    """A flow that the generator sends."""

    def __init__(self, traffic: Traffic, flow: Flow, begin_ns: int) -> None:
        self.flow = flow
        self._traffic = traffic
        self._times_ns = flow.times_ns() + np.uint64(begin_ns)
        words = shared_words(traffic.counts(f"flow-{flow.number}"))
        self._counts = words(int(COLUMNS))
        self._lateness = words(LATENESS_WORDS)

    @property
    def times_ns(self) -> NDArray[np.uint64]:
        """When those packets were due that have left (CLOCK_MONOTONIC)."""
        return self._times_ns[: int(self._counts[int(SEQUENCE)])]

    @property
    def late_spans(self) -> list[tuple[int, int]]:
        return late_spans(self._lateness)

    async def stop(self) -> None:
        await self._traffic.order(Stop(self.flow.number))


class SpaceFlood(Flood):
    """Frames that the generator sends."""

    def __init__(self, traffic: Traffic, number: int, frames: int, counts: Path) -> None:
        self._traffic = traffic
        self._number = number
        words = shared_words(counts)
        self._counts = words(frames * int(COLUMNS)).reshape(frames, int(COLUMNS))
        self._lateness = words(LATENESS_WORDS)

    @property
    def sent_packets(self) -> int:
        return int(self._counts[:, int(SEQUENCE)].sum())

    @property
    def late_spans(self) -> list[tuple[int, int]]:
        return late_spans(self._lateness)

    async def stop(self) -> None:
        await self._traffic.order(Stop(self._number))
