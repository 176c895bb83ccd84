"""The scout: the parser alone, and a hash of what large tables look at (kernels/scout.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.places import is_large, pack
from p4rsvp.softswitch.layout import Row

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.parser import Parser
    from p4rsvp.softswitch.codegen.places import Places
    from p4rsvp.softswitch.codegen.standard import Standard
    from p4rsvp.softswitch.ir.expressions import FieldRef

_HEAD = [
    "@kernel",
    "def scout(mem, pkt, phv, ctl, first, count):",
    "    for n in range(count):",
]


class Scout:
    """Writes the kernel that finds each packet's hint."""

    def __init__(self, fields: Fields, parser: Parser, standard: Standard, places: Places) -> None:
        self.fields = fields
        self.program = fields.program
        self.out: Emitter = fields.out
        self.parser = parser
        self.standard = standard
        self.places = places

    def function(self, slot_bytes: int, row_words: int) -> str:
        """The whole kernel."""
        refs = self._scouted()
        limbs = [local for ref in refs for local in self.fields.limbs(ref)]
        needed = {*limbs, *self._steering()}
        self.fields.begin_stage()
        with self.out.indented(), self.out.indented():
            with self.out.capture() as body:
                self.out.load_packet()
                self.out.line(f"parsed = {self.out.const(0)}")
                self.out.line(f"extent = {self.out.const(0)}")
                self.standard.set("ingress_port", self.out.row(Row.IN_PORT))
                self.parser.needed = needed
                self.parser.write()
                hashed = self.out.temp(self.out.const(0), "hashed")
                for word in self._packed(refs):
                    self.out.line(f"{hashed} = mix({hashed}, {word})")
                hints = self.out.const(self.places.hints)
                self.out.line(f"mark(mem, phv, row, {hints}, finish({hashed}))")
            with self.out.capture() as head:
                self.out.find_packet(slot_bytes, row_words)
                for local in sorted({*self.fields.used, *self.fields.written, *limbs}):
                    self.out.line(f"{local} = {self.out.const(0)}")
        return "\n".join([*_HEAD, *head, *body])

    def _packed(self, refs: list[FieldRef]) -> list[str]:
        """Fields as few words."""
        places, count = pack([self.program.field_type(ref).width_bits for ref in refs])
        words: list[list[str]] = [[] for _ in range(count)]
        for ref, slots in zip(refs, places, strict=True):
            for local, slot in zip(self.fields.limbs(ref), slots, strict=True):
                shifted = f"({local} << {self.out.const(slot.shift)})"
                words[slot.word].append(shifted if slot.shift else local)
        return [" | ".join(word) for word in words]

    def _scouted(self) -> list[FieldRef]:
        """The header fields, still as they came, that large tables have in their keys."""
        found: dict[FieldRef, None] = {}
        for table in self.program.tables:
            if is_large(self.places.tables[table.name]):
                for key in table.key:
                    if key.field.field != "$valid$" and self.fields.is_raw(key.field):
                        found[key.field] = None
        return list(found)

    def _steering(self) -> set[str]:
        """The locals that the parser itself reads."""
        self.fields.begin_stage()
        with self.out.capture():
            self.parser.needed = set()
            self.parser.write()
        return set(self.fields.used)
