"""POLICY_DATA (RFC 2750): a container of options and policy elements that most nodes only carry.

A node that ignores policy forwards the object as it came, byte for byte (RFC 2750 4.2), and one
that signs or checks it needs the bytes as well. So a message holds `PolicyData`, which is just its
bytes; who understands policy opens it with `read_policy`. What is malformed inside is reported
then, as the policy failure that RFC 2750 appendix A names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, TypeVar

from msgspec.structs import replace

from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession
from p4rsvp.wire.chain import OBJECT_HEADER, split_objects
from p4rsvp.wire.codes import ClassNum, ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.identity import read_auth_app, read_auth_user
from p4rsvp.wire.integrity import INTEGRITY_KIND, Integrity, digest_span, put_digest
from p4rsvp.wire.nested import read_nested
from p4rsvp.wire.objects import WireObject, decodes
from p4rsvp.wire.policy_elements import (
    ELEMENT_HEADER,
    ElementType,
    OpaqueElement,
    PolicyElement,
    bad_element,
    read_preemption_priority,
)
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import Scope

_DATA_OFFSET = Struct("!Hxx")  # counted from the object's header
_OPTIONS_START = _DATA_OFFSET.size  # in the body
_OPTION_LIMITS = {
    ClassNum.RSVP_HOP: 2,  # RFC 2750 3.2: the originating one, then the destination
    ClassNum.SCOPE: 1,
    ClassNum.INTEGRITY: 1,
    ClassNum.TIME_VALUES: 1,
}
_ELEMENT_READERS: dict[int, Callable[[bytes], PolicyElement]] = {
    ElementType.PREEMPTION_PRI: read_preemption_priority,
    ElementType.AUTH_USER: read_auth_user,
    ElementType.AUTH_APP: read_auth_app,
}
_Option = TypeVar("_Option", bound=WireObject)


@dataclass(frozen=True, slots=True)
class PolicyData(WireObject):
    """POLICY_DATA as it travels: bytes, whatever they are."""

    data: bytes

    class_num: ClassVar[int] = ClassNum.POLICY_DATA

    @property
    def c_type(self) -> int:
        return 1

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True)
class PolicyContents:
    """POLICY_DATA opened: objects that say for whom and how long, and the policies themselves."""

    options: tuple[WireObject, ...] = ()
    elements: tuple[PolicyElement, ...] = ()

    @property
    def senders(self) -> tuple[FilterSpec, ...]:
        """The flows that the policy is about; with no SCOPE either, all of the session's."""
        return tuple(self._options_of(FilterSpec))

    @property
    def scope(self) -> Scope | None:
        """The senders of a wildcard reservation, against policy loops."""
        return next(iter(self._options_of(Scope)), None)

    @property
    def origin(self) -> Hop | None:
        """The policy node that made the object; none: the message's own RSVP_HOP."""
        return next(iter(self._options_of(Hop)), None)

    @property
    def destination(self) -> Hop | None:
        """The policy node that is meant; others ignore the object."""
        return next(iter(self._options_of(Hop)[1:]), None)

    @property
    def integrity(self) -> Integrity | None:
        """The signature of one policy node for another, over the heads of those between."""
        return next(iter(self._options_of(Integrity)), None)

    @property
    def refresh_period_ms(self) -> int | None:
        """Policy Refresh TIME_VALUES: how often the policy at least is repeated."""
        times = self._options_of(TimeValues)
        return times[0].refresh_period_ms if times else None

    def pack(self) -> PolicyData:
        """The object that carries these contents."""
        options = b"".join(option.encode() for option in self.options)
        elements = b"".join(element.encode() for element in self.elements)
        data_offset = OBJECT_HEADER.size + _OPTIONS_START + len(options)
        return PolicyData(_DATA_OFFSET.pack(data_offset) + options + elements)

    def _options_of(self, option_class: type[_Option]) -> list[_Option]:
        return [option for option in self.options if isinstance(option, option_class)]


@decodes(ClassNum.POLICY_DATA, 1, "POLICY_DATA")
def decode_policy_data(body: bytes) -> PolicyData:
    """Keep a POLICY_DATA as it is."""
    return PolicyData(body)


