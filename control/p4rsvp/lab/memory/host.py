"""A host in this process: an RSVP agent on a link of memory, and its traffic."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

import numpy as np

from p4rsvp.host.agent import Agent
from p4rsvp.lab.flow import MOST_FLOWS, Flow
from p4rsvp.lab.frames import frame
from p4rsvp.lab.measuring import Origin, flow_accounts
from p4rsvp.lab.memory.link import MemoryEnd
from p4rsvp.lab.memory.nic import Nic, OneLink
from p4rsvp.lab.rsvp import Applications
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.world import Host, Sender, SentFlows
from p4rsvp.softswitch.jit import u64
from p4rsvp.softswitch.ports.ring_socket import views
from p4rsvp.traffic.accounts import Accounts, Shape, account
from p4rsvp.traffic.lateness import LATENESS_WORDS, late_spans, note_lateness
from p4rsvp.traffic.memory import new_words
from p4rsvp.traffic.stamp import (
    is_stamped,
    stamped_flow,
    stamped_sequence,
    stamped_time,
    write_stamp,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAD_NS = 20_000_000
_NS_PER_S = 1_000_000_000


class MemoryHost(Host):
    """One host."""

    def __init__(
        self, topology: Topology, name: str, end: MemoryEnd, origin: Origin, sent: SentFlows
    ) -> None:
        self.name = name
        self._sent = sent
        self._topology = topology
        place = topology.place(name)
        self._nic = Nic(place, topology.gateway(name), end)
        kernel = OneLink(place)
        seed = secrets.randbits(64)
        self._agent = Agent(self._nic, kernel, seed=seed, name=name, groups=kernel)
        self._origin = origin
        self._accounts: Accounts | None = None
        self._sending: set[MemorySender] = set()
        self.rsvp = Applications(self._agent)

    async def start(self) -> None:
        """Start its agent."""
        await self._agent.start()

    async def stop(self) -> None:
        """End it, and its traffic."""
        for sender in list(self._sending):
            await sender.stop()
        await self._agent.stop()

    async def start_sender(self, flow: Flow) -> MemorySender:
        self._sent.add(flow)
        sender = MemorySender(flow, self._nic, frame(self._topology, self.name, flow))
        self._sending.add(sender)
        return sender

    async def start_receiver(self, flow: Flow) -> Accounts:
        if self._accounts is None:
            self._accounts = flow_accounts(new_words)
            self._accounts.shape[Shape.ORIGIN_NS] = self._origin.epoch_ns
            self._nic.on_flow = self._count
        return self._accounts

    def _count(self, data: bytes) -> bool:
        """Enter a packet of a flow into the accounts; False: it is none."""
        arrived_ns = time.time_ns()
        (octets,) = views(np.frombuffer(data, dtype=np.uint8))
        end = u64(len(data))
        if not is_stamped(octets, end) or self._accounts is None:
            return False
        flow = stamped_flow(octets, end)
        if flow < MOST_FLOWS:
            arrays = views(*self._accounts.arrays)
            number, sent = stamped_sequence(octets, end), stamped_time(octets, end)
            account(*arrays, *map(u64, (flow, number, len(data), sent, arrived_ns)))
        return True

    async def vanish(self) -> None:
        self._nic.vanish()


class MemorySender(Sender):
    """A flow from a task of ours, which sends what is due whenever it has its turn."""

    def __init__(self, flow: Flow, nic: Nic, template: bytes) -> None:
        self.flow = flow
        self._nic = nic
        self._octets = np.frombuffer(bytearray(template), dtype=np.uint8)
        self._due_ns = flow.times_ns() + np.uint64(time.monotonic_ns() + _LEAD_NS)
        self._sent = 0
        self._lateness = new_words(LATENESS_WORDS)
        self._task = asyncio.create_task(self._run())

    @property
    def times_ns(self) -> NDArray[np.uint64]:
        """When those packets were due that have left (CLOCK_MONOTONIC)."""
        return self._due_ns[: self._sent]

    @property
    def late_spans(self) -> list[tuple[int, int]]:
        return late_spans(self._lateness)

    async def _run(self) -> None:
        octets, lateness = views(self._octets, self._lateness)
        end, flow = u64(len(self._octets)), u64(self.flow.number)
        while self._sent < len(self._due_ns):
            due_ns, now_ns = int(self._due_ns[self._sent]), time.monotonic_ns()
            wait_ns = due_ns - now_ns
            if wait_ns > 0:
                await asyncio.sleep(wait_ns / _NS_PER_S)
            else:
                note_lateness(lateness, u64(due_ns), u64(now_ns))
                write_stamp(octets, end, flow, u64(self._sent), u64(time.time_ns()))
                self._sent += 1
                self._nic.transmit(self._octets.tobytes())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})
