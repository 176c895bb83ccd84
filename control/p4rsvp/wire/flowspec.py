"""FLOWSPEC (class 9): what a receiver asks for (RFC 2210 3.2).

Controlled load carries a Tspec, guaranteed service a Tspec and an Rspec, the Null Service the size
of the largest packet (RFC 2997). A body of another service,
or of several, is well formed: it is kept as an `OpaqueFlowspec`, and traffic control is the one to
refuse it (RFC 2205 appendix B, error 21, value 2: service unsupported). What is malformed is error
21, value 3.
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
from p4rsvp.wire.tspec import (
    INTSERV,
    NullTspec,
    Tspec,
    decode_null,
    decode_token_bucket,
    is_token_bucket,
    null_body,
)

# Headers of the two layouts: message, service, parameter 127; guaranteed has parameter 130 as well.
_CONTROLLED_LOAD_HEADERS = bytes.fromhex("00000007 05000006 7f000005")
_CONTROLLED_LOAD = Struct("!12sfffII")
_GUARANTEED_HEADERS = bytes.fromhex("0000000a 02000009 7f000005")
_RSPEC_HEADER = bytes.fromhex("82000002")
_GUARANTEED = Struct("!12sfffII4sfI")
_RSPEC = Struct("!fI")


@dataclass(frozen=True, slots=True)
class Rspec:
    """R and S of RFC 2212: the service rate, and the delay that is left for the network to use."""

    rate_bytes_per_s: float
    slack_us: int


@dataclass(frozen=True, slots=True)
class Flowspec(RecurringObject):
    """FLOWSPEC of controlled load (no Rspec), guaranteed service (with one), or Null Service."""

    service: Service
    tspec: Tspec
    rspec: Rspec | None = None

    class_num: ClassVar[int] = ClassNum.FLOWSPEC

    @property
    def c_type(self) -> int:
        return INTSERV

    def body(self) -> bytes:
        """RFC 2210 3.2.1 and 3.2.2; RFC 2997."""
        tspec = self.tspec
        if isinstance(tspec, NullTspec):
            return null_body(tspec)
        bucket = (
            tspec.token_rate_bytes_per_s,
            tspec.bucket_bytes,
            tspec.peak_rate_bytes_per_s,
            tspec.min_policed_bytes,
            tspec.max_packet_bytes,
        )
        rspec = self.rspec
        if rspec is None:
            return _CONTROLLED_LOAD.pack(_CONTROLLED_LOAD_HEADERS, *bucket)
        return _GUARANTEED.pack(
            _GUARANTEED_HEADERS, *bucket, _RSPEC_HEADER, rspec.rate_bytes_per_s, rspec.slack_us
        )


@dataclass(frozen=True, slots=True)
class OpaqueFlowspec(WireObject):
    """A FLOWSPEC of a service that we do not know."""

    data: bytes

    class_num: ClassVar[int] = ClassNum.FLOWSPEC

    @property
    def c_type(self) -> int:
        return INTSERV

    def body(self) -> bytes:
        return self.data


def bad_flowspec(sentence: str, offset: int) -> DecodeError:
    """RFC 2205 appendix B: error 21, value 3."""
    return DecodeError(
        f"FLOWSPEC: {sentence}",
        code=ErrorCode.TRAFFIC_CONTROL_ERROR,
        value=TrafficControlValue.BAD_FLOWSPEC,
        offset=offset,
        kind=ClassNum.FLOWSPEC << 8 | INTSERV,
    )


@decodes(ClassNum.FLOWSPEC, INTSERV, "FLOWSPEC intserv", recurs=True)
def decode_flowspec(body: bytes) -> Flowspec | OpaqueFlowspec:
    """Read the two layouts of RFC 2210 3.2 at a stroke, and anything else step by step."""
    if len(body) == _CONTROLLED_LOAD.size:
        headers, rate, bucket, peak, minimum, maximum = _CONTROLLED_LOAD.unpack(body)
        if headers == _CONTROLLED_LOAD_HEADERS and is_token_bucket(
            rate, bucket, peak, body[12] | body[16] | body[20]
        ):
            return Flowspec(
                Service.CONTROLLED_LOAD, Tspec(rate, bucket, peak, minimum, maximum), None
            )
    elif len(body) == _GUARANTEED.size:
        headers, rate, bucket, peak, minimum, maximum, rspec, service_rate, slack = (
            _GUARANTEED.unpack(body)
        )
        if (
            headers == _GUARANTEED_HEADERS
            and rspec == _RSPEC_HEADER
            and is_token_bucket(rate, bucket, peak, body[12] | body[16] | body[20] | body[36])
            and service_rate < inf
        ):
            return Flowspec(
                Service.GUARANTEED,
                Tspec(rate, bucket, peak, minimum, maximum),
                Rspec(service_rate, slack),
            )
    return _decode_general(body)


def _decode_general(body: bytes) -> Flowspec | OpaqueFlowspec:
    null = decode_null(body)
    if null is not None:
        return Flowspec(Service.NULL, null)
    fragments = list(split_message(body, bad_flowspec))
    if not fragments:
        raise bad_flowspec("no service in it", 0)
    parameters = [split_parameters(fragment, bad_flowspec) for fragment in fragments]
    services = (Service.GUARANTEED, Service.CONTROLLED_LOAD)
    # RFC 2210 2.2: several services in one FLOWSPEC are for the future.
    if len(fragments) > 1 or fragments[0].service not in services:
        return OpaqueFlowspec(body)
    service = Service(fragments[0].service)
    known = parameters[0]
    bucket = known.pop(ParameterNumber.TOKEN_BUCKET_TSPEC, None)
    tspec = None if bucket is None else decode_token_bucket(bucket.data)
    if tspec is None:
        raise bad_flowspec("the token bucket (parameter 127) is missing or malformed", 4)
    rspec = None
    if service is Service.GUARANTEED:
        raw = known.pop(ParameterNumber.GUARANTEED_RSPEC, None)
        rspec = None if raw is None else _decode_rspec(raw.data)
        if rspec is None:
            raise bad_flowspec("the Rspec (parameter 130) is missing or malformed", 4)
    return OpaqueFlowspec(body) if known else Flowspec(service, tspec, rspec)


def _decode_rspec(data: bytes) -> Rspec | None:
    """RFC 2212, Invocation Information: R is finite and its sign bit zero."""
    if len(data) != _RSPEC.size:
        return None
    rate, slack = _RSPEC.unpack(data)
    return Rspec(rate, slack) if data[0] < 0x80 and rate < inf else None
