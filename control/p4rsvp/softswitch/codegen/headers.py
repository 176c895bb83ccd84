"""Whole headers, stacks and unions in action bodies: valid or not, one made what another is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.ir.expressions import Const, Expr, FieldRef, Op, Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields


class Headers:
    """Writes primitives on headers into the emitter."""

    def __init__(self, fields: Fields, expressions: Expressions) -> None:
        self.fields = fields
        self.expressions = expressions
        self.out = fields.out
        self.program = fields.program
        self.tracks_length = True

    def _each_header(self, expr: Expr) -> list[tuple[str, str]]:
        if isinstance(expr, Ref) and expr.kind == "header":
            return [(expr.name, "True")]
        if isinstance(expr, Op) and expr.op == "dereference_header_stack":
            return self.expressions.elements(expr)
        raise Unsupported(f"header operation on {expr}")

    def add(self, args: Sequence[Expr]) -> None:
        """Make a header valid, with zeros."""
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

    def remove(self, args: Sequence[Expr]) -> None:
        """Make a header invalid."""
        for header, here in self._each_header(args[0]):
            if self.tracks_length:
                with self.out.block(f"if {here} & {self.fields.is_valid(header)}:"):
                    self._grow(header, "-")
            with self.out.block(f"if {here}:"):
                self.fields.set_valid(header, valid=False)

    def assign(self, args: Sequence[Expr]) -> None:
        """Make one header, or the one of several that is meant, what another is."""
        sources = self._each_header(args[1])
        for target, to in self._each_header(args[0]):
            for source, of in sources:
                with self.out.block(f"if {to} & {of}:"):
                    self.copy(target, source)

    def copy(self, target: str, source: str) -> None:
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

    def assign_all(self, args: Sequence[Expr]) -> None:
        """Make a stack or a union what another is."""
        target, source = args
        assert isinstance(target, Ref)
        assert isinstance(source, Ref)
        groups = self.program.stacks if target.kind == "header_stack" else self.program.unions
        for to, of in zip(groups[target.name], groups[source.name], strict=True):
            self.copy(to, of)
        if target.kind == "header_stack":
            held = self.fields.use(self.fields.next_index(source.name))
            self.out.line(f"{self.fields.define(self.fields.next_index(target.name))} = {held}")

    def push(self, args: Sequence[Expr]) -> None:
        """Move a stack's headers up, and make room at its front."""
        names, held, count = self._stack(args)
        for position in reversed(range(len(names))):
            if position >= count:
                self.copy(names[position], names[position - count])
            else:
                self.fields.set_valid(names[position], valid=False)
                self.fields.zero(names[position])
        top = self.out.const(len(names))
        self.out.line(f"{held} += {self.out.const(count)}")
        with self.out.block(f"if {held} > {top}:"):
            self.out.line(f"{held} = {top}")

    def pop(self, args: Sequence[Expr]) -> None:
        """Move a stack's headers down."""
        names, held, count = self._stack(args)
        for position in range(len(names)):
            if position + count < len(names):
                self.copy(names[position], names[position + count])
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

    def assign_varbit(self, args: Sequence[Expr]) -> None:
        """Make a varbit field what another is."""
        target, source = args
        if not isinstance(target, FieldRef) or not isinstance(source, FieldRef):
            raise Unsupported("assignment of a computed varbit")
        self._copy_varbit(target.header, source.header)

    def _copy_varbit(self, target: str, source: str) -> None:
        place = self.fields.define(self.fields.varbit_local(target))
        size = self.fields.define(self.fields.size(target))
        self.out.line(f"{place} = {self.fields.varbit_place(source)}")
        self.out.line(f"{size} = {self.fields.use(self.fields.size(source))}")
