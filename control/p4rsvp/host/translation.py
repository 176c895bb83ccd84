"""Between the engine's calls and upcalls, and the frames of the protocol: pure, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from p4rsvp.engine.effects import Upcall, UpcallKind
from p4rsvp.engine.events import ApiReserve, ApiSender
from p4rsvp.host.api import Diagnosis, Question, Registration
from p4rsvp.host.protocol import (
    Diagnose,
    Done,
    Open,
    ProtocolError,
    Report,
    Reserve,
    Send,
    objects,
)
from p4rsvp.wire.address import IPV4_BYTES, IPV6_BYTES, Address
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.chain import split_objects
from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.diagnostics import DiagResponse
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec
from p4rsvp.wire.message import read_object
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Style
from p4rsvp.wire.tspec import SenderTspec

_Object = TypeVar("_Object", bound=WireObject)

_OCTET = 255


def address(data: bytes) -> Address:
    """An address from a field."""
    if len(data) not in {IPV4_BYTES, IPV6_BYTES}:
        raise ProtocolError(f"an address of {len(data)} bytes")
    return Address(data)


def _address_or_none(data: bytes) -> Address | None:
    return address(data) if data else None


def _encode(items: Iterable[WireObject | None]) -> bytes:
    return b"".join(item.encode() for item in items if item is not None)


def _one(data: bytes, kind: type[_Object], name: str) -> _Object:
    found = objects(data)
    if len(found) != 1 or not isinstance(found[0], kind):
        raise ProtocolError(f"there has to be one {name}, and nothing else")
    return found[0]


def _one_or_none(data: bytes, kind: type[_Object], name: str) -> _Object | None:
    return _one(data, kind, name) if data else None


def _policy(found: Iterable[WireObject]) -> Policy:
    taken: list[PolicyData | Opaque] = []
    for item in found:
        if not isinstance(item, PolicyData | Opaque) or item.class_num != ClassNum.POLICY_DATA:
            raise ProtocolError("something else stands where POLICY_DATA is expected")
        taken.append(item)
    return tuple(taken)


# --- calls ---


def open_request(request: int, registration: Registration) -> Open:
    """SESSION as a frame."""
    return Open(
        request=request,
        session=registration.session.encode(),
        listens=registration.listens,
        receiver=bytes(registration.receiver or b""),
    )


def registration_of(frame: Open) -> Registration:
    """SESSION from a frame."""
    found = objects(frame.session)
    if len(found) != 1 or not isinstance(found[0], Session | GpiSession):
        raise ProtocolError("there has to be one SESSION of UDP, TCP or IPsec")
    return Registration(found[0], frame.listens, _address_or_none(frame.receiver))


def send_request(request: int, call: ApiSender) -> Send:
    """SENDER as a frame."""
    tspec = None if call.tspec is None else SenderTspec(call.tspec)
    items = (SenderTemplate(call.selector), tspec, call.adspec, *call.policy)
    return Send(request=request, app=call.app, objects=_encode(items), ttl=call.ttl)


def sender_of(frame: Send) -> ApiSender:
    """SENDER from a frame."""
    template, *rest = objects(frame.objects) or (None,)
    if not isinstance(template, SenderTemplate):
        raise ProtocolError("the first object has to be a SENDER_TEMPLATE that we can read")
    if not 0 < frame.ttl <= _OCTET:
        raise ProtocolError(f"a TTL of {frame.ttl}")
    if not rest:
        return ApiSender(frame.app, template.selector, None)
    tspec, *rest = rest
    if not isinstance(tspec, SenderTspec):
        raise ProtocolError("the second object has to be a SENDER_TSPEC that we can read")
    adspec = rest.pop(0) if rest and isinstance(rest[0], Adspec) else None
    assert adspec is None or isinstance(adspec, Adspec)
    return ApiSender(frame.app, template.selector, tspec.tspec, adspec, frame.ttl, _policy(rest))


def reserve_request(request: int, call: ApiReserve) -> Reserve:
    """RESERVE as a frame."""
    return Reserve(
        request=request,
        app=call.app,
        style=call.style.encode(),
        flows=_flows_out(call.flows),
        receiver=bytes(call.receiver or b""),
        confirm=call.confirm,
        policy=_encode(call.policy),
    )


def reserve_of(frame: Reserve) -> ApiReserve:
    """RESERVE from a frame."""
    return ApiReserve(
        frame.app,
        _one(frame.style, Style, "STYLE"),
        _flows_in(frame.flows),
        _address_or_none(frame.receiver),
        frame.confirm,
        _policy(objects(frame.policy)),
    )


def _flows_out(flows: Iterable[FlowDescriptor]) -> tuple[bytes, ...]:
    return tuple(_encode((flow.flowspec, *flow.filters)) for flow in flows)


def _flows_in(flows: Iterable[bytes]) -> tuple[FlowDescriptor, ...]:
    return tuple(map(_flow, flows))


def _flow(data: bytes) -> FlowDescriptor:
    flowspec: Flowspec | OpaqueFlowspec | None = None
    filters: list[FilterSpec] = []
    for item in objects(data):
        if isinstance(item, Flowspec | OpaqueFlowspec) and flowspec is None and not filters:
            flowspec = item
        elif isinstance(item, FilterSpec):
            filters.append(item)
        else:
            raise ProtocolError("a flow is one FLOWSPEC and then its FILTER_SPECs")
    return FlowDescriptor(flowspec, tuple(filters))


def diagnose_request(request: int, question: Question) -> Diagnose:
    """A question as a frame."""
    return Diagnose(
        request=request,
        session=question.session.encode(),
        template=SenderTemplate(question.sender).encode(),
        last_hop=bytes(question.last_hop or b""),
        max_hops=question.max_hops,
        along_route=question.along_route,
    )


def question_of(frame: Diagnose) -> Question:
    """A question from a frame."""
    found = objects(frame.session)
    if len(found) != 1 or not isinstance(found[0], Session | GpiSession):
        raise ProtocolError("there has to be one SESSION of UDP, TCP or IPsec")
    if not 0 <= frame.max_hops <= _OCTET:
        raise ProtocolError(f"a limit of {frame.max_hops} hops")
    return Question(
        found[0],
        _one(frame.template, SenderTemplate, "SENDER_TEMPLATE").selector,
        _address_or_none(frame.last_hop),
        frame.max_hops,
        frame.along_route,
    )


def done_of(request: int, diagnosis: Diagnosis) -> Done:
    """A diagnosis as a frame."""
    responses = _encode(diagnosis.responses)
    return Done(request=request, responses=responses, is_complete=diagnosis.is_complete)


def diagnosis_of(frame: Done) -> Diagnosis:
    """A diagnosis from a frame."""
    try:
        found = [read_object(*span) for span in split_objects(frame.responses)]
    except DecodeError as error:
        raise ProtocolError(f"a DIAG_RESPONSE that cannot be read: {error}") from error
    responses = tuple(one for one in found if isinstance(one, DiagResponse))
    return Diagnosis(responses, frame.is_complete)


# --- upcalls ---


def report_of(upcall: Upcall) -> Report:
    """An upcall as a frame."""
    selector, tspec = upcall.selector, upcall.tspec
    return Report(
        app=upcall.app,
        kind=upcall.kind.name.lower(),
        error=_encode((upcall.error,)),
        style=_encode((upcall.style,)),
        flows=_flows_out(upcall.flows),
        template=b"" if selector is None else SenderTemplate(selector).encode(),
        tspec=b"" if tspec is None else SenderTspec(tspec).encode(),
        adspec=_encode((upcall.adspec,)),
        policy=_encode(upcall.policy),
        text=upcall.text,
        dclass=_encode((Dclass(upcall.dscps),)) if upcall.dscps else b"",
    )


def upcall_of(frame: Report) -> Upcall:
    """An upcall from a frame."""
    try:
        kind = UpcallKind[frame.kind.upper()]
    except KeyError as error:
        raise ProtocolError(f"a report of a kind unknown here: {frame.kind!r}") from error
    template = _one_or_none(frame.template, SenderTemplate, "SENDER_TEMPLATE")
    tspec = _one_or_none(frame.tspec, SenderTspec, "SENDER_TSPEC")
    dclass = _one_or_none(frame.dclass, Dclass, "DCLASS")
    return Upcall(
        frame.app,
        kind,
        _one_or_none(frame.error, ErrorSpec, "ERROR_SPEC"),
        _one_or_none(frame.style, Style, "STYLE"),
        _flows_in(frame.flows),
        None if template is None else template.selector,
        None if tspec is None else tspec.tspec,
        _one_or_none(frame.adspec, WireObject, "ADSPEC"),
        objects(frame.policy),
        frame.text,
        () if dclass is None else dclass.dscps,
    )
