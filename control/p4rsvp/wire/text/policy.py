"""POLICY_DATA in words: its options, and a line for each policy element (RFC 2750, 3181, 3182)."""

from enum import IntEnum

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.identity import (
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    IdentityError,
    LocatorType,
    PolicyErrorObject,
)
from p4rsvp.wire.policy import PolicyData, read_policy
from p4rsvp.wire.policy_elements import (
    ElementType,
    MergeStrategy,
    OpaqueElement,
    PreemptionError,
    PreemptionPriority,
)
from p4rsvp.wire.text.core import contained, describe, inline, joined, named, octets

_SUB_TYPES: dict[int, type[IntEnum]] = {
    AttributeType.POLICY_LOCATOR: LocatorType,
    AttributeType.CREDENTIAL: CredentialType,
}
_READABLE = {
    (AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN),
    (AttributeType.CREDENTIAL, CredentialType.ASCII_ID),
}
_MANY_CHARACTERS = 80


@describe.register
def _(item: PolicyData) -> list[str]:
    """What is inside, or why that cannot be told: RSVP itself does not mind."""
    try:
        contents = read_policy(item)
    except DecodeError as error:
        return [f"not well formed: {error}", octets(item.data)]
    lines = []
    for option in contents.options:
        first, *others = contained(option)
        lines += [f"option {first}", *others]
    for element in contents.elements:
        lines += describe(element)
    return lines or ["empty"]


@describe.register
def _(item: OpaqueElement) -> list[str]:
    contents = octets(item.data) if item.data else "empty, which deletes"
    return [f"{named(ElementType, item.kind, 'P-Type')} {contents}"]


@describe.register
def _(item: PreemptionPriority) -> list[str]:
    failed = item.error != PreemptionError.NO_ERROR
    return [
        joined(
            "PREEMPTION_PRI",
            f"preempting {item.preemption_priority}",
            f"defending {item.defending_priority}",
            f"merged by {named(MergeStrategy, item.strategy, 'strategy')}",
            f"error {named(PreemptionError, item.error, 'number')}" if failed else None,
        )
    ]


@describe.register
def _(item: AuthData) -> list[str]:
    name = named(ElementType, item.identity_type, "P-Type")
    return [f"{name} {inline(attribute)}" for attribute in item.attributes] or [name]


@describe.register
def _(item: AuthAttribute) -> list[str]:
    kind, sub_type = named(AttributeType, item.a_type, "A-Type"), item.sub_type
    names = _SUB_TYPES.get(item.a_type)
    if names is not None:
        kind = f"{kind} {named(names, sub_type, 'SubType')}"
    if (item.a_type, sub_type) in _READABLE:
        return [f"{kind} {_quoted(item.value)}"]
    return [f"{kind} {octets(item.value)}"]


@describe.register
def _(item: PolicyErrorObject) -> list[str]:
    detail = _quoted(item.detail) if item.detail else None
    return [joined(f"POLICY_ERROR_OBJECT {named(IdentityError, item.error, 'error')}", detail)]


def _quoted(data: bytes) -> str:
    """Text of a stranger: what a terminal might obey is escaped."""
    return ascii(data[:_MANY_CHARACTERS].rstrip(b"\0").decode("latin-1"))
