"""Takes labs away: the processes in their namespaces, the namespaces, the folder.

Serves the end of a lab, and labs whose process died without it. In a user namespace everything but
the folder goes with the process that holds it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from p4rsvp.lab.mode import Mode
from p4rsvp.lab.spaces.record import Record, records


def clean_leftovers() -> list[Record]:
    """Take away what labs have left whose process is gone; answers which."""
    found = [record for record in records() if not record.is_alive]
    for record in found:
        remove(record)
    return found


def remove(record: Record) -> None:
    """Take one lab away, whatever is left of it."""
    if record.mode is Mode.ROOT:
        _remove_namespaces(record)
    elif record.mode is Mode.USER:
        _kill_holder(record)
    shutil.rmtree(record.directory, ignore_errors=True)


def _remove_namespaces(record: Record) -> None:
    there = _run("ip", "netns", "list").split()
    for node in record.nodes:
        name = record.namespace(node)
        if name in there:
            for pid in _run("ip", "netns", "pids", name).split():
                _kill(int(pid))
            _run("ip", "netns", "delete", name)


def _kill_holder(record: Record) -> None:
    """End the process that holds the namespaces, and all processes that are in them."""
    if not record.holder:
        return
    with suppress(OSError):  # it is gone already, and the rest with it
        user = Path(f"/proc/{record.holder}/ns/user").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # somebody else's, or gone
                if (process / "ns/user").readlink() == user:
                    _kill(int(process.name))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
