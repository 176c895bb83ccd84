"""A running lab, whatever it is made of: what scenarios and commands can see of it and do to it.

    async with build(topology, target="softswitch", mode=None) as world:    # from build.py
        await world.router("r1").show()

Namespaces and processes are in spaces/, the world in one process in memory/. All times are
CLOCK_MONOTONIC's, which all namespaces of a machine share, so that one-way delays are exact.
Traffic is counted in bins of `BIN_NS` on that clock: bin n begins at n * BIN_NS.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from p4rsvp.engine.effects import Upcall
from p4rsvp.lab.flow import Flow
from p4rsvp.lab.mode import Choice
from p4rsvp.lab.results import Sample, Stall
from p4rsvp.lab.routes import RouterRoutes, routes
from p4rsvp.lab.topology import Faults, Kind, Topology
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.traffic import Accounts
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import Tspec


class LabError(Exception):
    """A lab cannot be built or used like that; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class RsvpEvent:
    """An upcall to the applications of a host, with its time (RFC 2205 3.11.1)."""

    at_ns: int
    session: Session | GpiSession
    upcall: Upcall


class HostRsvp(ABC):
    """RSVP on a host, by RFC 2205 3.11.1's calls; one application takes part in one session."""

    @abstractmethod
    async def path(
        self, session: Session | GpiSession, sender: Selector, tspec: Tspec, *, ttl: int = 63
    ) -> None:
        """Announce a flow (SENDER), or announce it otherwise."""

    @abstractmethod
    async def path_tear(self, session: Session | GpiSession, sender: Selector) -> None:
        """Withdraw it."""

    @abstractmethod
    async def listen(self, session: Session | GpiSession) -> None:
        """Take part as a receiver (SESSION), to be told of its senders; a group is joined."""

    @abstractmethod
    async def reserve(
        self,
        session: Session | GpiSession,
        style: Style,
        flows: Sequence[FlowDescriptor],
        *,
        confirm: bool = False,
    ) -> None:
        """Ask for this and nothing else (RESERVE)."""

    @abstractmethod
    async def release(self, session: Session | GpiSession) -> None:
        """Leave the session: all that was asked for is torn down (RELEASE)."""

    @abstractmethod
    def events(self) -> AsyncIterator[RsvpEvent]:
        """What happens to this host's sessions, from this call on."""


class Sender(ABC):
    """A flow on its way."""

    flow: Flow

    @property
    @abstractmethod
    def late_spans(self) -> list[tuple[int, int]]:
        """When it was behind its schedule (traffic/lateness.py)."""

    @abstractmethod
    async def stop(self) -> None:
        """Send no more."""


class Flood(ABC):
    """Hostile packets on their way (hostile.py)."""

    @property
    @abstractmethod
    def sent_packets(self) -> int:
        """How many have left so far."""

    @property
    @abstractmethod
    def late_spans(self) -> list[tuple[int, int]]:
        """When it was behind its schedule."""

    @abstractmethod
    async def stop(self) -> None:
        """Send no more."""


class SentFlows:
    """The flows that a lab has sent: each begins at number 0, so none can be sent twice."""

    def __init__(self) -> None:
        self._numbers: set[int] = set()

    def add(self, flow: Flow) -> None:
        """One more; raises LabError where it is not the first of its number."""
        if flow.number in self._numbers:
            raise LabError(f"flow {flow.number} has been sent already: give {flow.name} another")
        self._numbers.add(flow.number)


class Host(ABC):
    """A host: an address on one link, traffic, and RSVP."""

    name: str
    rsvp: HostRsvp

    @abstractmethod
    async def start_sender(self, flow: Flow) -> Sender:
        """Begin to send a flow; each number can be sent once in a lab's life."""

    @abstractmethod
    async def start_receiver(self, flow: Flow) -> Accounts:
        """Begin to count a flow, for as long as the lab runs; for a group, also join it.

        The answer is the host's accounts of all flows.
        """

    async def flood(self, kind: str, packets_per_s: int) -> Flood:
        """Begin to flood its router; a lab in one process has no room for that."""
        raise LabError(f"{self.name} cannot flood with {packets_per_s} {kind} a second in this lab")

    @abstractmethod
    async def vanish(self) -> None:
        """Be gone without a word: neither RSVP nor traffic comes from it any more."""


