"""Flow descriptor lists (RFC 2205 3.1.4): which flowspec for which senders.

WF: one flowspec, no filters. FF: pairs of flowspec and filter, where a flowspec equal to the one
before it may be left out. SE: one flowspec and several filters. A descriptor always carries its
flowspec here; writing leaves out what RFC 2205 lets us leave out. A ResvTear needs no flowspecs
(3.1.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from p4rsvp.wire.codes import ClassNum, ErrorCode
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flowspec import Flowspec, OpaqueFlowspec
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.style import Style, StyleId

# As plain integers, which compare several times as fast as members of an enum.
_FLOWSPEC = int(ClassNum.FLOWSPEC)
_FILTER_SPEC = int(ClassNum.FILTER_SPEC)
LISTED = frozenset((_FLOWSPEC, _FILTER_SPEC))  # what a flow descriptor list is made of

AnyFlowspec: TypeAlias = Flowspec | OpaqueFlowspec | Opaque
AnyFilter: TypeAlias = FilterSpec | Opaque


class FlowDescriptor(msgspec.Struct, frozen=True, gc=False):
    """A flowspec and the senders that it is for; no filters means every sender (WF)."""

    flowspec: AnyFlowspec | None
    filters: tuple[AnyFilter, ...] = ()


def read_flows(
    style: WireObject, listed: Sequence[WireObject], *, flowspec_required: bool
) -> tuple[FlowDescriptor, ...]:
    """Read what follows the STYLE; an error's offset counts from it, which is 0."""
    style_id = style.id if isinstance(style, Style) else None
    if style_id is None:
        raise DecodeError("the reservation style is unknown", code=ErrorCode.UNKNOWN_STYLE)
    if style_id is StyleId.FF:
        return tuple(_read_ff(listed, flowspec_required=flowspec_required))
    return _read_shared(style_id, listed, flowspec_required=flowspec_required)


def _read_ff(listed: Sequence[WireObject], *, flowspec_required: bool) -> Iterator[FlowDescriptor]:
    flowspec = None
    used = True
    for index, item in enumerate(listed, 1):
        if item.class_num == _FLOWSPEC:
            if not used:
                raise DecodeError("two FLOWSPECs without a FILTER_SPEC between them", offset=index)
            flowspec = item
        elif flowspec is None and flowspec_required:
            raise DecodeError("the first FILTER_SPEC has no FLOWSPEC before it", offset=index)
        else:
            yield FlowDescriptor(flowspec, (item,))  # type: ignore[arg-type]  # by its class number
        used = item.class_num == _FILTER_SPEC
    if not used:
        raise DecodeError("the last FLOWSPEC has no FILTER_SPEC behind it", offset=len(listed))


def _read_shared(
    style: StyleId, listed: Sequence[WireObject], *, flowspec_required: bool
) -> tuple[FlowDescriptor, ...]:
    flowspec, filters = None, listed
    if listed and listed[0].class_num == _FLOWSPEC:
        flowspec, *filters = listed
    for index, item in enumerate(filters, 1 + (flowspec is not None)):
        if item.class_num == _FLOWSPEC:
            raise DecodeError(
                f"style {style.name} wants one FLOWSPEC, before any FILTER_SPEC", offset=index
            )
    if flowspec is None and flowspec_required:
        raise DecodeError(f"style {style.name} wants a FLOWSPEC and there is none")
    if style is StyleId.WF and filters:
        raise DecodeError("style WF takes no FILTER_SPEC", offset=len(listed))
    if style is StyleId.SE and not filters:
        if flowspec is None:
            return ()
        raise DecodeError("style SE wants at least one FILTER_SPEC", offset=len(listed))
    return (FlowDescriptor(flowspec, tuple(filters)),)  # type: ignore[arg-type]  # by class number


def flow_objects(flows: Sequence[FlowDescriptor]) -> list[WireObject]:
    """Lay the descriptors out, without the flowspecs that repeat the one before."""
    laid: list[WireObject] = []
    previous: WireObject | None = None
    for descriptor in flows:
        flowspec = descriptor.flowspec
        if flowspec is not None and (previous is None or flowspec != previous):
            previous = flowspec
            laid.append(flowspec)
        laid.extend(descriptor.filters)
    return laid
