"""Hypothesis strategies for RFC 2205's own objects and messages;

those of later RFCs stand beside.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from p4rsvp.wire.address import Address
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import (
    FilterSpec,
    FlowLabelSelector,
    GpiSelector,
    PortSelector,
    SenderTemplate,
)
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, ResvConfirm, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import (
    Message,
    Path,
    PathErr,
    PathTear,
    Resv,
    ResvConf,
    ResvErr,
    ResvTear,
)
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import FF, SE, WF, Scope
from p4rsvp.wire.tspec import SenderTspec, Tspec

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
floats = st.floats(min_value=0, width=32, allow_infinity=False, allow_nan=False).map(abs)

v4 = st.binary(min_size=4, max_size=4).filter(any).map(Address)
v6 = st.binary(min_size=16, max_size=16).filter(any).map(Address)
addresses = v4 | v6

sessions = st.builds(Session, addresses, st.integers(1, 255), u16, u8)
gpi_sessions = st.builds(GpiSession, addresses, st.integers(1, 255), u16, u8)
hops = st.builds(Hop, addresses, u32)
time_values = st.builds(TimeValues, u32)
confirms = st.builds(ResvConfirm, addresses)
errors = st.builds(ErrorSpec, addresses, u8, u16, u8)
scopes = (st.lists(v4, min_size=1, max_size=6) | st.lists(v6, min_size=1, max_size=6)).map(
    lambda senders: Scope(tuple(senders))
)
selectors = (
    st.builds(PortSelector, addresses, u16)
    | st.builds(FlowLabelSelector, v6, st.integers(0, 0xFFFFFF))
    | st.builds(GpiSelector, addresses, u32)
)
filters = selectors.map(FilterSpec)
templates = selectors.map(SenderTemplate)
tspecs = st.builds(Tspec, floats, floats, floats | st.just(float("inf")), u32, u32)
sender_tspecs = st.builds(SenderTspec, tspecs)
flowspecs = st.builds(Flowspec, st.just(Service.CONTROLLED_LOAD), tspecs) | st.builds(
    Flowspec, st.just(Service.GUARANTEED), tspecs, st.builds(Rspec, floats, u32)
)
words = st.integers(0, 8).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n))
opaques = st.builds(
    Opaque, st.sampled_from([16 << 8 | 1, 20 << 8 | 1, 0xBF00 | 7, 0xFF00 | 9, 207 << 8 | 7]), words
)


ff_flows = st.lists(
    st.builds(FlowDescriptor, flowspecs, st.tuples(filters)), min_size=1, max_size=4
).map(tuple)
se_flows = st.builds(
    FlowDescriptor, flowspecs, st.lists(filters, min_size=1, max_size=4).map(tuple)
).map(lambda descriptor: (descriptor,))
wf_flows = st.builds(FlowDescriptor, flowspecs).map(lambda descriptor: (descriptor,))
styled = (
    st.tuples(st.just(FF), ff_flows)
    | st.tuples(st.just(SE), se_flows)
    | st.tuples(st.just(WF), wf_flows)
)

header = {"send_ttl": u8, "flags": st.integers(0, 15)}
maybe_extras = st.lists(opaques, max_size=2).map(
    lambda items: tuple(Placed(position, item) for position, item in enumerate(items))
)


def _with_style(
    message_class: Callable[..., Message], **fields: st.SearchStrategy[object]
) -> st.SearchStrategy[Message]:
    def build(style_and_flows: tuple[object, object], **others: object) -> Message:
        style, flows = style_and_flows
        return message_class(style=style, flows=flows, **others)

    return st.builds(build, styled, extras=maybe_extras, **header, **fields)


paths = st.builds(
    Path,
    sessions | gpi_sessions,
    hops,
    time_values,
    templates,
    sender_tspecs,
    extras=maybe_extras,
    **header,
)
resvs = _with_style(
    Resv,
    session=sessions | gpi_sessions,
    hop=hops,
    time_values=time_values,
    confirm=st.none() | confirms,
    scope=st.none() | scopes,
)
path_errs = st.builds(
    PathErr,
    sessions,
    errors,
    st.none() | templates,
    st.none() | sender_tspecs,
    extras=maybe_extras,
    **header,
)
resv_errs = _with_style(ResvErr, session=sessions, hop=hops, error=errors, scope=st.none() | scopes)
path_tears = st.builds(
    PathTear, sessions, hops, st.none() | templates, extras=maybe_extras, **header
)
resv_tears = _with_style(ResvTear, session=sessions, hop=hops, scope=st.none() | scopes)
resv_confs = _with_style(ResvConf, session=sessions, error=errors, confirm=confirms)
messages: st.SearchStrategy[Message] = st.one_of(
    paths, resvs, path_errs, resv_errs, path_tears, resv_tears, resv_confs
)
