"""What every QoS control service provides (RFC 2205 3.11.6): the interface of the service modules.

RSVP calls these through services.py and knows no service by name; a further service is one more
module beside controlled_load.py and guaranteed.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from p4rsvp.wire.adspec import ErrorTerms

if TYPE_CHECKING:
    from p4rsvp.intserv.tspec import Ordering
    from p4rsvp.wire.flowspec import Flowspec
    from p4rsvp.wire.intserv import Service
    from p4rsvp.wire.tspec import Tspec

NO_DISTORTION = ErrorTerms(0, 0, 0, 0)  # upstream of the first hop


@dataclass(frozen=True, slots=True)
class Envelope:
    """What one network element owes a flow: a rate, and the traffic that it takes as conforming."""

    service: Service
    rate_bytes_per_s: float
    tspec: Tspec


class QosService(Protocol):
    """A service module; the flowspecs that it is given are of its own service."""

    def check(self, flowspec: Flowspec) -> None:
        """Raise Refused (21/03) for a request that the service's RFC calls malformed."""

    def compare(self, a: Flowspec, b: Flowspec) -> Ordering:
        """Compare_Flowspecs."""

    def lub(self, a: Flowspec, b: Flowspec) -> Flowspec:
        """LUB_of_Flowspecs: what the two merge to."""

    def glb(self, a: Flowspec, b: Flowspec) -> Flowspec:
        """GLB_of_Flowspecs."""

    def effective(self, flowspec: Flowspec, path_te: Tspec) -> Flowspec:
        """RFC 2205 2.2 step 3: the minimum of what is asked for and what the senders send."""

    def envelope(self, flowspec: Flowspec, upstream: ErrorTerms, *, entry: bool) -> Envelope:
        """What to reserve and to police for.

        `upstream` says how far the path so far may have distorted the traffic; `entry` is RFC 2205
        3.8's E_Police flag: this element is the first that polices.
        """
