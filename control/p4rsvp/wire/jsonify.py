"""Messages as plain values that `json` can write, under names that stay as they are.

A message is its fields, `type` first; an object is its fields, `object` (the registry's name for
its class and C-Type) first. Addresses are text, bytes hexadecimal, services their names, tuples
lists. JSON has no infinity: a rate without a limit is the text "inf". What takes knowledge to read
off a field stands beside it: an error's name and text, a style's name, the contents of POLICY_DATA.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from fractions import Fraction
from functools import singledispatch
from math import isfinite
from typing import Any, TypeAlias

from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import Bundle
from p4rsvp.wire.messages import Message
from p4rsvp.wire.objects import WireObject, field_names
from p4rsvp.wire.opaque import Opaque, name_of
from p4rsvp.wire.policy import PolicyData, read_policy
from p4rsvp.wire.style import Style
from p4rsvp.wire.text import message_name

_ERROR_CODES = frozenset(ErrorCode)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@singledispatch
def to_json(value: Any) -> Json:  # noqa: ANN401  # whatever a message holds
    """The plain form of a value; of one with nothing to add, its fields."""
    return _fields(value)


def _fields(value: Any) -> dict[str, Json]:  # noqa: ANN401  # any value
    return {name: to_json(getattr(value, name)) for name in field_names(value)}


def _object(value: WireObject, **beside: object) -> dict[str, Json]:
    name = name_of(value.class_num << 8 | value.c_type)
    return {"object": name, **_fields(value)} | {key: to_json(beside[key]) for key in beside}


@to_json.register(Message)
@to_json.register(Bundle)
def _(value: Message | Bundle) -> Json:
    return {"type": message_name(value.type), **_fields(value)}


@to_json.register
def _(value: WireObject) -> Json:
    return _object(value)


@to_json.register
def _(value: Opaque) -> Json:
    numbers: dict[str, Json] = {"class_num": value.class_num, "c_type": value.c_type}
    return {"object": value.name, **numbers, "data": to_json(value.data)}


@to_json.register
def _(value: ErrorSpec) -> Json:
    code = ErrorCode(value.code).name if value.code in _ERROR_CODES else None
    return _object(value, code_name=code, text=value.text)


@to_json.register
def _(value: Style) -> Json:
    return _object(value, id=None if value.id is None else value.id.name)


@to_json.register
def _(value: PolicyData) -> Json:
    try:
        return _object(value, contents=read_policy(value))
    except DecodeError as error:
        return _object(value, contents=None, fault=str(error))


@to_json.register(type(None))
@to_json.register(int)
@to_json.register(str)
def _(value: int | str | None) -> Json:
    return value


@to_json.register
def _(value: IntEnum) -> Json:
    # A message that was decoded has a number where one that was built may have a member.
    return int(value)


@to_json.register
def _(value: Enum) -> Json:
    return value.name


@to_json.register
def _(value: Fraction) -> Json:
    return str(value)


@to_json.register
def _(value: Service) -> Json:
    return value.name


@to_json.register
def _(value: float) -> Json:
    return value if isfinite(value) else str(value)


@to_json.register
def _(value: bytes) -> Json:
    return value.hex()


@to_json.register
def _(value: Address) -> Json:
    return str(value)


@to_json.register
def _(value: tuple) -> Json:  # type: ignore[type-arg]  # of anything
    """A list; a named tuple is a record."""
    if hasattr(value, "_asdict"):
        return {name: to_json(part) for name, part in value._asdict().items()}
    return [to_json(part) for part in value]
