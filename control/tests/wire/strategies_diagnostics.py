"""The objects of diagnostic messages."""

from hypothesis import strategies as st

from p4rsvp.wire.address import Address
from p4rsvp.wire.diagnostics import Diagnostic, DiagResponse, DiagSelect, Route
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.objects import WireObject

from .strategies_aggregate import aggregate_selectors, aggregate_sessions
from .strategies_base import addresses, ipv4, ipv6, uint
from .strategies_opaque import nulls, opaques

selectors = st.builds(PortSelector, addresses.filter(any), uint(16)) | aggregate_selectors
senders = selectors.map(SenderTemplate)
filters = selectors.map(FilterSpec)
response_objects: st.SearchStrategy[WireObject] = st.one_of(
    senders,
    filters,
    aggregate_sessions,
    st.builds(Hop, addresses, uint(32)),
    st.builds(TimeValues, uint(32)),
    opaques,
    nulls,
)

diagnostics = st.builds(
    Diagnostic,
    uint(8),
    uint(8),
    uint(32),
    uint(16),
    uint(16),
    addresses,
    senders,
    filters,
    st.booleans(),
)
selects = st.builds(DiagSelect, st.lists(st.integers(0x100, 0xFFFF), max_size=9).map(tuple))


def _routes(family: st.SearchStrategy[Address], address_bytes: int) -> st.SearchStrategy[Route]:
    nodes = st.lists(family, max_size=6).map(tuple)
    return st.builds(Route, nodes, uint(8), st.just(address_bytes))


def _responses(family: st.SearchStrategy[Address]) -> st.SearchStrategy[DiagResponse]:
    return st.builds(
        DiagResponse,
        uint(32),
        family,
        family,
        family,
        uint(8),
        uint(4),
        uint(16),
        st.lists(response_objects, max_size=4).map(tuple),
        uint(3),
        st.booleans(),
    )


routes = _routes(ipv4, 4) | _routes(ipv6, 16)
responses = _responses(ipv4) | _responses(ipv6)
