"""SESSION (RFC 2205 A.1): who the data is sent to. GPI sessions (RFC 2207 3) for IPsec.

Aggregate sessions (RFC 3175, 4860) are in aggregate.py; those of RSVP-TE are known and opaque
(opaque.py).
"""

from __future__ import annotations

from struct import Struct
from typing import ClassVar

import msgspec

from p4rsvp.wire.address import UNSPECIFIED, Address
from p4rsvp.wire.codes import ClassNum, SessionFlag
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes
from p4rsvp.wire.port import PORTS

_V4 = Struct("!4sBBH")
_V6 = Struct("!16sBBH")
E_POLICE = SessionFlag.E_POLICE


class Session(msgspec.Struct, WireObject, frozen=True, gc=False):
    """An IPv4/UDP or IPv6/UDP session, C-Types 1 and 2: any protocol with ports like UDP's."""

    destination: Address
    protocol: int
    port: int  # zero: none
    flags: int = 0  # SessionFlag

    class_num: ClassVar[int] = ClassNum.SESSION

    @property
    def c_type(self) -> int:
        return 1 if len(self.destination) == 4 else 2

    def body(self) -> bytes:
        layout = _V4 if len(self.destination) == 4 else _V6
        return layout.pack(self.destination, self.protocol, self.flags, self.port)


class GpiSession(msgspec.Struct, WireObject, frozen=True, gc=False):
    """A session of AH or ESP traffic, C-Types 3 and 4, with a virtual port (RFC 2207 3)."""

    destination: Address
    protocol: int
    virtual_port: int
    flags: int = 0

    class_num: ClassVar[int] = ClassNum.SESSION

    @property
    def c_type(self) -> int:
        return 3 if len(self.destination) == 4 else 4

    def body(self) -> bytes:
        layout = _V4 if len(self.destination) == 4 else _V6
        return layout.pack(self.destination, self.protocol, self.flags, self.virtual_port)


def _read(body: bytes) -> tuple[Address, int, int, int]:
    destination, protocol, flags, port = (_V4 if len(body) == 8 else _V6).unpack(body)
    # RFC 2205 A.1: DestAddress and Protocol Id must be non-zero.
    if destination in UNSPECIFIED:
        raise DecodeError("the session's destination address is zero")
    if not protocol:
        raise DecodeError("the session's protocol id is zero")
    return Address(destination), protocol, PORTS[port], flags


@decodes(ClassNum.SESSION, 1, "SESSION IPv4/UDP", size=8)
@decodes(ClassNum.SESSION, 2, "SESSION IPv6/UDP", size=20)
def decode_session(body: bytes) -> Session:
    """Read a SESSION of C-Type 1 or 2."""
    return Session(*_read(body))


@decodes(ClassNum.SESSION, 3, "SESSION IPv4/GPI", size=8)
@decodes(ClassNum.SESSION, 4, "SESSION IPv6/GPI", size=20)
def decode_gpi_session(body: bytes) -> GpiSession:
    """Read a SESSION of C-Type 3 or 4."""
    return GpiSession(*_read(body))
