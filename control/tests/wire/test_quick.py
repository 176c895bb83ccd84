"""Frozen dataclasses with a quicker `__init__`: all else is as dataclasses has it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace
from inspect import signature

import pytest

from p4rsvp.wire.quick import quick_init


@dataclass(frozen=True, slots=True)
class Plain:
    first: int
    second: str = "two"


@quick_init
@dataclass(frozen=True, slots=True)
class Base:
    last: int = 0


@quick_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    first: int
    second: str = "two"


def test_positions_names_and_defaults_are_the_same() -> None:
    quick = quick_init(Plain)
    assert str(signature(quick)) == "(first: 'int', second: 'str' = 'two') -> None"
    assert quick(1) == quick(first=1, second="two")


def test_a_field_that_is_missing_or_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match="first"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="third"):
        Quick(first=1, third=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Quick(1)  # type: ignore[call-arg]


def test_a_value_stays_frozen_hashable_and_replaceable() -> None:
    value = Quick(first=1)
    with pytest.raises(FrozenInstanceError):
        value.first = 2  # type: ignore[misc]
    assert hash(value) == hash(Quick(first=1))
    assert replace(value, second="zwei") == Quick(first=1, second="zwei")


def test_inherited_fields_are_stored_too() -> None:
    @quick_init
    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        more: int = 1

    assert (Derived(2, 3).last, Derived(2, 3).more) == (2, 3)
