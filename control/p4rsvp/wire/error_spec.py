"""ERROR_SPEC (RFC 2205 A.5): what failed and where; in a ResvConf, who confirms."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ClassNum, error_text
from p4rsvp.wire.objects import WireObject, decodes

_V4 = Struct("!4sBBH")
_V6 = Struct("!16sBBH")


@dataclass(frozen=True, slots=True)
class ErrorSpec(WireObject):
    """The node that found an error, the error, and the flags InPlace and NotGuilty."""

    node: Address
    code: int  # ErrorCode where it is known
    value: int
    flags: int = 0  # ErrorFlag

    class_num: ClassVar[int] = ClassNum.ERROR_SPEC

    @property
    def c_type(self) -> int:
        return 1 if len(self.node) == 4 else 2

    @property
    def text(self) -> str:
        """The error in words."""
        return error_text(self.code, self.value)

    def body(self) -> bytes:
        return (_V4 if len(self.node) == 4 else _V6).pack(
            self.node, self.flags, self.code, self.value
        )


@decodes(ClassNum.ERROR_SPEC, 1, "ERROR_SPEC IPv4", size=8)
@decodes(ClassNum.ERROR_SPEC, 2, "ERROR_SPEC IPv6", size=20)
def decode_error_spec(body: bytes) -> ErrorSpec:
    """Read an ERROR_SPEC of C-Type 1 or 2."""
    node, flags, code, value = (_V4 if len(body) == 8 else _V6).unpack(body)
    return ErrorSpec(Address(node), code, value, flags)
