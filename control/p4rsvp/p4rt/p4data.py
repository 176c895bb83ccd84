"""P4Data (8.5.3): values of P4 types, for registers and digests.

The data plane holds numbers. A scalar is one of them; a struct or tuple is the row of its scalars,
nested ones flattened in the order of their declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from finsy.proto import p4d, p4i, p4t

from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.p4rt import bytestrings


class Scalar:
    """How one number looks: bit<W>, int<W>, bool or a serializable enum."""

    def __init__(self, spec: p4t.P4DataTypeSpec, types: p4t.P4TypeInfo, what: str) -> None:
        spec = resolve(spec, types)
        self.what: Final = what
        self.oneof = str(spec.WhichOneof("type_spec"))
        self.bitwidth = 1
        self.signed = False
        self.values: frozenset[int] | None = None
        if self.oneof == "bitstring" and not spec.bitstring.HasField("varbit"):
            self.signed = spec.bitstring.HasField("int")
            self.bitwidth = (spec.bitstring.int if self.signed else spec.bitstring.bit).bitwidth
        elif self.oneof == "serializable_enum":
            enum = types.serializable_enums[spec.serializable_enum.name]
            self.oneof = "enum_value"
            self.bitwidth = enum.underlying_type.bitwidth
        elif self.oneof != "bool":
            raise Unsupported(f"{what}: values of type {self.oneof}")

    def decode(self, message: p4d.P4Data) -> int:
        """Read a number."""
        given = message.WhichOneof("data")
        if given != self.oneof:
            raise ControlError(
                Status.INVALID_ARGUMENT,
                f"{self.what}, data: {given or 'nothing'} given, its type is {self.oneof}",
            )
        if given == "bool":
            return int(message.bool)
        string = message.bitstring if given == "bitstring" else message.enum_value
        if self.signed:
            return bytestrings.decode_signed(string, self.bitwidth, self.what)
        return bytestrings.decode(string, self.bitwidth, self.what)

    def encode(self, value: int, message: p4d.P4Data) -> None:
        """Write a number."""
        if self.oneof == "bool":
            message.bool = bool(value)
        elif self.oneof == "enum_value":
            message.enum_value = bytestrings.encode(value)
        elif self.signed:
            message.bitstring = bytestrings.encode_signed(value, self.bitwidth)
        else:
            message.bitstring = bytestrings.encode(value)


def resolve(spec: p4t.P4DataTypeSpec, types: p4t.P4TypeInfo) -> p4t.P4DataTypeSpec:
    """See through a user-defined type (8.5.6)."""
    if spec.WhichOneof("type_spec") != "new_type":
        return spec
    new_type = types.new_types[spec.new_type.name]
    if new_type.WhichOneof("representation") == "original_type":
        return new_type.original_type
    if new_type.translated_type.WhichOneof("sdn_type") != "sdn_bitwidth":
        raise Unsupported(f"type {spec.new_type.name}: values translated to strings")
    translated = p4t.P4DataTypeSpec()
    translated.bitstring.bit.bitwidth = new_type.translated_type.sdn_bitwidth
    return translated


_Write = Callable[[Iterator[int], p4d.P4Data], None]


class Record:
    """Writes a row of numbers as the P4Data of a digest's type."""

    def __init__(self, spec: p4t.P4DataTypeSpec, types: p4t.P4TypeInfo, what: str) -> None:
        self._write = _writer(spec, types, what)

    def encode(self, row: Sequence[int], message: p4d.P4Data) -> None:
        """Write a row."""
        self._write(iter(row), message)


def _writer(spec: p4t.P4DataTypeSpec, types: p4t.P4TypeInfo, what: str) -> _Write:
    kind = spec.WhichOneof("type_spec")
    if kind == "struct":
        members = types.structs[spec.struct.name].members
        parts = [_writer(m.type_spec, types, f"{what}, {m.name}") for m in members]
    elif kind == "tuple":
        parts = [_writer(member, types, what) for member in spec.tuple.members]
    else:
        scalar = Scalar(spec, types, what)
        return lambda row, message: scalar.encode(next(row), message)

    def write(row: Iterator[int], message: p4d.P4Data) -> None:
        inner = message.struct if kind == "struct" else message.tuple
        for part in parts:
            part(row, inner.members.add())

    return write


def digest_records(p4info: p4i.P4Info) -> dict[int, Record]:
    """Compile the types of all digests."""
    return {
        digest.preamble.id: Record(
            digest.type_spec, p4info.type_info, f"digest {digest.preamble.alias}"
        )
        for digest in p4info.digests
    }
