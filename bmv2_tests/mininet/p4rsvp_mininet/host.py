"""A host: Mininet's own, with an RSVP agent, and with checksums made in software.

A sum that is left to the network card is never made on a veth, and a switch in user space would see
it wrong.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from mininet.node import Host

from p4rsvp_mininet import programs


class RsvpHost(Host):  # type: ignore[misc]  # Mininet has no types
    """One host, with one link."""

    agent: subprocess.Popen[bytes] | None = None

    def start_agent(self, folder: Path, rate_bits_per_s: float, refresh_period_ms: int) -> None:
        """Speak RSVP for the programs of this host."""
        socket = folder / f"{self.name}.sock"
        device = self.defaultIntf().name
        self.cmd(f"ethtool --offload {device} tx off gso off gro off")
        programs.give_environment(self, folder, P4RSVP_HOST=socket)
        self.agent = programs.start(
            self,
            folder / f"{self.name}.log",
            *(str(programs.p4rsvp_program()), "host", "--socket", str(socket)),
            *("--interface", device, "--rate", f"{rate_bits_per_s:.0f} bit/s"),
            *("--refresh-period-ms", str(refresh_period_ms)),
        )

    def terminate(self) -> Any:
        """End the agent, then what Mininet has."""
        if self.agent is not None:
            programs.stop(self.agent)
        return super().terminate()
