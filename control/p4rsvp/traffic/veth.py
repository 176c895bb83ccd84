"""Pairs of virtual interfaces: cables for a generator, what it measures and a receiver."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def why_none() -> str | None:
    """Tell why no pair can be made here; None where one can."""
    if shutil.which("ip") is None:
        return "no ip(8) on the PATH"
    if os.geteuid() != 0:
        return "interfaces need root"
    try:
        with pairs(f"p4rx{os.getpid() % 100_000}"):
            return None
    except subprocess.CalledProcessError:  # root of a container need not be root of its network
        return "interfaces of type veth cannot be made"


@contextmanager
def pairs(*names: str) -> Iterator[None]:
    """Pairs of interfaces NAME and NAMEp, up, and gone afterwards."""
    with ExitStack() as stack:
        for name in names:
            ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p")
            stack.callback(ip, "link", "del", name)
            for end in (name, f"{name}p"):
                # Nobody but us speaks on these: no neighbour discovery, no multicast listeners.
                ip("link", "set", end, "addrgenmode", "none", "multicast", "off", "up")
        yield


def ip(*words: str) -> None:
    """Run iproute2 with these words."""
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S603, S607 (ours)
