"""What a switch must offer to be tested here: a P4Runtime server, and frames in and out of ports.

A packet test knows nothing else, so the same tests hold for bmv2, the embedded switch and DPDK.
"""

from typing import NamedTuple, Protocol

DEVICE_ID = 1


class PortFrame(NamedTuple):
    """A frame and the port that it goes into or came out of."""

    port: int
    frame: bytes


class Target(Protocol):
    """A running switch without a program. It has ports 1 to 16, and eight queues on each."""

    grpc_address: str

    def inject(self, port: int, frame: bytes) -> None:
        """Let the switch receive this frame."""

    def collect(self, timeout_s: float) -> PortFrame:
        """The next frame that the switch sent, in the order of sending; raises queue.Empty."""

    def stop(self) -> None:
        """End the switch and everything that was started for it."""
