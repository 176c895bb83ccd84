"""Counters, meters and registers in action bodies: cells of arrays in the arena.

An index out of range touches nothing, as in simple_switch. Where an array is large, the place of a
cell is left for the scout (scouting.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.places import COUNTER_WORDS, LARGE_WORDS, METER_WORDS
from p4rsvp.softswitch.codegen.values import Value, limbs_for
from p4rsvp.softswitch.ir.expressions import Expr, Ref
from p4rsvp.softswitch.layout import Ctl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.places import Places
    from p4rsvp.softswitch.ir.program import StateArray


class Cells:
    """Writes primitives on arrays into the emitter."""

    def __init__(self, expressions: Expressions, places: Places) -> None:
        self.expressions = expressions
        self.places = places
        self.out = expressions.out
        self.program = expressions.fields.program

    def _index(self, expr: Expr, size: int) -> tuple[str, str]:
        """An index in a local, and the condition that it is in range."""
        value = self.expressions.value(expr)
        if value.signed or value.width > 64:
            value = self.expressions.math.truncate(value, 64)
        index = self.out.temp(value.code, "index")
        in_range = "True" if (1 << value.width) <= size else f"{index} < {self.out.const(size)}"
        return index, in_range

    def hint(self, word: int, place: str, hints: int) -> None:
        """Leave a place for the scout to fetch when the flow's next packet comes."""
        if hints:
            with self.out.block(f"if hint != {self.out.const(0)}:"):
                self.out.line(f"mem[hint + {self.out.const(word)}] = {place}")

    def _hint_cell(self, word: int, place: str, words: int) -> None:
        """The same for a cell of an array, where the array is large."""
        if words > LARGE_WORDS:
            self.hint(word, place, self.places.hints)

    def count(self, args: Sequence[Expr]) -> None:
        """Count this packet in a cell of an array."""
        assert isinstance(args[0], Ref)
        counter = self.program.counters[args[0].name]
        index, in_range = self._index(args[1], counter.size)
        with self.out.block(f"if {in_range}:"):
            base = self.out.const(self.places.counters[counter.name])
            place = f"{base} + {index} * {self.out.const(COUNTER_WORDS)}"
            place += self.own_share(COUNTER_WORDS * counter.size)
            self._hint_cell(2, place, COUNTER_WORDS * counter.size)
            self.count_at(place)

    def own_share(self, words: int) -> str:
        """Where this worker's copy of an array of counters begins, behind the first one's."""
        return f" + ctl[{self.out.const(Ctl.WORKER)}] * {self.out.const(words)}"

    def count_at(self, place: str) -> None:
        """Count this packet in the cell at a place."""
        cell = self.out.temp(place, "cell")
        one = self.out.const(1)
        self.out.line(f"mem[{cell}] += {one}")
        self.out.line(f"mem[{cell} + {one}] += arrived")

    def execute_meter(self, args: Sequence[Expr]) -> None:
        """Colour this packet by a cell of an array."""
        assert isinstance(args[0], Ref)
        meter = self.program.meters[args[0].name]
        index, in_range = self._index(args[1], meter.size)
        with self.out.block(f"if {in_range}:"):
            base = self.out.const(self.places.meters[meter.name])
            place = f"{base} + {index} * {self.out.const(METER_WORDS)}"
            self._hint_cell(1, place, METER_WORDS * meter.size)
            self.expressions.assign(args[2], self.meter_at(place, meter))

    def meter_at(self, place: str, meter: StateArray) -> Value:
        """Colour this packet by the meter at a place."""
        amount = "wire_bytes(arrived)" if meter.on_wire else "arrived"
        if meter.in_packets:
            amount = self.out.const(1)
        return Value(
            (self.out.temp(f"execute_meter(mem, ctl, {place}, {amount}, now)", "colour"),), 2
        )

    def _register(self, ref: Expr, index: Expr) -> tuple[int, list[str], str]:
        assert isinstance(ref, Ref)
        register = self.program.registers[ref.name]
        count = limbs_for(register.width_bits)
        name, in_range = self._index(index, register.size)
        base = self.places.registers[register.name]
        scaled = name if count == 1 else f"{name} * {self.out.const(count)}"
        cells = [f"mem[{self.out.const(base + i)} + {scaled}]" for i in range(count)]
        return register.width_bits, cells, in_range

    def read_register(self, args: Sequence[Expr]) -> None:
        """Carry out `field = register[index]`."""
        width, cells, in_range = self._register(args[1], args[2])
        with self.out.block(f"if {in_range}:"):
            self.expressions.assign(args[0], Value(tuple(cells), width))

    def write_register(self, args: Sequence[Expr]) -> None:
        """Carry out `register[index] = number`."""
        width, cells, in_range = self._register(args[0], args[1])
        math = self.expressions.math
        value = math.truncate(self.expressions.value(args[2]), width)
        with self.out.block(f"if {in_range}:"):
            for cell, source in zip(cells, math.extend(value, len(cells)), strict=True):
                self.out.line(f"{cell} = {source}")
