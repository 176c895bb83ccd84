"""Who wants to see a run as it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from p4rsvp.lab.results import Event, Flow


class Watcher:
    """Looks on and does nothing; a terminal does more."""

    def phase(self, title: str, seconds: float) -> None:
        """A phase begins, which lasts for so long at least, once its steps are done."""

    def tick(self, elapsed_s: float, flows: Sequence[Flow]) -> None:
        """The phase goes on; this has been counted up to now."""

    def event(self, event: Event) -> None:
        """Something happened."""
