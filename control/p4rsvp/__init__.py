"""p4rsvp: RSVP (RFC 2205) with Integrated Services for P4 switches.

For applications: `Session` (asyncio), `PlainSession`, what they hear, and `QosSocket`; they are
imported at first use, so that commands which need none of them start without.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Session": "p4rsvp.host.session",
    "ReservationError": "p4rsvp.host.session",
    "PlainSession": "p4rsvp.host.plain",
    "QosSocket": "p4rsvp.host.qos_socket",
    **dict.fromkeys(
        (
            *("QOS", "FLOWSPEC", "ServiceType", "ServiceFlag", "NOT_SPECIFIED", "DestAddr"),
            *("RsvpReserveInfo", "RsvpFlow", "RsvpStyle", "StatusCode", "Permission"),
        ),
        "p4rsvp.host.qos",
    ),
    "CallError": "p4rsvp.host.api",
    "AgentGoneError": "p4rsvp.host.api",
    **dict.fromkeys(
        (
            *("PathArrived", "PathGone", "Reserved", "ReservationGone", "Confirmed", "Refused"),
            *("Preempted", "PathRefused", "NotPossible", "AgentGone", "AgentBack"),
        ),
        "p4rsvp.host.happenings",
    ),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (whatever the name stands for)
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
