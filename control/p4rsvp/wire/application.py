"""Which application asks (RFC 2872): a distinguished name and a program name inside AUTH_APP.

The name is a list of keys and values as RFC 1779 writes them, `APP=SAP, VER=1.1, SAPP=Print`. The
keys GUID, APP, VER and SAPP are recommended, others may be used, and all are kept in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from p4rsvp.wire.identity import (
    Attribute,
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    LocatorType,
)
from p4rsvp.wire.policy_elements import ElementType, bad_element

# RFC 3182 leaves open how UNICODE is written. We write UTF-16 in network order, and read a byte
# order mark where there is one.
_UNICODE = "utf-16-be"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")

# RFC 1779 2.3: key=value, the value quoted or not, and , or ; between. Possessive: no backtracking,
# so the work is bounded by the length of the name.
_PAIR = re.compile(
    r"""\s*+ (?P<key>[\w.-]++) \s*+ = \s*+
        (?: "(?P<quoted>(?:[^"\\]|\\.)*+)" \s*+ | (?P<plain>(?:[^"\\,;]|\\.)*+) )
        (?P<end>[,;]|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(r"(?!\s)[^\"\\,;=+<>#\n\r]*(?<!\s)")


@dataclass(frozen=True, slots=True)
class ApplicationIdentity:
    """An application by its program's name and by the locator of the policy for it."""

    name: str  # for example SAP.EXE
    locator: tuple[tuple[str, str], ...]  # (key, value) in order

    def value(self, key: str) -> str | None:
        """The first value under this key, whose case does not matter (RFC 1779 2.3)."""
        wanted = key.upper()
        return next((value for found, value in self.locator if found.upper() == wanted), None)

    def auth_data(self) -> AuthData:
        """The AUTH_APP element that says so (RFC 2872 2): locator first, then the name."""
        locator = ", ".join(f"{key}={_quote(value)}" for key, value in self.locator)
        return AuthData(
            ElementType.AUTH_APP,
            (
                _attribute(
                    AttributeType.POLICY_LOCATOR,
                    locator,
                    LocatorType.ASCII_DN if locator.isascii() else LocatorType.UNICODE_DN,
                ),
                _attribute(
                    AttributeType.CREDENTIAL,
                    self.name,
                    CredentialType.ASCII_ID if self.name.isascii() else CredentialType.UNICODE_ID,
                ),
            ),
        )


def read_application(auth: AuthData) -> ApplicationIdentity:
    """The application that an AUTH_APP element names; anything else in it is an error."""
    if auth.identity_type != ElementType.AUTH_APP:
        raise bad_element(f"the element of P-Type {auth.identity_type} is no AUTH_APP")
    locator = _text_of(auth, 0, AttributeType.POLICY_LOCATOR)
    name = _text_of(auth, 1, AttributeType.CREDENTIAL)
    return ApplicationIdentity(name, read_distinguished_name(locator))


def read_distinguished_name(text: str) -> tuple[tuple[str, str], ...]:
    """The keys and values of a name as RFC 1779 writes them."""
    pairs = []
    start = 0
    while start < len(text):
        match = _PAIR.match(text, start)
        if match is None:
            raise bad_element(f"the distinguished name is malformed at character {start}")
        quoted = match["quoted"]
        value = match["plain"].strip() if quoted is None else quoted
        pairs.append((match["key"], _ESCAPE.sub(r"\1", value)))
        start = match.end()
        if match["end"] and start == len(text):
            raise bad_element("the distinguished name ends in a separator")
    return tuple(pairs)


def _text_of(auth: AuthData, index: int, a_type: AttributeType) -> str:
    attribute: Attribute | None = auth.attributes[index] if index < len(auth.attributes) else None
    if not isinstance(attribute, AuthAttribute) or attribute.a_type != a_type:
        raise bad_element(f"attribute {index + 1} of the AUTH_APP is no {a_type.name}")
    # LocatorType and CredentialType number their ASCII and UNICODE forms alike.
    if attribute.sub_type == CredentialType.ASCII_ID:
        encoding = "ascii"
    elif attribute.sub_type == CredentialType.UNICODE_ID:
        encoding = "utf-16" if attribute.value[:2] in _BYTE_ORDER_MARKS else _UNICODE
    else:
        raise bad_element(f"the {a_type.name} of the AUTH_APP has sub-type {attribute.sub_type}")
    return _decoded(attribute.value, encoding)


def _decoded(value: bytes, encoding: str) -> str:
    try:
        return value.decode(encoding)
    except UnicodeDecodeError as error:
        raise bad_element(f"the text of the AUTH_APP is not {encoding}") from error


def _attribute(a_type: AttributeType, text: str, sub_type: int) -> AuthAttribute:
    return AuthAttribute(a_type, sub_type, text.encode("ascii" if text.isascii() else _UNICODE))


def _quote(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
