"""Network namespaces on this machine, with links between them: hosts whose sockets are real.

A thread enters a namespace for as long as it opens sockets; they stay there when it has left.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from pyroute2 import netns

_numbers = count()

# For processes that a test starts: they find what this one has found.
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True, capture_output=True)


def can_make_namespaces() -> bool:
    return os.geteuid() == 0 and Path("/usr/sbin/ip").exists() | Path("/sbin/ip").exists()


needs_namespaces = pytest.mark.skipif(
    not can_make_namespaces(), reason="network namespaces want root and iproute2"
)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Everything that this thread opens meanwhile belongs to the namespace."""
    netns.pushns(name)
    try:
        yield
    finally:
        netns.popns()


@contextmanager
def namespaces(*names: str) -> Iterator[dict[str, str]]:
    """Namespaces of these names, by their full names, which no other run has."""
    full = {name: f"p4rsvp-{os.getpid()}-{next(_numbers)}-{name}" for name in names}
    try:
        for name in full.values():
            ip(f"netns add {name}")
            ip(f"-n {name} link set lo up")
        yield full
    finally:
        for name in full.values():
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def join(a: str, b: str, device: str, addresses: tuple[str, str]) -> None:
    """A link between two namespaces; `device` at both ends, with IPv4 and IPv6 of a number."""
    ip(f"link add {device} netns {a} type veth peer name {device} netns {b}")
    for name, own in zip((a, b), addresses, strict=True):
        ip(f"-n {name} addr add {own}/24 dev {device}")
        last = own.rpartition(".")[2]
        net = own.split(".")[2]
        ip(f"-n {name} addr add 2001:db8:0:{net}::{last}/64 dev {device} nodad")
        ip(f"-n {name} link set {device} up")
