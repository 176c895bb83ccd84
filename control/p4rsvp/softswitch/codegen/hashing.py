"""Calculations: checksums and hashes over fields, as bmv2 concatenates them (calculations.cpp).

Fields of headers that are not valid are skipped. The internet checksum is not computed over bytes:
a sum of 16-bit words is the sum of the fields, each shifted to its place within its word, since
carries wrap around (RFC 1071 section 2). So a header's checksum costs one shift and one addition
per field.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.values import LIMB, Value
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.ir.program import HashInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.places import Places

# Each CRC that bmv2 has with its default configuration: table, start, final exclusive or, width.
_CRCS = {
    "crc16": ("crc16", 0, 0, 16),
    "crc16_custom": ("crc16", 0, 0, 16),
    "crc32": ("crc32", 0xFFFFFFFF, 0xFFFFFFFF, 32),
    "crc32_custom": ("crc32", 0xFFFFFFFF, 0xFFFFFFFF, 32),
}
_SUM_BITS = 56  # a field's share of a sum must leave room for a few hundred others


class Hashing:
    """Writes calculations into the emitter."""

    def __init__(
        self, fields: Fields, expressions: Expressions, out: Emitter, places: Places
    ) -> None:
        self.fields = fields
        self.expressions = expressions
        self.out = out
        self.places = places

    def compute(self, algo: str, inputs: Sequence[HashInput]) -> Value:
        """The value of a calculation, in a fresh local."""
        inputs = self._expand(inputs)
        if algo == "csum16":
            return self._checksum(inputs)
        cursor = self._append_all(inputs)
        if algo in _CRCS:
            table, start, final, width = _CRCS[algo]
            place = self.out.const(getattr(self.places, table))
            code = f"crc(mem, {place}, pkt, {cursor}, {self.out.const(start)})"
            return Value((self.out.temp(f"{code} ^ {self.out.const(final)}", "hashed"),), width)
        if algo == "xor16":
            return Value((self.out.temp(f"xor16(pkt, {cursor})", "hashed"),), 16)
        if algo == "identity":
            return Value((self.out.temp(f"identity(pkt, {cursor})", "hashed"),), LIMB)
        raise Unsupported(f"hash algorithm {algo}")

    def _expand(self, inputs: Sequence[HashInput]) -> list[HashInput]:
        """Replace whole headers by their fields."""
        expanded = []
        for item in inputs:
            if item.kind != "header":
                expanded.append(item)
                continue
            for name, kind in self.fields.program.headers[item.header].fields.items():
                ref = FieldRef(item.header, name)
                expanded.append(HashInput("field", ref, kind.width_bits))
        return expanded

    def _checksum(self, inputs: list[HashInput]) -> Value:
        groups = [(key, list(items)) for key, items in groupby(inputs, key=_owner)]
        for position, (_, items) in enumerate(groups):
            bits = sum(item.width_bits for item in items)
            # A skipped group of odd size would shift what follows.
            if bits % 16 and position < len(groups) - 1:
                cursor = self._append_all(inputs)
                zero, seven = self.out.const(0), self.out.const(7)
                count = f"({cursor} + {seven}) >> {self.out.const(3)}"
                return Value((self.out.temp(f"fold(sum_bytes(pkt, {zero}, {count}))", "sum"),), 16)
        total = self.out.temp(self.out.const(0), "sum")
        for owner, items in groups:
            if owner and not self.fields.program.headers[owner].metadata:
                with self.out.block(f"if {self.fields.is_valid(owner)}:"):
                    self._add_group(total, items)
            else:
                self._add_group(total, items)
        return Value((self.out.temp(f"fold({total})", "sum"),), 16)

    def _add_group(self, total: str, items: list[HashInput]) -> None:
        position = 0
        shares = []
        for item in items:
            if item.kind == "payload":
                where = "slot + start + parsed, length - parsed"
                shares.append(f"sum_bytes(pkt, {where})")
                continue
            if self._is_varbit(item):
                assert isinstance(item.expr, FieldRef)
                header = item.expr.header
                size = self.fields.use(self.fields.size(header))
                shares.append(f"sum_bytes(pkt, slot + {self.fields.varbit_place(header)}, {size})")
                continue
            position += item.width_bits
            shares.extend(self._shares(item, position))
        self.out.line(f"{total} += " + " + ".join(shares))

    def _shares(self, item: HashInput, end_bits: int) -> list[str]:
        """A field's shares of the sum: its pieces, shifted to their place in a 16-bit word."""
        assert item.expr is not None
        value = self.expressions.math.truncate(self.expressions.value(item.expr), item.width_bits)
        shift = -end_bits % 16
        shares = []
        for index in range(len(value.limbs)):
            width = min(LIMB, item.width_bits - LIMB * index)
            pieces = [(value.limb(index), width)]
            if width + shift > _SUM_BITS:
                low = f"({value.limb(index)} & {self.out.mask(32)})"
                pieces = [(low, 32), (f"({value.limb(index)} >> {self.out.const(32)})", width - 32)]
            for piece, _ in pieces:
                shares.append(f"({piece} << {self.out.const(shift)})" if shift else piece)
        return shares

    def _is_varbit(self, item: HashInput) -> bool:
        if not isinstance(item.expr, FieldRef):
            return False
        return self.fields.program.field_type(item.expr).varbit

    def _append_all(self, inputs: list[HashInput]) -> str:
        cursor = self.out.temp(self.out.const(0), "cursor")
        for item in inputs:
            owner = _owner(item)
            if owner and not self.fields.program.headers[owner].metadata:
                with self.out.block(f"if {self.fields.is_valid(owner)}:"):
                    self._append(cursor, item)
            else:
                self._append(cursor, item)
        return cursor

    def _append(self, cursor: str, item: HashInput) -> None:
        if item.kind == "payload":
            where = "slot + start + parsed, length - parsed"
            self.out.line(f"{cursor} = append_bytes(pkt, {cursor}, {where})")
            return
        if self._is_varbit(item):
            assert isinstance(item.expr, FieldRef)
            header = item.expr.header
            size = self.fields.use(self.fields.size(header))
            where = f"slot + {self.fields.varbit_place(header)}, {size}"
            self.out.line(f"{cursor} = append_bytes(pkt, {cursor}, {where})")
            return
        assert item.expr is not None
        value = self.expressions.math.truncate(self.expressions.value(item.expr), item.width_bits)
        for index in reversed(range(len(value.limbs))):
            width = self.out.const(min(LIMB, item.width_bits - LIMB * index))
            self.out.line(f"{cursor} = append_bits(pkt, {cursor}, {value.limb(index)}, {width})")


def _owner(item: HashInput) -> str:
    return item.expr.header if isinstance(item.expr, FieldRef) else ""
