"""What a running lab leaves for others to find: `lab list`, `lab exec` and whoever cleans up.

Each lab has a folder, named as its namespaces are: p4l-PID, and p4l-PID.2 and so on where a process
runs several. In it are this record, the configurations, the logs and the sockets. A record whose
process is gone (or whose number somebody else has by now) is a lab that crashed.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from p4rsvp.host.protocol import SOCKET_VARIABLE
from p4rsvp.lab.mode import Mode

PREFIX = "p4l-"
_FILE = "lab.json"
_counter = itertools.count(1)


class Record(Struct, frozen=True, kw_only=True):
    """One lab."""

    tag: str
    pid: int
    born_ticks: int | None  # when that process began, since another may get its number
    mode: Mode
    target: str
    topology: str
    nodes: tuple[str, ...]
    holder: int = 0  # the process that holds the user namespace

    @property
    def directory(self) -> Path:
        """The lab's folder."""
        return base() / self.tag

    @property
    def is_alive(self) -> bool:
        """Whether its process still runs."""
        return born_ticks(self.pid) == self.born_ticks

    def namespace(self, node: str) -> str:
        """What a node's network namespace is called."""
        return f"{self.tag}-{node}"

    def agent_socket(self, host: str) -> Path:
        """Where programs find a host's RSVP agent."""
        return self.directory / f"{host}.sock"

    def daemon_socket(self, router: str) -> Path:
        """Where a router's daemon answers."""
        return self.directory / f"{router}.sock"

    def runtime(self, node: str) -> Path:
        """A node's own place for what programs keep in $XDG_RUNTIME_DIR.

        All switches of a lab listen at one port number, which names their sockets for figures.
        """
        path = self.directory / node
        path.mkdir(exist_ok=True)
        return path

    def environment(self, node: str) -> dict[str, str]:
        """What a program of ours in a node finds its daemon, agent or switch by."""
        return {
            "XDG_RUNTIME_DIR": str(self.runtime(node)),
            "P4RSVP_SOCKET": str(self.daemon_socket(node)),
            SOCKET_VARIABLE: str(self.agent_socket(node)),
        }

    def inside(self, *command: str) -> list[str]:
        """A command that works where the lab's namespaces are."""
        if self.mode is Mode.ROOT:
            return list(command)
        spaces = ("--user", "--mount", "--net", "--preserve-credentials", f"--wd={Path.cwd()}")
        return ["nsenter", "--target", str(self.holder), *spaces, *command]

    def within(self, node: str, *command: str) -> list[str]:
        """A command in a node's namespace."""
        return self.inside("ip", "netns", "exec", self.namespace(node), *command)

    def write(self) -> None:
        """Leave it in the folder."""
        (self.directory / _FILE).write_bytes(msgspec.json.encode(self))


def base() -> Path:
    """Where labs have their folders."""
    return Path(tempfile.gettempdir())


def new_tag() -> str:
    """A name that no other lab has."""
    number = next(_counter)
    return f"{PREFIX}{os.getpid()}" + (f".{number}" if number > 1 else "")


def records() -> Iterator[Record]:
    """All labs of ours, alive or not."""
    for path in sorted(base().glob(f"{PREFIX}*/{_FILE}")):
        if os.access(path, os.R_OK):
            yield msgspec.json.decode(path.read_bytes(), type=Record)


def born_ticks(pid: int) -> int | None:
    """When a process began, in clock ticks since the machine did; None: there is none (proc(5))."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # The name, in parentheses, may hold spaces: the 22nd field is the 20th behind it.
    return int(text.rpartition(")")[2].split()[19])
