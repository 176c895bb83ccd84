"""Which headers only ever come from the wire, and which fields a program writes.

A header that is only extracted (never made valid, assigned, pushed or popped) keeps its bytes in
the packet. Its unwritten fields are read from there wherever they are needed, and the deparser
leaves it in place, patching the written fields. That is most headers of most programs, and what
makes forwarding cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from p4rsvp.softswitch.ir.expressions import Expr, FieldRef, LastField, Op, Param, Ref
from p4rsvp.softswitch.ir.program import Primitive, Program, Table


@dataclass(slots=True)
class Usage:
    """Facts about a whole program."""

    made: set[str] = field(default_factory=set)  # headers that do not only come from the wire
    written: set[FieldRef] = field(default_factory=set)
    carried: list[FieldRef] = field(default_factory=list)  # by clone, resubmit or recirculate
    ops: set[str] = field(default_factory=set)


def keeps_order(program: Program) -> bool:
    """True where every path of the parser extracts headers as the deparser emits them.

    Then a packet whose headers are still the ones that were extracted has them in their places.
    """
    order = {name: index for index, name in enumerate(program.deparser)}
    latest: dict[str, int] = {program.parser_start: -1}  # state -> the last header before it
    work = [program.parser_start]
    while work:
        state = program.parser[work.pop()]
        last = latest[state.name]
        for op in state.ops:
            if op.op == "advance" or op.to_stack:
                return False
            if op.op in _EXTRACTS and op.target in order:
                if order[op.target] <= last:
                    return False
                last = order[op.target]
        for transition in state.transitions:
            following = transition.next_state
            if following is not None and last > latest.get(following, -2):
                latest[following] = last
                work.append(following)
    return True


def study(program: Program) -> Usage:
    """Look at every statement once."""
    usage = Usage()
    lists: set[int] = set()
    for primitive in _statements(program):
        usage.ops.add(primitive.op)
        _note(primitive, program, usage)
        if primitive.op in _LIST_ARGUMENT:
            lists.add(_constant(primitive.args[_LIST_ARGUMENT[primitive.op]]))
    for table in program.tables:
        if table.direct_meter:
            result = program.meters[table.direct_meter].result
            if result is not None:
                usage.written.add(result)
    for checksum in program.checksums:
        if checksum.update:
            usage.written.add(checksum.target)
    kept = {ref for number in sorted(lists) for ref in program.field_lists.get(number, ())}
    usage.carried = sorted(kept, key=lambda ref: (ref.header, ref.field))
    return usage


_LIST_ARGUMENT = {
    "clone_ingress_pkt_to_egress": 1,
    "clone_egress_pkt_to_egress": 1,
    "resubmit": 0,
    "recirculate": 0,
}

# Which arguments a primitive writes to.
_WRITES = {
    "assign": (0,),
    "set": (0,),
    "register_read": (0,),
    "execute_meter": (2,),
    "modify_field_with_hash_based_offset": (0,),
    "modify_field_rng_uniform": (0,),
    "assign_VL": (0,),
}
_MAKES = {"add_header", "assign_header", "assign_header_stack", "assign_union", "push", "pop"}


def _statements(program: Program) -> list[Primitive]:
    found: list[Primitive] = []
    used = {i for table in program.tables for i in table.action_ids}
    used |= {t.default.action_id for t in program.tables if t.default}
    for action_id in sorted(used):
        found.extend(program.actions[action_id].body)
    for state in program.parser.values():
        found.extend(Primitive(op.op, op.args) for op in state.ops if op.op not in _EXTRACTS)
    return found


_EXTRACTS = {"extract", "extract_VL"}


def _constant(expr: Expr) -> int:
    value = getattr(expr, "value", 0)
    return int(value)


def _note(primitive: Primitive, program: Program, usage: Usage) -> None:
    for index in _WRITES.get(primitive.op, ()):
        usage.written.update(targets(primitive.args[index], program))
    if primitive.op in _MAKES:
        for header in headers_of(primitive.args[0], program):
            usage.made.add(header)
    if primitive.op == "assign_VL":
        usage.made.update(ref.header for ref in targets(primitive.args[0], program))


def targets(expr: Expr, program: Program) -> list[FieldRef]:
    """The fields that an assignment to this expression may write."""
    if isinstance(expr, FieldRef):
        return [expr]
    if isinstance(expr, LastField):
        return [FieldRef(name, expr.field) for name in program.stacks[expr.stack]]
    if isinstance(expr, Op) and expr.op == "access_field":
        return [
            FieldRef(name, list(program.headers[name].fields)[_constant(expr.right)])
            for name in headers_of(expr.left, program)
        ]
    return []


def headers_of(expr: Expr | None, program: Program) -> list[str]:
    """The header instances that this expression may mean."""
    if isinstance(expr, Ref):
        if expr.kind == "header_stack":
            return list(program.stacks[expr.name])
        if expr.kind == "header_union":
            return list(program.unions[expr.name])
        return [expr.name]
    if isinstance(expr, Op) and expr.op == "dereference_header_stack":
        return headers_of(expr.left, program)
    if isinstance(expr, Param | FieldRef):
        return []
    return []


def runs_apart(program: Program) -> bool:
    """True where packets of two workers leave nothing for each other but meters and counters."""
    ops = {step.op for action in program.actions.values() for step in action.body}
    return not program.registers and "modify_field_rng_uniform" not in ops


def table_actions(table: Table) -> list[int]:
    """The actions that a table can run, its default among them."""
    ids = list(table.action_ids)
    if table.default is not None and table.default.action_id not in ids:
        ids.append(table.default.action_id)
    return ids
