"""The objects of RFC 2205 in words, with the sessions and senders that later RFCs added to them."""

from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession, SessionOfInterest
from p4rsvp.wire.codes import ErrorFlag, SessionFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import (
    AggregateSelector,
    FilterSpec,
    FlowLabelSelector,
    GpiSelector,
    PortSelector,
    SenderTemplate,
)
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Scope, Style, StyleId
from p4rsvp.wire.text.core import describe, endpoint, flags, joined, listed
from p4rsvp.wire.text.units import duration

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 132: "sctp"}
_SESSION_FLAGS = ((SessionFlag.E_POLICE, "E_Police"),)
_ERROR_FLAGS = ((ErrorFlag.IN_PLACE, "InPlace"), (ErrorFlag.NOT_GUILTY, "NotGuilty"))
_STYLES = {
    StyleId.WF: "WF (wildcard filter)",
    StyleId.FF: "FF (fixed filter)",
    StyleId.SE: "SE (shared explicit)",
}


def protocol(number: int) -> str:
    """The protocol's usual short name, or its number."""
    return _PROTOCOLS.get(number, f"protocol {number}")


def dscp(value: int) -> str:
    """A DSCP and the name of its per-hop behaviour (RFC 2474, 2597, 3246)."""
    group, drop = value >> 3, value >> 1 & 0b11
    if value == 46:
        return "46 (EF)"
    if value & 0b111 == 0:
        return f"{value} (CS{group})"
    if 1 <= group <= 4 and drop and not value & 1:
        return f"{value} (AF{group}{drop})"
    return str(value)


@describe.register
def _(item: Session) -> list[str]:
    address = f"{endpoint(item.destination, item.port)}/{protocol(item.protocol)}"
    return [joined(address, flags(item.flags, _SESSION_FLAGS))]


@describe.register
def _(item: GpiSession) -> list[str]:
    address = f"{item.destination}/{protocol(item.protocol)}"
    port = f"virtual port {item.virtual_port}"
    return [joined(address, port, flags(item.flags, _SESSION_FLAGS))]


@describe.register
def _(item: AggregateSession) -> list[str]:
    marking = f"aggregate of DSCP {dscp(item.dscp)}"
    return [joined(str(item.destination), marking, flags(item.flags, _SESSION_FLAGS))]


@describe.register
def _(item: GenericAggregateSession) -> list[str]:
    return [
        joined(
            str(item.destination),
            f"aggregate of PHB {item.phb_id:#06x}",
            f"virtual port {item.virtual_port}",
            f"extended port {item.extended_port}",
            flags(item.flags, _SESSION_FLAGS),
        )
    ]


@describe.register
def _(item: SessionOfInterest) -> list[str]:
    return describe(item.session)


@describe.register
def _(item: Hop) -> list[str]:
    return [joined(str(item.address), f"LIH {item.lih:#010x}")]


@describe.register
def _(item: TimeValues) -> list[str]:
    return [f"refresh every {duration(item.refresh_period_ms * 1000)}"]


@describe.register
def _(item: ErrorSpec) -> list[str]:
    return [
        joined(
            item.text,
            f"(code {item.code}, value {item.value})",
            f"at {item.node}",
            flags(item.flags, _ERROR_FLAGS),
        )
    ]


@describe.register
def _(item: Style) -> list[str]:
    known = item.id
    name = f"unknown, option vector {item.options:#08x}" if known is None else _STYLES[known]
    return [joined(name, flags(item.flags, ()))]


@describe.register
def _(item: Scope) -> list[str]:
    return [f"senders {listed(item.senders)}"]


@describe.register
def _(item: ResvConfirm) -> list[str]:
    return [f"to {item.receiver}"]


@describe.register(FilterSpec)
@describe.register(SenderTemplate)
def _(item: FilterSpec | SenderTemplate) -> list[str]:
    return describe(item.selector)


@describe.register
def _(item: PortSelector) -> list[str]:
    return [endpoint(item.source, item.port)]


@describe.register
def _(item: FlowLabelSelector) -> list[str]:
    return [joined(str(item.source), f"flow label {item.flow_label:#07x}")]


@describe.register
def _(item: GpiSelector) -> list[str]:
    return [joined(str(item.source), f"SPI {item.spi:#010x}")]


@describe.register
def _(item: AggregateSelector) -> list[str]:
    return [f"aggregator {item.source}"]
