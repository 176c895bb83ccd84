"""Scenario files: a topology, flows, and phases with their steps and expectations.

title = "A video against a flood"
description = "What is to be seen."
topology = "dumbbell"               # topologies/dumbbell.toml beside this file
# version = 6                       # of IP; 4 if left out
# base = { rate_bits_per_s = 200e3, bucket_bytes = 4_000 }      # B, for {4B}

[[flow]]
name = "video"
title = "a video of 2 Mbit/s"
sender = "h1"
receivers = ["h2"]
# group = "239.1.1.1"               # for several receivers
packet_bytes = 1_000                # of IP, headers included
rate_bits_per_s = 2e6
schedule = "constant"               # or "poisson", or "on-off" with on_ms and off_ms
tspec = { rate_bits_per_s = 2.1e6, bucket_bytes = 8_000 }   # announced by Path, if it is there

[[phase]]
name = "reserved"
title = "Video reserved"
seconds = { long = 20, short = 2 }  # how long it lasts at least, once its steps are done
steps = ["h2 reserves FF(video)"]   # before what is measured
during = []                         # steps that are part of what is measured
expect = ["video loses nothing"]    # steps.py and expectations.py list what can be said
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from p4rsvp.daemon.reading import ConfigError, read_file
from p4rsvp.daemon.settings import Table
from p4rsvp.lab.flow import Cbr, Flow, OnOff, Poisson, Schedule
from p4rsvp.lab.script.defences import DEFENCES
from p4rsvp.lab.script.expectations import ORDINARY, Expectation
from p4rsvp.lab.script.sentences import Grammar, Names, SentenceError
from p4rsvp.lab.script.steps import STEPS, Step
from p4rsvp.lab.topology import Topology
from p4rsvp.lab.topologyfile import read_topology
from p4rsvp.wire.address import Address
from p4rsvp.wire.tspec import Tspec

FOLDER = Path(__file__).parent.parent / "scenarios"
FIRST_PORT = 5_000
EXPECTATIONS = Grammar[Expectation](*ORDINARY, *DEFENCES)

Variant = Literal["long", "short"]
Rate = Annotated[float, Meta(gt=0)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*$")]
Bytes = Annotated[int, Meta(ge=1)]


class BucketTable(Table, frozen=True):
    """A rate with its bucket, of IP."""

    rate_bits_per_s: Rate
    bucket_bytes: Bytes
    peak_bits_per_s: Rate = inf


class FlowTable(Table, frozen=True):
    """`[[flow]]`."""

    name: Name
    title: str
    sender: str
    receivers: Annotated[tuple[str, ...], Meta(min_length=1)]
    packet_bytes: Annotated[int, Meta(ge=64, le=1500)]
    rate_bits_per_s: Rate
    group: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = FIRST_PORT
    schedule: Literal["constant", "poisson", "on-off"] = "constant"
    on_ms: Rate = 100
    off_ms: Rate = 100
    tspec: BucketTable | None = None
    waits: bool = False  # for a step to start it


class SecondsTable(Table, frozen=True):
    """How long a phase lasts in each variant."""

    long: Annotated[float, Meta(ge=0)]
    short: Annotated[float, Meta(ge=0)]


class PhaseTable(Table, frozen=True):
    """`[[phase]]`."""

    name: Name
    title: str
    seconds: SecondsTable
    steps: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()


class ScenarioFile(Table, frozen=True, kw_only=True):
    """A whole file."""

    title: str
    description: str
    topology: str
    version: Literal[4, 6] = 4
    base: BucketTable = BucketTable(rate_bits_per_s=1e6, bucket_bytes=10_000)
    flow: tuple[FlowTable, ...]
    phase: tuple[PhaseTable, ...]


@dataclass(frozen=True, slots=True)
class Traffic:
    """A flow of a scenario, with what is said of it."""

    flow: Flow
    sender: str
    receivers: tuple[str, ...]
    title: str
    tspec: Tspec | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase, read and checked."""

    name: str
    title: str
    seconds: SecondsTable
    steps: tuple[Step, ...]
    during: tuple[Step, ...]
    expect: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, ready to run."""

    name: str
    title: str
    description: str
    topology: Topology
    base: Tspec
    traffic: dict[str, Traffic]  # by the flow's name
    phases: tuple[Phase, ...]


def scenario_names() -> list[str]:
    """Those that come with p4rsvp."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find_scenario(name: str) -> Path:
    """The file of a scenario: one that comes with p4rsvp, or a path."""
    path = Path(name)
    if path.suffix == ".toml":
        return path
    if name not in scenario_names():
        raise ConfigError(f"there is no scenario {name!r}; there are {', '.join(scenario_names())}")
    return FOLDER / f"{name}.toml"


def read_scenario(path: Path) -> Scenario:
    """Read and check a file and its topology; raises ConfigError."""
    file = read_file(path, ScenarioFile)
    topology = read_topology(path.parent / "topologies" / f"{file.topology}.toml")
    try:
        return _scenario(path.stem, file, topology)
    except (ConfigError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _scenario(name: str, file: ScenarioFile, topology: Topology) -> Scenario:
    traffic = {
        table.name: _traffic(number, table, topology, file.version)
        for number, table in enumerate(file.flow, 1)
    }
    names = Names(topology.hosts, topology.routers, tuple(topology.links), tuple(traffic))
    phases = tuple(_phase(f"phase[{at}]", one, names) for at, one in enumerate(file.phase, 1))
    largest = max((table.packet_bytes for table in file.flow), default=1500)
    base = _tspec(file.base, largest)
    return Scenario(name, file.title, file.description, topology, base, traffic, phases)


def _traffic(number: int, table: FlowTable, topology: Topology, version: int) -> Traffic:
    where = f"flow[{number}]"
    for key, names in (("sender", (table.sender,)), ("receivers", table.receivers)):
        for name in names:
            if name not in topology.hosts:
                known = ", ".join(topology.hosts)
                raise ConfigError(f"{where}.{key} = {name!r}: has to be a host; there are {known}")
    if len(table.receivers) > 1 and not table.group:
        raise ConfigError(f"{where}.receivers: several receivers want a group")
    to = (
        Address.parse(table.group) if table.group else topology.address(table.receivers[0], version)
    )
    source = topology.address(table.sender, version)
    ports = (FIRST_PORT + number, table.port)
    flow = Flow(table.name, number, source, to, *ports, table.packet_bytes, _schedule(table))
    tspec = _tspec(table.tspec, table.packet_bytes) if table.tspec else None
    return Traffic(flow, table.sender, table.receivers, table.title, tspec, table.waits)


def _schedule(table: FlowTable) -> Schedule:
    if table.schedule == "on-off":
        return OnOff(table.rate_bits_per_s, table.on_ms, table.off_ms)
    return (Cbr if table.schedule == "constant" else Poisson)(table.rate_bits_per_s)


def _tspec(table: BucketTable, packet_bytes: int) -> Tspec:
    return Tspec(
        table.rate_bits_per_s / 8,
        table.bucket_bytes,
        table.peak_bits_per_s / 8,
        packet_bytes,
        packet_bytes,
    )


def _phase(where: str, table: PhaseTable, names: Names) -> Phase:
    try:
        return Phase(
            table.name,
            table.title,
            table.seconds,
            tuple(STEPS.read(text, names) for text in table.steps),
            tuple(STEPS.read(text, names) for text in table.during),
            tuple(EXPECTATIONS.read(text, names) for text in table.expect),
        )
    except SentenceError as error:
        raise ConfigError(f"{where}: {error}") from error
