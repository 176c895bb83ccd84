"""DPDK's own testpmd, which does next to nothing with a packet: the ceiling for all on DPDK.

It forwards on one lcore between two devices. Rates are by the processor time of that lcore's
thread: a core that polls is never idle, and is shared with whatever else the machine does. Debian
has testpmd in the package dpdk-dev.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from p4rsvp import processes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BINARY: Final = "dpdk-testpmd"
_MEMORY_MIB: Final = 512
_BUFFERS: Final = 16_384
# As DPDK 22.11 calls their threads, and as later versions do.
_WORKERS: Final = ("rte-worker", "dpdk-worker")
_READY: Final = re.compile("Checking link statuses")
_ACCOUNTS: Final = re.compile("Accumulated forward statistics")
_RECEIVED: Final = re.compile(r"RX-packets: (\d+)")


def installed() -> bool:
    """Tell whether testpmd is on the PATH."""
    return shutil.which(BINARY) is not None


def workers_ns(pid: int) -> int:
    """What the worker lcores of a DPDK process have had of the processor."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(
        int((thread / "schedstat").read_text().split()[0])
        for thread in threads
        if (thread / "comm").read_text().startswith(_WORKERS)
    )


class Testpmd:
    """One testpmd process, ready to forward."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._hear(_READY)

    def rate(self, mode: str, seconds: float) -> float:
        """Packets a second of processor time, in this forward mode."""
        self._say(f"set fwd {mode}")
        before_ns = workers_ns(self._process.pid)
        self._say("start")
        time.sleep(seconds)
        self._say("stop")
        self._hear(_ACCOUNTS)
        packets = int(self._hear(_RECEIVED)[1])
        spent_ns = workers_ns(self._process.pid) - before_ns
        return packets / spent_ns * 1e9

    def _say(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def _hear(self, awaited: re.Pattern[str]) -> re.Match[str]:
        """Read on to the line that is awaited."""
        assert self._process.stdout is not None
        heard = []
        for line in self._process.stdout:
            heard.append(line)
            if found := awaited.search(line):
                return found
        raise RuntimeError(f"{BINARY} ended: {''.join(heard[-5:])}")


@contextmanager
def running(devices: Sequence[str], cores: str) -> Iterator[Testpmd]:
    """Testpmd between these devices, on these CPUs: one for its console and one to forward."""
    command = ["stdbuf", "-oL", BINARY]  # what it says is to come when it says it
    command += ["--no-huge", "-m", str(_MEMORY_MIB), "--no-pci", "--no-telemetry"]
    command += ["--file-prefix", f"p4rsvp-bench-{os.getpid()}", "--lcores", cores]
    command += [part for device in devices for part in ("--vdev", device)]
    command += ["--", "--interactive", f"--total-num-mbufs={_BUFFERS}"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 (ours)
        command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield Testpmd(process)
    finally:
        processes.end(process)
        process.communicate()
