"""QOS and FLOWSPEC after the Windows 2000 RSVP service provider, as an application fills them in.

Names and units are the provider's: rates in bytes per second, sizes in bytes, times in
microseconds, and `NOT_SPECIFIED` where the application leaves the choice to the provider. What they
mean to RSVP is qos_mapping.py's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from typing import TypeAlias

from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.messages import Policy

NOT_SPECIFIED = 0xFFFF_FFFF


class ServiceType(IntEnum):
    """What a direction of a flow wants."""

    NO_TRAFFIC = 0  # nothing is sent that way
    BEST_EFFORT = 1
    CONTROLLED_LOAD = 2
    GUARANTEED = 3
    QUALITATIVE = 0xD  # better than best effort, by what the network thinks fit


class ServiceFlag(IntFlag):
    """Flags that may be added to a service type."""

    NO_QOS_SIGNALING = 0x4000_0000


@dataclass(frozen=True, slots=True)
class FLOWSPEC:
    """One direction of a flow."""

    token_rate: int = NOT_SPECIFIED
    token_bucket_size: int = NOT_SPECIFIED
    peak_bandwidth: int = NOT_SPECIFIED
    latency: int = NOT_SPECIFIED  # from end to end
    delay_variation: int = NOT_SPECIFIED  # between the slowest packet and the fastest
    service_type: int = ServiceType.BEST_EFFORT  # with ServiceFlags
    max_sdu_size: int = NOT_SPECIFIED
    minimum_policed_size: int = NOT_SPECIFIED

    @property
    def service(self) -> ServiceType:
        """The service type without its flags; raises ValueError for one that there is not."""
        return ServiceType(self.service_type & ~ServiceFlag.NO_QOS_SIGNALING)

    @property
    def signals(self) -> bool:
        """Whether this direction is RSVP's concern."""
        if self.service_type & ServiceFlag.NO_QOS_SIGNALING:
            return False
        return self.service not in {ServiceType.NO_TRAFFIC, ServiceType.BEST_EFFORT}


class RsvpStyle(Enum):
    """RSVP_RESERVE_INFO's Style."""

    DEFAULT = 0
    WILDCARD = 1
    FIXED_FILTER = 2
    SHARED_EXPLICIT = 3


@dataclass(frozen=True, slots=True)
class RsvpFlow:
    """FLOWDESCRIPTOR: what is wanted for these senders, in the place of the receiving flowspec."""

    flowspec: FLOWSPEC
    filters: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class RsvpReserveInfo:
    """RSVP_RESERVE_INFO: how a receiver wants to reserve, where it wants more than the usual."""

    style: RsvpStyle = RsvpStyle.DEFAULT
    confirm_request: bool = True
    policy: Policy = ()
    flows: tuple[RsvpFlow, ...] = ()
    senders_max: int | None = None  # SE, FF: not more than so many of those who send


@dataclass(frozen=True, slots=True)
class DestAddr:
    """QOS_DESTADDR: where an unconnected socket is going to send to."""

    address: str
    port: int


ProviderSpecific: TypeAlias = RsvpReserveInfo | DestAddr


@dataclass(frozen=True, slots=True)
class QOS:
    """Both directions, and what the provider alone understands."""

    sending: FLOWSPEC = FLOWSPEC()
    receiving: FLOWSPEC = FLOWSPEC()
    provider_specific: tuple[ProviderSpecific, ...] = ()

    @property
    def reserve_info(self) -> RsvpReserveInfo:
        """The RSVP_RESERVE_INFO, or what it is by default."""
        found = (one for one in self.provider_specific if isinstance(one, RsvpReserveInfo))
        return next(found, RsvpReserveInfo())

    @property
    def destination(self) -> DestAddr | None:
        """The QOS_DESTADDR, if there is one."""
        found = (one for one in self.provider_specific if isinstance(one, DestAddr))
        return next(found, None)


class StatusCode(IntEnum):
    """RSVP_STATUS_INFO's codes, by their numbers (WSA_QOS_*)."""

    RECEIVERS = 11005
    SENDERS = 11006
    NO_SENDERS = 11007
    NO_RECEIVERS = 11008
    REQUEST_CONFIRMED = 11009
    ADMISSION_FAILURE = 11010
    POLICY_FAILURE = 11011
    BAD_STYLE = 11012
    BAD_OBJECT = 11013
    TRAFFIC_CTRL_ERROR = 11014
    GENERIC_ERROR = 11015


class Permission(Enum):
    """Whether to send now."""

    ALLOWED = "nothing stands against it: a reservation is there, or none was asked for"
    QUEUED = "the request is under way; until it is answered data goes as best effort"
    REFUSED = "the network has refused the reservation; data would go as best effort"
