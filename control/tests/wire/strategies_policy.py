"""POLICY_DATA, closed and open, and what is inside."""

from collections.abc import Sequence

from hypothesis import strategies as st

from p4rsvp.wire.application import ApplicationIdentity
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.identity import AttributeType, AuthAttribute, AuthData, PolicyErrorObject
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.policy import PolicyContents, PolicyData
from p4rsvp.wire.policy_elements import (
    ElementType,
    OpaqueElement,
    PolicyElement,
    PreemptionPriority,
)
from p4rsvp.wire.style import Scope

from .strategies_base import addresses, ipv4, uint, words
from .strategies_diagnostics import filters
from .strategies_integrity import integrities
from .strategies_opaque import opaques

policy_datas = st.builds(PolicyData, words(max_words=16))

_signature_types = {int(AttributeType.DIGITAL_SIGNATURE), int(AttributeType.POLICY_ERROR_OBJECT)}
_plain_attributes = st.builds(
    AuthAttribute,
    uint(8).filter(lambda a_type: a_type not in _signature_types),
    uint(8),
    st.binary(max_size=24),
)
_error_objects = st.builds(PolicyErrorObject, uint(16), st.binary(max_size=24))
_signatures = st.builds(
    AuthAttribute, st.just(int(AttributeType.DIGITAL_SIGNATURE)), st.just(0), st.binary(max_size=24)
)


def _attribute_lists(min_size: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.builds(
        lambda attributes, last: (*attributes, *last),
        st.lists(_plain_attributes | _error_objects, min_size=min_size, max_size=4),
        st.lists(_signatures, max_size=1),
    )


auth_datas = st.builds(
    AuthData,
    st.sampled_from([ElementType.AUTH_USER, ElementType.AUTH_APP]),
    _attribute_lists(min_size=1),
)
priorities = st.builds(PreemptionPriority, uint(16), uint(16), uint(8), uint(8))
_read_types = {int(p_type) for p_type in ElementType}
opaque_elements = st.builds(
    OpaqueElement, uint(16).filter(lambda p_type: p_type not in _read_types), words()
)
empty_elements = st.builds(OpaqueElement, st.sampled_from(list(ElementType)))
elements: st.SearchStrategy[PolicyElement] = st.one_of(
    auth_datas, priorities, opaque_elements, empty_elements
)

_scopes = st.builds(Scope, st.lists(ipv4, min_size=1, max_size=3).map(tuple))
_senders: st.SearchStrategy[Sequence[WireObject]] = st.lists(filters, max_size=3) | st.lists(
    _scopes, max_size=1
)
_other_options: st.SearchStrategy[list[WireObject]] = st.builds(
    lambda *lists: [option for options in lists for option in options],
    st.lists(st.builds(Hop, addresses, uint(32)), max_size=2),
    st.lists(integrities, max_size=1),
    st.lists(st.builds(TimeValues, uint(32)), max_size=1),
    st.lists(opaques.filter(lambda opaque: opaque.class_num not in {3, 10}), max_size=1),
)
contents = st.builds(
    lambda senders, others, policies: PolicyContents((*senders, *others), tuple(policies)),
    _senders,
    _other_options,
    st.lists(elements, max_size=4),
)
flows = filters.map(lambda value: FilterSpec(value.selector))

_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\ufffe"), max_size=12
)
_keys = st.from_regex(r"[A-Za-z][A-Za-z0-9.-]{0,7}", fullmatch=True)
applications = st.builds(
    ApplicationIdentity, _text, st.lists(st.tuples(_keys, _text), max_size=4).map(tuple)
)
