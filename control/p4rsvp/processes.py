"""Child processes: the ports that they are told to take, p4rsvp itself as one, and their end."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import Any, Final

P4RSVP: Final = (sys.executable, "-m", "p4rsvp")
LOOPBACK: Final = "127.0.0.1"
STOP_TIMEOUT_S: Final = 5.0


def free_ports(count: int, kind: socket.SocketKind) -> list[int]:
    """As many ports of loopback, all different, that nobody has at the moment."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket(type=kind)) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def end(process: subprocess.Popen[Any], timeout_s: float = STOP_TIMEOUT_S) -> None:
    """Ask a process to end; one that does not in time is killed. It is gone afterwards."""
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
