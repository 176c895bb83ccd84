"""What an application hears, each with a sentence for people.

Made of the engine's upcalls (RFC 2205 3.11.1). An error names the node that found it; whether what
stood before still stands is said by RFC 2205 3.5's InPlace flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.intserv.meter import LinkLayer, min_policed_bytes
from p4rsvp.wire.address import Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.codes import ErrorCode, ErrorFlag, PolicyValue
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import GpiSelector, PortSelector, Selector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.style import Style
from p4rsvp.wire.text.units import rate
from p4rsvp.wire.tspec import NullTspec, Tspec


@dataclass(frozen=True, slots=True)
class PathArrived:
    """A sender is there, or has changed what it sends."""

    sender: Selector
    tspec: Tspec | None
    adspec: Adspec | None
    policy: tuple[WireObject, ...] = ()

    def __str__(self) -> str:
        what = "" if self.tspec is None else f" {rate(self.tspec.token_rate_bytes_per_s)}"
        if isinstance(self.tspec, NullTspec):
            what = ", and leaves to the network what it gets (Null Service)"
        return f"{sender_text(self.sender)} sends{what}"


@dataclass(frozen=True, slots=True)
class PathGone:
    """A sender has stopped, or has fallen silent."""

    sender: Selector

    def __str__(self) -> str:
        return f"{sender_text(self.sender)} sends no more"


@dataclass(frozen=True, slots=True)
class Reserved:
    """What is reserved for a sender of ours, from this host on."""

    sender: Selector
    style: Style | None
    flows: tuple[FlowDescriptor, ...]
    dscps: tuple[int, ...] = ()  # the network wants packets marked with one of these (RFC 2996)

    def __str__(self) -> str:
        rates = [_reserved_rate(flow) for flow in self.flows]
        marks = (
            f"; to be marked with DSCP {' or '.join(map(str, self.dscps))}" if self.dscps else ""
        )
        return f"reserved for {sender_text(self.sender)}: {', '.join(rates)}{marks}"


@dataclass(frozen=True, slots=True)
class ReservationGone:
    """Nothing is reserved any more for a sender of ours."""

    sender: Selector

    def __str__(self) -> str:
        return f"nothing is reserved for {sender_text(self.sender)} any more"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Our reservation stands, as far as this node can know (RFC 2205 2.6)."""

    node: Address | None
    flows: tuple[FlowDescriptor, ...]

    def __str__(self) -> str:
        return f"the reservation stands: {self.node} confirms it"


@dataclass(frozen=True, slots=True)
class Refused:
    """Our reservation was refused, or was given up."""

    node: Address
    why: str
    code: int
    value: int
    in_place: bool  # what was reserved before still is
    flows: tuple[FlowDescriptor, ...] = ()

    def __str__(self) -> str:
        before = "; what was reserved before still is" if self.in_place else ""
        return f"{self.node} refused the reservation: {self.why}{before}{self._charge()}"

    def _charge(self) -> str:
        """What was asked for comes to more on a link: the smaller its packets may be, the more."""
        if self.code != ErrorCode.ADMISSION_CONTROL_FAILURE:
            return ""
        charges = [
            _charge(one.flowspec) for one in self.flows if isinstance(one.flowspec, Flowspec)
        ]
        return "".join(f"; {one}" for one in charges)


@dataclass(frozen=True, slots=True)
class Preempted(Refused):
    """A node gave our reservation up in favour of another."""

    def __str__(self) -> str:
        return f"{self.node} gave the reservation up: {self.why}"


@dataclass(frozen=True, slots=True)
class PathRefused:
    """What a sender of ours announces was refused on its way."""

    node: Address
    why: str
    code: int
    value: int
    sender: Selector | None

    def __str__(self) -> str:
        return f"{self.node} refused the path of our sender: {self.why}"


@dataclass(frozen=True, slots=True)
class NotPossible:
    """What we want follows from no Path that has come; it is tried again with the next one."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class AgentGone:
    """The agent of this host has ended; what we want is asked for again when it is back."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class AgentBack:
    """The agent is there again, and knows what we want."""

    def __str__(self) -> str:
        return "the agent is back"


