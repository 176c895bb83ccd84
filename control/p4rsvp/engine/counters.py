"""What a node counts: messages in and out by type, and every named fact."""

from __future__ import annotations

from collections import Counter

from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.codes import MessageType


class Counters:
    """Counts since the node began."""

    def __init__(self) -> None:
        self.received: Counter[MessageType] = Counter()
        self.sent: Counter[MessageType] = Counter()
        self.traces: Counter[TraceKind] = Counter()
        # Messages without effect, by their type and why; the types of the undecoded are whatever
        # their header says.
        self.unused: Counter[tuple[int, TraceKind]] = Counter()
        self.refused: Counter[tuple[int, int]] = Counter()  # requests, by error code and value
        # State in place, which the limits of config.Limits bound.
        self.path_states = 0
        self.reservation_states = 0
