"""docker-compose.yml without Docker: each container a network namespace, each network a bridge.

What is tested so is the file itself: who is on which network with which address, the commands, the
wiring script and the routers' configurations. Images are not: their programs are this machine's.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import yaml

from p4rsvp.host.protocol import SOCKET_VARIABLE
from p4rsvp.processes import P4RSVP, end

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "ci" / "docker"
# What images hold, and where this machine has it.
ENTRYPOINTS = {
    "p4rsvp-node": [str(DOCKER / "wire")],
    "p4rsvp-bmv2": [str(DOCKER / "wire")],
    "p4rsvp-daemon": ["p4rsvp"],
}
STOP_TIMEOUT_S = 10.0


def services(profile: str) -> dict[str, Any]:
    """The services of the file that run with this profile and are ours."""
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return {
        name: service
        for name, service in composed["services"].items()
        if profile in service.get("profiles", [profile]) and service["image"] in ENTRYPOINTS
    }


class Composed:
    """The lab, running. A context manager; what it started ends with it."""

    def __init__(self, profile: str, folder: Path) -> None:
        self.services = services(profile)
        self._folder = folder
        self._stack = ExitStack()
        self._prefix = f"p4c{os.getpid()}"
        self._bridges: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self._stack.close)
            self._copy_files()
            for name, service in self.services.items():
                if "networks" in service:
                    self._plug_in(name, service["networks"])
            for name in sorted(self.services, key=self._shares_a_network):
                self._start(name)
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a container."""
        return subprocess.run(
            [*self._inside(service), *command],
            check=False,
            capture_output=True,
            text=True,
            env=self._environment(service, {}),
        )

    def socket(self, name: str) -> Path:
        """A Unix socket below /run/p4rsvp."""
        return self._folder / name

    def logs(self) -> str:
        """What all containers printed, for a failure to show."""
        logs = sorted(self._folder.glob("*.log"))
        return "\n".join(f"== {log.stem}\n{log.read_text()[-1500:]}" for log in logs)

    def _copy_files(self) -> None:
        """The configurations, with this machine's paths; and p4rsvp as a program on the PATH."""
        for source in (DOCKER / "config").glob("*.toml"):
            (self._folder / source.name).write_text(self._here(source.read_text()))
        program = self._folder / "p4rsvp"
        program.write_text(f'#!/bin/sh\nexec {shlex.join(P4RSVP)} "$@"\n')
        program.chmod(0o755)

    def _here(self, text: str) -> str:
        """Text with the paths of a container, as this machine's."""
        for theirs, ours in (
            ("/usr/share/p4rsvp", ROOT / "p4src" / "build"),
            ("/run/p4rsvp", self._folder),
            ("/etc/p4rsvp", self._folder),
        ):
            text = text.replace(theirs, str(ours))
        return text

    def _plug_in(self, name: str, networks: dict[str, dict[str, Any]]) -> None:
        """A namespace, with an interface on each network, as Docker would make them."""
        namespace = self._namespace(name)
        self._ip(f"netns add {namespace}")
        self._stack.callback(self._ip, f"netns del {namespace}")
        self._ip(f"-n {namespace} link set lo up")
        for index, (network, facts) in enumerate(networks.items()):
            if "ipv4_address" not in facts:
                continue  # for watching only
            near = f"{self._prefix}-{len(self._bridges)}{name[:3]}"[:15]
            self._ip(f"link add {near} type veth peer name eth{index} netns {namespace}")
            self._ip(f"link set {near} master {self._bridge(network)} up")
            self._ip(f"-n {namespace} addr add {facts['ipv4_address']}/24 dev eth{index}")
            self._ip(f"-n {namespace} link set eth{index} up")

    def _bridge(self, network: str) -> str:
        if network not in self._bridges:
            bridge = self._bridges[network] = f"{self._prefix}b{len(self._bridges)}"
            self._ip(f"link add {bridge} type bridge")
            self._stack.callback(self._ip, f"link del {bridge}")
            self._ip(f"link set {bridge} up")
        return self._bridges[network]

    def _start(self, name: str) -> None:
        service = self.services[name]
        command = [*ENTRYPOINTS[service["image"]], *map(self._here, service["command"])]
        with (self._folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [*self._inside(name), *command],
                stdout=log,
                stderr=log,
                env=self._environment(name, service.get("environment", {})),
            )
        self._stack.callback(end, process, STOP_TIMEOUT_S)

    def _shares_a_network(self, name: str) -> bool:
        return "network_mode" in self.services[name]

    def _inside(self, name: str) -> list[str]:
        mode = self.services[name].get("network_mode", f"service:{name}")
        return ["ip", "netns", "exec", self._namespace(mode.removeprefix("service:"))]

    def _namespace(self, name: str) -> str:
        return f"{self._prefix}-{name}"

    def _environment(self, name: str, own: dict[str, str]) -> dict[str, str]:
        """Where an agent's socket has its container's name, since all share one folder here."""
        path = f"{self._folder}:{DOCKER}:{os.environ['PATH']}"
        return os.environ | own | {"PATH": path, SOCKET_VARIABLE: str(self.socket(name))}

    @staticmethod
    def _ip(command: str) -> None:
        subprocess.run(["ip", *shlex.split(command)], check=True)