def read_policy(policy: PolicyData) -> PolicyContents:
    """Open a POLICY_DATA; errors count their offset from its body."""
    elements_start = _elements_start(policy)
    try:
        options = read_nested(policy.data[:elements_start], _OPTIONS_START)
    except DecodeError as error:
        raise _bad_syntax(error.sentence, error.offset) from error
    _check_options(options)
    return PolicyContents(options, tuple(_read_elements(policy.data, elements_start)))


def signed_policy_bytes(
    policy: PolicyData, session: Session | GpiSession | AggregateSession | GenericAggregateSession
) -> bytes:
    """What the digest of the INTEGRITY option runs over (RFC 2750 appendix B).

    The POLICY_DATA object with that digest zero, and the SESSION of its message with flags zero.
    """
    span = _policy_digest_span(policy)
    blank = PolicyData(put_digest(policy.data, span, bytes(len(span))))
    return blank.encode() + replace(session, flags=0).encode()


def with_policy_digest(policy: PolicyData, digest: bytes) -> PolicyData:
    """The POLICY_DATA with this digest in its INTEGRITY option, which must have room for it."""
    return PolicyData(put_digest(policy.data, _policy_digest_span(policy), digest))


def _policy_digest_span(policy: PolicyData) -> range:
    options = policy.data[: _elements_start(policy)]
    for offset, kind, _ in split_objects(options, _OPTIONS_START):
        if kind == INTEGRITY_KIND:
            return digest_span(options, offset)
    raise _bad_syntax("POLICY_DATA has no INTEGRITY option", _OPTIONS_START)


def _elements_start(policy: PolicyData) -> int:
    """Where in the body the options end and the elements begin."""
    if len(policy.data) < _DATA_OFFSET.size or len(policy.data) % 4:
        raise _bad_syntax(f"POLICY_DATA of {len(policy.data)} bytes is not whole words, from 1", 0)
    (data_offset,) = _DATA_OFFSET.unpack_from(policy.data)
    start: int = data_offset - OBJECT_HEADER.size
    if start % 4 or not _OPTIONS_START <= start <= len(policy.data):
        raise _bad_syntax(f"the data offset {data_offset} points outside the POLICY_DATA", 0)
    return start


def _check_options(options: tuple[WireObject, ...]) -> None:
    counts = Counter(option.class_num for option in options)
    # RFC 2750 3.2: FILTER_SPEC and SCOPE are mutually exclusive.
    if counts[ClassNum.FILTER_SPEC] and counts[ClassNum.SCOPE]:
        raise _bad_syntax("POLICY_DATA has both FILTER_SPEC and SCOPE options", _OPTIONS_START)
    for class_num, limit in _OPTION_LIMITS.items():
        if counts[class_num] > limit:
            raise _bad_syntax(
                f"POLICY_DATA has {counts[class_num]} {class_num.name} options, more than {limit}",
                _OPTIONS_START,
            )


def _read_elements(data: bytes, start: int) -> list[PolicyElement]:
    elements = []
    while start < len(data):
        length, p_type = ELEMENT_HEADER.unpack_from(data, start)
        end = start + length
        if length < ELEMENT_HEADER.size or length % 4 or end > len(data):
            raise bad_element(
                f"the element length {length} is too short, unaligned or past the end", start
            )
        try:
            elements.append(_read_element(p_type, data[start + ELEMENT_HEADER.size : end]))
        except DecodeError as error:
            error.offset += start
            raise
        start = end
    return elements


def _read_element(p_type: int, body: bytes) -> PolicyElement:
    reader = _ELEMENT_READERS.get(p_type)
    if reader is None or not body:
        return OpaqueElement(p_type, body)
    return reader(body)


def _bad_syntax(sentence: str, offset: int) -> DecodeError:
    return DecodeError(
        sentence,
        code=ErrorCode.POLICY_CONTROL_FAILURE,
        value=PolicyValue.ERR_PD_SYNTX,
        offset=offset,
    )
