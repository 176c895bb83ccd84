"""What a policy element is (RFC 2750 3.3), and PREEMPTION_PRI (RFC 3181 4).

RSVP carries elements without reading them; policy peers read those that they know. AUTH_USER and
AUTH_APP are in identity.py. RFC 4495 gives PREEMPTION_PRI a second use, in the ResvErr that shrinks
a reservation instead of removing it, and changes nothing in its format.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError

ELEMENT_HEADER = Struct("!HH")  # length in bytes, header included; P-Type
_PREEMPTION = Struct("!xBBxHH")


class ElementType(IntEnum):
    """The P-Types that we read."""

    PREEMPTION_PRI = 1
    AUTH_USER = 2
    AUTH_APP = 3


class MergeStrategy(IntEnum):
    """How the priorities of merged reservations become one (RFC 3181 5.1)."""

    HIGHEST_QOS = 1
    HIGHEST_PRIORITY = 2
    ERROR_IF_HETEROGENEOUS = 3


class PreemptionError(IntEnum):
    """Why a PREEMPTION_PRI comes back to its receiver (RFC 3181 6)."""

    NO_ERROR = 0
    PREEMPTION = 1
    HETEROGENEOUS = 2


class PolicyElement(ABC):
    """The base of every element. Subclasses are dataclasses(frozen=True, slots=True)."""

    __slots__ = ()

    @property
    @abstractmethod
    def p_type(self) -> int:
        """The P-Type: numbers below 49152 are standard, from 53248 private (RFC 2750 5)."""

    @abstractmethod
    def body(self) -> bytes:
        """The bytes behind the element's header; a multiple of four."""

    def encode(self) -> bytes:
        """The whole element, header included."""
        body = self.body()
        return ELEMENT_HEADER.pack(len(body) + ELEMENT_HEADER.size, self.p_type) + body


@dataclass(frozen=True, slots=True)
class OpaqueElement(PolicyElement):
    """An element of a P-Type that we do not read, or an empty one of any.

    RFC 2750 3.4: an empty element deletes the policy state of its P-Type.
    """

    kind: int
    data: bytes = b""

    @property
    def p_type(self) -> int:
        return self.kind

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True)
class PreemptionPriority(PolicyElement):
    """PREEMPTION_PRI: what a flow may displace, and what may displace it once admitted."""

    preemption_priority: int  # at most the defending priority, or the flow would displace itself
    defending_priority: int
    strategy: int = MergeStrategy.HIGHEST_QOS
    error: int = PreemptionError.NO_ERROR

    @property
    def p_type(self) -> int:
        return ElementType.PREEMPTION_PRI

    def body(self) -> bytes:
        return _PREEMPTION.pack(
            self.strategy, self.error, self.preemption_priority, self.defending_priority
        )


def read_preemption_priority(body: bytes) -> PreemptionPriority:
    """Read the body of a PREEMPTION_PRI."""
    if len(body) != _PREEMPTION.size:
        raise bad_element(f"PREEMPTION_PRI has {len(body)} bytes in its body, not 8")
    strategy, error, preemption_priority, defending_priority = _PREEMPTION.unpack(body)
    return PreemptionPriority(preemption_priority, defending_priority, strategy, error)


def bad_element(sentence: str, offset: int = 0) -> DecodeError:
    """The error for an element that does not keep to its format (RFC 2750 appendix A)."""
    return DecodeError(
        sentence,
        code=ErrorCode.POLICY_CONTROL_FAILURE,
        value=PolicyValue.ERR_PE_BAD,
        offset=offset,
    )
