"""Action bodies: each primitive of v1model as lines of generated code.

The meaning is simple_switch's (targets/simple_switch/primitives.cpp), index out of range included:
it touches nothing. p4c compiles `if` inside an action to jumps; they are put back into blocks
here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.flow import END, Flow
from p4rsvp.softswitch.codegen.places import COUNTER_WORDS, LARGE_WORDS, METER_WORDS
from p4rsvp.softswitch.codegen.values import Value, limbs_for
from p4rsvp.softswitch.ir.expressions import Const, Expr, FieldRef, LastField, Op, Ref
from p4rsvp.softswitch.ir.program import HashInput, Primitive, StateArray
from p4rsvp.softswitch.layout import Ctl, Extra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.flow import Exits
    from p4rsvp.softswitch.codegen.hashing import Hashing
    from p4rsvp.softswitch.codegen.places import Places

MAX_STEPS = 1 << 20  # of a loop inside an action: P4's loops are meant to be bounded
DROP_PORT = 511  # simple_switch's default


class Actions:
    """Writes primitives into the emitter."""

    def __init__(
        self, fields: Fields, expressions: Expressions, hashing: Hashing, places: Places
    ) -> None:
        self.fields = fields
        self.expressions = expressions
        self.hashing = hashing
        self.places = places
        self.out: Emitter = fields.out
        self.program = fields.program
        self.tracks_length = True

    def body(self, body: Sequence[Primitive], params: Sequence[Value]) -> None:
        """A whole action with the parameters bound."""
        self.expressions.params = params
        if _is_nested(body):
            self._range(body, 0, len(body))
        else:
            self._jumping(body)
        self.expressions.params = ()

    def _jumping(self, body: Sequence[Primitive]) -> None:
        """A body with loops or early returns: basic blocks, each going to others."""
        starts = _block_starts(body)
        names = {at: f"at {at}" for at in starts}
        blocks = {names[at]: (at, end) for at, end in pairwise([*starts, len(body)])}

        def ends(name: str) -> Exits:
            _, end = blocks[name]
            last = body[end - 1]
            following = names.get(end, END)
            if last.op == "_jump":
                return [(None, names.get(_target(last.args[0]), END))]
            if last.op == "_jump_if_zero":
                other = names.get(_target(last.args[1]), END)
                return [(self.expressions.boolean(last.args[0]), following), (None, other)]
            return [(None, following)]

        def block(name: str, _flow: Flow) -> Exits:
            for step in body[blocks[name][0] : blocks[name][1]]:
                if step.op not in {"_jump", "_jump_if_zero"}:
                    self.primitive(step)
            return ends(name)

        with self.out.capture():
            successors = {name: [target for _, target in ends(name)] for name in blocks}
        numbers = {name: number + 1 for number, name in enumerate(blocks)}
        step = self.out.fresh("step")
        Flow(self.out, successors, numbers, block, step, MAX_STEPS).write([names[0]])

    def _range(self, body: Sequence[Primitive], at: int, end: int) -> None:
        while at < end:
            step = body[at]
            if step.op == "_jump_if_zero":
                at = self._branch(body, at)
            else:
                self.primitive(step)
                at += 1

    def _branch(self, body: Sequence[Primitive], at: int) -> int:
        step = body[at]
        over, rest, has_else = _shape(body, at)
        with self.out.block(f"if {self.expressions.boolean(step.args[0])}:"):
            self._range(body, at + 1, over - 1 if has_else else over)
        if has_else and rest > over:
            with self.out.block("else:"):
                self._range(body, over, rest)
        return rest

    def primitive(self, step: Primitive) -> None:
        """One primitive."""
        handler = _PRIMITIVES.get(step.op)
        if handler is None:
            raise Unsupported(f"primitive {step.op}")
        handler(self, step.args)

    # Assignments

    def assign_value(self, target: Expr, value: Value) -> None:
        """Write a number to a field, wherever the expression says that it is."""
        if isinstance(target, FieldRef):
            self.fields.write(target, value)
            return
        if isinstance(target, LastField):
            elements, field = self.expressions.last_elements(target.stack), target.field
        elif isinstance(target, Op) and target.op == "access_field" and isinstance(target.left, Op):
            elements = self.expressions.elements(target.left)
            if not elements or not isinstance(target.right, Const):
                return
            field = list(self.program.headers[elements[0][0]].fields)[target.right.value]
        else:
            raise Unsupported(f"assignment to {target}")
        held = Value(tuple(self.out.temp(v) for v in value.limbs if v), value.width, value.signed)
        for header, here in elements:
            with self.out.block(f"if {here}:"):
                self.fields.write(FieldRef(header, field), held)

    def _assign(self, args: Sequence[Expr]) -> None:
        self.assign_value(args[0], self.expressions.value(args[1]))

    def _assign_varbit(self, args: Sequence[Expr]) -> None:
        target, source = args
        if not isinstance(target, FieldRef) or not isinstance(source, FieldRef):
            raise Unsupported("assignment of a computed varbit")
        self._copy_varbit(target.header, source.header)

    def _copy_varbit(self, target: str, source: str) -> None:
        place = self.fields.define(self.fields.varbit_local(target))
        size = self.fields.define(self.fields.size(target))
        self.out.line(f"{place} = {self.fields.varbit_place(source)}")
        self.out.line(f"{size} = {self.fields.use(self.fields.size(source))}")

    # Headers

    def _each_header(self, expr: Expr) -> list[tuple[str, str]]:
        if isinstance(expr, Ref) and expr.kind == "header":
            return [(expr.name, "True")]
        if isinstance(expr, Op) and expr.op == "dereference_header_stack":
            return self.expressions.elements(expr)
        raise Unsupported(f"header operation on {expr}")

    def _add_header(self, args: Sequence[Expr]) -> None:
        for header, here in self._each_header(args[0]):
            if self.program.headers[header].metadata:
                continue
            if self.program.headers[header].varbit:
                self._empty_varbit(header)
            with self.out.block(f"if {here} & (not {self.fields.is_valid(header)}):"):
                self.fields.zero(header)
                self.fields.set_valid(header, valid=True)
                self._grow(header, "+")

    def _grow(self, header: str, sign: str) -> None:
        """Keep track of the packet's length, where the program asks for it in egress."""
        if self.tracks_length:
            size = self.out.const(self.program.headers[header].length_bits // 8)
            grown = self.fields.define("grown")
            code = f"({self.fields.use('grown')} {sign} {size}) & {self.out.const(-1)}"
            self.out.line(f"{grown} = {code}")

    def _empty_varbit(self, header: str) -> None:
        zero = self.out.const(0)
        with self.out.block(f"if not {self.fields.is_valid(header)}:"):
            self.out.line(f"{self.fields.define(self.fields.varbit_local(header))} = {zero}")
            self.out.line(f"{self.fields.define(self.fields.size(header))} = {zero}")

    def _remove_header(self, args: Sequence[Expr]) -> None:
        for header, here in self._each_header(args[0]):
            if self.tracks_length:
                with self.out.block(f"if {here} & {self.fields.is_valid(header)}:"):
                    self._grow(header, "-")
            with self.out.block(f"if {here}:"):
                self.fields.set_valid(header, valid=False)

    def _assign_header(self, args: Sequence[Expr]) -> None:
        sources = self._each_header(args[1])
        for target, to in self._each_header(args[0]):
            for source, of in sources:
                with self.out.block(f"if {to} & {of}:"):
                    self.copy_header(target, source)

    def copy_header(self, target: str, source: str) -> None:
        """Make one header what another is."""
        if self.program.headers[target].metadata:
            self._copy_fields(target, source)
            return
        with self.out.block(f"if {self.fields.is_valid(source)}:"):
            self.fields.set_valid(target, valid=True)
            self._copy_fields(target, source)
        with self.out.block("else:"):
            self.fields.set_valid(target, valid=False)

    def _copy_fields(self, target: str, source: str) -> None:
        kinds = zip(
            self.program.headers[target].fields.values(),
            self.program.headers[source].fields.values(),
            strict=True,
        )
        for to, of in kinds:
            if to.varbit:
                self._copy_varbit(target, source)
            else:
                self.fields.write(
                    FieldRef(target, to.name), self.fields.read(FieldRef(source, of.name))
                )

    def _assign_stack(self, args: Sequence[Expr]) -> None:
        target, source = args
        assert isinstance(target, Ref)
        assert isinstance(source, Ref)
        groups = self.program.stacks if target.kind == "header_stack" else self.program.unions
        for to, of in zip(groups[target.name], groups[source.name], strict=True):
            self.copy_header(to, of)
        if target.kind == "header_stack":
            held = self.fields.use(self.fields.next_index(source.name))
            self.out.line(f"{self.fields.define(self.fields.next_index(target.name))} = {held}")

    def _push(self, args: Sequence[Expr]) -> None:
        names, held, count = self._stack(args)
        for position in reversed(range(len(names))):
            if position >= count:
                self.copy_header(names[position], names[position - count])
            else:
                self.fields.set_valid(names[position], valid=False)
                self.fields.zero(names[position])
        top = self.out.const(len(names))
        self.out.line(f"{held} += {self.out.const(count)}")
        with self.out.block(f"if {held} > {top}:"):
            self.out.line(f"{held} = {top}")

    def _pop(self, args: Sequence[Expr]) -> None:
        names, held, count = self._stack(args)
        for position in range(len(names)):
            if position + count < len(names):
                self.copy_header(names[position], names[position + count])
            else:
                self.fields.set_valid(names[position], valid=False)
        amount, zero = self.out.const(count), self.out.const(0)
        self.out.line(f"{held} = {held} - {amount} if {held} > {amount} else {zero}")

    def _stack(self, args: Sequence[Expr]) -> tuple[tuple[str, ...], str, int]:
        stack, count = args
        if not isinstance(stack, Ref) or not isinstance(count, Const):
            raise Unsupported("push or pop of a computed stack or amount")
        held = self.fields.define(self.fields.next_index(stack.name))
        return self.program.stacks[stack.name], held, count.value

    # Fate

    def _mark_to_drop(self, args: Sequence[Expr]) -> None:
        header = args[0].name if args and isinstance(args[0], Ref) else "standard_metadata"
        fields = self.program.headers[header].fields
        self.fields.write(FieldRef(header, "egress_spec"), self.expressions.math.const(DROP_PORT))
        if "mcast_grp" in fields:
            self.fields.write(FieldRef(header, "mcast_grp"), self.expressions.math.const(0))

    def _extra(self, code: str) -> None:
        self.out.line(f"{self.fields.define('extra')} |= {code}")

    def _clone(self, args: Sequence[Expr]) -> None:
        session = self.expressions.math.truncate(self.expressions.value(args[0]), 16).code
        self.fields.define("extra")
        keep = self.out.const(~(0xFFFF << Extra.CLONE_SESSION))
        flag = self.out.const(1 << Extra.CLONE)
        shift = self.out.const(Extra.CLONE_SESSION)
        self.out.line(f"extra = (extra & {keep}) | {flag} | ({session} << {shift})")
        self._keep_list(args[1])

    def _resubmit(self, args: Sequence[Expr]) -> None:
        self._extra(self.out.const(1 << Extra.RESUBMIT))
        self._keep_list(args[0])

    def _recirculate(self, args: Sequence[Expr]) -> None:
        self._extra(self.out.const(1 << Extra.RECIRCULATE))
        self._keep_list(args[0])

    def _keep_list(self, expr: Expr) -> None:
        if not isinstance(expr, Const):
            raise Unsupported("a field list that is not constant")
        self.out.line(f"{self.fields.define('kept_list')} = {self.out.const(expr.value)}")

    def _digest(self, args: Sequence[Expr]) -> None:
        if not isinstance(args[1], Const):
            raise Unsupported("a digest that is not constant")
        self.fields.define("extra")
        keep = self.out.const(~(0xFF << Extra.DIGEST_ID))
        code = (1 << Extra.DIGEST) | (args[1].value << Extra.DIGEST_ID)
        self.out.line(f"extra = (extra & {keep}) | {self.out.const(code)}")

    def _truncate(self, args: Sequence[Expr]) -> None:
        length = self.expressions.math.truncate(self.expressions.value(args[0]), 32).code
        self.out.line(f"{self.fields.define('longest')} = {length} + {self.out.const(1)}")

    def _exit(self, _args: Sequence[Expr]) -> None:
        self.out.line(f"gone = {self.out.const(1)}")

    def _nothing(self, _args: Sequence[Expr]) -> None:
        pass

    # State

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

    def _count(self, args: Sequence[Expr]) -> None:
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

    def _execute_meter(self, args: Sequence[Expr]) -> None:
        assert isinstance(args[0], Ref)
        meter = self.program.meters[args[0].name]
        index, in_range = self._index(args[1], meter.size)
        with self.out.block(f"if {in_range}:"):
            base = self.out.const(self.places.meters[meter.name])
            place = f"{base} + {index} * {self.out.const(METER_WORDS)}"
            self._hint_cell(1, place, METER_WORDS * meter.size)
            self.assign_value(args[2], self.meter_at(place, meter))

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

    def _register_read(self, args: Sequence[Expr]) -> None:
        width, cells, in_range = self._register(args[1], args[2])
        with self.out.block(f"if {in_range}:"):
            self.assign_value(args[0], Value(tuple(cells), width))

    def _register_write(self, args: Sequence[Expr]) -> None:
        width, cells, in_range = self._register(args[0], args[1])
        math = self.expressions.math
        value = math.truncate(self.expressions.value(args[2]), width)
        with self.out.block(f"if {in_range}:"):
            for cell, source in zip(cells, math.extend(value, len(cells)), strict=True):
                self.out.line(f"{cell} = {source}")

    # Chance and hashes

    def _random(self, args: Sequence[Expr]) -> None:
        low = self.out.temp(self.expressions.value(args[1]).code, "low")
        high = self.out.temp(self.expressions.value(args[2]).code, "high")
        one, zero = self.out.const(1), self.out.const(0)
        span = self.out.temp(f"{high} - {low} + {one} if {high} > {low} else {one}", "span")
        place = self.out.const(self.places.chance)
        drawn = self.out.temp(f"draw(mem, {place})", "drawn")
        safe = f"({drawn} % {span} if {span} != {zero} else {drawn})"
        self.assign_value(args[0], Value((f"({low} + {safe})",), 64))

    def _hash(self, args: Sequence[Expr]) -> None:
        target, base, calculation, size = args
        assert isinstance(calculation, Ref)
        named = self.program.calculations[calculation.name]
        hashed = self.hashing.compute(named.algo, named.inputs)
        math = self.expressions.math
        modulo = self.out.temp(math.truncate(self.expressions.value(size), 64).code, "modulo")
        # simple_switch takes a range of 0 for 1.
        zero = self.out.const(0)
        rest = f"({hashed.code} % {modulo} if {modulo} != {zero} else {zero})"
        offset = math.truncate(self.expressions.value(base), 64).code
        total = f"(({rest} + {offset}) & {self.out.const(-1)})"
        self.assign_value(target, Value((total,), 64))

    def hash_inputs(self, refs: Sequence[FieldRef]) -> list[HashInput]:
        """Fields as inputs of a hash."""
        return [HashInput("field", r, self.program.field_type(r).width_bits) for r in refs]


def _target(expr: Expr) -> int:
    if not isinstance(expr, Const):
        raise Unsupported("a computed jump inside an action")
    return expr.value


def _shape(body: Sequence[Primitive], at: int) -> tuple[int, int, bool]:
    """Of an `if` at a place: where its else begins, where it ends, and whether it has one."""
    over = _target(body[at].args[1])
    has_else = over - 1 > at and body[over - 1].op == "_jump"
    return over, _target(body[over - 1].args[0]) if has_else else over, has_else


def _is_nested(body: Sequence[Primitive], at: int = 0, end: int | None = None) -> bool:
    """True where all jumps are ifs with or without else, one within the other."""
    end = len(body) if end is None else end
    while at < end:
        if body[at].op == "_jump":
            return False
        if body[at].op == "_jump_if_zero":
            if not at < _target(body[at].args[1]) <= end:
                return False
            over, rest, has_else = _shape(body, at)
            if not over <= rest <= end:
                return False
            parts = _is_nested(body, at + 1, over - has_else) and _is_nested(body, over, rest)
            if not parts:
                return False
            at = rest
        else:
            at += 1
    return True


def _block_starts(body: Sequence[Primitive]) -> list[int]:
    starts = {0}
    for at, step in enumerate(body):
        if step.op in {"_jump", "_jump_if_zero"}:
            starts |= {at + 1, _target(step.args[step.op == "_jump_if_zero"])}
    return sorted(start for start in starts if start < len(body))


_Handler = Callable[[Actions, "Sequence[Expr]"], None]
# The class's own dispatch table, so its private methods may be named.
_PRIMITIVES: dict[str, _Handler] = {
    "assign": Actions._assign,  # noqa: SLF001
    "assign_VL": Actions._assign_varbit,  # noqa: SLF001
    "assign_header": Actions._assign_header,  # noqa: SLF001
    "assign_header_stack": Actions._assign_stack,  # noqa: SLF001
    "assign_union": Actions._assign_stack,  # noqa: SLF001
    "add_header": Actions._add_header,  # noqa: SLF001
    "remove_header": Actions._remove_header,  # noqa: SLF001
    "push": Actions._push,  # noqa: SLF001
    "pop": Actions._pop,  # noqa: SLF001
    "mark_to_drop": Actions._mark_to_drop,  # noqa: SLF001
    "drop": Actions._mark_to_drop,  # noqa: SLF001
    "clone_ingress_pkt_to_egress": Actions._clone,  # noqa: SLF001
    "clone_egress_pkt_to_egress": Actions._clone,  # noqa: SLF001
    "resubmit": Actions._resubmit,  # noqa: SLF001
    "recirculate": Actions._recirculate,  # noqa: SLF001
    "generate_digest": Actions._digest,  # noqa: SLF001
    "truncate": Actions._truncate,  # noqa: SLF001
    "exit": Actions._exit,  # noqa: SLF001
    "no_op": Actions._nothing,  # noqa: SLF001
    "log_msg": Actions._nothing,  # noqa: SLF001
    "assert": Actions._nothing,  # noqa: SLF001
    "assume": Actions._nothing,  # noqa: SLF001
    "count": Actions._count,  # noqa: SLF001
    "execute_meter": Actions._execute_meter,  # noqa: SLF001
    "register_read": Actions._register_read,  # noqa: SLF001
    "register_write": Actions._register_write,  # noqa: SLF001
    "modify_field_rng_uniform": Actions._random,  # noqa: SLF001
    "modify_field_with_hash_based_offset": Actions._hash,  # noqa: SLF001
}
