"""FILTER_SPEC (RFC 2205 A.9) and SENDER_TEMPLATE (A.10): which packets.

GPI variants: RFC 2207 3. Aggregators: RFC 3175 3.4 and 3.5.

The two classes share their bodies, so each shape is written once as a selector, a plain value with
no class, and the objects are thin: a `FilterSpec` matches a `SenderTemplate` when their selectors
are equal.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import ClassVar, TypeAlias

import msgspec

from p4rsvp.wire.address import UNSPECIFIED, Address
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import MOST_SEEN, WireObject, decodes
from p4rsvp.wire.port import PORTS

_V4_PORT = Struct("!4s2xH")
_V6_PORT = Struct("!16s2xH")
_V4_WORD = Struct("!4sI")
_V6_WORD = Struct("!16sI")
_FLOW_LABEL = 0xFFFFFF  # RFC 2205 A.9 gives it 24 bits; RFC 6437 uses 20 of them


class PortSelector(msgspec.Struct, frozen=True, gc=False):
    """A source address and UDP or TCP port; C-Types 1 and 2."""

    source: Address
    port: int = 0  # zero: none

    @property
    def c_type(self) -> int:
        return 1 if len(self.source) == 4 else 2

    def body(self) -> bytes:
        return (_V4_PORT if len(self.source) == 4 else _V6_PORT).pack(self.source, self.port)


class FlowLabelSelector(msgspec.Struct, frozen=True, gc=False):
    """An IPv6 source address and flow label; C-Type 3."""

    source: Address
    flow_label: int

    @property
    def c_type(self) -> int:
        return 3

    def body(self) -> bytes:
        return _V6_WORD.pack(self.source, self.flow_label)


class GpiSelector(msgspec.Struct, frozen=True, gc=False):
    """A source address and an IPsec SPI; C-Types 4 and 5 (RFC 2207 3)."""

    source: Address
    spi: int

    @property
    def c_type(self) -> int:
        return 4 if len(self.source) == 4 else 5

    def body(self) -> bytes:
        return (_V4_WORD if len(self.source) == 4 else _V6_WORD).pack(self.source, self.spi)


class AggregateSelector(msgspec.Struct, frozen=True, gc=False):
    """An aggregator: everything that it sends to the aggregate session; C-Types 9 and 10."""

    source: Address

    @property
    def c_type(self) -> int:
        return 9 if len(self.source) == 4 else 10

    def body(self) -> bytes:
        return bytes(self.source)


Selector: TypeAlias = PortSelector | FlowLabelSelector | GpiSelector | AggregateSelector


class FilterSpec(msgspec.Struct, WireObject, frozen=True, gc=False):
    """The packets of a session that are to get the reserved QoS."""

    selector: Selector

    class_num: ClassVar[int] = ClassNum.FILTER_SPEC

    @property
    def c_type(self) -> int:
        return self.selector.c_type

    def body(self) -> bytes:
        return self.selector.body()


class SenderTemplate(msgspec.Struct, WireObject, frozen=True, gc=False):
    """The packets that one sender originates."""

    selector: Selector

    class_num: ClassVar[int] = ClassNum.SENDER_TEMPLATE

    @property
    def c_type(self) -> int:
        return self.selector.c_type

    def body(self) -> bytes:
        return self.selector.body()


def _zero_source() -> DecodeError:
    """RFC 2205 A.9: SrcAddress must be non-zero."""
    return DecodeError("the sender's address is zero")


# Hosts send more than one flow: an address is kept but once.
_address = lru_cache(MOST_SEEN)(Address)


def _port_selector(body: bytes) -> PortSelector:
    source, port = (_V4_PORT if len(body) == 8 else _V6_PORT).unpack(body)
    if source in UNSPECIFIED:
        raise _zero_source()
    return PortSelector(_address(source), PORTS[port])


def _flow_label_selector(body: bytes) -> FlowLabelSelector:
    source, word = _V6_WORD.unpack(body)
    if source in UNSPECIFIED:
        raise _zero_source()
    return FlowLabelSelector(Address(source), word & _FLOW_LABEL)


def _gpi_selector(body: bytes) -> GpiSelector:
    source, spi = (_V4_WORD if len(body) == 8 else _V6_WORD).unpack(body)
    if source in UNSPECIFIED:
        raise _zero_source()
    return GpiSelector(Address(source), spi)


def _aggregate_selector(body: bytes) -> AggregateSelector:
    if body in UNSPECIFIED:
        raise _zero_source()
    return AggregateSelector(Address(body))


@decodes(ClassNum.FILTER_SPEC, 1, "FILTER_SPEC IPv4", size=8)
@decodes(ClassNum.FILTER_SPEC, 2, "FILTER_SPEC IPv6", size=20)
def decode_filter_spec(body: bytes) -> FilterSpec:
    """Read a FILTER_SPEC of C-Type 1 or 2."""
    return FilterSpec(_port_selector(body))


@decodes(ClassNum.FILTER_SPEC, 3, "FILTER_SPEC IPv6 flow label", size=20)
def decode_flow_label_filter_spec(body: bytes) -> FilterSpec:
    """Read a FILTER_SPEC of C-Type 3."""
    return FilterSpec(_flow_label_selector(body))


@decodes(ClassNum.FILTER_SPEC, 4, "FILTER_SPEC IPv4/GPI", size=8)
@decodes(ClassNum.FILTER_SPEC, 5, "FILTER_SPEC IPv6/GPI", size=20)
def decode_gpi_filter_spec(body: bytes) -> FilterSpec:
    """Read a FILTER_SPEC of C-Type 4 or 5."""
    return FilterSpec(_gpi_selector(body))


@decodes(ClassNum.FILTER_SPEC, 9, "FILTER_SPEC RSVP-AGGREGATE-IP4", size=4)
@decodes(ClassNum.FILTER_SPEC, 10, "FILTER_SPEC RSVP-AGGREGATE-IP6", size=16)
def decode_aggregate_filter_spec(body: bytes) -> FilterSpec:
    """Read a FILTER_SPEC of C-Type 9 or 10."""
    return FilterSpec(_aggregate_selector(body))


@decodes(ClassNum.SENDER_TEMPLATE, 1, "SENDER_TEMPLATE IPv4", size=8)
@decodes(ClassNum.SENDER_TEMPLATE, 2, "SENDER_TEMPLATE IPv6", size=20)
def decode_sender_template(body: bytes) -> SenderTemplate:
    """Read a SENDER_TEMPLATE of C-Type 1 or 2."""
    return SenderTemplate(_port_selector(body))


@decodes(ClassNum.SENDER_TEMPLATE, 3, "SENDER_TEMPLATE IPv6 flow label", size=20)
def decode_flow_label_sender_template(body: bytes) -> SenderTemplate:
    """Read a SENDER_TEMPLATE of C-Type 3."""
    return SenderTemplate(_flow_label_selector(body))


@decodes(ClassNum.SENDER_TEMPLATE, 4, "SENDER_TEMPLATE IPv4/GPI", size=8)
@decodes(ClassNum.SENDER_TEMPLATE, 5, "SENDER_TEMPLATE IPv6/GPI", size=20)
def decode_gpi_sender_template(body: bytes) -> SenderTemplate:
    """Read a SENDER_TEMPLATE of C-Type 4 or 5."""
    return SenderTemplate(_gpi_selector(body))


@decodes(ClassNum.SENDER_TEMPLATE, 9, "SENDER_TEMPLATE RSVP-AGGREGATE-IP4", size=4)
@decodes(ClassNum.SENDER_TEMPLATE, 10, "SENDER_TEMPLATE RSVP-AGGREGATE-IP6", size=16)
def decode_aggregate_sender_template(body: bytes) -> SenderTemplate:
    """Read a SENDER_TEMPLATE of C-Type 9 or 10."""
    return SenderTemplate(_aggregate_selector(body))
