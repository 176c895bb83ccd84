"""One simulated world: a network drawn from a seed, the applications on it, what was done to it.

Owns the applications, their wishes and the log of deeds that a failure prints. Who is to do what,
and when, is drawn in workload.py and faults.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from p4rsvp.engine.config import TimeParameters
from p4rsvp.sim.application import Application
from p4rsvp.sim.dice import Dice
from p4rsvp.sim.machine import Machine
from p4rsvp.sim.network import Network
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style

SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session with its style and service, which all who take part agree upon."""

    session: Session | GpiSession
    style: Style
    service: Service


@dataclass(slots=True)
class World:
    """What a run is about."""

    seed: int
    dice: Dice
    network: Network
    is_tight: bool  # links are so small that admission fails
    meetings: list[Meeting] = field(default_factory=list)
    apps: list[Application] = field(default_factory=list)
    meeting_of: dict[int, Meeting] = field(default_factory=dict)  # by application number
    vanished: set[str] = field(default_factory=set)  # hosts that never come back
    deeds: list[str] = field(default_factory=list)

    @property
    def times(self) -> TimeParameters:
        """R, K and the others, the same everywhere."""
        return self.network.settings.times

    @property
    def period_ns(self) -> int:
        """R."""
        return self.times.refresh_period_ms * MILLISECOND_NS

    @property
    def lifetime_ns(self) -> int:
        """L."""
        return self.times.lifetime_ns(self.times.refresh_period_ms)

    @property
    def slack_ns(self) -> int:
        """What packets, data planes, routing and W may take on top of any lifetime."""
        return 2 * SECOND_NS + self.times.local_repair_delay_ms * MILLISECOND_NS

    def did(self, deed: str) -> None:
        """Note something that was done to the network."""
        self.deeds.append(f"{self.network.clock.now_ns / SECOND_NS:10.3f} s  {deed}")

    def living_apps(self) -> list[Application]:
        """Applications that are there and whose hosts run."""
        return [app for app in self.apps if app.machine.is_up and app.host not in self.vanished]

    def running(self) -> list[Machine]:
        """Machines that speak RSVP now."""
        return [machine for machine in self.network.machines.values() if machine.is_up]


def name(session: Session | GpiSession) -> str:
    """A session in a few letters, for the log of deeds."""
    port = session.port if isinstance(session, Session) else session.virtual_port
    return f"{session.destination}/{session.protocol}/{port}"
