"""The deparser as generated code: headers in order in front of the payload, which never moves.

Headers that only come from the wire are still there, in the packet. If all valid headers end up
where they already are, which is the common case, only fields that the program writes are patched.
Else the parsed stretch is first copied aside to slot 0, because headers that move overlap with
where they came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.usage import keeps_order
from p4rsvp.softswitch.codegen.values import LIMB, Value
from p4rsvp.softswitch.ir.expressions import FieldRef

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.hashing import Hashing
    from p4rsvp.softswitch.ir.program import FieldType, Header


def _seen(word: str) -> str:
    """The local with what a word of validity was at the parser's end."""
    return f"seen_{word}"


class Deparser:
    """Writes checksum updates and the emission of headers."""

    def __init__(self, fields: Fields, expressions: Expressions, hashing: Hashing) -> None:
        self.fields = fields
        self.expressions = expressions
        self.hashing = hashing
        self.out: Emitter = fields.out
        self.program = fields.program
        self.in_order = keeps_order(fields.program) and bool(fields.valid_words())

    def update_checksums(self) -> None:
        """In the program's order, each under its condition."""
        for checksum in self.program.checksums:
            if not checksum.update:
                continue
            calculation = self.program.calculations[checksum.calculation]
            condition = checksum.condition
            code = "True" if condition is None else self.expressions.boolean(condition)
            with self.out.block(f"if {code}:"):
                value = self.hashing.compute(calculation.algo, calculation.inputs)
                self.fields.write(checksum.target, value)

    def verify_checksums(self) -> None:
        """At the end of the parser; only a program that looks at checksum_error pays for it."""
        error = FieldRef("standard_metadata", "checksum_error")
        if "checksum_error" not in self.program.headers["standard_metadata"].fields:
            return
        for checksum in self.program.checksums:
            if not checksum.verify:
                continue
            calculation = self.program.calculations[checksum.calculation]
            condition = checksum.condition
            tests = [self.fields.is_valid(checksum.target.header)]
            if condition is not None:
                tests.append(self.expressions.boolean(condition))
            with self.out.block(f"if {' & '.join(tests)}:"):
                value = self.hashing.compute(calculation.algo, calculation.inputs)
                width = self.program.field_type(checksum.target).width_bits
                math = self.expressions.math
                same = math.equal(math.truncate(value, width), self.fields.read(checksum.target))
                with self.out.block(f"if not {same}:"):
                    self.fields.write(error, math.const(1))

    def emit(self) -> None:
        """Put the headers in front of the payload; `start` and `length` follow."""
        headers = [self.program.headers[name] for name in self.program.deparser]
        if not self.in_order:
            self._emit_all(headers)
            return
        with self.out.block(f"if {self._unmoved(headers)}:"):
            for header in headers:
                self._emit_in_place(header)
        with self.out.block("else:"):
            self._emit_all(headers)

    def remember_extracted(self) -> None:
        """At the parser's end: which headers the packet came with."""
        if self.in_order:
            for word in self.fields.valid_words():
                self.out.line(f"{self.fields.define(_seen(word))} = {self.fields.use(word)}")

    def _unmoved(self, headers: list[Header]) -> str:
        """The condition that every header is where it was extracted."""
        emitted = {header.name for header in headers}
        tests = []
        for word in self.fields.valid_words():
            seen = self.fields.use(_seen(word))
            tests.append(f"({self.fields.use(word)} == {seen})")
            loose = 0  # headers that are not emitted, or whose length may have changed
            for header in self.program.headers.values():
                grows = header.varbit is not None and not self.fields.from_wire(header)
                if not header.metadata and (header.name not in emitted or grows):
                    name, bit = self.fields.valid_word(header.name)
                    loose |= bit if name == word else 0
            if loose:
                tests.append(f"(({seen} & {self.out.const(loose)}) == {self.out.const(0)})")
        return " & ".join(tests)

    def _emit_in_place(self, header: Header) -> None:
        """What changed of a header that did not move."""
        place = self.fields.offset(header.name)
        if self.fields.from_wire(header):
            clusters = self._clusters(header)
            if clusters:
                with self.out.block(f"if {self.fields.is_valid(header.name)}:"):
                    self.out.line(f"at = {self.fields.use(place)}")
                    for cluster in clusters:
                        self._patch_cluster(header, cluster)
        elif header.varbit is None:
            with self.out.block(f"if {self.fields.is_valid(header.name)}:"):
                self.out.line(f"at = {self.fields.use(place)}")
                self._store_fields(header)

    def _emit_all(self, headers: list[Header]) -> None:
        """Every header to its place, wherever it was."""
        self._measure(headers)
        with self.out.block(f"if moved != {self.out.const(0)}:"):
            self.out.line("set_aside(pkt, slot + start, parsed)")
        self.out.line("aside = start")
        self.out.line("start = start + parsed - total")
        self.out.line("length = length + total - parsed")
        self.out.line("at = start")
        for header in headers:
            with self.out.block(f"if {self.fields.is_valid(header.name)}:"):
                if self.fields.from_wire(header):
                    self._patch(header)
                else:
                    self._compose(header)

    def _measure(self, headers: list[Header]) -> None:
        """`total` bytes of headers; `moved` is not 0 if any extracted header changes its place."""
        zero = self.out.const(0)
        self.out.line(f"total = {zero}")
        self.out.line(f"moved = {zero}")
        for header in headers:
            with self.out.block(f"if {self.fields.is_valid(header.name)}:"):
                if self.fields.from_wire(header):
                    at = self.fields.use(self.fields.offset(header.name))
                    self.out.line(f"moved |= {at} ^ (start + total)")
                elif header.varbit:
                    self.out.line(f"moved |= {self.out.const(1)}")
                self.out.line(f"total += {self._length(header)}")
        self.out.line("moved |= total ^ parsed")

    def _length(self, header: Header) -> str:
        fixed = self.out.const(header.length_bits // 8)
        if header.varbit is None:
            return fixed
        return f"{fixed} + {self.fields.use(self.fields.size(header.name))}"

    def _patch(self, header: Header) -> None:
        """A header from the wire: bring it along if anything moved, then write what was changed."""
        at = self.fields.use(self.fields.offset(header.name))
        length = self._length(header)
        with self.out.block(f"if moved != {self.out.const(0)}:"):
            self.out.line(f"bring_back(pkt, {at} - aside, slot + at, {length})")
        for cluster in self._clusters(header):
            self._patch_cluster(header, cluster)
        self.out.line(f"at += {length}")

    def _clusters(self, header: Header) -> list[list[FieldType]]:
        """Written fields that one store of up to eight bytes covers; wide ones stand alone."""
        clusters: list[list[FieldType]] = []
        for kind in header.fields.values():
            if FieldRef(header.name, kind.name) not in self.fields.usage.written or kind.varbit:
                continue
            last = clusters[-1] if clusters else None
            end = kind.offset_bits + kind.width_bits
            if last is not None and end - last[0].offset_bits // 8 * 8 <= LIMB:
                last.append(kind)
            else:
                clusters.append([kind])
        return clusters

    def _patch_cluster(self, header: Header, cluster: list[FieldType]) -> None:
        first = cluster[0].offset_bits // 8
        end_bits = cluster[-1].offset_bits + cluster[-1].width_bits
        if end_bits - first * 8 > LIMB:
            self._patch_wide(header, cluster[0])
            return
        size = next(s for s in (8, 16, 32, 64) if end_bits - first * 8 <= s)
        place = self.fields.place("at", first)
        kept = (1 << size) - 1
        parts = []
        for kind in cluster:
            shift = size - (kind.offset_bits - first * 8) - kind.width_bits
            kept &= ~(((1 << kind.width_bits) - 1) << shift)
            value = self._unsigned(header, kind).code
            parts.append(f"({value} << {self.out.const(shift)})" if shift else value)
        if kept:
            parts.insert(0, f"(load{size}(pkt, {place}) & {self.out.const(kept)})")
        self.out.line(f"store{size}(pkt, {place}, {' | '.join(parts)})")

    def _patch_wide(self, header: Header, kind: FieldType) -> None:
        """A field of more than eight bytes' reach: bit by bit where it is ragged, else by words."""
        value = self._unsigned(header, kind)
        self._store_bits(kind.offset_bits, value, kind.width_bits)

    def _unsigned(self, header: Header, kind: FieldType) -> Value:
        value = self.fields.read(FieldRef(header.name, kind.name))
        return self.expressions.math.truncate(value, kind.width_bits)

    def _compose(self, header: Header) -> None:
        """A header that the program made, and its varbit from where that was."""
        self._store_fields(header)
        if header.varbit:
            size = self.fields.use(self.fields.size(header.name))
            fixed = self.out.const(header.length_bits // 8)
            place = self.fields.use(self.fields.varbit_local(header.name))
            self.out.line(f"bring_back(pkt, {place} - aside, slot + at + {fixed}, {size})")
        self.out.line(f"at += {self._length(header)}")

    def _store_fields(self, header: Header) -> None:
        """All fields of a header but its varbit, as words."""
        value = self.expressions.math.const(0)
        math = self.expressions.math
        for kind in header.fields.values():
            if kind.varbit:
                continue
            shift = header.length_bits - kind.offset_bits - kind.width_bits
            value = math.bitwise("|", value, math.shift_left(self._unsigned(header, kind), shift))
        if header.length_bits:
            self._store_bits(0, value, header.length_bits)

    def _store_bits(self, offset_bits: int, value: Value, width_bits: int) -> None:
        """Store a value of whole bytes at a whole byte, in pieces from the front."""
        math = self.expressions.math
        held = Value(tuple(math.extend(value, -(-width_bits // LIMB))), width_bits)
        if offset_bits % 8 or width_bits % 8:
            self._store_ragged(offset_bits, held)
            return
        done = 0
        while done < width_bits:
            size = next(s for s in (64, 32, 16, 8) if s <= width_bits - done)
            piece = math.truncate(math.shift_right(held, width_bits - done - size), size)
            place = self.fields.place("at", (offset_bits + done) // 8)
            self.out.line(f"store{size}(pkt, {place}, {piece.code})")
            done += size

    def _store_ragged(self, offset_bits: int, value: Value) -> None:
        """A wide field that begins or ends within a byte: its bytes, the bits around kept."""
        math = self.expressions.math
        first, last = offset_bits // 8, (offset_bits + value.width - 1) // 8
        tail = (last + 1) * 8 - offset_bits - value.width
        for byte in range(first, last + 1):
            end = (last - byte) * 8 - tail  # bits of the value behind this byte
            piece = math.shift_right(value, end) if end >= 0 else math.shift_left(value, -end)
            kept = 0xFF
            for bit in range(8):
                place_bits = byte * 8 + bit
                if offset_bits <= place_bits < offset_bits + value.width:
                    kept &= ~(0x80 >> bit)
            place = self.fields.place("at", byte)
            code = math.truncate(piece, 8).code
            if kept:
                code = f"(load8(pkt, {place}) & {self.out.const(kept)}) | {code}"
            self.out.line(f"store8(pkt, {place}, {code})")
