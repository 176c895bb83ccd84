"""Expressions of a bmv2 JSON as a small tree (docs/JSON_format.md, "type value object").

Nothing is evaluated here. Wrappers that p4c nests around expressions are peeled off, so that a
node is what it means: a constant, a reference, or an operator on nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from p4rsvp.dataplane.errors import Unsupported


@dataclass(frozen=True, slots=True)
class Const:
    """An integer; negative ones exist, widths come from where it is used."""

    value: int


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class FieldRef:
    """One field of one header instance; `$valid$` is the header's validity."""

    header: str
    field: str


@dataclass(frozen=True, slots=True)
class LastField:
    """A field of the last valid element of a header stack (`stack.last.f`)."""

    stack: str
    field: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A named object: header, header_stack, header_union, calculation, meter_array, ..."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Param:
    """An action parameter, by position."""

    index: int


@dataclass(frozen=True, slots=True)
class Lookahead:
    """Bits of the packet ahead of the parser's cursor."""

    offset_bits: int
    width_bits: int


@dataclass(frozen=True, slots=True)
class Op:
    """An operator; unary ones have no left side, `?` has a condition."""

    op: str
    left: Expr | None
    right: Expr
    cond: Expr | None = None


Expr: TypeAlias = Const | Bool | FieldRef | LastField | Ref | Param | Lookahead | Op

_NAMED = {
    "header",
    "header_stack",
    "header_union",
    "calculation",
    "meter_array",
    "counter_array",
    "register_array",
}


def parse_expr(node: Any) -> Expr:
    """Read one type-value object, or a bare operator as conditions sometimes are."""
    if isinstance(node, int):
        return Const(node)
    if "op" in node:
        return _parse_op(node)
    kind, value = node["type"], node["value"]
    if kind == "expression":
        return parse_expr(value)
    if kind == "hexstr":
        return Const(int(value, 16))
    if kind == "bool":
        return Bool(bool(value))
    if kind == "field":
        return FieldRef(value[0], value[1])
    if kind == "stack_field":
        return LastField(value[0], value[1])
    if kind in {"local", "runtime_data"}:
        return Param(value)
    if kind == "lookahead":
        return Lookahead(value[0], value[1])
    if kind in _NAMED:
        return Ref(kind, value)
    raise Unsupported(f"operand of type {kind} ({value})")


def _parse_op(node: dict[str, Any]) -> Op:
    left, cond = node.get("left"), node.get("cond")
    return Op(
        node["op"],
        None if left is None else parse_expr(left),
        parse_expr(node["right"]),
        None if cond is None else parse_expr(cond),
    )


def fields_of(expr: Expr | None) -> list[FieldRef]:
    """Every plain field that the expression reads."""
    if isinstance(expr, FieldRef):
        return [expr]
    if isinstance(expr, Op):
        return fields_of(expr.left) + fields_of(expr.right) + fields_of(expr.cond)
    return []
