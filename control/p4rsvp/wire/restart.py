"""What a Hello carries: HELLO (RFC 3209 5.2), RESTART_CAP (RFC 3473 9.1), CAPABILITY (RFC 5063 4).

Instances tell a neighbour that its peer has lost its state; the other two say how long the peer may
be away and what helps it to recover. Timers and recovery are the engine's. RECOVERY_LABEL
belongs to label switching and stays opaque.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject, decodes

INDETERMINATE_MS = 0xFFFFFFFF  # RFC 3473 9.1: forwarding goes on however long the restart takes
TRANSMIT_ENABLED_FLAG = 0x4
RECOVERY_DESIRED_FLAG = 0x2
SREFRESH_CAPABLE_FLAG = 0x1

_WORD = Struct("!I")
_TWO_WORDS = Struct("!II")


@dataclass(frozen=True, slots=True)
class HelloRequest(WireObject):
    """HELLO REQUEST: asks a neighbour whether it lives."""

    src_instance: int  # ours towards this neighbour: never zero, new after each loss of state
    dst_instance: int = 0  # the neighbour's as last heard; zero: none yet

    class_num: ClassVar[int] = ClassNum.HELLO

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        return _TWO_WORDS.pack(self.src_instance, self.dst_instance)


@dataclass(frozen=True, slots=True)
class HelloAck(WireObject):
    """HELLO ACK: the answer to a request, with the answerer's own instance as its source."""

    src_instance: int
    dst_instance: int = 0

    class_num: ClassVar[int] = ClassNum.HELLO

    @property
    def c_type(self) -> int:
        return 2

    def body(self) -> bytes:
        return _TWO_WORDS.pack(self.src_instance, self.dst_instance)


@dataclass(frozen=True, slots=True)
class RestartCap(WireObject):
    """RESTART_CAP: the sender keeps forwarding over a restart, and for how long to wait for it."""

    restart_time_ms: int  # INDETERMINATE_MS: any
    recovery_time_ms: int  # zero: forwarding state was lost in the last restart

    class_num: ClassVar[int] = ClassNum.RESTART_CAP

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        return _TWO_WORDS.pack(self.restart_time_ms, self.recovery_time_ms)


@dataclass(frozen=True, slots=True)
class Capability(WireObject):
    """CAPABILITY: what the sender can do with RecoveryPath messages."""

    transmit_enabled: bool = False
    recovery_desired: bool = False
    srefresh_capable: bool = False

    class_num: ClassVar[int] = ClassNum.CAPABILITY

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        flags = (
            TRANSMIT_ENABLED_FLAG * self.transmit_enabled
            | RECOVERY_DESIRED_FLAG * self.recovery_desired
            | SREFRESH_CAPABLE_FLAG * self.srefresh_capable
        )
        return _WORD.pack(flags)


@decodes(ClassNum.HELLO, 1, "HELLO REQUEST", size=8)
def decode_hello_request(body: bytes) -> HelloRequest:
    """Read a HELLO REQUEST."""
    return HelloRequest(*_instances(body))


@decodes(ClassNum.HELLO, 2, "HELLO ACK", size=8)
def decode_hello_ack(body: bytes) -> HelloAck:
    """Read a HELLO ACK."""
    return HelloAck(*_instances(body))


def _instances(body: bytes) -> tuple[int, int]:
    src_instance, dst_instance = _TWO_WORDS.unpack(body)
    if not src_instance:  # RFC 3209 5.2.2: this field must not be zero
        raise DecodeError("the Src_Instance of a HELLO is zero")
    return src_instance, dst_instance


@decodes(ClassNum.RESTART_CAP, 1, "RESTART_CAP", size=8)
def decode_restart_cap(body: bytes) -> RestartCap:
    """Read a RESTART_CAP."""
    return RestartCap(*_TWO_WORDS.unpack(body))


@decodes(ClassNum.CAPABILITY, 1, "CAPABILITY", size=4)
def decode_capability(body: bytes) -> Capability:
    """Read a CAPABILITY; RFC 5063 4.2: reserved bits are ignored."""
    (flags,) = _WORD.unpack(body)
    return Capability(
        bool(flags & TRANSMIT_ENABLED_FLAG),
        bool(flags & RECOVERY_DESIRED_FLAG),
        bool(flags & SREFRESH_CAPABLE_FLAG),
    )
