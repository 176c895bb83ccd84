"""What clones, resubmitted and recirculated packets keep: fields in the packet's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.standard import STANDARD
from p4rsvp.softswitch.codegen.values import limbs_for
from p4rsvp.softswitch.layout import Extra, Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.usage import Usage
    from p4rsvp.softswitch.ir.expressions import FieldRef

_FLAGS = {
    "clone_ingress_pkt_to_egress": Extra.CLONE,
    "clone_egress_pkt_to_egress": Extra.CLONE,
    "resubmit": Extra.RESUBMIT,
    "recirculate": Extra.RECIRCULATE,
}
_SET_ANEW = {"instance_type", "packet_length"}  # of standard metadata


class Carried:
    """The words behind Row.CARRIED."""

    def __init__(self, fields: Fields, usage: Usage) -> None:
        self.fields = fields
        self.program = fields.program
        self.usage = usage
        self.out: Emitter = fields.out

    def _places(self) -> list[tuple[int, FieldRef]]:
        """Each carried field with its first word in the row."""
        word, places = int(Row.CARRIED), []
        for ref in self.usage.carried:
            places.append((word, ref))
            word += limbs_for(self.program.field_type(ref).width_bits)
        return places

    def end(self) -> int:
        """The word behind the carried fields."""
        count = sum(limbs_for(self.program.field_type(r).width_bits) for r in self.usage.carried)
        return Row.CARRIED + count

    def save(self, *ops: str) -> None:
        """Keep what the field list names, after those primitives, of these, that are used."""
        bits = [_FLAGS[op] for op in ops if op in self.usage.ops]
        if not bits or not self.usage.carried:
            return
        mask = self.out.const(sum(1 << bit for bit in bits))
        zero = self.out.const(0)
        with self.out.block(f"if ({self.fields.use('extra')} & {mask}) != {zero}:"):
            for word, ref in self._places():
                lists = [n for n, refs in self.program.field_lists.items() if ref in refs]
                held = self.fields.use("kept_list")
                test = " | ".join(f"({held} == {self.out.const(n)})" for n in lists)
                for index, local in enumerate(self.fields.limbs(ref)):
                    code = f"{self.fields.use(local)} if {test} else {zero}"
                    self.out.line(f"{self.out.row(word + index)} = {code}")

    def restore(self) -> None:
        """Begin ingress with what the packet kept."""
        if not self.usage.carried:
            return
        with self.out.block(f"if kind != {self.out.const(0)}:"):
            for word, ref in self._places():
                if ref.header == STANDARD and ref.field in _SET_ANEW:
                    continue
                for index, local in enumerate(self.fields.limbs(ref)):
                    self.out.line(f"{self.fields.define(local)} = {self.out.row(word + index)}")

    def moves(self, rows: dict[str, int]) -> list[tuple[int, int]]:
        """For an egress clone: from a carried word to where egress reads the field."""
        moves = []
        for word, ref in self._places():
            for index, local in enumerate(self.fields.limbs(ref)):
                if local in rows:
                    moves.append((word + index, rows[local]))
        return moves
