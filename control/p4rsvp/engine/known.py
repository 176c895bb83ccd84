"""Messages whose objects are all of types that this node interprets, as the type checker sees them.

A message may hold `Opaque` objects in any place. checks.py refuses those that do, and these claims
state to the rest of the engine what has been checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, Resv, ResvTear
from p4rsvp.wire.session import GpiSession, Session

AppSession: TypeAlias = Session | GpiSession
APP_SESSIONS: Final = (Session, GpiSession)  # the same for isinstance, in half its time

if TYPE_CHECKING:
    from p4rsvp.wire.filter_spec import SenderTemplate
    from p4rsvp.wire.tspec import OpaqueTspec, SenderTspec

    class KnownPath(Path, frozen=True):
        """A Path whose session, hop, sender and Tspec we can read."""

        session: AppSession
        hop: Hop
        template: SenderTemplate
        tspec: SenderTspec | OpaqueTspec

    class KnownResv(Resv, frozen=True):
        """A Resv whose session and hop we can read."""

        session: AppSession
        hop: Hop

    class KnownResvTear(ResvTear, frozen=True):
        """A ResvTear whose session and hop we can read."""

        session: AppSession
        hop: Hop


def known_path(path: Path) -> KnownPath:
    """State that checks.refuses_path has let this one pass."""
    return path  # type: ignore[return-value]  # cast() would be one more call for each message


def known_resv(resv: Resv) -> KnownResv:
    """State that checks.refuses_resv has let this one pass."""
    return resv  # type: ignore[return-value]  # as above


def known_tear(tear: ResvTear) -> KnownResvTear:
    """State that faults.fault_of has let this one pass."""
    return tear  # type: ignore[return-value]  # as above
