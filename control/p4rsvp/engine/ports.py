"""Destination ports (RFC 2205 3.2, rule 1): a protocol's sessions all have them, or none."""

from __future__ import annotations

from collections import Counter

from p4rsvp.wire.address import Address
from p4rsvp.wire.session import GpiSession, Session


class Ports:
    """How many sessions stand of each sort, by destination and protocol."""

    def __init__(self) -> None:
        self._with: Counter[tuple[Address, int]] = Counter()
        self._without: Counter[tuple[Address, int]] = Counter()

    def begin(self, session: Session | GpiSession) -> None:
        """Count a session."""
        self._sort(session)[session.destination, session.protocol] += 1

    def end(self, session: Session | GpiSession) -> None:
        """Count it no more."""
        counts = self._sort(session)
        key = session.destination, session.protocol
        counts[key] -= 1
        if not counts[key]:
            del counts[key]

    def conflict(self, session: Session | GpiSession) -> bool:
        """Whether sessions of the other sort stand."""
        others = self._with if self._sort(session) is self._without else self._without
        return (session.destination, session.protocol) in others

    def _sort(self, session: Session | GpiSession) -> Counter[tuple[Address, int]]:
        port = session.port if isinstance(session, Session) else session.virtual_port
        return self._with if port else self._without
