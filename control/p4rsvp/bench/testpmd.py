"""DPDK's own testpmd, which does next to nothing with a packet: the ceiling for all on DPDK.

It forwards on one lcore between the devices that it is given. A rate is by the processor time of
that lcore's thread, as everywhere here, since a core that polls is never idle and is shared with
whatever else the machine does. Debian has testpmd in the package dpdk-dev.
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
MEMORY_MIB: Final = 512
# So many buffers hold a trace and what is under way; of 512 bytes, as frames here are small.
_BUFFERS: Final = ("--total-num-mbufs=98304", "--mbuf-size=512")
_READY: Final = re.compile("Checking link statuses")
_ACCOUNTS: Final = re.compile("Accumulated forward statistics")
_RECEIVED: Final = re.compile(r"RX-packets: (\d+)")
_WORKERS: Final = ("rte-worker", "lcore-worker")  # as DPDK 22.11 calls them, and as later ones do


def installed() -> bool:
    """Tell whether testpmd is on the PATH."""
    return shutil.which(BINARY) is not None


def rate(mode: str, devices: Sequence[str], seconds: float) -> float:
    """Packets a second of processor time, in this forward mode, between these devices."""
    with _running(mode, devices) as process:
        before_ns = spent_ns(process.pid)
        _say(process, "start")
        time.sleep(seconds)
        _say(process, "stop")
        _hear(process, _ACCOUNTS)
        packets = int(_hear(process, _RECEIVED)[1])
        spent_s = (spent_ns(process.pid) - before_ns) / 1e9
        _say(process, "quit")
        return packets / spent_s


def _say(process: subprocess.Popen[str], command: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{command}\n")
    process.stdin.flush()


def _hear(process: subprocess.Popen[str], awaited: re.Pattern[str]) -> re.Match[str]:
    """Read on to the line that is awaited."""
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if found := awaited.search(line):
            return found
    raise RuntimeError(f"{BINARY} ended: {''.join(heard[-5:])}")


def spent_ns(pid: int) -> int:
    """What the threads of a DPDK process's worker lcores have had of the processor."""
    return sum(worker_times_ns(pid))


def worker_times_ns(pid: int) -> list[int]:
    """The same by worker."""
    return [
        int((thread / "schedstat").read_text().split()[0])
        for thread in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda path: int(path.name))
        if (thread / "comm").read_text().startswith(_WORKERS)
    ]


@contextmanager
def _running(mode: str, devices: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Testpmd, ready to forward."""
    command = ["stdbuf", "-oL", BINARY]  # what it says is to come when it says it
    command += ["--no-huge", "-m", str(MEMORY_MIB), "--no-pci", "--no-telemetry"]
    command += ["--file-prefix", f"p4rsvp-bench-{os.getpid()}", "-l", "0,1"]
    command += [part for device in devices for part in ("--vdev", device)]
    command += ["--", "--interactive", f"--forward-mode={mode}", *_BUFFERS]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 (ours)
        command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )
    try:
        _hear(process, _READY)
        yield process
    finally:
        processes.end(process)
