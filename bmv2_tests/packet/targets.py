"""The targets by name, and why this machine lacks one."""

from pathlib import Path

from p4rsvp.dpdk import process
from p4rsvp.target import bmv2
from packet.bmv2 import Bmv2
from packet.dpdk import Dpdk
from packet.softswitch import Softswitch
from packet.target import Target

NAMES = ("jitted", "plain", "dpdk", "bmv2")


def why_none(name: str) -> str | None:
    """Why there is no such target here; None where there is."""
    if name == "bmv2" and not bmv2.installed():
        return f"{bmv2.BINARY} is not on the PATH"
    if name == "dpdk" and process.find_binary() is None:
        return f"{process.NAME} is neither on the PATH nor built here (docs/dpdk.md)"
    return None


def start(name: str, log: Path) -> Target:
    """Start one that is there."""
    if name == "bmv2":
        return Bmv2(log)
    if name == "dpdk":
        binary = process.find_binary()
        assert binary is not None
        return Dpdk(binary)
    return Softswitch(plain=name == "plain")
