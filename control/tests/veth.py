"""Pairs of virtual interfaces for tests, which are skipped where nobody may make any."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

IP = shutil.which("ip")


def _ip(*words: str) -> None:
    assert IP is not None
    subprocess.run([IP, *words], check=True, capture_output=True)  # noqa: S603 (a fixed command)


def _may_make_interfaces() -> bool:
    if IP is None or os.geteuid() != 0:
        return False
    name = f"p4rx{os.getpid() % 100_000}"
    try:
        _ip("link", "add", name, "type", "veth")
    except subprocess.CalledProcessError:
        return False
    _ip("link", "del", name)
    return True


needs_interfaces = pytest.mark.skipif(
    not _may_make_interfaces(), reason="needs root and veth interfaces"
)


@contextmanager
def veth_pairs(*names: str) -> Iterator[None]:
    """Pairs of virtual interfaces NAME and NAMEp, gone afterwards."""
    made = []
    try:
        for name in names:
            _ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p")
            made.append(name)
            for end in (name, f"{name}p"):
                _ip("link", "set", end, "up", "multicast", "off")
        yield
    finally:
        for name in made:
            _ip("link", "del", name)


def set_mtu(interface: str, mtu_bytes: int) -> None:
    """Make an interface take no longer packets than this."""
    _ip("link", "set", interface, "mtu", str(mtu_bytes))
