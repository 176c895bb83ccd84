"""Destination ports (RFC 2205 3.2, rule 1): a protocol's sessions all have them, or none.

Whether a session without a port exists is one look-up. Whether any with a port exists wants an
index, which is made when the first session without a port asks, and kept from then on: few networks
have any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from p4rsvp.wire.address import Address
from p4rsvp.wire.session import GpiSession, Session

_Key = tuple[Address, int]  # destination and protocol


class Ports:
    """Which destinations have sessions of which sort, kept beside the table of sessions."""

    def __init__(self, sessions: Mapping[Session | GpiSession, object]) -> None:
        self._sessions = sessions
        self._without: Counter[_Key] = Counter()
        self._with: Counter[_Key] | None = None

    def begin(self, session: Session | GpiSession) -> None:
        """Count a session that is new in the table."""
        if not _port(session):
            self._without[_key(session)] += 1
        elif self._with is not None:
            self._with[_key(session)] += 1

    def end(self, session: Session | GpiSession) -> None:
        """Count it no more."""
        counts = self._with if _port(session) else self._without
        if counts is None:
            return
        counts[_key(session)] -= 1
        if not counts[_key(session)]:
            del counts[_key(session)]

    def conflict(self, session: Session | GpiSession) -> bool:
        """Whether sessions of the other sort stand."""
        if _port(session):
            return bool(self._without) and _key(session) in self._without
        if self._with is None:
            self._with = Counter(_key(other) for other in self._sessions if _port(other))
        return _key(session) in self._with


def _key(session: Session | GpiSession) -> _Key:
    return session.destination, session.protocol


def _port(session: Session | GpiSession) -> int:
    return session.port if isinstance(session, Session) else session.virtual_port
