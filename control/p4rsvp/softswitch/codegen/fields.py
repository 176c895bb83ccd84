"""Where fields live in generated code, and how they are read and written.

A field is a local variable (one per 64-bit limb), named after header and field. Validity is one
bit per header in `valid_0`, `valid_1`...; a header that was extracted knows its offset in the
packet slot (`at_*`), a varbit its length in bytes (`size_*`), a stack how many elements it holds
(`next_*`).

Fields that usage.py found to be never written, of headers that only come from the wire, are `raw`:
later stages read them from the packet again instead of having them carried along. Offsets start at
a place of zeros, so that a header which was not extracted reads as zero without a branch.

The two sets `used` and `written` record the locals that a stage touches: they decide what crosses
stages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.values import LIMB, Value, limbs_for
from p4rsvp.softswitch.ir.expressions import FieldRef

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.usage import Usage
    from p4rsvp.softswitch.codegen.values import Arithmetic
    from p4rsvp.softswitch.ir.program import Header, Program

HEADERS_PER_WORD = 64


class Fields:
    """Names and accesses of one program's locals."""

    def __init__(self, program: Program, usage: Usage, out: Emitter, math: Arithmetic) -> None:
        self.program = program
        self.usage = usage
        self.out = out
        self.math = math
        self.used: set[str] = set()
        self.written: set[str] = set()
        self._names: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self.raw_of: dict[
            str, tuple[FieldRef, int]
        ] = {}  # local -> the raw field and limb it caches
        self._bits: dict[str, int] = {}
        for header in program.headers.values():
            if not header.metadata:
                self._bits[header.name] = len(self._bits)

    def begin_stage(self) -> None:
        """Forget what the last stage touched."""
        self.used, self.written = set(), set()

    def use(self, name: str) -> str:
        """Note that the stage reads this local."""
        self.used.add(name)
        return name

    def define(self, name: str) -> str:
        """Note that the stage writes this local, perhaps not on every path."""
        self.written.add(name)
        return name

    def name(self, header: str, field: str) -> str:
        """The local's name, without its limb."""
        key = (header, field)
        if key not in self._names:
            plain = re.sub(r"\W+", "_", f"{header}_{field}")
            while plain in self._taken:
                plain += "_"
            self._taken.add(plain)
            self._names[key] = f"h_{plain}"
        return self._names[key]

    def limbs(self, ref: FieldRef) -> list[str]:
        """The locals of a field."""
        count = limbs_for(self.program.field_type(ref).width_bits)
        base = self.name(ref.header, ref.field)
        names = [base] if count == 1 else [f"{base}_{i}" for i in range(count)]
        if self.is_raw(ref):
            for index, local in enumerate(names):
                self.raw_of[local] = (ref, index)
        return names

    def is_raw(self, ref: FieldRef) -> bool:
        """True where the packet itself holds the field's value all the way."""
        header = self.program.headers[ref.header]
        return self.from_wire(header) and ref not in self.usage.written

    def from_wire(self, header: Header) -> bool:
        """True for headers that are only ever extracted."""
        return not header.metadata and header.name not in self.usage.made

    # Validity

    def valid_word(self, header: str) -> tuple[str, int]:
        """The word that holds a header's validity, and its bit."""
        word, bit = divmod(self._bits[header], HEADERS_PER_WORD)
        return f"valid_{word}", 1 << bit

    def valid_words(self) -> list[str]:
        """All words of validity."""
        return [f"valid_{word}" for word in range(-(-len(self._bits) // HEADERS_PER_WORD))]

    def is_valid(self, header: str) -> str:
        """A boolean expression."""
        if self.program.headers[header].metadata:
            return "True"
        word, bit = self.valid_word(header)
        return f"(({self.use(word)} & {self.out.const(bit)}) != {self.out.const(0)})"

    def set_valid(self, header: str, *, valid: bool) -> None:
        """Make a header valid or invalid; of a union at most one member is valid."""
        info = self.program.headers[header]
        if info.metadata:
            return
        word, bit = self.valid_word(header)
        self.define(word)
        if not valid:
            self.out.clear_bits(word, bit)
            return
        for other in self.program.unions.get(info.union or "", ()):
            if other != header:
                self.set_valid(other, valid=False)
        self.out.line(f"{word} |= {self.out.const(bit)}")

    # Fields

    def read(self, ref: FieldRef) -> Value:
        """The value of a field."""
        kind = self.program.field_type(ref)
        if ref.field == "$valid$":
            one, zero = self.out.const(1), self.out.const(0)
            return Value((f"({one} if {self.is_valid(ref.header)} else {zero})",), 1)
        if kind.varbit:
            raise Unsupported(f"the value of the varbit {ref.header}.{ref.field}")
        limbs = tuple(self.use(local) for local in self.limbs(ref))
        value = Value(limbs, kind.width_bits)
        return self.math.sign_extend(value, kind.width_bits) if kind.signed else value

    def write(self, ref: FieldRef, value: Value) -> None:
        """Assign, truncated to the field's width."""
        kind = self.program.field_type(ref)
        cut = self.math.truncate(value, kind.width_bits)
        sources = self.math.extend(cut, limbs_for(kind.width_bits))
        if len(sources) > 1 and any(source not in self.used for source in sources):
            sources = [self.out.temp(source or cut.limb(0)) for source in sources]
        for index, local in enumerate(self.limbs(ref)):
            source = sources[index]
            self.out.line(f"{self.define(local)} = {cut.limb(index) if source is None else source}")

    def zero(self, header: str) -> None:
        """Set every field of a header to 0."""
        for field in self.program.headers[header].fields.values():
            if not field.varbit:
                for local in self.limbs(self.ref(header, field.name)):
                    self.out.line(f"{self.define(local)} = {self.out.const(0)}")

    def ref(self, header: str, field: str) -> FieldRef:
        """A reference to a field."""
        return FieldRef(header, field)

    # What extraction remembers

    def offset(self, header: str) -> str:
        """The local with the header's place in the slot."""
        return f"at{self.name(header, '')[1:]}"

    def size(self, header: str) -> str:
        """The local with the length of the header's varbit, in bytes."""
        return f"size{self.name(header, '')[1:]}"

    def varbit_place(self, header: str) -> str:
        """An expression for the slot offset of the header's varbit."""
        info = self.program.headers[header]
        if self.from_wire(info):
            return f"{self.use(self.offset(header))} + {self.out.const(info.length_bits // 8)}"
        return self.use(self.varbit_local(header))

    def varbit_local(self, header: str) -> str:
        """The local with the place of a varbit that need not stand behind its own header."""
        return f"data{self.name(header, '')[1:]}"

    def next_index(self, stack: str) -> str:
        """The local with the number of elements that a stack holds."""
        return f"next{self.name(stack, '')[1:]}"

    # Packet bytes

    def load_bits(self, base: str, offset_bits: int, width_bits: int) -> list[str]:
        """Expressions for bits of the packet, limbs from the low end; `base` is a slot offset."""
        limbs = []
        for index in range(limbs_for(width_bits)):
            end = offset_bits + width_bits - LIMB * index
            start = max(offset_bits, end - LIMB)
            limbs.append(self._load_limb(base, start, end - start))
        return limbs

    def _load_limb(self, base: str, start_bits: int, width_bits: int) -> str:
        first, inside = divmod(start_bits, 8)
        spare = LIMB - inside - width_bits
        if spare >= 0:
            # The narrowest load that covers the field: the patching stores of the deparser are as
            # narrow.
            for size in (8, 16, 32, 64):
                if inside + width_bits <= size:
                    shift = size - inside - width_bits
                    break
            word = f"load{size}(pkt, {self.place(base, first)})"
            if shift:
                word = f"({word} >> {self.out.const(shift)})"
            return f"({word} & {self.out.mask(width_bits)})" if inside else word
        high_bits = LIMB - inside
        low_bits = width_bits - high_bits
        high = f"(load64(pkt, {self.place(base, first)}) & {self.out.mask(high_bits)})"
        low = f"(load8(pkt, {self.place(base, first + 8)}) >> {self.out.const(8 - low_bits)})"
        return f"(({high} << {self.out.const(low_bits)}) | {low})"

    def place(self, base: str, offset_bytes: int) -> str:
        """Index of a byte of this packet's slot."""
        at = f"slot + {base}"
        return at if offset_bytes == 0 else f"{at} + {self.out.const(offset_bytes)}"
