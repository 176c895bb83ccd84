"""Digests: the words of a message behind its number, in the engine's control block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.ir.expressions import FieldRef
from p4rsvp.softswitch.layout import Extra

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.values import Arithmetic, Value


class Digests:
    """Writes what `generate_digest` asked for, as ingress ends."""

    def __init__(self, fields: Fields, math: Arithmetic) -> None:
        self.fields = fields
        self.math = math
        self.program = fields.program
        self.out: Emitter = fields.out
        self.words = 1  # of the longest message, its number included

    def write(self) -> None:
        """The message that the packet's flags name."""
        sizes = [
            1 + sum(len(self._value(e).limbs) for e in elements)
            for _, elements in self.program.digests.values()
        ]
        self.words = max(sizes, default=1)
        flag, zero = self.out.const(1 << Extra.DIGEST), self.out.const(0)
        with self.out.block(f"if ({self.fields.use('extra')} & {flag}) != {zero}:"):
            shift, mask = self.out.const(Extra.DIGEST_ID), self.out.mask(8)
            number = self.out.temp(f"(extra >> {shift}) & {mask}", "digest")
            size = self.out.const(self.words)
            place = self.out.temp(f"take_digest(ctl, {size})", "place")
            with self.out.block(f"if {place} != {zero}:"):
                self.out.line(f"ctl[{place}] = {number}")
                for digest_id, (_, elements) in self.program.digests.items():
                    with self.out.block(f"if {number} == {self.out.const(digest_id)}:"):
                        self._message(place, elements)

    def _value(self, element: object) -> Value:
        if not isinstance(element, FieldRef):
            raise Unsupported("a digest of something other than fields")
        value = self.fields.read(element)
        return self.math.truncate(value, self.program.field_type(element).width_bits)

    def _message(self, place: str, elements: tuple[object, ...]) -> None:
        word = 1
        for element in elements:
            for limb in self._value(element).limbs:
                self.out.line(f"ctl[{place} + {self.out.const(word)}] = {limb}")
                word += 1
