"""RSVP_HOP, TIME_VALUES and RESV_CONFIRM (RFC 2205 A.2, A.4, A.14).

Who speaks, how often it will speak again, and whom to tell when a reservation stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.objects import RecurringObject, WireObject, decodes

_V4 = Struct("!4sI")
_V6 = Struct("!16sI")
_WORD = Struct("!I")


@dataclass(frozen=True, slots=True)
class Hop(RecurringObject):
    """The previous hop (PHOP) or next hop (NHOP) and its Logical Interface Handle."""

    address: Address
    lih: int = 0

    class_num: ClassVar[int] = ClassNum.RSVP_HOP

    @property
    def c_type(self) -> int:
        return 1 if len(self.address) == 4 else 2

    def body(self) -> bytes:
        return (_V4 if len(self.address) == 4 else _V6).pack(self.address, self.lih)


@dataclass(frozen=True, slots=True)
class TimeValues(RecurringObject):
    """The refresh period R with which this message was made (RFC 2205 3.7)."""

    refresh_period_ms: int

    class_num: ClassVar[int] = ClassNum.TIME_VALUES

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        return _WORD.pack(self.refresh_period_ms)


@dataclass(frozen=True, slots=True)
class ResvConfirm(WireObject):
    """The receiver that asked for a confirmation (RFC 2205 2.6)."""

    receiver: Address

    class_num: ClassVar[int] = ClassNum.RESV_CONFIRM

    @property
    def c_type(self) -> int:
        return 1 if len(self.receiver) == 4 else 2

    def body(self) -> bytes:
        return bytes(self.receiver)


@decodes(ClassNum.RSVP_HOP, 1, "RSVP_HOP IPv4", size=8, recurs=True)
@decodes(ClassNum.RSVP_HOP, 2, "RSVP_HOP IPv6", size=20, recurs=True)
def decode_hop(body: bytes) -> Hop:
    """Read an RSVP_HOP of C-Type 1 or 2."""
    address, lih = (_V4 if len(body) == 8 else _V6).unpack(body)
    return Hop(Address(address), lih)


@decodes(ClassNum.TIME_VALUES, 1, "TIME_VALUES", size=4, recurs=True)
def decode_time_values(body: bytes) -> TimeValues:
    """Read a TIME_VALUES."""
    return TimeValues(*_WORD.unpack(body))


@decodes(ClassNum.RESV_CONFIRM, 1, "RESV_CONFIRM IPv4", size=4)
@decodes(ClassNum.RESV_CONFIRM, 2, "RESV_CONFIRM IPv6", size=16)
def decode_resv_confirm(body: bytes) -> ResvConfirm:
    """Read a RESV_CONFIRM of C-Type 1 or 2."""
    return ResvConfirm(Address(body))
