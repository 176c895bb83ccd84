"""Where and with what something was measured: without that, a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from p4rsvp import __version__

PACKAGES = ("numba", "llvmlite", "numpy", "scapy")


def describe_machine() -> dict[str, str]:
    """Name the processor, its cores, the memory, the system, and how busy it is."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_bytes / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load": f"{os.getloadavg()[0]:.2f} over the last minute",
    }


def describe_versions() -> dict[str, str]:
    """The versions of Python and of the packages that a figure depends on."""
    ours = {"p4rsvp": __version__, "python": platform.python_version()}
    return ours | {name: version(name) for name in PACKAGES}


def cpu_clock(pid: int) -> int:
    """The clock of the processor time that a process got: Linux's clock_getcpuclockid(3)."""
    return (~pid << 3) | 2


def _processor() -> str:
    """The model as Linux tells it; elsewhere the architecture must do."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.machine()
