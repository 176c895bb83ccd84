"""What a switch must offer to be tested here: a P4Runtime server, and frames in and out of ports.

A packet test knows nothing else, so the same tests hold for bmv2, the embedded switch and DPDK.
"""

from typing import NamedTuple, Protocol, runtime_checkable

from p4rsvp.target.artefacts import Program

DEVICE_ID = 1


class SentFrame(NamedTuple):
    """A frame, the port that it left by, and when, if the target knows."""

    port: int
    frame: bytes
    at_ns: int = 0


class Target(Protocol):
    """A running switch without a program. It has ports 1 to 16, and eight queues on each."""

    grpc_address: str
    program: Program  # what a controller is to push
    punts_take_turns: bool  # by the port that they came in by

    def inject(self, port: int, frame: bytes) -> None:
        """Let the switch receive this frame."""

    def collect(self, timeout_s: float) -> SentFrame:
        """The next frame that the switch sent, in the order of sending; raises queue.Empty."""

    def counts(self, frame_bytes: int) -> int:
        """What its meter of reservations takes for a frame: docs/dataplane.md, What a byte is."""

    def stop(self) -> None:
        """End the switch and everything that was started for it."""


@runtime_checkable
class SteppedTarget(Target, Protocol):
    """A target whose time stands still until a test steps it, so that it can be exact.

    What was injected is done with when `collect` raises queue.Empty; the timeout is not needed.
    """

    now_ns: int

    def step(self, duration_ns: int) -> None:
        """Let time pass."""

    def shape(self, port: int, rate_bytes_per_s: int, limit_bytes: int) -> None:
        """Make a port as slow as a link, with so many bytes in each queue; rate 0 lifts it."""
