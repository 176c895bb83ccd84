"""Routers in a row for a bench: a switch and a daemon each, as processes, on cables of UDP.

    sender's end - router 1 - ... - router n - receiver's end

Link j has the network 10.0.j.0/24; the router before it is .1 on it, who comes behind it .2. Data
for 10.128.0.0/9 goes to the receiver's end. Nothing of it needs root. Whatever ends the context,
ctrl-C and SIGTERM included, ends the processes first.
"""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from p4rsvp.processes import P4RSVP, end, free_ports
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

PROGRAM = ("--p4info", str(P4INFO), "--json", str(V1MODEL_JSON))
START_S = 60.0
_ADDRESS = re.compile(r"P4Runtime at (\S+):(\d+)")

# Wide enough to admit all that a bench asks for; what admission costs does not depend on it.
_INTERFACE = """
[[interface]]
number = {number}
port = {number}
mac = "02:00:00:00:{router:02x}:{number:02x}"
addresses = ["{address}/24"]
rate_bits_per_s = 1e13
controlled_load_burst_bytes = 1_000_000_000_000
refresh_period_ms = {refresh_period_ms}

[[route]]
destination = "{destination}"
interface = {number}
via = "{via}"
"""


class Cable(NamedTuple):
    """A link: the UDP ports of its two ends."""

    near: int
    far: int


class Router(NamedTuple):
    """One switch and its daemon."""

    switch_pid: int
    daemon_pid: int


class Chain(NamedTuple):
    """All of it."""

    routers: list[Router]
    first: Cable  # the sender's end is near
    last: Cable  # the receiver's end is far


@contextmanager
def chain(length: int, directory: Path, refresh_period_ms: int) -> Iterator[Chain]:
    """Run routers until the context ends."""
    ports = iter(free_ports(2 * (length + 1), socket.SOCK_DGRAM))
    cables = [Cable(next(ports), next(ports)) for _ in range(length + 1)]
    with ExitStack() as stack:
        stack.enter_context(_unwound_by_sigterm())
        switches = [
            stack.enter_context(_process([*P4RSVP, *_switch(*cables[at : at + 2])], directory, at))
            for at in range(length)
        ]
        routers = []
        for at, (switch, log) in enumerate(switches):
            path = directory / f"r{at + 1}.toml"
            path.write_text(_configuration(at + 1, _address_of(switch, log), refresh_period_ms))
            command = [*P4RSVP, "daemon", "--config", str(path)]
            daemon, _ = stack.enter_context(_process(command, directory, length + at))
            routers.append(Router(switch.pid, daemon.pid))
        yield Chain(routers, cables[0], cables[-1])


@contextmanager
def _unwound_by_sigterm() -> Iterator[None]:
    """Have SIGTERM end this process as ctrl-C does, so that it ends those that it started."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _switch(left: Cable, right: Cable) -> list[str]:
    cables = (
        f"1=udp:{left.far}:127.0.0.1:{left.near}",
        f"2=udp:{right.near}:127.0.0.1:{right.far}",
    )
    ports = [word for cable in cables for word in ("--port", cable)]
    return ["switch", *PROGRAM, "--grpc", "127.0.0.1:0", *ports]


def _configuration(router: int, switch: str, refresh_period_ms: int) -> str:
    own = "10.0.0.1" if router == 1 else f"10.0.{router - 1}.2"
    upstream = "10.0.0.2" if router == 1 else f"10.0.{router - 1}.1"
    common = {"router": router, "refresh_period_ms": refresh_period_ms}
    return "".join(
        (
            f'[switch]\naddress = "{switch}"\n',
            f'p4info = "{P4INFO}"\nprogram = "{V1MODEL_JSON}"\n',
            "[limits]\nstates_per_neighbour = 2_000_000\n",
            # As much as a daemon can do, which is what is measured.
            "[messages]\nneighbour_per_s = 20_000\n",
            "strangers_per_s = 20_000\ninterface_per_s = 20_000\n",
            '[log]\nlevel = "warning"\n',
            _INTERFACE.format(
                number=1, address=own, via=upstream, destination="10.64.0.0/10", **common
            ),
            _INTERFACE.format(
                number=2,
                address=f"10.0.{router}.1",
                via=f"10.0.{router}.2",
                destination="10.128.0.0/9",
                **common,
            ),
        )
    )


@contextmanager
def _process(
    command: list[str], directory: Path, number: int
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process in a session of its own, so that ctrl-C comes to us and we end it."""
    log = directory / f"{number}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            command, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process, log
    finally:
        end(process)


def _address_of(switch: subprocess.Popen[bytes], log: Path) -> str:
    """Where a switch serves P4Runtime, once it does."""
    deadline_s = time.monotonic() + START_S
    while (found := _ADDRESS.search(log.read_text())) is None:
        if switch.poll() is not None or time.monotonic() > deadline_s:
            raise RuntimeError(f"the switch does not start: {log.read_text()}")
        time.sleep(0.05)
    return f"{found[1]}:{found[2]}"
