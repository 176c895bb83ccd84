"""A network namespace of a test's own, with devices and routes made by `ip`; needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count

_COUNT = count()


class Namespace:
    """A namespace of `ip netns`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ip(self, command: str) -> None:
        """Run `ip` in it."""
        subprocess.run(["ip", "-n", self.name, *command.split()], check=True)  # noqa: S603, S607

    def batch(self, commands: Iterable[str]) -> None:
        """Run many of its commands in one process."""
        text = "\n".join(commands)
        subprocess.run(  # noqa: S603
            ["ip", "-n", self.name, "-batch", "-"],  # noqa: S607
            input=text,
            text=True,
            check=True,
        )

    def cable(self, device: str, address: str = "") -> None:
        """A device that is up, since its other end is, perhaps with an address."""
        self.ip(f"link add name {device} type veth peer name {device}-end")
        self.ip(f"link set dev {device}-end up")
        self.ip(f"link set dev {device} up")
        if address:
            self.ip(f"addr add {address} dev {device}")


def missing() -> str:
    """Why there can be no namespace here; empty: there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    return "" if shutil.which("ip") else "iproute2 is not installed"


@contextmanager
def namespace() -> Iterator[Namespace]:
    """A namespace for as long as the context lasts."""
    name = f"p4rsvp-test-{os.getpid()}-{next(_COUNT)}"
    subprocess.run(["ip", "netns", "add", name], check=True)  # noqa: S603, S607
    try:
        yield Namespace(name)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)  # noqa: S603, S607
