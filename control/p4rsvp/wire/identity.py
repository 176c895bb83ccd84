"""AUTH_USER and AUTH_APP (RFC 3182): policy elements that say who asks, as a list of attributes.

Here is the format. Whether a credential or a signature is good is decided by whoever knows the
keys. What applications put into the attributes (RFC 2872) is in application.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TypeAlias

from p4rsvp.wire.policy_elements import ELEMENT_HEADER, ElementType, PolicyElement, bad_element

_ATTRIBUTE = Struct("!HBB")  # length without padding, A-Type, SubType
_ERROR = Struct("!HBBxxH")


class AttributeType(IntEnum):
    """The A-Types (RFC 3182 3.3)."""

    POLICY_LOCATOR = 1
    CREDENTIAL = 2
    DIGITAL_SIGNATURE = 3
    POLICY_ERROR_OBJECT = 4


class LocatorType(IntEnum):
    """SubTypes of POLICY_LOCATOR: how the distinguished name is written (RFC 3182 3.3.1)."""

    ASCII_DN = 1
    UNICODE_DN = 2
    ASCII_DN_ENCRYPT = 3
    UNICODE_DN_ENCRYPT = 4


class CredentialType(IntEnum):
    """SubTypes of CREDENTIAL (RFC 3182 3.3.2)."""

    ASCII_ID = 1
    UNICODE_ID = 2
    KERBEROS_TKT = 3
    X509_V3_CERT = 4
    PGP_CERT = 5


class IdentityError(IntEnum):
    """ErrorValues of POLICY_ERROR_OBJECT (RFC 3182 3.3.4)."""

    ERROR_NO_MORE_INFO = 1
    UNSUPPORTED_CREDENTIAL_TYPE = 2
    INSUFFICIENT_PRIVILEGES = 3
    EXPIRED_CREDENTIAL = 4
    IDENTITY_CHANGED = 5


@dataclass(frozen=True, slots=True)
class AuthAttribute:
    """POLICY_LOCATOR, CREDENTIAL, DIGITAL_SIGNATURE, or one that we do not know."""

    a_type: int  # AttributeType
    sub_type: int  # LocatorType, CredentialType, or zero
    value: bytes  # as long as its sender made it; padding is no part of it

    def encode(self) -> bytes:
        """The attribute and its padding."""
        length = _ATTRIBUTE.size + len(self.value)
        return _ATTRIBUTE.pack(length, self.a_type, self.sub_type) + _padded(self.value)


@dataclass(frozen=True, slots=True)
class PolicyErrorObject:
    """POLICY_ERROR_OBJECT: why a policy decision point refused an identity."""

    error: int  # IdentityError
    detail: bytes = b""  # often text for a person

    def encode(self) -> bytes:
        """The attribute and its padding."""
        length = _ERROR.size + len(self.detail)
        head = _ERROR.pack(length, AttributeType.POLICY_ERROR_OBJECT, 0, self.error)
        return head + _padded(self.detail)


Attribute: TypeAlias = AuthAttribute | PolicyErrorObject


@dataclass(frozen=True, slots=True)
class AuthData(PolicyElement):
    """AUTH_USER or AUTH_APP: the attributes that identify a user or an application."""

    identity_type: int  # ElementType.AUTH_USER or AUTH_APP
    attributes: tuple[Attribute, ...]

    @property
    def p_type(self) -> int:
        return self.identity_type

    def body(self) -> bytes:
        return b"".join(attribute.encode() for attribute in self.attributes)


def read_auth_user(body: bytes) -> AuthData:
    """Read the body of an AUTH_USER element."""
    return AuthData(ElementType.AUTH_USER, _read_attributes(body))


def read_auth_app(body: bytes) -> AuthData:
    """Read the body of an AUTH_APP element."""
    return AuthData(ElementType.AUTH_APP, _read_attributes(body))


def _read_attributes(body: bytes) -> tuple[Attribute, ...]:
    attributes: list[Attribute] = []
    start, end = 0, len(body)
    signed = False
    while start < end:
        where = ELEMENT_HEADER.size + start
        if signed:  # RFC 3182 3.3.3: the signature must be the last attribute
            raise bad_element("an attribute follows the DIGITAL_SIGNATURE", where)
        length, a_type, sub_type = _ATTRIBUTE.unpack_from(body, start)
        if not _ATTRIBUTE.size <= length <= end - start:
            raise bad_element(
                f"the attribute length {length} is not within 4 to {end - start}", where
            )
        attributes.append(_read_attribute(a_type, sub_type, body[start : start + length], where))
        signed = a_type == AttributeType.DIGITAL_SIGNATURE
        start += length + -length % 4
    return tuple(attributes)


def _read_attribute(a_type: int, sub_type: int, attribute: bytes, where: int) -> Attribute:
    if a_type != AttributeType.POLICY_ERROR_OBJECT:
        return AuthAttribute(a_type, sub_type, attribute[_ATTRIBUTE.size :])
    if len(attribute) < _ERROR.size:  # RFC 3182 3.3.4: the length must be at least 8
        raise bad_element(f"POLICY_ERROR_OBJECT of {len(attribute)} bytes has no error", where)
    return PolicyErrorObject(_ERROR.unpack_from(attribute)[3], attribute[_ERROR.size :])


def _padded(value: bytes) -> bytes:
    return value + bytes(-len(value) % 4)
