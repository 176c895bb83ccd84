"""Action bodies: what p4c compiled to jumps, put back into blocks.

p4c has no `if` inside an action, but jumps over primitives. Where all of them are ifs with or
without else, one within the other, they become ifs again; loops and early returns become basic
blocks, each going to others (flow.py).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.codegen.flow import END, Flow
from p4rsvp.softswitch.ir.expressions import Const, Expr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.codegen.actions import Actions
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.flow import Exits
    from p4rsvp.softswitch.codegen.values import Value
    from p4rsvp.softswitch.ir.program import Primitive

MAX_STEPS = 1 << 20  # of a loop inside an action: P4's loops are meant to be bounded


class Bodies:
    """Writes whole actions into the emitter."""

    def __init__(self, expressions: Expressions, actions: Actions) -> None:
        self.expressions = expressions
        self.actions = actions
        self.out = expressions.out

    def write(self, body: Sequence[Primitive], params: Sequence[Value]) -> None:
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
                    self.actions.primitive(step)
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
                self.actions.primitive(step)
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