Happening: TypeAlias = (
    PathArrived
    | PathGone
    | Reserved
    | ReservationGone
    | Confirmed
    | Refused
    | Preempted
    | PathRefused
    | NotPossible
    | AgentGone
    | AgentBack
)


def happening_of(upcall: Upcall) -> Happening:
    """What an upcall says."""
    kind, sender, error = upcall.kind, upcall.selector, upcall.error
    if kind is UpcallKind.RESV_CONFIRM:
        return Confirmed(None if error is None else error.node, upcall.flows)
    if error is not None:
        return _refusal(upcall, error)
    assert sender is not None, f"{kind} names a sender"
    if kind is UpcallKind.PATH_EVENT:
        adspec = upcall.adspec if isinstance(upcall.adspec, Adspec) else None
        return PathArrived(sender, upcall.tspec, adspec, upcall.policy)
    if kind is UpcallKind.PATH_TEAR:
        return PathGone(sender)
    if kind is UpcallKind.RESV_EVENT:
        return Reserved(sender, upcall.style, upcall.flows, upcall.dscps)
    assert kind is UpcallKind.RESV_TEAR, f"{kind} without an error"
    return ReservationGone(sender)


def _refusal(upcall: Upcall, error: ErrorSpec) -> Refused | PathRefused:
    said = upcall.text not in {"", error.text}
    why = f"{error.text} ({upcall.text})" if said else error.text
    if upcall.kind is UpcallKind.PATH_ERROR:
        return PathRefused(error.node, why, error.code, error.value, upcall.selector)
    made = Preempted if _is_preemption(error) else Refused
    in_place = bool(error.flags & ErrorFlag.IN_PLACE)
    return made(error.node, why, error.code, error.value, in_place, upcall.flows)


def _is_preemption(error: ErrorSpec) -> bool:
    """By an operator or the data plane (RFC 2205 B), or for a higher priority (RFC 3181)."""
    if error.code == ErrorCode.POLICY_CONTROL_FAILURE:
        return error.value == PolicyValue.ERR_PREEMPT
    return error.code == ErrorCode.SERVICE_PREEMPTED


def facts_of(happening: Happening) -> dict[str, str | int | bool]:
    """A happening for programs: its name, its sentence, and who did what to whom."""
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(happening).__name__)
    facts: dict[str, str | int | bool] = {"event": name.lstrip("_"), "text": str(happening)}
    for field in ("node", "why", "code", "value", "in_place", "sender"):
        value = getattr(happening, field, None)
        if isinstance(value, str | int | bool):
            facts[field] = value
        elif isinstance(value, Address):
            facts[field] = str(value)
        elif value is not None:
            facts[field] = sender_text(value)
    return facts


def sender_text(sender: Selector) -> str:
    """A sender as people write it."""
    host = f"[{sender.source}]" if sender.source.version == 6 else f"{sender.source}"
    if isinstance(sender, PortSelector):
        return f"{host}:{sender.port}" if sender.port else f"{sender.source}"
    if isinstance(sender, GpiSelector):
        return f"{sender.source} SPI {sender.spi:#x}"
    return f"{sender.source}"


def _reserved_rate(flow: FlowDescriptor) -> str:
    if isinstance(flow.flowspec, Flowspec):
        return flowspec_text(flow.flowspec)
    return "a service unknown here"


def _charge(flowspec: Flowspec) -> str:
    asked, rspec = flowspec.tspec.token_rate_bytes_per_s, flowspec.rspec
    amount = asked if rspec is None else rspec.rate_bytes_per_s
    on_wire = amount * float(LinkLayer().wire_per_tspec(flowspec.tspec))
    smallest = min_policed_bytes(flowspec.tspec)
    return (
        f"{flowspec_text(flowspec)} in packets of {smallest} bytes and more "
        f"takes up to {rate(on_wire)} of an Ethernet"
    )


def flowspec_text(flowspec: Flowspec) -> str:
    """A rate, in both units, and the service."""
    tspec, rspec = flowspec.tspec, flowspec.rspec
    if isinstance(tspec, NullTspec):
        return "Null Service"
    amount = tspec.token_rate_bytes_per_s if rspec is None else rspec.rate_bytes_per_s
    return f"{rate(amount)}, {flowspec.service.name.lower().replace('_', ' ')}"
