"""What links do to packets: delay, loss, duplication, reordering, and deafness in one direction."""

from __future__ import annotations

from dataclasses import dataclass, field

from p4rsvp.sim.dice import Dice


@dataclass(slots=True)
class Impairment:
    """The faults of all links at a time; none of them to begin with."""

    dice: Dice
    loss: float = 0.0
    duplication: float = 0.0
    jitter_ns: int = 0  # packets overtake one another within it
    deaf: set[tuple[str, str]] = field(default_factory=set)  # (from, to): one-way partitions

    def arrivals(self, sender: str, receiver: str, delay_ns: int) -> list[int]:
        """How long each copy of a packet is under way; none is lost."""
        if (sender, receiver) in self.deaf or self.dice.happens(self.loss):
            return []
        copies = 2 if self.dice.happens(self.duplication) else 1
        if not self.jitter_ns:
            return [delay_ns] * copies
        return [delay_ns + self.dice.between(0, self.jitter_ns) for _ in range(copies)]

    def heal(self) -> None:
        """No faults from now on; what is under way arrives."""
        self.loss = self.duplication = 0.0
        self.jitter_ns = 0
        self.deaf.clear()
