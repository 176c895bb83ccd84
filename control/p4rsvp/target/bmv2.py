"""simple_switch_grpc, bmv2 with P4Runtime: the command line that our P4 program asks for.

A priority queue per class of service, and lists of replicas for as many groups as a router may
have. The program comes later, over P4Runtime.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import Final

from p4rsvp.target.artefacts import V1MODEL_JSON
from p4rsvp.target.numbers import CPU_PORT

BINARY: Final = "simple_switch_grpc"
CONSOLE: Final = "simple_switch_CLI"
DEVICE_ID: Final = 1
_LISTS: Final = 8192  # of replicas: two for each of 4096 groups
_MEMBERS: Final = 65536


def installed() -> bool:
    """Tell whether it is on the PATH."""
    return shutil.which(BINARY) is not None


def command(
    grpc_address: str,
    thrift_port: int,
    interfaces: Iterable[tuple[int, str]] = (),
    *,
    frames_address: str | None = None,
    log: Iterable[str] = (),
) -> list[str]:
    """Run it on these ports and interfaces, or with its frames over gRPC at an address."""
    frames = ("--dp-grpc-server-addr", frames_address) if frames_address else ()
    return [
        *(BINARY, "--device-id", str(DEVICE_ID), "--no-p4"),
        *(word for port, device in interfaces for word in ("-i", f"{port}@{device}")),
        *("--thrift-port", str(thrift_port), *log, "--"),
        *("--grpc-server-addr", grpc_address, *frames),
        *("--cpu-port", str(CPU_PORT), "--priority-queues", "8"),
        *("--max-mc-groups", str(_LISTS)),
        *("--max-l1-entries", str(_MEMBERS), "--max-l2-entries", str(_MEMBERS)),
    ]


def console(thrift_port: int) -> list[str]:
    """Type commands to it over Thrift, which alone sets queues; needs no program loaded yet."""
    return [CONSOLE, "--thrift-port", str(thrift_port), "--json", str(V1MODEL_JSON)]
