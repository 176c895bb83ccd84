"""The framing that FLOWSPEC, SENDER_TSPEC and ADSPEC share (RFC 2210 appendix 1).

A message header, then fragments, one a service; in a fragment, parameters. All lengths count the
32-bit words behind the word that holds them. This module cuts and builds the general form;
tspec.py, flowspec.py and adspec.py read canonical layouts by one struct and come here for others.

Reserved bits, and the INVALID flag that RFC 2215 section 1 leaves to a future scheme, are ignored
when read and zero when written; parameters and services that we do not know keep their bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

from p4rsvp.wire.errors import DecodeError

WORD = Struct("!I")
SINGLE = Struct("!f")
BREAK_BIT = 1 << 23
SINGLE_INFINITY_BITS = 0x7F800000


class Service(IntEnum):
    """Service numbers (RFC 2215 section 1, RFC 2997)."""

    GENERAL = 1
    GUARANTEED = 2
    CONTROLLED_LOAD = 5
    NULL = 6  # RFC 2997


class ParameterNumber(IntEnum):
    """Numbers up to 127 mean the same in every service; above, the service defines them."""

    IS_HOPS = 4  # RFC 2215 3.2
    PATH_BANDWIDTH = 6  # RFC 2215 3.3
    MINIMUM_PATH_LATENCY = 8  # RFC 2215 3.4
    PATH_MTU = 10  # RFC 2215 3.5
    TOKEN_BUCKET_TSPEC = 127  # RFC 2215 3.6
    NULL_TSPEC = 128  # RFC 2997, of the Null Service
    GUARANTEED_RSPEC = 130  # RFC 2212, Invocation Information
    C_TOT = 133  # RFC 2212, Exported Information
    D_TOT = 134
    C_SUM = 135
    D_SUM = 136


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it stands on the wire; the form in which unknown ones are kept."""

    number: int
    data: bytes
    flags: int = 0

    def encode(self) -> bytes:
        """Write the parameter header and the data (RFC 2210 A1.3)."""
        return parameter_header(self.number, len(self.data), self.flags) + self.data


class Fragment(NamedTuple):
    """One service's part of a message, its parameters not yet cut."""

    offset: int  # of the service header, from the start of the body
    service: int
    break_bit: bool
    data: bytes


Fault = Callable[[str, int], DecodeError]


def parameter_header(number: int, data_bytes: int, flags: int = 0) -> bytes:
    """RFC 2210 A1.3."""
    return WORD.pack(number << 24 | flags << 16 | data_bytes >> 2)


def encode_fragment(service: int, data: bytes, *, break_bit: bool = False) -> bytes:
    """RFC 2210 A1.2."""
    return WORD.pack(service << 24 | BREAK_BIT * break_bit | len(data) >> 2) + data


def encode_message(fragments: bytes) -> bytes:
    """RFC 2210 A1.1."""
    return WORD.pack(len(fragments) >> 2) + fragments


def split_message(body: bytes, fault: Fault) -> Iterator[Fragment]:
    """Check the message header, then yield the fragments; each step is a word at least."""
    if len(body) < 4:
        raise fault("no room for the message header", 0)
    head = int.from_bytes(body[:4], "big")
    if head >> 28:
        raise fault(f"message format version {head >> 28} is not 0", 0)
    if 4 + 4 * (head & 0xFFFF) != len(body):
        raise fault(f"message length {head & 0xFFFF} words in a body of {len(body)} bytes", 0)
    offset = 4
    while offset < len(body):
        head = int.from_bytes(body[offset : offset + 4], "big")
        end = offset + 4 + 4 * (head & 0xFFFF)
        if end > len(body):
            raise fault(
                f"service {head >> 24} reaches {end - len(body)} bytes past the end", offset
            )
        yield Fragment(offset, head >> 24, bool(head & BREAK_BIT), body[offset + 4 : end])
        offset = end


def split_parameters(fragment: Fragment, fault: Fault) -> dict[int, Parameter]:
    """Cut a fragment's data; a parameter may stand in it once."""
    found: dict[int, Parameter] = {}
    data = fragment.data
    offset = 0
    while offset < len(data):
        head = int.from_bytes(data[offset : offset + 4], "big")
        number = head >> 24
        end = offset + 4 + 4 * (head & 0xFFFF)
        where = fragment.offset + 4 + offset
        if end > len(data):
            raise fault(
                f"parameter {number} reaches {end - len(data)} bytes past its fragment", where
            )
        if number in found:
            raise fault(f"parameter {number} stands twice in service {fragment.service}", where)
        found[number] = Parameter(number, data[offset + 4 : end], head >> 16 & 0xFF)
        offset = end
    return found
