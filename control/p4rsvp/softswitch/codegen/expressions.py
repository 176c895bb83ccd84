"""bmv2 expressions as generated code: integers as `Value`s, conditions as boolean expressions.

Some of them are places as well, which numbers are assigned to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.values import Value
from p4rsvp.softswitch.ir.expressions import (
    Bool,
    Const,
    FieldRef,
    LastField,
    Lookahead,
    Op,
    Param,
    Ref,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.values import Arithmetic
    from p4rsvp.softswitch.ir.expressions import Expr

_COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}
_BOOLEAN = {*_COMPARISONS, "and", "or", "not", "d2b", "valid", "valid_union"}


class Expressions:
    """Evaluates expressions against the fields, and the parameters of the action at hand."""

    def __init__(self, fields: Fields, math: Arithmetic, out: Emitter) -> None:
        self.fields = fields
        self.math = math
        self.out = out
        self.params: Sequence[Value] = ()

    def is_boolean(self, expr: Expr) -> bool:
        """True where the expression is a condition and not a number."""
        if isinstance(expr, Op) and expr.op == "?":
            return self.is_boolean(expr.right)
        return isinstance(expr, Bool) or (isinstance(expr, Op) and expr.op in _BOOLEAN)

    def value(self, expr: Expr) -> Value:
        """A number."""
        if isinstance(expr, Const):
            return self.math.const(expr.value)
        if isinstance(expr, FieldRef):
            return self.fields.read(expr)
        if isinstance(expr, Param):
            return self.params[expr.index]
        if isinstance(expr, LastField):
            return self._last(expr)
        if isinstance(expr, Op):
            return self._number(expr)
        if isinstance(expr, Bool):
            return self.math.const(int(expr.value))
        if isinstance(expr, Lookahead):
            raise Unsupported("lookahead outside the parser's assignments and transitions")
        raise Unsupported(f"{expr.kind} {expr.name} as a number")

    def assign(self, target: Expr, value: Value) -> None:
        """Write a number to a field, wherever the target says that it is."""
        if isinstance(target, FieldRef):
            self.fields.write(target, value)
            return
        if isinstance(target, LastField):
            elements, field = self.last_elements(target.stack), target.field
        elif isinstance(target, Op) and target.op == "access_field" and isinstance(target.left, Op):
            elements = self.elements(target.left)
            if not elements or not isinstance(target.right, Const):
                return
            field = list(self.fields.program.headers[elements[0][0]].fields)[target.right.value]
        else:
            raise Unsupported(f"assignment to {target}")
        held = Value(tuple(self.out.temp(v) for v in value.limbs if v), value.width, value.signed)
        for header, here in elements:
            with self.out.block(f"if {here}:"):
                self.fields.write(FieldRef(header, field), held)

    def boolean(self, expr: Expr) -> str:
        """A condition."""
        if isinstance(expr, Bool):
            return "True" if expr.value else "False"
        if isinstance(expr, Op):
            if expr.op in _COMPARISONS:
                return self._compare(expr)
            if expr.op in {"and", "or"} and expr.left is not None:
                sign = "&" if expr.op == "and" else "|"
                return f"({self.boolean(expr.left)} {sign} {self.boolean(expr.right)})"
            if expr.op == "not":
                return f"(not {self.boolean(expr.right)})"
            if expr.op == "d2b":
                return self._truth(expr.right)
            if expr.op in {"valid", "valid_union"}:
                return self._valid(expr.right)
            if expr.op == "?" and expr.cond is not None and expr.left is not None:
                cond = self.out.temp(self.boolean(expr.cond), "cond")
                yes, no = self.boolean(expr.left), self.boolean(expr.right)
                return f"(({cond} & {yes}) | ((not {cond}) & {no}))"
        return self._truth(expr)

    def _truth(self, expr: Expr) -> str:
        if isinstance(expr, FieldRef) and expr.field == "$valid$":
            return self.fields.is_valid(expr.header)
        if self.is_boolean(expr):
            return self.boolean(expr)
        return f"(not {self.math.equal(self.value(expr), self.math.const(0))})"

    def _valid(self, expr: Expr) -> str:
        if isinstance(expr, Ref) and expr.kind == "header":
            return self.fields.is_valid(expr.name)
        if isinstance(expr, Op) and expr.op == "dereference_header_stack":
            code = "False"
            for header, here in self.elements(expr):
                code = f"({code} | ({here} & {self.fields.is_valid(header)}))"
            return code
        if isinstance(expr, Ref) and expr.kind == "header_union":
            members = self.fields.program.unions[expr.name]
            return "(" + " | ".join(self.fields.is_valid(member) for member in members) + ")"
        raise Unsupported(f"validity of {expr}")

    def _compare(self, expr: Op) -> str:
        assert expr.left is not None
        if self.is_boolean(expr.left) or self.is_boolean(expr.right):
            same = f"({self.boolean(expr.left)} == {self.boolean(expr.right)})"
            return same if expr.op == "==" else f"(not {same})"
        if self._is_varbit(expr.left) and expr.op in {"==", "!="}:
            same = self._same_varbits(expr.left, expr.right)
            return same if expr.op == "==" else f"(not {same})"
        a, b = self.value(expr.left), self.value(expr.right)
        if expr.op == "==":
            return self.math.equal(a, b)
        if expr.op == "!=":
            return f"(not {self.math.equal(a, b)})"
        if expr.op == "<":
            return self.math.less(a, b)
        if expr.op == ">":
            return self.math.less(b, a)
        return f"(not {self.math.less(b, a) if expr.op == '<=' else self.math.less(a, b)})"

    def _is_varbit(self, expr: Expr) -> bool:
        return isinstance(expr, FieldRef) and self.fields.program.field_type(expr).varbit

    def _same_varbits(self, left: Expr, right: Expr) -> str:
        if not isinstance(left, FieldRef) or not isinstance(right, FieldRef):
            raise Unsupported("comparison of a computed varbit")
        sizes = [self.fields.use(self.fields.size(r.header)) for r in (left, right)]
        places = [f"slot + {self.fields.varbit_place(r.header)}" for r in (left, right)]
        return f"(({sizes[0]} == {sizes[1]}) & same_bytes(pkt, {', '.join(places)}, {sizes[0]}))"

    def _number(self, expr: Op) -> Value:
        op = expr.op
        if op in _BOOLEAN:
            one, zero = self.out.const(1), self.out.const(0)
            return Value((f"({one} if {self.boolean(expr)} else {zero})",), 1)
        if op == "b2d":
            one, zero = self.out.const(1), self.out.const(0)
            return Value((f"({one} if {self.boolean(expr.right)} else {zero})",), 1)
        if op in _UNARY:
            return _UNARY[op](self, expr)
        if expr.left is None:
            if op == "-":
                return self.math.subtract(self.math.const(0), self.value(expr.right))
            raise Unsupported(f"operator {op} with one operand")
        if op == "?":
            assert expr.cond is not None
            return self.math.select(
                self.boolean(expr.cond), self.value(expr.left), self.value(expr.right)
            )
        if op == "access_field":
            return self._access(expr)
        if op in _BINARY:
            return self._binary(op, self.value(expr.left), expr.right)
        raise Unsupported(f"operator {op}")

    def _binary(self, op: str, a: Value, right: Expr) -> Value:
        math = self.math
        if op in {"<<", ">>"}:
            amount = right.value if isinstance(right, Const) else self.value(right)
            return math.shift_left(a, amount) if op == "<<" else math.shift_right(a, amount)
        if op in {"two_comp_mod", "usat_cast", "sat_cast"}:
            if not isinstance(right, Const):
                raise Unsupported(f"{op} to a width that is not constant")
            if op == "two_comp_mod":
                return math.sign_extend(a, right.value)
            return math.saturate(a, right.value, signed=op == "sat_cast")
        b = self.value(right)
        if op == "+":
            return math.add(a, b)
        if op == "-":
            return math.subtract(a, b)
        if op == "*":
            return math.multiply(a, b)
        if op in {"/", "%"}:
            return math.divide(a, b, op)
        return math.bitwise(op, a, b)

    # Stacks

    def elements(self, expr: Op) -> list[tuple[str, str]]:
        """The elements of a stack with, for each, the condition that the index means it."""
        if not isinstance(expr.left, Ref):
            raise Unsupported("an element of a computed stack")
        names = self.fields.program.stacks[expr.left.name]
        if isinstance(expr.right, Const):
            return [(names[expr.right.value], "True")] if expr.right.value < len(names) else []
        index = self.value(expr.right)
        held = Value((self.out.temp(index.code, "index"),), index.width)
        return [
            (name, self.math.equal(held, self.math.const(position)))
            for position, name in enumerate(names)
        ]

    def last_elements(self, stack: str) -> list[tuple[str, str]]:
        """As `elements`, for the last element that the stack holds."""
        count = self.fields.use(self.fields.next_index(stack))
        return [
            (name, f"({count} == {self.out.const(position + 1)})")
            for position, name in enumerate(self.fields.program.stacks[stack])
        ]

    def _last(self, expr: LastField) -> Value:
        return self._pick(self.last_elements(expr.stack), expr.field)

    def _access(self, expr: Op) -> Value:
        if not isinstance(expr.left, Op) or not isinstance(expr.right, Const):
            raise Unsupported("a field of a computed header")
        elements = self.elements(expr.left)
        if not elements:
            return self.math.const(0)
        kind = self.fields.program.headers[elements[0][0]]
        return self._pick(elements, list(kind.fields)[expr.right.value])

    def _pick(self, elements: list[tuple[str, str]], field: str) -> Value:
        value = self.math.const(0)
        for header, here in elements:
            chosen = self.fields.read(FieldRef(header, field))
            value = chosen if here == "True" else self.math.select(here, chosen, value)
        return value

    def _invert(self, expr: Op) -> Value:
        return self.math.invert(self.value(expr.right))

    def _stack_count(self, expr: Op) -> Value:
        stack = expr.right
        if not isinstance(stack, Ref):
            raise Unsupported(f"{expr.op} of a computed stack")
        count = self.fields.use(self.fields.next_index(stack.name))
        if expr.op == "size_stack":
            return Value((count,), 32)
        return self.math.truncate(self.math.subtract(Value((count,), 32), self.math.const(1)), 32)


_UNARY = {
    "~": Expressions._invert,  # noqa: SLF001  # the class's own dispatch table
    "last_stack_index": Expressions._stack_count,  # noqa: SLF001
    "size_stack": Expressions._stack_count,  # noqa: SLF001
}
_BINARY = {
    "+",
    "-",
    "*",
    "/",
    "%",
    "<<",
    ">>",
    "&",
    "|",
    "^",
    "two_comp_mod",
    "usat_cast",
    "sat_cast",
}
