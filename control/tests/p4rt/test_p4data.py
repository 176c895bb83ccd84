"""Values of P4 types (P4Runtime 8.5): what everything.p4 does not have, by hand-made type specs."""

from __future__ import annotations

import pytest
from finsy.proto import p4d, p4t

from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.p4rt.p4data import Record, Scalar


def bits(width: int) -> p4t.P4DataTypeSpec:
    made = p4t.P4DataTypeSpec()
    made.bitstring.bit.bitwidth = width
    return made


def signed(width: int) -> p4t.P4DataTypeSpec:
    made = p4t.P4DataTypeSpec()
    made.bitstring.int.bitwidth = width
    return made


def named(kind: str, name: str) -> p4t.P4DataTypeSpec:
    return p4t.P4DataTypeSpec(**{kind: p4t.P4NamedType(name=name)})  # type: ignore[arg-type]


BOOL = p4t.P4DataTypeSpec(bool=p4t.P4BoolType())


def types() -> p4t.P4TypeInfo:
    made = p4t.P4TypeInfo()
    made.serializable_enums["Colour"].underlying_type.bitwidth = 8
    made.new_types["Port"].original_type.CopyFrom(bits(9))
    made.new_types["Wide"].translated_type.sdn_bitwidth = 32
    made.new_types["Name"].translated_type.sdn_string.SetInParent()
    pair = made.structs["Pair"].members
    pair.add(name="left", type_spec=bits(8))
    pair.add(name="right", type_spec=BOOL)
    return made


@pytest.mark.parametrize(
    ("spec", "value", "message"),
    [
        (bits(12), 0x123, p4d.P4Data(bitstring=b"\x01\x23")),
        (signed(8), 0x9D, p4d.P4Data(bitstring=b"\x9d")),
        (signed(12), 0xFFF, p4d.P4Data(bitstring=b"\xff")),
        (BOOL, 1, p4d.P4Data(bool=True)),
        (named("serializable_enum", "Colour"), 3, p4d.P4Data(enum_value=b"\x03")),
        (named("new_type", "Port"), 511, p4d.P4Data(bitstring=b"\x01\xff")),
        (named("new_type", "Wide"), 1 << 31, p4d.P4Data(bitstring=b"\x80\0\0\0")),
    ],
    ids=["bit", "int", "int -1", "bool", "enum", "type", "translated type"],
)
def test_a_scalar_is_written_and_read_by_its_type(
    spec: p4t.P4DataTypeSpec, value: int, message: p4d.P4Data
) -> None:
    scalar = Scalar(spec, types(), "cell")
    made = p4d.P4Data()
    scalar.encode(value, made)
    assert made == message
    assert scalar.decode(made) == value


@pytest.mark.parametrize(
    ("spec", "message", "status"),
    [
        (bits(8), p4d.P4Data(), Status.INVALID_ARGUMENT),
        (bits(8), p4d.P4Data(bool=True), Status.INVALID_ARGUMENT),
        (BOOL, p4d.P4Data(bitstring=b"\1"), Status.INVALID_ARGUMENT),
        (bits(8), p4d.P4Data(bitstring=b"\1\0"), Status.OUT_OF_RANGE),
        (signed(8), p4d.P4Data(bitstring=b"\0\x9d"), Status.OUT_OF_RANGE),
    ],
)
def test_a_value_of_another_type_or_width_is_refused(
    spec: p4t.P4DataTypeSpec, message: p4d.P4Data, status: Status
) -> None:
    with pytest.raises(ControlError, match="cell") as refused:
        Scalar(spec, types(), "cell").decode(message)
    assert refused.value.status is status


@pytest.mark.parametrize(
    "spec",
    [
        named("header", "ipv4_t"),
        named("new_type", "Name"),
        p4t.P4DataTypeSpec(
            bitstring=p4t.P4BitstringLikeTypeSpec(varbit=p4t.P4VarbitTypeSpec(max_bitwidth=8))
        ),
    ],
    ids=["header", "string", "varbit"],
)
def test_a_type_that_is_no_number_is_refused_when_the_program_is_loaded(
    spec: p4t.P4DataTypeSpec,
) -> None:
    with pytest.raises(Unsupported):
        Scalar(spec, types(), "cell")


def test_a_record_is_its_scalars_in_their_order_nested_ones_too() -> None:
    spec = p4t.P4DataTypeSpec()
    spec.tuple.members.extend([bits(16), named("struct", "Pair")])
    message = p4d.P4Data()
    Record(spec, types(), "digest").encode((0x1234, 7, 1), message)
    left, right = p4d.P4Data(bitstring=b"\7"), p4d.P4Data(bool=True)
    pair = p4d.P4Data(struct=p4d.P4StructLike(members=[left, right]))
    first = p4d.P4Data(bitstring=b"\x12\x34")
    assert message == p4d.P4Data(tuple=p4d.P4StructLike(members=[first, pair]))
