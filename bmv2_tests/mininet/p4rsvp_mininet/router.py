"""A router: a switch process and a daemon beside it, in a network namespace of its own.

The namespace has no address but the loopback's, so that the kernel answers nobody in the switch's
place, and so that any number of routers use the same ports.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from mininet.node import Switch

from p4rsvp_mininet import programs
from p4rsvp_mininet.addresses import Wire, of_node
from p4rsvp_mininet.daemonfile import GRPC_ADDRESS, P4INFO, PROGRAM, daemon_file

CPU_PORT = 510
REPLICAS = 8192  # of bmv2: two lists for each of 4096 groups
MEMBERS = 65536
SWITCHES = ("softswitch", "bmv2")


class P4RsvpSwitch(Switch):  # type: ignore[misc]  # Mininet has no types
    """One router; `switch` is "softswitch" (the embedded one) or "bmv2"."""

    def __init__(self, name: str, switch: str = "softswitch", **params: Any) -> None:
        if switch not in SWITCHES:
            raise ValueError(
                f'{name}: switch is "{switch}", and may be one of {", ".join(SWITCHES)}'
            )
        if switch == "bmv2" and not shutil.which("simple_switch_grpc"):
            raise SystemExit("simple_switch_grpc is not on the PATH; see p4lang/behavioral-model")
        super().__init__(name, **{**params, "inNamespace": True})
        self.switch = switch
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, controllers: list[Any]) -> None:
        """Nothing yet: RsvpNet calls `start_router`, since it knows the whole network."""

    def start_router(
        self, folder: Path, wires: list[Wire], routers: set[str], period_ms: int
    ) -> None:
        """Start the switch, then the daemon, which is patient until the switch is there."""
        own = of_node(wires, self.name)
        self.cmd("ip link set lo up")
        for wire in own:
            device = wire.near(self.name).device
            self.cmd(f"sysctl -q -w net.ipv6.conf.{device}.disable_ipv6=1")
            self.cmd(f"ethtool --offload {device} tx off gso off gro off")
        socket, config = folder / f"{self.name}.sock", folder / f"{self.name}.toml"
        config.write_text(daemon_file(self.name, self.switch, wires, routers, socket, period_ms))
        programs.give_environment(self, folder, P4RSVP_SOCKET=socket)
        command = self._bmv2(own) if self.switch == "bmv2" else self._softswitch(own)
        self._run(folder, "switch", *command)
        program = str(programs.p4rsvp_program())
        if self.switch == "bmv2":  # its queues know packets only
            self._run(folder, "links", program, "lab", "bmv2-links", *self._rates(own))
        self._run(folder, "daemon", program, "daemon", "--config", str(config))

    def check(self) -> None:
        """Raise RuntimeError where one of the two has ended."""
        for process in self._processes:
            if process.poll() is not None:
                raise RuntimeError(f"{self.name}: a process ended: {process.args!r}")

    def stop(self, deleteIntfs: bool = True) -> None:  # noqa: FBT001, FBT002, N803 (Mininet's own)
        """End the daemon, then the switch, then what Mininet has."""
        while self._processes:
            programs.stop(self._processes.pop())
        super().stop(deleteIntfs)

    def _run(self, folder: Path, what: str, *command: str) -> None:
        log = folder / f"{self.name}-{what}.log"
        self._processes.append(programs.start(self, log, *command))

    def _softswitch(self, wires: list[Wire]) -> list[str]:
        command = [str(programs.p4rsvp_program()), "switch", "--grpc", GRPC_ADDRESS]
        command += ["--p4info", str(P4INFO), "--json", str(PROGRAM)]
        for wire in wires:
            end = wire.near(self.name)
            command += ["--port", f"{end.port}={end.device}"]
        return command + self._rates(wires)

    def _rates(self, wires: list[Wire]) -> list[str]:
        rates = {wire.near(self.name).port: wire.rate_bits_per_s for wire in wires}
        return [word for port in rates for word in ("--rate", f"{port}={rates[port] / 1000:.3f}k")]

    def _bmv2(self, wires: list[Wire]) -> list[str]:
        ports = [f"{wire.near(self.name).port}@{wire.near(self.name).device}" for wire in wires]
        return [
            *("simple_switch_grpc", "--device-id", "1", "--no-p4"),
            *(word for port in ports for word in ("-i", port)),
            *("--log-console", "-L", "warn", "--"),
            *("--grpc-server-addr", GRPC_ADDRESS),
            *("--cpu-port", str(CPU_PORT), "--priority-queues", "8"),
            *("--max-mc-groups", str(REPLICAS)),
            *("--max-l1-entries", str(MEMBERS), "--max-l2-entries", str(MEMBERS)),
        ]
