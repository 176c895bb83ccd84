"""SENDER_TSPEC (class 12) and its token bucket, which FLOWSPEC shares (RFC 2210 3.1, 2215 3.6).

A sender that wants the Null Service (RFC 2997) says how large its packets are and nothing else: a
`NullTspec` in the place of the token bucket. A body of another service, or of several (a token
bucket with a Null Tspec behind it, say), is well formed and not ours to judge: it travels on as an
`OpaqueTspec`. Floats that no token bucket may hold are
malformed. Zeros and m > M pass, since real routers send m = 0 and M = 0; what is reasonable is for
p4rsvp.intserv to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from struct import Struct
from typing import ClassVar

from p4rsvp.wire.codes import ClassNum, ErrorCode, TrafficControlValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.intserv import ParameterNumber, Service, split_message, split_parameters
from p4rsvp.wire.objects import RecurringObject, WireObject, decodes

INTSERV = 2  # the C-Type of all three objects

# Headers of the one layout: message of 7 words, service 1 of 6, parameter 127 of 5.
_HEADERS = bytes.fromhex("00000007 01000006 7f000005")
_CANONICAL = Struct("!12sfffII")
_TOKEN_BUCKET = Struct("!fffII")
# The same of the Null Service: message of 3 words, service 6 of 2, parameter 128 of 1.
_NULL_HEADERS = bytes.fromhex("00000003 06000002 80000001")
_NULL = Struct("!12sI")


@dataclass(frozen=True, slots=True)
class Tspec:
    """TOKEN_BUCKET_TSPEC: r, b, p, m and M of RFC 2215 3.6, counted in bytes of IP datagrams."""

    token_rate_bytes_per_s: float
    bucket_bytes: float
    peak_rate_bytes_per_s: float  # infinity where it is unknown
    min_policed_bytes: int
    max_packet_bytes: int


@dataclass(frozen=True, slots=True)
class NullTspec(Tspec):
    """The Tspec of the Null Service: M is all that it says, and its token bucket is empty."""

    @classmethod
    def of(cls, max_packet_bytes: int) -> NullTspec:
        """A Tspec for packets up to this size."""
        return cls(0.0, 0.0, 0.0, 0, max_packet_bytes)


@dataclass(frozen=True, slots=True)
class SenderTspec(RecurringObject):
    """SENDER_TSPEC, integrated services: what the sender is going to send."""

    tspec: Tspec

    class_num: ClassVar[int] = ClassNum.SENDER_TSPEC

    @property
    def c_type(self) -> int:
        return INTSERV

    def body(self) -> bytes:
        """RFC 2210 3.1; RFC 2997."""
        tspec = self.tspec
        if isinstance(tspec, NullTspec):
            return null_body(tspec)
        return _CANONICAL.pack(
            _HEADERS,
            tspec.token_rate_bytes_per_s,
            tspec.bucket_bytes,
            tspec.peak_rate_bytes_per_s,
            tspec.min_policed_bytes,
            tspec.max_packet_bytes,
        )


@dataclass(frozen=True, slots=True)
class OpaqueTspec(WireObject):
    """A SENDER_TSPEC whose service we do not know; carried on unchanged."""

    data: bytes

    class_num: ClassVar[int] = ClassNum.SENDER_TSPEC

    @property
    def c_type(self) -> int:
        return INTSERV

    def body(self) -> bytes:
        return self.data


def null_body(tspec: NullTspec) -> bytes:
    """RFC 2997: the body of a SENDER_TSPEC, and of a FLOWSPEC as well."""
    return _NULL.pack(_NULL_HEADERS, tspec.max_packet_bytes)


def decode_null(body: bytes) -> NullTspec | None:
    """Read that body; None where it is of another service, or says more."""
    if len(body) != _NULL.size:
        return None
    headers, max_packet_bytes = _NULL.unpack(body)
    return NullTspec.of(max_packet_bytes) if headers == _NULL_HEADERS else None


def bad_tspec(sentence: str, offset: int) -> DecodeError:
    """RFC 2205 appendix B: error 21, value 4."""
    return DecodeError(
        f"SENDER_TSPEC: {sentence}",
        code=ErrorCode.TRAFFIC_CONTROL_ERROR,
        value=TrafficControlValue.BAD_TSPEC,
        offset=offset,
        kind=ClassNum.SENDER_TSPEC << 8 | INTSERV,
    )


def is_token_bucket(rate: float, bucket: float, peak: float, signs: int) -> bool:
    """RFC 2215 3.6: no NaN, no negative, not even -0; only p may be infinite.

    `signs` is the OR of the three first bytes, whose top bit is the sign.
    """
    return signs < 0x80 and rate < inf and bucket < inf and peak <= inf


def decode_token_bucket(data: bytes) -> Tspec | None:
    """Read the value of parameter 127; None where it is malformed."""
    if len(data) != _TOKEN_BUCKET.size:
        return None
    rate, bucket, peak, minimum, maximum = _TOKEN_BUCKET.unpack(data)
    if not is_token_bucket(rate, bucket, peak, data[0] | data[4] | data[8]):
        return None
    return Tspec(rate, bucket, peak, minimum, maximum)


@decodes(ClassNum.SENDER_TSPEC, INTSERV, "SENDER_TSPEC intserv", recurs=True)
def decode_sender_tspec(body: bytes) -> SenderTspec | OpaqueTspec:
    """Read the one layout of RFC 2210 3.1 at a stroke, and anything else step by step."""
    if len(body) == _CANONICAL.size:
        headers, rate, bucket, peak, minimum, maximum = _CANONICAL.unpack(body)
        if headers == _HEADERS and is_token_bucket(
            rate, bucket, peak, body[12] | body[16] | body[20]
        ):
            return SenderTspec(Tspec(rate, bucket, peak, minimum, maximum))
    return _decode_general(body)


def _decode_general(body: bytes) -> SenderTspec | OpaqueTspec:
    null = decode_null(body)
    if null is not None:
        return SenderTspec(null)
    fragments = list(split_message(body, bad_tspec))
    if not fragments:
        raise bad_tspec("no service in it", 0)
    parameters = [split_parameters(fragment, bad_tspec) for fragment in fragments]
    # RFC 2210 2.2: several services in one SENDER_TSPEC are for the future.
    if [fragment.service for fragment in fragments] != [Service.GENERAL]:
        return OpaqueTspec(body)
    bucket = parameters[0].pop(ParameterNumber.TOKEN_BUCKET_TSPEC, None)
    if bucket is None:
        raise bad_tspec("the token bucket (parameter 127) is missing", 4)
    tspec = decode_token_bucket(bucket.data)
    if tspec is None:
        raise bad_tspec("the token bucket (parameter 127) is malformed", 8)
    return OpaqueTspec(body) if parameters[0] else SenderTspec(tspec)