class Router(ABC):
    """A router: a switch and the daemon beside it."""

    name: str

    @abstractmethod
    async def show(self, *sections: pb.Section) -> pb.StateResponse:
        """What the daemon holds; no section: everything."""

    @abstractmethod
    def events(self) -> AsyncIterator[pb.Event]:
        """Facts from the daemon as they happen, from this call on; ends with the daemon."""

    @abstractmethod
    async def impair(self, port: int, faults: Faults) -> None:
        """Give what the switch sends by a port these faults and no others."""

    @abstractmethod
    async def route(self, found: RouterRoutes) -> None:
        """Have the daemon take over other routes, if it runs; else it will."""

    @property
    def daemon_pid(self) -> int | None:
        """The process of its daemon, where that is one of its own and runs."""
        return None

    @abstractmethod
    async def kill_daemon(self) -> None:
        """End the daemon as by kill -9."""

    @abstractmethod
    async def start_daemon(self) -> None:
        """Start it again, and wait until it answers."""

    @abstractmethod
    async def kill_switch(self) -> None:
        """End the switch as by kill -9: all that it held is lost."""

    @abstractmethod
    async def start_switch(self) -> None:
        """Start it again, empty."""


class World(ABC):
    """A running lab."""

    def __init__(self, topology: Topology, choice: Choice) -> None:
        self.topology = topology
        self.mode, self.why = choice  # this mode and no other, for a reason
        self._down: set[str] = set()
        self._metrics: dict[str, int] = {}
        self._faults = {name: link.faults for name, link in topology.links.items()}

    @abstractmethod
    def host(self, name: str) -> Host:
        """A host."""

    @abstractmethod
    def router(self, name: str) -> Router:
        """A router."""

    def address(self, host: str, version: int = 4) -> Address:
        """A host's address."""
        return self.topology.address(host, version)

    @abstractmethod
    def samples(
        self, sender: Sender, accounts: Accounts, start_ns: int, end_ns: int
    ) -> tuple[Sample, ...]:
        """A flow in a receiver's accounts: the bins that begin from start to end (CLOCK_MONOTONIC).

        Live: the last bins may still change, by what has not been told or has not arrived.
        """

    def absences(self) -> tuple[Stall, ...]:
        """When processes of the lab wanted a cpu and got none (CLOCK_MONOTONIC), if that is known.

        By default nobody looks: the flows' senders tell of their own lateness.
        """
        return ()

    # --- the network ---

    async def link_down(self, link: str) -> None:
        """Nothing that routers send passes a link any more, and routes avoid it."""
        self._down.add(link)
        await self._impair(link, Faults(loss=1.0))
        await self._route()

    async def link_up(self, link: str) -> None:
        """It passes packets again."""
        self._down.discard(link)
        await self._impair(link, self._faults[link])
        await self._route()

    async def set_faults(self, link: str, faults: Faults) -> None:
        """Give what routers send into a link these faults and no others."""
        self._faults[link] = faults
        if link not in self._down:
            await self._impair(link, faults)

    async def change_metric(self, link: str, metric: int) -> None:
        """Make a link longer (every link's metric is 1), so that routes change."""
        self._metrics[link] = metric
        await self._route()

    def routes(self) -> dict[str, RouterRoutes]:
        """Every router's routes as they are now."""
        return routes(self.topology, down=self._down, metrics=self._metrics)

    async def _impair(self, link: str, faults: Faults) -> None:
        for end in self.topology.links[link].ends:
            if self.topology.kinds[end.node] is Kind.ROUTER:
                await self.router(end.node).impair(end.number, faults)

    async def _route(self) -> None:
        for name, found in self.routes().items():
            await self.router(name).route(found)
