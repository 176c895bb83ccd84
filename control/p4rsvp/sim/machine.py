"""One machine of a simulated network: a node, its clock, its data plane, its applications' ears.

The node sees its own time, which may be off and run fast or slow. A machine that has crashed has no
node; its data plane may still be there. A plain router never has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from p4rsvp.engine.config import NodeConfig
from p4rsvp.engine.effects import Upcall
from p4rsvp.engine.events import Route
from p4rsvp.engine.node import Node
from p4rsvp.fast.front import Front
from p4rsvp.sim.target import Target
from p4rsvp.sim.topology import Attachment, Kind
from p4rsvp.wire.address import Address

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Skew:
    """How a machine's clock differs from the true time."""

    offset_ns: int = 0
    drift_ppm: int = 0

    def local_ns(self, true_ns: int) -> int:
        """What the machine takes for the time."""
        return self.offset_ns + true_ns + true_ns * self.drift_ppm // PPM

    def true_ns(self, local_ns: int) -> int:
        """The earliest true time at which the machine's clock shows this."""
        return -(-(local_ns - self.offset_ns) * PPM // (PPM + self.drift_ppm))


@dataclass(slots=True)
class Machine:
    """What the network keeps of each machine."""

    name: str
    kind: Kind
    config: NodeConfig | None  # None: a plain router
    skew: Skew = field(default_factory=Skew)
    node: Node | None = None
    front: Front | None = None  # the refresh filter before the node, where the world has filters
    target: Target = field(default_factory=Target)
    life: int = 0  # how often it has started: what was meant for a former life is void
    alarm_ns: int | None = None  # when the next Tick is arranged for
    down: set[int] = field(default_factory=set)  # interfaces
    addresses: frozenset[Address] = frozenset()
    # Routes as the machine has been told; IP itself forwards by them.
    next_hops: dict[str, Attachment] = field(default_factory=dict)  # by destination machine
    trees: dict[tuple[Address, Address], Route] = field(default_factory=dict)  # by source, group
    unicast: dict[Address, Route] = field(default_factory=dict)
    upcalls: list[tuple[int, Upcall]] = field(default_factory=list)  # with their times

    @property
    def is_up(self) -> bool:
        """Whether its control plane runs."""
        return self.node is not None
