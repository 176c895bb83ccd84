"""Objects that are carried, not read."""

import pytest
from hypothesis import given

from p4rsvp.wire.chain import split_objects
from p4rsvp.wire.integrity import Integrity
from p4rsvp.wire.objects import ENTRIES
from p4rsvp.wire.opaque import CLASS_NAMES, KIND_NAMES, NullObject, Opaque, is_known, keep, name_of

from .strategies_opaque import nulls, opaques


@pytest.mark.rfc("2205", "3.10")
@given(opaques)
def test_an_opaque_object_survives_a_round_trip_byte_for_byte(value: Opaque) -> None:
    ((_, kind, body),) = split_objects(value.encode())
    assert keep(kind, body) == value


@pytest.mark.rfc("2205", "3.1.2")
@given(nulls)
def test_a_null_object_keeps_its_c_type_and_contents(value: NullObject) -> None:
    ((_, kind, body),) = split_objects(value.encode())
    assert keep(kind, body) == value


@pytest.mark.rfc("2205", "3.1.2")
def test_a_null_object_may_be_a_header_alone() -> None:
    assert NullObject().encode() == bytes.fromhex("00040000")


@pytest.mark.rfc("3209", "4.3")
def test_an_explicit_route_stands_on_the_wire_as_it_was_read() -> None:
    encoded = bytes.fromhex("000c1401 01080a0000012000")
    ((_, kind, body),) = split_objects(encoded)
    value = keep(kind, body)
    assert value == Opaque(0x1401, encoded[4:])
    assert value.encode() == encoded


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (0x0107, "SESSION LSP_TUNNEL_IPv4"),
        (0x1401, "EXPLICIT_ROUTE C-Type 1"),
        (0xCF07, "SESSION_ATTRIBUTE LSP_TUNNEL"),
        (0xC703, "ASSOCIATION IPv4 extended"),
        (Integrity.class_num << 8 | 1, "INTEGRITY"),
        (0x0005, "NULL"),
        (0xFC01, "private use 252 (unknown: forward) C-Type 1"),
        (0x7A01, "class 122 C-Type 1"),
    ],
)
@pytest.mark.rfc("3936", "2.2")
def test_every_object_has_a_name_that_a_person_can_read(kind: int, name: str) -> None:
    assert name_of(kind) == name


def test_an_opaque_object_names_itself() -> None:
    assert Opaque(0xCD01, bytes(16)).name == "FAST_REROUTE C-Type 1"


@pytest.mark.parametrize("kind", [0x0000, 0x00FF, 0x0107, 0x1401, 0x0401, 0xFF01])
def test_an_object_of_the_registries_is_known(kind: int) -> None:
    assert is_known(kind)


@pytest.mark.parametrize("kind", [0x0201, 0x01FF, 0x0402, 0x7A01, 0xFA01])
def test_an_object_that_no_registry_names_is_unknown(kind: int) -> None:
    assert not is_known(kind)


def test_no_name_hides_an_object_that_is_interpreted() -> None:
    named = {class_num << 8 | c_type for class_num, c_type in KIND_NAMES}
    assert not named & ENTRIES.keys()
    assert not {kind >> 8 for kind in ENTRIES} & CLASS_NAMES.keys()
