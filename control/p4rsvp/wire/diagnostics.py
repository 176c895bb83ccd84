"""The objects of diagnostic messages (RFC 2745 3): what DREQ asks of each node, what it answers.

A DREQ travels from the last hop towards a sender, each node adds a DIAG_RESPONSE, and a DREP brings
them home, directly or along ROUTE. Building responses from state is the engine's. The TUNNEL
object that may lead the objects of a response (RFC 2746) is kept as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct, pack, unpack
from typing import ClassVar

from p4rsvp.wire.address import IPV4_BYTES, IPV6_BYTES, Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, SenderTemplate
from p4rsvp.wire.nested import read_nested
from p4rsvp.wire.objects import WireObject, decodes

_MORE_FRAGMENTS = 0x0001
_MERGED = 0x80  # RFC 2745 3.6: M, R-err and K share a byte: 1, 3 and 4 bits
_R_ERROR_SHIFT = 4
_R_ERROR_MASK = 0x7
_K_MASK = 0xF

_DIAGNOSTIC = {IPV4_BYTES: Struct("!BBHIHH4s"), IPV6_BYTES: Struct("!BBHIHH16s")}
_RESPONSE = {IPV4_BYTES: Struct("!I4s4s4sBBH"), IPV6_BYTES: Struct("!I16s16s16sBBH")}
_ROUTE_POINTER = Struct("!xxxB")


class DiagError(IntFlag):
    """R-error of a DIAG_RESPONSE: why the request went no further, or shrank."""

    NO_PATH_STATE = 0x1
    PACKET_TOO_BIG = 0x2
    ROUTE_TOO_BIG = 0x4


@dataclass(frozen=True, slots=True)
class Diagnostic(WireObject):
    """DIAGNOSTIC: whose state is asked for, how far the question goes, and who asked."""

    max_hops: int  # zero: no limit
    hop_count: int
    request_id: int
    path_mtu_bytes: int
    fragment_offset_bytes: int
    last_hop: Address
    sender: SenderTemplate
    requester: FilterSpec
    more_fragments: bool = False

    class_num: ClassVar[int] = ClassNum.DIAGNOSTIC

    @property
    def c_type(self) -> int:
        return 1 if len(self.last_hop) == IPV4_BYTES else 2

    def body(self) -> bytes:
        head = _DIAGNOSTIC[len(self.last_hop)].pack(
            self.max_hops,
            self.hop_count,
            _MORE_FRAGMENTS if self.more_fragments else 0,
            self.request_id,
            self.path_mtu_bytes,
            self.fragment_offset_bytes,
            self.last_hop,
        )
        return head + self.sender.encode() + self.requester.encode()


@dataclass(frozen=True, slots=True)
class DiagSelect(WireObject):
    """DIAG_SELECT: the kinds of objects that responses are to hold."""

    kinds: tuple[int, ...]  # class number << 8 | C-Type, where C-Type 0 matches every C-Type

    class_num: ClassVar[int] = ClassNum.DIAG_SELECT

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        padding = (0,) * (len(self.kinds) % 2)
        return pack(f"!{len(self.kinds) + len(padding)}H", *self.kinds, *padding)


@dataclass(frozen=True, slots=True)
class Route(WireObject):
    """ROUTE: the nodes that a DREQ has passed, and the way back for its DREP."""

    nodes: tuple[Address, ...] = ()
    pointer: int = 0  # R-pointer: how many nodes lie ahead of a DREP
    address_bytes: int = IPV4_BYTES  # a route may be empty, and has a C-Type all the same

    class_num: ClassVar[int] = ClassNum.ROUTE

    @property
    def c_type(self) -> int:
        return 1 if self.address_bytes == IPV4_BYTES else 2

    def body(self) -> bytes:
        if any(len(node) != self.address_bytes for node in self.nodes):
            raise ValueError("the nodes of a ROUTE are of one address family")
        return _ROUTE_POINTER.pack(self.pointer) + b"".join(self.nodes)


@dataclass(frozen=True, slots=True)
class DiagResponse(WireObject):
    """DIAG_RESPONSE: the state that one node reports. An address of zero is unknown."""

    arrival_time: int  # the middle 32 bits of an NTP timestamp: seconds, 16 bits of fraction
    incoming: Address  # the interface on which the sender's messages are expected
    outgoing: Address  # the interface on which the DREQ came in
    previous_hop: Address
    ip_hops: int  # D-TTL: from the node downstream
    refresh_multiple: int  # K, four bits
    refresh_period_s: int
    objects: tuple[WireObject, ...] = ()
    error: int = 0  # DiagError
    merged: bool = False  # with reservations of other outgoing interfaces, on its way upstream

    class_num: ClassVar[int] = ClassNum.DIAG_RESPONSE

    @property
    def c_type(self) -> int:
        return 1 if len(self.incoming) == IPV4_BYTES else 2

    def body(self) -> bytes:
        sizes = {len(self.incoming), len(self.outgoing), len(self.previous_hop)}
        if len(sizes) != 1:
            raise ValueError("the addresses of a DIAG_RESPONSE are of one address family")
        merged = _MERGED if self.merged else 0
        head = _RESPONSE[sizes.pop()].pack(
            self.arrival_time,
            self.incoming,
            self.outgoing,
            self.previous_hop,
            self.ip_hops,
            merged | self.error << _R_ERROR_SHIFT | self.refresh_multiple,
            self.refresh_period_s,
        )
        return head + b"".join(item.encode() for item in self.objects)


def _diagnostic(body: bytes, layout: Struct) -> Diagnostic:
    if len(body) < layout.size:
        raise DecodeError(f"DIAGNOSTIC of {len(body)} bytes is shorter than {layout.size}")
    max_hops, hops, flags, request_id, mtu, fragment, last_hop = layout.unpack_from(body)
    objects = read_nested(body, layout.size)
    kinds: list[type] = [type(item) for item in objects]
    if kinds != [SenderTemplate, FilterSpec]:
        raise DecodeError(
            "DIAGNOSTIC does not end in one SENDER_TEMPLATE and one FILTER_SPEC", offset=layout.size
        )
    sender, requester = objects
    assert isinstance(sender, SenderTemplate)
    assert isinstance(requester, FilterSpec)
    more = bool(flags & _MORE_FRAGMENTS)
    return Diagnostic(
        max_hops, hops, request_id, mtu, fragment, Address(last_hop), sender, requester, more
    )


def _route(body: bytes, address_bytes: int) -> Route:
    listed_bytes = len(body) - _ROUTE_POINTER.size
    if listed_bytes < 0 or listed_bytes % address_bytes:
        raise DecodeError(f"ROUTE of {len(body)} bytes does not hold whole addresses")
    (pointer,) = _ROUTE_POINTER.unpack_from(body)
    starts = range(_ROUTE_POINTER.size, len(body), address_bytes)
    nodes = tuple(Address(body[start : start + address_bytes]) for start in starts)
    return Route(nodes, pointer, address_bytes)


def _response(body: bytes, layout: Struct) -> DiagResponse:
    if len(body) < layout.size:
        raise DecodeError(f"DIAG_RESPONSE of {len(body)} bytes is shorter than {layout.size}")
    arrival, incoming, outgoing, previous, ip_hops, bits, period_s = layout.unpack_from(body)
    return DiagResponse(
        arrival,
        Address(incoming),
        Address(outgoing),
        Address(previous),
        ip_hops,
        bits & _K_MASK,
        period_s,
        read_nested(body, layout.size),
        bits >> _R_ERROR_SHIFT & _R_ERROR_MASK,
        bool(bits & _MERGED),
    )


@decodes(ClassNum.DIAGNOSTIC, 1, "DIAGNOSTIC IPv4")
def decode_diagnostic_ipv4(body: bytes) -> Diagnostic:
    """Read a DIAGNOSTIC of C-Type 1."""
    return _diagnostic(body, _DIAGNOSTIC[IPV4_BYTES])


@decodes(ClassNum.DIAGNOSTIC, 2, "DIAGNOSTIC IPv6")
def decode_diagnostic_ipv6(body: bytes) -> Diagnostic:
    """Read a DIAGNOSTIC of C-Type 2."""
    return _diagnostic(body, _DIAGNOSTIC[IPV6_BYTES])


@decodes(ClassNum.ROUTE, 1, "ROUTE IPv4")
def decode_route_ipv4(body: bytes) -> Route:
    """Read a ROUTE of C-Type 1."""
    return _route(body, IPV4_BYTES)


@decodes(ClassNum.ROUTE, 2, "ROUTE IPv6")
def decode_route_ipv6(body: bytes) -> Route:
    """Read a ROUTE of C-Type 2."""
    return _route(body, IPV6_BYTES)


@decodes(ClassNum.DIAG_RESPONSE, 1, "DIAG_RESPONSE IPv4")
def decode_diag_response_ipv4(body: bytes) -> DiagResponse:
    """Read a DIAG_RESPONSE of C-Type 1."""
    return _response(body, _RESPONSE[IPV4_BYTES])


@decodes(ClassNum.DIAG_RESPONSE, 2, "DIAG_RESPONSE IPv6")
def decode_diag_response_ipv6(body: bytes) -> DiagResponse:
    """Read a DIAG_RESPONSE of C-Type 2."""
    return _response(body, _RESPONSE[IPV6_BYTES])


@decodes(ClassNum.DIAG_SELECT, 1, "DIAG_SELECT")
def decode_diag_select(body: bytes) -> DiagSelect:
    """Read a DIAG_SELECT; RFC 2745 3.4: an odd number of kinds is followed by two zero bytes."""
    kinds = unpack(f"!{len(body) // 2}H", body)
    return DiagSelect(kinds[:-1] if kinds[-1:] == (0,) else kinds)
