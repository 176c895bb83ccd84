"""ADSPEC (class 13): what the path told us about itself on the way down (RFC 2210 3.3).

The general parameters come first and always; then one fragment for each service that the sender
allows, by service number. A general parameter inside a service's fragment overrides the general
value for that service. Fragments and parameters that we do not know keep their bytes.

The layouts that senders really send (no overrides, nothing unknown) are recognised by one masked
comparison and read by one struct; all others are walked, fragment by fragment.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from struct import Struct
from typing import ClassVar, NamedTuple

from p4rsvp.wire.codes import ClassNum, ErrorCode, TrafficControlValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.intserv import (
    BREAK_BIT,
    SINGLE,
    SINGLE_INFINITY_BITS,
    WORD,
    Fragment,
    Parameter,
    ParameterNumber,
    Service,
    encode_fragment,
    encode_message,
    split_message,
    split_parameters,
)
from p4rsvp.wire.objects import RecurringObject, decodes
from p4rsvp.wire.tspec import INTSERV

# The parameters that RFC 2210 3.3.2 and 3.3.3 want: header and value, four times.
_GENERAL = Struct("!IIIfIIII")
_GENERAL_HEADERS = (0x0400_0001, 0x0600_0001, 0x0800_0001, 0x0A00_0001)
_GUARANTEED = Struct("!8I")
_GUARANTEED_HEADERS = (0x8500_0001, 0x8600_0001, 0x8700_0001, 0x8800_0001)


@dataclass(frozen=True, slots=True)
class GeneralFragment:
    """Service 1: the path itself, whatever the service (RFC 2215)."""

    is_hops: int
    path_bandwidth_bytes_per_s: float  # 0 where it is unknown
    min_path_latency_us: int  # 2**32 - 1 where it is unknown
    path_mtu_bytes: int
    break_bit: bool = False  # NON_IS_HOP: some element on the path knows no integrated services
    unknown: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """General parameters whose value differs for one service (RFC 2210 3.3.5), and unknown ones."""

    is_hops: int | None = None
    path_bandwidth_bytes_per_s: float | None = None
    min_path_latency_us: int | None = None
    path_mtu_bytes: int | None = None
    unknown: tuple[Parameter, ...] = ()


NO_OVERRIDES = Overrides()


@dataclass(frozen=True, slots=True)
class ErrorTerms:
    """How far the path may lag behind the fluid model: in all, and since the last reshaper."""

    c_tot_bytes: int
    d_tot_us: int
    c_sum_bytes: int
    d_sum_us: int


@dataclass(frozen=True, slots=True)
class GuaranteedFragment:
    """Service 2; RFC 2210 3.3.3: a sender without guaranteed service may leave the terms out."""

    terms: ErrorTerms | None
    break_bit: bool = False
    overrides: Overrides = NO_OVERRIDES


@dataclass(frozen=True, slots=True)
class ControlledLoadFragment:
    """Service 5: presence and break bit say all (RFC 2210 3.3.4)."""

    break_bit: bool = False
    overrides: Overrides = NO_OVERRIDES


@dataclass(frozen=True, slots=True)
class OpaqueFragment:
    """A service that we do not know: we may set its break bit and nothing else."""

    service: int
    break_bit: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Adspec(RecurringObject):
    """ADSPEC; a service without a fragment is one that the sender does not want used."""

    general: GeneralFragment
    guaranteed: GuaranteedFragment | None = None
    controlled_load: ControlledLoadFragment | None = None
    others: tuple[OpaqueFragment, ...] = ()

    class_num: ClassVar[int] = ClassNum.ADSPEC

    @property
    def c_type(self) -> int:
        return INTSERV

    def body(self) -> bytes:
        """RFC 2210 3.3: fragments in order of service number."""
        fragments = [(int(Service.GENERAL), _encode_general(self.general))]
        if self.guaranteed is not None:
            fragments.append((Service.GUARANTEED, _encode_guaranteed(self.guaranteed)))
        if self.controlled_load is not None:
            fragments.append(
                (Service.CONTROLLED_LOAD, _encode_controlled_load(self.controlled_load))
            )
        if self.others:
            fragments += [(other.service, _encode_opaque(other)) for other in self.others]
            fragments.sort()
        return encode_message(b"".join([data for _, data in fragments]))


def bad_adspec(sentence: str, offset: int) -> DecodeError:
    """RFC 2205 appendix B: error 21, value 5."""
    return DecodeError(
        f"ADSPEC: {sentence}",
        code=ErrorCode.TRAFFIC_CONTROL_ERROR,
        value=TrafficControlValue.BAD_ADSPEC,
        offset=offset,
        kind=ClassNum.ADSPEC << 8 | INTSERV,
    )


class _Layout(NamedTuple):
    """A canonical body: which bits are fixed, how, and where the values stand."""

    mask: int
    pattern: int
    values: Struct
    has_guaranteed: bool
    has_controlled_load: bool


def _layout(*, guaranteed: bool, controlled_load: bool) -> _Layout:
    """Put a layout together from the general and the wanted fragments."""
    fixed, free = 0xFFFF_FFFF, 0
    service_mask = fixed ^ BREAK_BIT
    words = [(0x0100_0008, service_mask)]
    for header in _GENERAL_HEADERS:
        # RFC 2215 3.3: the sign of the bandwidth (parameter 6) is fixed too.
        words += [(header, fixed), (0, 1 << 31 if header >> 24 == 6 else free)]
    values = "!12xI4xf4xI4xI"
    if guaranteed:
        words.append((0x0200_0008, service_mask))
        for header in _GUARANTEED_HEADERS:
            words += [(header, fixed), (0, free)]
        values += "8xI4xI4xI4xI"
    if controlled_load:
        words.append((0x0500_0000, service_mask))
        values += "4x"
    words.insert(0, (len(words), fixed))
    pattern = b"".join(WORD.pack(word) for word, _ in words)
    mask = b"".join(WORD.pack(mask) for _, mask in words)
    return _Layout(
        int.from_bytes(mask, "big"),
        int.from_bytes(pattern, "big"),
        Struct(values),
        guaranteed,
        controlled_load,
    )


_LAYOUTS = {
    layout.values.size: layout
    for layout in (
        _layout(guaranteed=guaranteed, controlled_load=controlled_load)
        for guaranteed in (False, True)
        for controlled_load in (False, True)
    )
}
_LOAD = (ControlledLoadFragment(break_bit=False), ControlledLoadFragment(break_bit=True))


@decodes(ClassNum.ADSPEC, INTSERV, "ADSPEC intserv", recurs=True)
def decode_adspec(body: bytes) -> Adspec:
    """Read an ADSPEC by its layout where it has a canonical one, else by walking it."""
    layout = _LAYOUTS.get(len(body))
    if layout is None or int.from_bytes(body, "big") & layout.mask != layout.pattern:
        return _walk(body)
    hops, bandwidth, latency, mtu, *terms = layout.values.unpack(body)
    if not bandwidth < inf:
        return _walk(body)
    return Adspec(
        GeneralFragment(hops, bandwidth, latency, mtu, body[5] >= 0x80),
        GuaranteedFragment(ErrorTerms(*terms), body[41] >= 0x80) if layout.has_guaranteed else None,
        _LOAD[body[-3] >> 7] if layout.has_controlled_load else None,
    )


def _walk(body: bytes) -> Adspec:
    """Read the fragments in whatever order they came; the general one must be there."""
    general: GeneralFragment | None = None
    guaranteed: GuaranteedFragment | None = None
    controlled_load: ControlledLoadFragment | None = None
    others: list[OpaqueFragment] = []
    seen: set[int] = set()
    for fragment in split_message(body, bad_adspec):
        service = fragment.service
        if service in seen:
            raise bad_adspec(f"service {service} stands in it twice", fragment.offset)
        seen.add(service)
        if service == Service.GENERAL:
            general = _decode_general(fragment)
        elif service == Service.GUARANTEED:
            guaranteed = _decode_guaranteed(fragment)
        elif service == Service.CONTROLLED_LOAD:
            controlled_load = _decode_controlled_load(fragment)
        else:
            others.append(OpaqueFragment(service, fragment.break_bit, fragment.data))
    if general is None:
        raise bad_adspec("the general parameters (service 1) are missing", 0)
    others.sort(key=lambda other: other.service)
    return Adspec(general, guaranteed, controlled_load, tuple(others))


def _decode_general(fragment: Fragment) -> GeneralFragment:
    values = _take_general(split_parameters(fragment, bad_adspec), fragment)
    hops, bandwidth = values.is_hops, values.path_bandwidth_bytes_per_s
    latency, mtu = values.min_path_latency_us, values.path_mtu_bytes
    if hops is None or bandwidth is None or latency is None or mtu is None:
        raise bad_adspec("a general parameter (4, 6, 8 or 10) is missing", fragment.offset)
    return GeneralFragment(hops, bandwidth, latency, mtu, fragment.break_bit, values.unknown)


def _decode_guaranteed(fragment: Fragment) -> GuaranteedFragment:
    if not fragment.data:
        return GuaranteedFragment(None, fragment.break_bit)
    parameters = split_parameters(fragment, bad_adspec)
    terms = [
        _take_word(parameters, number, fragment)
        for number in range(ParameterNumber.C_TOT, ParameterNumber.D_SUM + 1)
    ]
    c_tot, d_tot, c_sum, d_sum = terms
    # RFC 2210 3.3.3: a fragment that is not empty holds all four.
    if c_tot is None or d_tot is None or c_sum is None or d_sum is None:
        raise bad_adspec("a guaranteed parameter (133 to 136) is missing", fragment.offset)
    overrides = _take_general(parameters, fragment)
    return GuaranteedFragment(ErrorTerms(c_tot, d_tot, c_sum, d_sum), fragment.break_bit, overrides)


def _decode_controlled_load(fragment: Fragment) -> ControlledLoadFragment:
    if not fragment.data:
        return ControlledLoadFragment(fragment.break_bit)
    overrides = _take_general(split_parameters(fragment, bad_adspec), fragment)
    return ControlledLoadFragment(fragment.break_bit, overrides)


def _take_word(parameters: dict[int, Parameter], number: int, fragment: Fragment) -> int | None:
    """Take a parameter of one word out of those found."""
    parameter = parameters.pop(number, None)
    if parameter is None:
        return None
    if len(parameter.data) != 4:
        length = len(parameter.data)
        raise bad_adspec(f"parameter {number} has {length} bytes, not 4", fragment.offset)
    return int.from_bytes(parameter.data, "big")


def _take_general(parameters: dict[int, Parameter], fragment: Fragment) -> Overrides:
    """Take the general parameters out of those found; what is left over is unknown."""
    bandwidth_bits = _take_word(parameters, ParameterNumber.PATH_BANDWIDTH, fragment)
    bandwidth = None
    if bandwidth_bits is not None:
        # RFC 2215 3.3: no NaN, no infinity, no negative number, not even -0.
        if bandwidth_bits >= SINGLE_INFINITY_BITS:
            raise bad_adspec("the path bandwidth is no non-negative number", fragment.offset)
        (bandwidth,) = SINGLE.unpack(WORD.pack(bandwidth_bits))
    return Overrides(
        _take_word(parameters, ParameterNumber.IS_HOPS, fragment),
        bandwidth,
        _take_word(parameters, ParameterNumber.MINIMUM_PATH_LATENCY, fragment),
        _take_word(parameters, ParameterNumber.PATH_MTU, fragment),
        tuple(sorted(parameters.values(), key=_wire_order)),
    )


def _encode_general(general: GeneralFragment) -> bytes:
    h4, h6, h8, h10 = _GENERAL_HEADERS
    data = _GENERAL.pack(
        h4,
        general.is_hops,
        h6,
        general.path_bandwidth_bytes_per_s,
        h8,
        general.min_path_latency_us,
        h10,
        general.path_mtu_bytes,
    )
    if general.unknown:
        words = ((4, data[:8]), (6, data[8:16]), (8, data[16:24]), (10, data[24:]))
        unknown = [(parameter.number, parameter.encode()) for parameter in general.unknown]
        data = b"".join([word for _, word in sorted([*words, *unknown])])
    return encode_fragment(Service.GENERAL, data, break_bit=general.break_bit)


def _encode_guaranteed(guaranteed: GuaranteedFragment) -> bytes:
    terms = guaranteed.terms
    data = b""
    if terms is not None:
        h133, h134, h135, h136 = _GUARANTEED_HEADERS
        c_tot, d_tot = terms.c_tot_bytes, terms.d_tot_us
        c_sum, d_sum = terms.c_sum_bytes, terms.d_sum_us
        data = _GUARANTEED.pack(h133, c_tot, h134, d_tot, h135, c_sum, h136, d_sum)
    data += _encode_overrides(guaranteed.overrides)
    return encode_fragment(Service.GUARANTEED, data, break_bit=guaranteed.break_bit)


def _encode_controlled_load(load: ControlledLoadFragment) -> bytes:
    data = _encode_overrides(load.overrides)
    return encode_fragment(Service.CONTROLLED_LOAD, data, break_bit=load.break_bit)


def _encode_opaque(fragment: OpaqueFragment) -> bytes:
    return encode_fragment(fragment.service, fragment.data, break_bit=fragment.break_bit)


def _wire_order(parameter: Parameter) -> tuple[bool, int]:
    """RFC 2210 3.3: the service's own parameters first, then the general ones, each by number."""
    return parameter.number < 128, parameter.number


def _encode_overrides(overrides: Overrides) -> bytes:
    if overrides is NO_OVERRIDES:
        return b""
    bandwidth = overrides.path_bandwidth_bytes_per_s
    values = {
        ParameterNumber.IS_HOPS: overrides.is_hops,
        ParameterNumber.PATH_BANDWIDTH: None
        if bandwidth is None
        else int.from_bytes(SINGLE.pack(bandwidth), "big"),
        ParameterNumber.MINIMUM_PATH_LATENCY: overrides.min_path_latency_us,
        ParameterNumber.PATH_MTU: overrides.path_mtu_bytes,
    }
    parameters = [
        Parameter(n, WORD.pack(value)) for n, value in values.items() if value is not None
    ]
    parameters += overrides.unknown
    parameters.sort(key=_wire_order)
    return b"".join([parameter.encode() for parameter in parameters])
