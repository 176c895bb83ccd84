"""What the server stands in front of: a device that runs one P4 program at a time."""

from __future__ import annotations

from typing import Protocol

from finsy.proto import p4i

from p4rsvp.dataplane.control import DataPlane


class Device(Protocol):
    """Ports, and a data plane behind them that can be exchanged."""

    def load(self, p4info: p4i.P4Info, device_config: bytes) -> DataPlane:
        """Make a data plane of a program, empty and not running; may take long, in any thread.

        Raises Unsupported, or ValueError for what is no program at all; what runs is not touched.
        """
        ...

    def run(self, plane: DataPlane) -> None:
        """Let this data plane have the ports, instead of the one that had them."""
        ...
