"""Destination ports (RFC 2205 3.2, rule 1): a protocol's sessions all have them, or none."""

from __future__ import annotations

from collections import Counter, defaultdict

from p4rsvp.wire.address import Address
from p4rsvp.wire.session import GpiSession, Session

_Key = tuple[int, bool]  # protocol, and whether there is a port


class Ports:
    """How many sessions of each sort a destination has."""

    def __init__(self) -> None:
        self._sessions: defaultdict[_Key, Counter[Address]] = defaultdict(Counter)

    def begin(self, session: Session | GpiSession) -> None:
        """Count a session."""
        self._sessions[session.protocol, _has_port(session)][session.destination] += 1

    def end(self, session: Session | GpiSession) -> None:
        """Count it no more."""
        counts = self._sessions[session.protocol, _has_port(session)]
        counts[session.destination] -= 1
        if not counts[session.destination]:
            del counts[session.destination]

    def conflict(self, session: Session | GpiSession) -> bool:
        """Whether sessions of the other sort stand."""
        others = self._sessions.get((session.protocol, not _has_port(session)))
        return others is not None and session.destination in others


def _has_port(session: Session | GpiSession) -> bool:
    return bool(session.port if isinstance(session, Session) else session.virtual_port)
