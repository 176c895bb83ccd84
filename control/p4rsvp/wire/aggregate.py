"""Sessions of aggregate reservations (RFC 3175 3.3, RFC 4860 2): the flows of a PHB to one router.

Aggregate sessions have senders of their own shape, `AggregateSelector` in filter_spec.py. Mapping
end-to-end reservations onto aggregates is the engine's.
"""

from __future__ import annotations

from struct import Struct
from typing import ClassVar

import msgspec

from p4rsvp.wire.address import IPV4_BYTES, Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes

_AGGREGATE_V4 = Struct("!4sxBxB")
_AGGREGATE_V6 = Struct("!16sxBxB")
_GENERIC_V4 = Struct("!4sxBHxxH4s")
_GENERIC_V6 = Struct("!16sxBHxxH16s")


class AggregateSession(msgspec.Struct, WireObject, frozen=True, gc=False):
    """RSVP-AGGREGATE, C-Types 9 and 10: what goes to one deaggregator under one DSCP."""

    destination: Address
    dscp: int
    flags: int = 0  # SessionFlag

    class_num: ClassVar[int] = ClassNum.SESSION

    @property
    def c_type(self) -> int:
        return 9 if len(self.destination) == IPV4_BYTES else 10

    def body(self) -> bytes:
        layout = _AGGREGATE_V4 if len(self.destination) == IPV4_BYTES else _AGGREGATE_V6
        return layout.pack(self.destination, self.flags, self.dscp)


class GenericAggregateSession(msgspec.Struct, WireObject, frozen=True, gc=False):
    """GENERIC-AGGREGATE, C-Types 17 and 18: several aggregates of one PHB to one deaggregator."""

    destination: Address
    phb_id: int  # 16 bits, laid out as RFC 3140 2 says
    virtual_port: int
    extended_port: Address  # of the session's family: the aggregator, or zero where senders share
    flags: int = 0  # SessionFlag

    class_num: ClassVar[int] = ClassNum.SESSION

    @property
    def c_type(self) -> int:
        return 17 if len(self.destination) == IPV4_BYTES else 18

    def body(self) -> bytes:
        return _pack_generic(self)


class SessionOfInterest(msgspec.Struct, WireObject, frozen=True, gc=False):
    """SESSION-OF-INTEREST: the aggregate session onto which a reservation is to be mapped."""

    session: GenericAggregateSession

    class_num: ClassVar[int] = ClassNum.SESSION_OF_INTEREST

    @property
    def c_type(self) -> int:
        return 1 if len(self.session.destination) == IPV4_BYTES else 2

    def body(self) -> bytes:
        # RFC 4860 2.2, the encoding example: the session's contents without its object header.
        return _pack_generic(self.session)


def _pack_generic(session: GenericAggregateSession) -> bytes:
    if len(session.extended_port) != len(session.destination):
        raise ValueError("the extended vDstPort is as long as the session's address")
    layout = _GENERIC_V4 if len(session.destination) == IPV4_BYTES else _GENERIC_V6
    return layout.pack(
        session.destination,
        session.flags,
        session.phb_id,
        session.virtual_port,
        session.extended_port,
    )


def _destination(address: bytes) -> Address:
    if not any(address):  # RFC 2205 A.1 requires it of every session's DestAddress
        raise DecodeError("the session's destination address is zero")
    return Address(address)


@decodes(ClassNum.SESSION, 9, "SESSION RSVP-AGGREGATE-IP4", size=8)
@decodes(ClassNum.SESSION, 10, "SESSION RSVP-AGGREGATE-IP6", size=20)
def decode_aggregate_session(body: bytes) -> AggregateSession:
    """Read a SESSION of C-Type 9 or 10."""
    layout = _AGGREGATE_V4 if len(body) == _AGGREGATE_V4.size else _AGGREGATE_V6
    destination, flags, dscp = layout.unpack(body)
    return AggregateSession(_destination(destination), dscp, flags)


@decodes(ClassNum.SESSION, 17, "SESSION GENERIC-AGGREGATE-IP4", size=16)
@decodes(ClassNum.SESSION, 18, "SESSION GENERIC-AGGREGATE-IP6", size=40)
def decode_generic_aggregate_session(body: bytes) -> GenericAggregateSession:
    """Read a SESSION of C-Type 17 or 18."""
    layout = _GENERIC_V4 if len(body) == _GENERIC_V4.size else _GENERIC_V6
    destination, flags, phb_id, virtual_port, extended_port = layout.unpack(body)
    return GenericAggregateSession(
        _destination(destination), phb_id, virtual_port, Address(extended_port), flags
    )


@decodes(ClassNum.SESSION_OF_INTEREST, 1, "SESSION-OF-INTEREST GENERIC-AGG-IP4", size=16)
@decodes(ClassNum.SESSION_OF_INTEREST, 2, "SESSION-OF-INTEREST GENERIC-AGG-IP6", size=40)
def decode_session_of_interest(body: bytes) -> SessionOfInterest:
    """Read a SESSION-OF-INTEREST of C-Type 1 or 2."""
    return SessionOfInterest(decode_generic_aggregate_session(body))
