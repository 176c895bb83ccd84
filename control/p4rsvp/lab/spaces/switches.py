"""The switch processes that a lab can run, each with the links of its router as ports.

The embedded switch shapes its ports itself; bmv2 is helped to (bmv2_links.py).
"""

from __future__ import annotations

import asyncio
import shutil
from abc import ABC, abstractmethod

from p4rsvp.dataplane import operating
from p4rsvp.dpdk.command import cores_for
from p4rsvp.dpdk.process import find_binary
from p4rsvp.lab.spaces.bmv2_links import Bmv2Links
from p4rsvp.lab.spaces.process import Process, dying_with_us, served_first
from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.topology import Attached, Faults, Topology
from p4rsvp.lab.world import LabError
from p4rsvp.processes import P4RSVP
from p4rsvp.target import bmv2
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

ADDRESS_PORT = "9559"
ADDRESS = f"127.0.0.1:{ADDRESS_PORT}"  # a namespace has a loopback of its own
THRIFT_PORT = 9090
_CUT = Faults(loss=1.0)


class SwitchProcess(ABC):
    """A switch in the namespace of its router."""

    def __init__(self, record: Record, topology: Topology, router: str) -> None:
        self._record = record
        self._router = router
        self._places = topology.places(router)
        self._given: dict[int, Faults] = {}  # while it ran, by port
        self._process = self._make(f"{router}'s switch", *self._command())

    def _make(self, name: str, *command: str) -> Process:
        record, router = self._record, self._router
        log = record.directory / f"{router}-switch.log"
        return Process(name, record.within(router, *served_first(*dying_with_us(*command))), log)

    @abstractmethod
    def _command(self) -> list[str]:
        """How it is started."""

    @abstractmethod
    async def start(self) -> None:
        """Start it, and wait until it serves P4Runtime."""

    @abstractmethod
    async def set_faults(self, port: int, faults: Faults) -> None:
        """Give a port these faults and no others."""

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        return self._process.pid

    async def stop(self) -> None:
        """End it."""
        await self._process.stop()

    async def kill(self) -> None:
        """End it at once."""
        await self._process.kill()


class Softswitch(SwitchProcess):
    """`p4rsvp switch`."""

    def _command(self) -> list[str]:
        command = [*P4RSVP, "switch", "--grpc", ADDRESS]
        command += ["--p4info", str(P4INFO), "--json", str(V1MODEL_JSON)]
        for place in self._places:
            command += _port_options(place)
        return command

    async def start(self) -> None:
        environment = self._record.environment(self._router)
        await self._process.start(ready="P4Runtime at", environment=environment)
        for port, faults in self._given.items():  # to the one before
            await self.set_faults(port, faults)

    async def set_faults(self, port: int, faults: Faults) -> None:
        self._given[port] = faults
        path = self._record.runtime(self._router) / operating.default_path(ADDRESS_PORT).name
        try:
            await asyncio.to_thread(operating.change_link, path, f"{port}={fault_text(faults)}")
        except OSError as error:
            raise LabError(f"{self._process.name} takes no faults: {error}") from error


def _port_options(place: Attached) -> list[str]:
    end, link = place
    options = ["--port", f"{end.number}={end.device}"]
    options += ["--rate", f"{end.number}={link.rate_bits_per_s / 1000:.3f}k"]
    if link.faults != Faults():
        options += ["--fault", f"{end.number}={fault_text(link.faults)}"]
    return options


def fault_text(faults: Faults) -> str:
    """Faults as `p4rsvp switch` has them on its command line."""
    chances = f"loss:{faults.loss},duplicate:{faults.duplicate},reorder:{faults.reorder}"
    return f"{chances},delay:{faults.delay_us}us"


class Bmv2(SwitchProcess):
    """simple_switch_grpc."""

    def __init__(self, record: Record, topology: Topology, router: str) -> None:
        for program in (bmv2.BINARY, bmv2.CONSOLE):
            if shutil.which(program) is None:
                raise LabError(f"{program} is not on the PATH; see p4lang/behavioral-model")
        for _, link in topology.places(router):
            _check_faults(link.faults)
        super().__init__(record, topology, router)
        self._links: Bmv2Links | None = None

    def _command(self) -> list[str]:
        interfaces = [(end.number, end.device) for end, _ in self._places]
        log = ("--log-console", "-L", "warn")
        return bmv2.command(ADDRESS, THRIFT_PORT, interfaces, log=log)

    async def start(self) -> None:
        await self._process.start()
        rates = {end.number: link.rate_bits_per_s for end, link in self._places}
        command = served_first(*dying_with_us(*bmv2.console(THRIFT_PORT)))
        self._links = Bmv2Links(self._record.within(self._router, *command), rates)
        await self._links.open(self._process.check)
        for port in self._given:  # to the one before
            await self._impair(self._links, port)

    async def stop(self) -> None:
        await self._let_links_go()
        await super().stop()

    async def kill(self) -> None:
        await self._let_links_go()
        await super().kill()

    async def _let_links_go(self) -> None:
        links, self._links = self._links, None
        if links is not None:
            await links.close()

    async def set_faults(self, port: int, faults: Faults) -> None:
        _check_faults(faults)
        self._given[port] = faults
        if self._links is not None:
            await self._impair(self._links, port)

    async def _impair(self, links: Bmv2Links, port: int) -> None:
        if self._given[port] == _CUT:
            await links.cut(port)
        else:
            await links.restore(port)


def _check_faults(faults: Faults) -> None:
    if faults not in {Faults(), _CUT}:
        raise LabError("some packets get lost by the embedded switch only: --target softswitch")


class Dpdk(Softswitch):
    """`p4rsvp switch --backend dpdk`, whose workers sleep when there is nothing to do."""

    def __init__(self, record: Record, topology: Topology, router: str) -> None:
        if find_binary() is None:
            raise LabError("p4rsvp-dpdk is neither on the PATH nor built here; see docs/dpdk.md")
        for _, link in topology.places(router):
            _check_faults(link.faults)
        self._turn = topology.routers.index(router)
        super().__init__(record, topology, router)

    def _command(self) -> list[str]:
        command = [*P4RSVP, "switch", "--backend", "dpdk", "--grpc", ADDRESS]
        # Routers side by side: what serves the one's controller is beside the other's worker.
        command += ["--cores", cores_for(1, first=self._turn)]
        for place in self._places:
            command += _port_options(place)
        return command

    async def set_faults(self, port: int, faults: Faults) -> None:
        _check_faults(faults)
        await super().set_faults(port, faults)


TARGETS: dict[str, type[SwitchProcess]] = {"softswitch": Softswitch, "bmv2": Bmv2, "dpdk": Dpdk}
