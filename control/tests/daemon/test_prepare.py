"""No packet waits for a compiler: what takes packets is ready before the first one comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from p4rsvp.daemon.intake import Intake
from p4rsvp.engine.config import NodeConfig
from p4rsvp.engine.node import Node
from p4rsvp.fast import arrivals, packet_in, refresh, scan
from p4rsvp.fast.front import Front

nobody = None, None, None  # of whom none is touched
Intake(Front(Node(NodeConfig("r", ())), b"seed"), *nobody).prepare()
# Those that Python calls; the kernels that these call come with them.
called = [arrivals.fill, packet_in.walk, scan._scan]
names = "enter find close touch handles sweep move"
called += [getattr(refresh, f"_{name}") for name in names.split()]
print(*(kernel.__name__ for kernel in called if not kernel.signatures))
"""


def test_every_kernel_on_the_way_of_a_packet_is_compiled_when_a_daemon_is_prepared() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(  # noqa: S603 (the program above, in a process that has compiled nothing)
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("\n", "")
