"""Whom a message says it is for: the names in POLICY_DATA (RFC 2750, RFC 3182 3.3.1).

Credentials and signatures beside the names are carried and not checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from p4rsvp.wire.identity import AttributeType, AuthAttribute, AuthData, LocatorType
from p4rsvp.wire.messages import Policy
from p4rsvp.wire.policy import PolicyData, read_policy
from p4rsvp.wire.policy_elements import ElementType

_ENCODINGS = {int(LocatorType.ASCII_DN): "ascii", int(LocatorType.UNICODE_DN): "utf-8"}


class Identities(NamedTuple):
    """Whom a message says it is for."""

    users: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()


def identities(policy: Policy) -> Identities:
    """The names in POLICY_DATA; raises DecodeError, with the error to answer with."""
    users: list[str] = []
    applications: list[str] = []
    for item in policy:
        if not isinstance(item, PolicyData):
            continue
        for element in read_policy(item).elements:
            if isinstance(element, AuthData):
                is_user = element.identity_type == ElementType.AUTH_USER
                (users if is_user else applications).extend(_locators(element))
    return Identities(tuple(users), tuple(applications))


def _locators(element: AuthData) -> Iterable[str]:
    for attribute in element.attributes:
        if isinstance(attribute, AuthAttribute) and attribute.a_type == (
            AttributeType.POLICY_LOCATOR
        ):
            encoding = _ENCODINGS.get(attribute.sub_type)
            if encoding is not None:
                # What is not text matches no pattern that somebody has written.
                yield attribute.value.decode(encoding, "replace")
