"""What the port loop asks of a port's driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine


class Driver(Protocol):
    """One end of a link."""

    port: int

    def receive(self, engine: Engine, now_ns: int) -> int:
        """Hand what has come in to the engine; answers how many packets."""
        ...

    def send_from(self, engine: Engine) -> None:
        """Take this port's packets from the engine's list, where that can be done in one go."""
        ...

    def send(self, frame: bytes) -> None:
        """Send one packet."""
        ...

    def fileno(self) -> int:
        """What becomes readable when a packet comes in; -1 where there is no such thing."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class PythonDriver:
    """A driver whose packets pass through Python one by one."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send_from(self, engine: Engine) -> None:
        """Nothing: `send` gets each packet."""

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """Nothing to let go."""
