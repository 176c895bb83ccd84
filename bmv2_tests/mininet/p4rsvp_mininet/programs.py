"""The programs of a node: where p4rsvp is, and processes that end with the lab."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
STOP_TIMEOUT_S = 10.0


def p4rsvp_program() -> Path:
    """The p4rsvp to run: $P4RSVP, else this checkout's .venv (`make setup`), else the PATH's."""
    own = ROOT / ".venv" / "bin" / "p4rsvp"
    for found in (os.environ.get("P4RSVP"), own, shutil.which("p4rsvp")):
        if found and Path(found).exists():
            return Path(found)
    raise SystemExit(
        f"no p4rsvp: run `make setup` in {ROOT}, or say where with P4RSVP=.../bin/p4rsvp"
    )


def start(node: Any, log: Path, *command: str) -> subprocess.Popen[bytes]:
    """Start a process in a node's namespace; it dies with us, even if we are killed."""
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = node.popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and see to it."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def give_environment(node: Any, folder: Path, **variables: Path) -> None:
    """Have `p4rsvp` found in a node's shell, with the python that has scapy beside it.

    OUT is a folder that goes with the lab, LAB is where the labs' scripts are.
    """
    node.cmd(f"export PATH={p4rsvp_program().parent}:$PATH")
    variables |= {"OUT": folder, "LAB": Path(__file__).resolve().parents[1]}
    for name, value in variables.items():
        node.cmd(f"export {name}={value}")
