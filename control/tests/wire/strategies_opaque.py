"""Objects that are kept as bytes."""

from hypothesis import strategies as st

from p4rsvp.wire.opaque import CLASS_NAMES, KIND_NAMES, NullObject, Opaque

from .strategies_base import uint, words

_named_kinds = st.sampled_from([class_num << 8 | c_type for class_num, c_type in KIND_NAMES])
_classed_kinds = st.builds(
    lambda class_num, c_type: class_num << 8 | c_type, st.sampled_from(list(CLASS_NAMES)), uint(8)
)
opaques = st.builds(Opaque, _named_kinds | _classed_kinds, words())
nulls = st.builds(NullObject, uint(8), words())
