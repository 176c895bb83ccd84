"""Credentials in AUTH_DATA (RFC 3182 3.3.2): which of them nobody here can verify.

A name in plain text (ASCII_ID, UNICODE_ID; 4.1) claims nothing that could be verified, and is worth
what the neighbour is worth. Kerberos tickets, certificates and signatures claim more: to verify
them takes a KDC or a CA, which a router has not got. So they are carried to who can, or refused, as
RFC 3182 7 has it: 02, with the reason as a POLICY_ERROR_OBJECT in the element.
"""

from __future__ import annotations

from collections.abc import Iterable

from p4rsvp.wire.identity import (
    Attribute,
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    IdentityError,
    PolicyErrorObject,
)
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyContents, PolicyData, read_policy

_PLAIN = (CredentialType.ASCII_ID, CredentialType.UNICODE_ID)


def unverifiable(policy: Policy) -> Policy:
    """The POLICY_DATA to refuse a message with; none where it claims nothing of the sort.

    Raises DecodeError, with the error to answer with.
    """
    found = tuple(
        AuthData(element.identity_type, (*_names(element), _REASON))
        for item in policy
        if isinstance(item, PolicyData)
        for element in read_policy(item).elements
        if isinstance(element, AuthData) and any(map(_claims, element.attributes))
    )
    return (PolicyContents((), found).pack(),) if found else ()


_REASON = PolicyErrorObject(IdentityError.UNSUPPORTED_CREDENTIAL_TYPE)


def _names(element: AuthData) -> Iterable[Attribute]:
    """Whom it is about, without what was secret in it."""
    for attribute in element.attributes:
        if isinstance(attribute, AuthAttribute) and attribute.a_type == (
            AttributeType.POLICY_LOCATOR
        ):
            yield attribute


def _claims(attribute: Attribute) -> bool:
    if not isinstance(attribute, AuthAttribute):
        return False
    if attribute.a_type == AttributeType.CREDENTIAL:
        return attribute.sub_type not in _PLAIN
    return attribute.a_type == AttributeType.DIGITAL_SIGNATURE
